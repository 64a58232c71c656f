//! The users of a server and what is granted to them: `/_api/user`. All of it is for administrators, but users may look at
//! themselves and change their own password.

use std::collections::BTreeMap;

use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::{Value, json};

use super::{access::Access, call::Call, database::Database, error::Error};
use crate::{observability::Secret, wire::ErrorNum};

/// Stands for all databases that a user has no grant of its own for.
pub const ANY_DATABASE: &str = "*";

/// A user of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The name.
    #[serde(rename(deserialize = "user", serialize = "username"))]
    pub name: String,
    /// Whether the user can log in.
    pub active: bool,
    /// Whatever applications keep with it.
    #[serde(default)]
    pub extra: Value,
}

#[derive(Deserialize)]
struct Listed<T> {
    result: T,
}

/// What a server says about one database in full; more than a level when nothing is granted there.
#[derive(Deserialize)]
struct Stated {
    permission: Level,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Level {
    Granted(Access),
    Undefined(IgnoredAny),
}

impl Database {
    /// All users.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn users(&self) -> Result<Vec<User>, Error> {
        self.listed(Call::get(&["_api", "user"])).await
    }

    /// One user, if there is one of this name.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn user(&self, name: &str) -> Result<Option<User>, Error> {
        match self.call_server(Call::get(&["_api", "user", name])).await {
            Err(error) if error.is(ErrorNum::USER_NOT_FOUND) => Ok(None),
            found => found.map(Some),
        }
    }

    /// Makes a user.
    ///
    /// # Errors
    /// 1702 when there is one of this name, and what any call can meet.
    pub async fn create_user(&self, name: &str, password: &Secret, active: bool) -> Result<(), Error> {
        let body = json!({ "user": name, "passwd": password.expose(), "active": active });
        self.told(Call::post(&["_api", "user"]).json(&body)).await
    }

    /// Removes a user and what is granted to it.
    ///
    /// # Errors
    /// 1703 when there is none of this name, and what any call can meet.
    pub async fn remove_user(&self, name: &str) -> Result<(), Error> {
        self.told(Call::delete(&["_api", "user", name])).await
    }

    /// Gives a user another password.
    ///
    /// # Errors
    /// 1703 when there is none of this name, and what any call can meet.
    pub async fn set_password(&self, name: &str, password: &Secret) -> Result<(), Error> {
        self.told(Call::patch(&["_api", "user", name]).json(&json!({ "passwd": password.expose() }))).await
    }

    /// Grants a user a level in a database, or in [`ANY_DATABASE`].
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn grant(&self, user: &str, database: &str, access: Access) -> Result<(), Error> {
        self.told(Call::put(&["_api", "user", user, "database", database]).json(&json!({ "grant": access }))).await
    }

    /// Takes back what was granted to a user in a database.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn revoke(&self, user: &str, database: &str) -> Result<(), Error> {
        self.told(Call::delete(&["_api", "user", user, "database", database])).await
    }

    /// What is granted to a user in so many words: not what follows from [`ANY_DATABASE`].
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn granted(&self, user: &str) -> Result<BTreeMap<String, Access>, Error> {
        let call = Call::get(&["_api", "user", user, "database"]).query("full", true);
        let stated: BTreeMap<String, Stated> = self.listed(call).await?;
        let granted = stated.into_iter().filter_map(|(database, stated)| match stated.permission {
            // For all databases at once, servers say `none` when nothing is granted.
            Level::Granted(Access::None) if database == ANY_DATABASE => None,
            Level::Granted(access) => Some((database, access)),
            Level::Undefined(_) => None,
        });
        Ok(granted.collect())
    }

    /// The databases a user can use, and what it may do there.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn accessible_to(&self, user: &str) -> Result<BTreeMap<String, Access>, Error> {
        self.listed(Call::get(&["_api", "user", user, "database"])).await
    }

    async fn listed<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        let listed: Listed<T> = self.call_server(call).await?;
        Ok(listed.result)
    }

    async fn told(&self, call: Call) -> Result<(), Error> {
        self.call_server::<IgnoredAny>(call).await.map(drop)
    }
}
