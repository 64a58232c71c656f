//! What there is in a database, for those who want to read it without calling a tool: resources, prompts, completions.
//!
//! They read through the tools that describe, on the path of every call, so that a resource says what the tool says, is
//! bounded and audited like it, and resolves its database by the same rules. Which tools a client is shown does not matter.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::{
    catalog,
    context::CallContext,
    error::{Kind, ToolError},
    registry::Registry,
    schema::JsonObject,
};
use crate::wire::CollectionName;

/// What can be described.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    /// The whole database: collections with counts, graphs, views, indexes.
    Database,
    /// The names of its collections.
    CollectionNames,
    /// What the documents of a collection look like.
    Collection(CollectionName),
    /// The named graphs.
    Graphs,
    /// How a query would run; it is not run.
    Query {
        /// The AQL text.
        text: String,
        /// Values of its bind parameters.
        bind_vars: Map<String, Value>,
    },
}

/// The tools that describe.
const TOOLS: &[&str] = &[
    "arango_describe_database",
    "arango_list_collections",
    "arango_describe_collection",
    "arango_list_graphs",
    "arango_explain_query",
];

impl Subject {
    /// The tool that describes it.
    pub(crate) const fn tool(&self) -> &'static str {
        match self {
            Self::Database => "arango_describe_database",
            Self::CollectionNames => "arango_list_collections",
            Self::Collection(_) => "arango_describe_collection",
            Self::Graphs => "arango_list_graphs",
            Self::Query { .. } => "arango_explain_query",
        }
    }

    fn arguments(&self) -> JsonObject {
        match self {
            Self::Database | Self::CollectionNames | Self::Graphs => Map::new(),
            Self::Collection(name) => Map::from_iter([("collection".to_owned(), name.as_str().into())]),
            Self::Query { text, bind_vars } => Map::from_iter([
                ("query".to_owned(), text.as_str().into()),
                ("bind_vars".to_owned(), bind_vars.clone().into()),
            ]),
        }
    }
}

/// Describes databases.
#[derive(Debug)]
pub(crate) struct Describer {
    /// Made when the first description is asked for: most clients only call tools.
    registry: LazyLock<Registry>,
}

impl Describer {
    pub(crate) fn new() -> Self {
        let registry: LazyLock<Registry> = LazyLock::new(|| {
            Registry::new(catalog::all().into_iter().filter(|entry| TOOLS.contains(&entry.name)).collect())
        });
        Self { registry }
    }

    /// The description as JSON text. Without a database it is the one a call without `database` would use.
    ///
    /// # Errors
    /// What the tool would answer.
    pub(crate) async fn describe(
        &self,
        context: &CallContext,
        database: Option<&str>,
        subject: &Subject,
    ) -> Result<String, ToolError> {
        let Some(entry) = self.registry.find(subject.tool()) else {
            return Err(ToolError::new(Kind::Internal, format!("there is no tool {}", subject.tool())));
        };
        let mut arguments = subject.arguments();
        if let Some(database) = database {
            arguments.insert("database".to_owned(), database.into());
        }
        Ok(self.registry.outcome(entry, context, arguments).await?.into_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::{Caller, Effect, test_services};

    #[test]
    fn every_subject_has_a_tool_and_each_of_them_only_reads() {
        let describer = Describer::new();
        let subjects = [
            Subject::Database,
            Subject::CollectionNames,
            Subject::Collection(CollectionName::parse("c").unwrap()),
            Subject::Graphs,
            Subject::Query { text: String::new(), bind_vars: Map::new() },
        ];
        for subject in &subjects {
            let entry = describer.registry.find(subject.tool()).unwrap();
            assert_eq!(entry.effect, Effect::Read, "{}", entry.name);
        }
        assert_eq!(describer.registry.entries().len(), subjects.len());
    }

    #[tokio::test]
    async fn a_database_that_is_not_configured_is_refused_as_by_the_tool() {
        let context = CallContext::new(test_services(), Caller::process());
        let refused = Describer::new().describe(&context, Some("nowhere"), &Subject::Database).await;
        assert_eq!(refused.unwrap_err().kind(), Kind::DatabaseNotConfigured);
    }
}
