//! `arango_delete_index`: deletes an index by id, number or name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    confirm::Destruction,
    documents::on_collection,
    effect::Effect,
    error::{Kind, ToolError},
    on_database::Target,
    tool::{Category, DatabaseTool, Destroys, Fixed},
};
use crate::{
    arango::Index,
    wire::{CollectionName, ErrorNum},
};

#[derive(Debug)]
pub(crate) struct DeleteIndex;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    collection: CollectionName,
    id_or_name: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Deletion {
    deleted: bool,
    id: String,
    result: bool,
}

impl DatabaseTool for DeleteIndex {
    const NAME: &'static str = "arango_delete_index";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Delete an index";
    const DESCRIPTION: &'static str =
        "Delete an index; documents stay. Primary and edge indexes cannot be deleted. arango_list_indexes shows ids.";
    const CATEGORY: Category = Category::Indexing;
    const EFFECT: Effect = Effect::Delete;
    type Args = Args;
    type Output = Fixed<Deletion>;

    const DESTROYS: Option<Destroys<Args>> = Some(|args| {
        Some(Destruction::new(format!(
            "delete the index {:?} of the collection `{}`",
            args.id_or_name, args.collection
        )))
    });

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Deletion>, ToolError> {
        let failed = |error| on_collection(&args.collection, error);
        let wanted = within(&args.collection, &args.id_or_name)?;
        let indexes = target.database.indexes(&args.collection).await.map_err(failed)?;
        let Some(index) = indexes.iter().find(|index| index.number() == wanted || index.name == wanted) else {
            return Err(missing(&args, &indexes));
        };
        if matches!(index.kind.as_str(), "primary" | "edge") {
            let problem = format!("the {} index belongs to the collection and cannot be deleted", index.kind);
            return Err(ToolError::argument("id_or_name", "value_error", problem));
        }
        target.database.delete_index(&args.collection, index.number()).await.map_err(failed)?;
        Ok(Fixed(Deletion { deleted: true, id: index.id.clone(), result: true }))
    }
}

/// The number or name, which may come as an id of the same collection only.
fn within<'a>(collection: &CollectionName, text: &'a str) -> Result<&'a str, ToolError> {
    match text.rsplit_once('/') {
        None => Ok(text),
        Some((of, number)) if of == collection.as_str() => Ok(number),
        Some((of, _)) => {
            let problem = format!("{text:?} is an index of the collection {of:?}, but the call names {collection:?}");
            Err(ToolError::argument("id_or_name", "value_error", problem))
        }
    }
}

fn missing(args: &Args, indexes: &[Index]) -> ToolError {
    let names: Vec<&str> = indexes.iter().map(|index| index.name.as_str()).take(50).collect();
    let problem = format!("Collection '{}' has no index {:?}", args.collection, args.id_or_name);
    ToolError::new(Kind::Arango, problem)
        .numbered(ErrorNum::INDEX_NOT_FOUND, 404)
        .hint("take the id or the name from arango_list_indexes")
        .with("indexes", names)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::tools::testing::Bench;

    async fn made(bench: &Bench, name: &str) -> Value {
        let arguments = json!({"collection": "c", "fields": ["a"], "name": name});
        bench.result("arango_create_index", arguments).await["id"].clone()
    }

    #[tokio::test]
    async fn an_index_is_deleted_by_its_id_by_the_bare_number_and_by_its_name() {
        let bench = Bench::new();
        bench.fill("c", json!([])).await;
        for form in ["id", "number", "name"] {
            let id = made(&bench, "by_it").await;
            let given = match form {
                "id" => id.clone(),
                "number" => json!(id.as_str().unwrap().strip_prefix("c/").unwrap()),
                _ => json!("by_it"),
            };
            let result = bench.result("arango_delete_index", json!({"collection": "c", "id_or_name": given})).await;
            assert_eq!(result, json!({"deleted": true, "id": id, "result": true}), "{form}");
        }
        let left = bench.result("arango_list_indexes", json!({"collection": "c"})).await;
        assert_eq!(left.as_array().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn an_index_that_is_not_there_is_told_with_those_that_are() {
        let bench = Bench::new();
        bench.fill("c", json!([])).await;
        made(&bench, "known").await;
        let error = bench.error("arango_delete_index", json!({"collection": "c", "idOrName": "unknown"})).await;
        assert_eq!(error["code"], 1212);
        assert_eq!(error["indexes"], json!(["primary", "known"]));
    }

    #[tokio::test]
    async fn built_in_indexes_and_those_of_other_collections_are_refused() {
        let bench = Bench::new();
        bench.fill("c", json!([])).await;
        for given in ["0", "primary", "d/123"] {
            let error = bench.error("arango_delete_index", json!({"collection": "c", "id_or_name": given})).await;
            assert_eq!(error["type"], "ValidationError", "{given}");
        }
        let error = bench.error("arango_delete_index", json!({"collection": "nope", "id_or_name": "x"})).await;
        assert_eq!(error["type"], "CollectionNotFound");
    }
}
