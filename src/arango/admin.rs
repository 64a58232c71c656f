//! The server itself: its version and its databases.

use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Map, Value};

use super::{call::Call, database::Database, error::Error};
use crate::wire::DatabaseName;

/// What a server says it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// `arango`.
    pub server: String,
    /// `community` or `enterprise`.
    #[serde(default)]
    pub license: String,
    /// For example `3.12.5`.
    pub version: String,
    /// More about it, when asked for.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Value>,
}

#[derive(Deserialize)]
struct Names {
    result: Vec<String>,
}

impl Database {
    /// What the server is. Needs the database to exist and the user to be let in, so it is a probe as well.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn version(&self) -> Result<Version, Error> {
        self.call(Call::get(&["_api", "version"])).await
    }

    /// The databases this user may use.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn accessible_databases(&self) -> Result<Vec<String>, Error> {
        let names: Names = self.call(Call::get(&["_api", "database", "user"])).await?;
        Ok(names.result)
    }

    /// Creates a database; only a user of `_system` may.
    ///
    /// # Errors
    /// 1207 when the name is taken, and what any call can meet.
    pub async fn create_database(&self, name: &DatabaseName) -> Result<(), Error> {
        let body = serde_json::json!({ "name": name });
        self.call_server::<IgnoredAny>(Call::post(&["_api", "database"]).json(&body)).await?;
        Ok(())
    }

    /// All databases; only a user of `_system` may see them.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn databases(&self) -> Result<Vec<String>, Error> {
        let names: Names = self.call_server(Call::get(&["_api", "database"])).await?;
        Ok(names.result)
    }

    /// Drops a database with everything in it; only a user of `_system` may.
    ///
    /// # Errors
    /// 1228 when there is none of this name, and what any call can meet.
    pub async fn drop_database(&self, name: &DatabaseName) -> Result<(), Error> {
        self.call_server::<IgnoredAny>(Call::delete(&["_api", "database", name.as_str()])).await?;
        Ok(())
    }
}
