//! `arango_add_edge`: connects two documents. The arguments say which; nothing inside the attributes can redirect the edge.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::{
    documents::{Meta, on_collection},
    effect::Effect,
    error::{Kind, ToolError},
    on_database::Target,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::{
    arango::{CollectionType, WriteOptions},
    wire::{CollectionName, DocumentId, ErrorNum},
};

#[derive(Debug)]
pub(crate) struct AddEdge;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    collection: CollectionName,
    /// `_id`, e.g. `users/ann`.
    #[schemars(with = "String")]
    from_id: DocumentId,
    #[schemars(with = "String")]
    to_id: DocumentId,
    #[serde(default)]
    attributes: Option<Map<String, Value>>,
}

impl DatabaseTool for AddEdge {
    const NAME: &'static str = "arango_add_edge";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Add an edge";
    const DESCRIPTION: &'static str = "Store an edge between two documents; returns its _id, _key and _rev.";
    const CATEGORY: Category = Category::GraphBasic;
    const EFFECT: Effect = Effect::Add;
    type Args = Args;
    type Output = Fixed<Meta>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Meta>, ToolError> {
        let edge = edge(args.attributes.unwrap_or_default(), &args.from_id, &args.to_id)?;
        let missing = |error| on_collection(&args.collection, error);
        // A document collection would take the edge as an ordinary document, and no traversal would ever find it.
        let collection = target.database.collection(&args.collection).await.map_err(missing)?;
        if collection.kind != CollectionType::Edge {
            let problem = format!("Collection '{}' holds documents, not edges", args.collection);
            return Err(ToolError::new(Kind::Validation, problem)
                .numbered(ErrorNum::COLLECTION_TYPE_INVALID, 400)
                .hint("arango_create_collection with type `edge` makes an edge collection"));
        }
        let stored = target.database.insert(&args.collection, &edge, &WriteOptions::default()).await;
        Ok(Fixed(stored.map_err(missing)?.into()))
    }
}

fn edge(mut edge: Map<String, Value>, from: &DocumentId, to: &DocumentId) -> Result<Map<String, Value>, ToolError> {
    for (name, argument, meant) in [("_from", "from_id", from), ("_to", "to_id", to)] {
        let given = edge.insert(name.to_owned(), meant.as_str().into());
        if given.as_ref().is_some_and(|given| given != meant.as_str()) {
            let problem = format!("`{name}` inside `attributes` is not `{argument}`");
            return Err(ToolError::argument("attributes", "value_error", problem).hint("leave it out of `attributes`"));
        }
    }
    for name in ["_id", "_rev"] {
        if edge.contains_key(name) {
            let problem = format!("`{name}` is made by the database and cannot be given in `attributes`");
            return Err(ToolError::argument("attributes", "value_error", problem).hint("a `_key` may be given"));
        }
    }
    Ok(edge)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::super::testing::Bench, *};

    fn arguments(attributes: &Value) -> Value {
        json!({"collection": "knows", "from_id": "people/ada", "to_id": "people/eve", "attributes": attributes})
    }

    #[tokio::test]
    async fn an_edge_is_stored_with_its_attributes() {
        let bench = Bench::social().await;
        let meta =
            bench.result("arango_add_edge", arguments(&json!({"_key": "k", "_to": "people/eve", "n": null}))).await;
        assert_eq!(meta["_id"], "knows/k");
        let stored = bench.query("FOR e IN knows FILTER e._key == 'k' RETURN [e._from, e._to, e.n]").await;
        assert_eq!(stored, json!([["people/ada", "people/eve", null]]));
        let taken = bench.error("arango_add_edge", arguments(&json!({"_key": "k"}))).await;
        assert_eq!(taken["code"], 1210);
    }

    #[tokio::test]
    async fn attributes_cannot_send_the_edge_elsewhere() {
        let bench = Bench::social().await;
        for attributes in
            [json!({"_from": "people/cy"}), json!({"_to": 5}), json!({"_id": "knows/x"}), json!({"_rev": "1"})]
        {
            let refused = bench.error("arango_add_edge", arguments(&attributes)).await;
            assert_eq!(refused["type"], "ValidationError");
        }
        assert_eq!(bench.query("RETURN LENGTH(knows)").await, json!([4]));
    }

    #[tokio::test]
    async fn an_edge_needs_an_edge_collection_and_ids() {
        let bench = Bench::social().await;
        let edge = |collection: &str, to: &str| json!({"collection": collection, "from_id": "people/ada", "to_id": to});
        let documents = bench.error("arango_add_edge", edge("people", "people/bob")).await;
        assert!(documents["error"].as_str().unwrap().contains("holds documents"));
        assert_eq!(bench.error("arango_add_edge", edge("missing", "people/bob")).await["type"], "CollectionNotFound");
        let bare = bench.error("arango_add_edge", edge("knows", "bob")).await;
        assert!(bare["error"].as_str().unwrap().contains("collection/key"), "{bare}");
    }
}
