//! What the tools on backups share: what their failures mean to a model.

use serde_json::json;

use super::error::{Kind, ToolError};
use crate::{dump::Error, wire::ErrorNum};

/// A failed backup or restore as a reply.
pub(crate) fn explain(error: Error) -> ToolError {
    let message = error.to_string();
    match error {
        Error::NoRoot => ToolError::new(Kind::File, message)
            .hint("an administrator has to start the server with --backup-dir or MCP_BACKUP_DIR"),
        Error::Outside { root, .. } => ToolError::argument("path", "outside", message)
            .hint(format!("give a path relative to {}; `..` and links out of it are refused", root.display())),
        Error::Exists(_) => {
            ToolError::new(Kind::Conflict, message).hint("nothing is overwritten: give another path, or none")
        }
        Error::Missing(_) => ToolError::new(Kind::File, message)
            .hint("give the directory of a graph backup, relative to the backup directory"),
        Error::Io { .. } => ToolError::new(Kind::File, message)
            .hint("the operating system refused: look at the space and the rights of the backup directory"),
        Error::Damaged { .. } => ToolError::new(Kind::File, message)
            .hint("nothing was changed; if the file was edited on purpose, call with validateIntegrity false"),
        Error::UnknownCollections(names) => ToolError::new(Kind::CollectionNotFound, message)
            .numbered(ErrorNum::DATA_SOURCE_NOT_FOUND, 404)
            .hint("nothing was written; call arango_list_collections for the names there are")
            .with("missing", json!(names)),
        Error::UnknownGraph(_) => ToolError::new(Kind::Arango, message)
            .numbered(ErrorNum::GRAPH_NOT_FOUND, 404)
            .hint("call arango_list_graphs for the names there are"),
        Error::Conflicts { count, first } => ToolError::new(Kind::Conflict, message)
            .hint("restore with conflictResolution `skip` or `overwrite`, or under another graphName")
            .with("conflicts", json!(first))
            .with("total_conflicts", count),
        Error::UndoneAfter { cause, undone } => {
            let mut failure = explain(*cause);
            failure.message = message;
            failure.with("undone", undone)
        }
        Error::Cancelled => ToolError::new(Kind::Timeout, message),
        Error::Database(error) => error.into(),
    }
}

#[cfg(test)]
mod tests;
