//! What a server lets its users do: whether it takes writes at all, and the rights of a user in a database.

use serde::{Deserialize, Serialize};

use super::{call::Call, database::Database, error::Error};

/// What a user may do with a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Access {
    /// Nothing.
    #[serde(rename = "none")]
    None,
    /// Read.
    #[serde(rename = "ro")]
    Read,
    /// Read and write.
    #[serde(rename = "rw")]
    Write,
}

impl Access {
    /// ArangoDB's word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "ro",
            Self::Write => "rw",
        }
    }
}

#[derive(Deserialize)]
struct Level {
    result: Access,
}

#[derive(Deserialize)]
struct Role {
    role: String,
}

#[derive(Deserialize)]
struct Mode {
    mode: String,
}

impl Database {
    /// What a user may do with this database. Users may ask about themselves, administrators about everybody.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn access_of(&self, user: &str) -> Result<Access, Error> {
        let level: Level = self.call(Call::get(&["_api", "user", user, "database", self.name().as_str()])).await?;
        Ok(level.result)
    }

    /// What the server is in its deployment, e.g. `SINGLE` or `COORDINATOR`.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn server_role(&self) -> Result<String, Error> {
        let role: Role = self.call(Call::get(&["_admin", "server", "role"])).await?;
        Ok(role.role)
    }

    /// Whether the server refuses all writes at present, whoever asks.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn is_read_only_server(&self) -> Result<bool, Error> {
        let mode: Mode = self.call(Call::get(&["_admin", "server", "mode"])).await?;
        Ok(mode.mode == "readonly")
    }
}
