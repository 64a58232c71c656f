//! Views (`/_api/view`): list.

use serde::Deserialize;

use super::{call::Call, database::Database, error::Error};

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct View {
    /// Its name.
    pub name: String,
    /// `arangosearch` or `search-alias`.
    #[serde(rename = "type")]
    pub kind: String,
}

impl Database {
    /// The views of the database.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn views(&self) -> Result<Vec<View>, Error> {
        #[derive(Deserialize)]
        struct Listed {
            result: Vec<View>,
        }
        let listed: Listed = self.call(Call::get(&["_api", "view"])).await?;
        Ok(listed.result)
    }
}
