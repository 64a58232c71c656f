//! The queries a server is running or found slow, and stopping one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{call::Call, database::Database, error::Error};

/// The number of a query on its server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct QueryId(String);

impl QueryId {
    /// Takes the digits of a number.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.is_empty() || text.len() > 20 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("the id of a query is a number, as arango_list_queries shows it");
        }
        Ok(Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for QueryId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

/// A query as the server lists it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedQuery {
    /// Its number.
    pub id: QueryId,
    /// Its text, which servers shorten.
    pub query: String,
    /// Its bind variables, unless the server is set up not to list them.
    #[serde(default)]
    pub bind_vars: Map<String, Value>,
    /// Who runs it.
    #[serde(default)]
    pub user: String,
    /// When it began, as the server writes it.
    #[serde(default)]
    pub started: Option<String>,
    /// Seconds.
    #[serde(default)]
    pub run_time: f64,
    /// What it is doing.
    #[serde(default)]
    pub state: String,
    /// Bytes.
    #[serde(default)]
    pub peak_memory_usage: Option<u64>,
}

/// Which queries are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhichQueries {
    /// Those that run now.
    Running,
    /// Those that took long.
    Slow,
}

impl Database {
    /// The queries of this database, as far as this user may see them.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn queries(&self, which: WhichQueries) -> Result<Vec<ListedQuery>, Error> {
        let list = match which {
            WhichQueries::Running => "current",
            WhichQueries::Slow => "slow",
        };
        self.call(Call::get(&["_api", "query", list])).await
    }

    /// Stops a query.
    ///
    /// # Errors
    /// 1591 when none of this number is running here, and what any call can meet.
    pub async fn kill_query(&self, id: &QueryId) -> Result<(), Error> {
        self.send(Call::delete(&["_api", "query", id.as_str()])).await.map(drop)
    }
}
