//! The server itself: its version and its databases.

use std::time::Duration;

use http::header;
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Map, Value};

use super::{
    call::Call,
    database::{Database, decode},
    error::Error,
};
use crate::{clock, wire::DatabaseName};

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
struct Time {
    time: f64,
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

    /// The same, and when it was answered by the clock of the other side, in milliseconds since 1970, if it says so.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn version_and_date(&self) -> Result<(Version, Option<i64>), Error> {
        let response = self.send(Call::get(&["_api", "version"])).await?;
        let date = response.headers().get(header::DATE).and_then(|date| date.to_str().ok());
        Ok((decode(&response)?, date.and_then(clock::from_http_date)))
    }

    /// The time by the server's clock, in milliseconds since 1970.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn server_time(&self) -> Result<i64, Error> {
        let time: Time = self.call(Call::get(&["_admin", "time"])).await?;
        Ok(Duration::try_from_secs_f64(time.time).ok().and_then(|time| time.as_millis().try_into().ok()).unwrap_or(0))
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
