//! `arango_create_index`: makes sure that an index exists. Which option belongs to which type is a table; an option that is
//! meant but would be ignored by the type is an error.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::{
    documents::on_collection,
    effect::Effect,
    error::ToolError,
    indexes::Shown,
    on_database::Target,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::{
    arango,
    wire::{CollectionName, ErrorNum},
};

#[derive(Debug)]
pub(crate) struct CreateIndex;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Type {
    #[default]
    Persistent,
    Hash,
    Skiplist,
    Ttl,
    Fulltext,
    Geo,
    Inverted,
    Mdi,
    MdiPrefixed,
    Vector,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    collection: CollectionName,
    /// e.g. `address.city`, `tags[*]`.
    fields: Vec<String>,
    /// Default persistent: ==, IN, ranges, sort.
    #[serde(rename = "type", default)]
    #[schemars(with = "Option<Type>")]
    kind: Type,
    #[serde(default)]
    unique: Option<bool>,
    /// Omit documents without the fields.
    #[serde(default)]
    sparse: Option<bool>,
    /// Default true.
    #[serde(default)]
    deduplicate: Option<bool>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    in_background: Option<bool>,
    /// Seconds from the field's time to expiry.
    #[serde(default)]
    #[schemars(range(min = 0))]
    ttl: Option<u64>,
    /// Same as `ttl`.
    #[serde(rename = "expireAfter", default)]
    #[schemars(range(min = 0))]
    expire_after: Option<u64>,
    /// fulltext: shortest word.
    #[serde(rename = "minLength", default)]
    #[schemars(range(min = 1))]
    min_length: Option<u32>,
    /// Longitude first.
    #[serde(rename = "geoJson", default)]
    geo_json: Option<bool>,
    /// As in the REST API: params (vector), storedValues, analyzer, …
    #[serde(default)]
    options: Option<Map<String, Value>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Created {
    #[serde(flatten)]
    index: Shown,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
}

impl DatabaseTool for CreateIndex {
    const NAME: &'static str = "arango_create_index";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Create an index";
    const DESCRIPTION: &'static str = "Make sure an index exists; returns it with isNewlyCreated. Of several fields \
those compared with == come first, range or sort last. arango_explain_query suggests some.";
    const CATEGORY: Category = Category::Indexing;
    const EFFECT: Effect = Effect::Ensure;
    type Args = Args;
    type Output = Fixed<Created>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Created>, ToolError> {
        let definition = definition(&args)?;
        let index = target.database.create_index(&args.collection, &definition).await;
        let index = index.map_err(|error| refused(&args.collection, error))?;
        Ok(Fixed(Created { index: index.into(), warning: args.kind.warning() }))
    }
}

impl Type {
    /// What does not apply to a type: naming it would promise what the index does not do.
    fn takes(self, option: &str) -> bool {
        match option {
            "unique" => {
                matches!(self, Self::Persistent | Self::Hash | Self::Skiplist | Self::Mdi | Self::MdiPrefixed)
            }
            "sparse" => !matches!(self, Self::Inverted),
            "deduplicate" => matches!(self, Self::Persistent | Self::Hash | Self::Skiplist),
            "expireAfter" => self == Self::Ttl,
            "minLength" => self == Self::Fulltext,
            "geoJson" => self == Self::Geo,
            _ => true,
        }
    }

    fn warning(self) -> Option<&'static str> {
        match self {
            Self::Fulltext => {
                Some("fulltext indexes are deprecated; an inverted index with a text analyzer replaces them")
            }
            Self::Hash | Self::Skiplist => Some("hash and skiplist are old names of persistent"),
            Self::Persistent
            | Self::Ttl
            | Self::Geo
            | Self::Inverted
            | Self::Mdi
            | Self::MdiPrefixed
            | Self::Vector => None,
        }
    }
}

/// The definition as the protocol spells it.
fn definition(args: &Args) -> Result<Map<String, Value>, ToolError> {
    let wrong = |name: &str, problem: String| Err(ToolError::argument(name, "value_error", problem));
    let kind = json!(args.kind);
    let shown = kind.as_str().unwrap_or_default();
    if args.fields.is_empty() && args.kind != Type::Inverted {
        return wrong("fields", "`fields` is empty; name at least one attribute".to_owned());
    }
    let expire_after = args.ttl.or(args.expire_after);
    if args.kind == Type::Ttl {
        if args.fields.len() != 1 {
            return wrong("fields", format!("a ttl index has exactly one attribute, not {}", args.fields.len()));
        }
        if expire_after.is_none() {
            return wrong("ttl", "a ttl index needs `ttl`: seconds after the time in the attribute, or 0".to_owned());
        }
    }
    let mut definition = Map::new();
    definition.insert("type".to_owned(), kind.clone());
    definition.insert("fields".to_owned(), json!(args.fields));
    if matches!(args.kind, Type::Mdi | Type::MdiPrefixed) {
        definition.insert("fieldValueTypes".to_owned(), "double".into());
    }
    // Each with its default, which changes nothing wherever it is given.
    let options = [
        ("unique", args.unique.map(Value::from), json!(false)),
        ("sparse", args.sparse.map(Value::from), json!(false)),
        ("deduplicate", args.deduplicate.map(Value::from), json!(true)),
        ("name", args.name.clone().map(Value::from), Value::Null),
        ("inBackground", args.in_background.map(Value::from), json!(false)),
        ("expireAfter", expire_after.map(Value::from), Value::Null),
        ("minLength", args.min_length.map(Value::from), Value::Null),
        ("geoJson", args.geo_json.map(Value::from), json!(false)),
    ];
    for (name, value, default) in options {
        let Some(value) = value else { continue };
        if args.kind.takes(name) {
            definition.insert(name.to_owned(), value);
        } else if value != default {
            let name = if name == "expireAfter" { "ttl" } else { name };
            return wrong(name, format!("`{name}` does not apply to an index of type {shown}"));
        }
    }
    for (name, value) in args.options.iter().flatten() {
        if name == "type" || name == "fields" || definition.get(name).is_some_and(|given| given != value) {
            return wrong("options", format!("`{name}` is an argument of its own; leave it out of `options`"));
        }
        definition.insert(name.clone(), value.clone());
    }
    Ok(definition)
}

fn refused(collection: &CollectionName, error: arango::Error) -> ToolError {
    let advice = match error.num() {
        Some(ErrorNum::UNIQUE_CONSTRAINT_VIOLATED) => {
            "several documents have equal values there, so the index cannot be unique; find them with COLLECT in arango_query"
        }
        Some(ErrorNum::DUPLICATE_IDENTIFIER | ErrorNum::DUPLICATE_NAME) => {
            "an index with this name exists and is different; choose another name or delete it with arango_delete_index"
        }
        Some(ErrorNum::ILLEGAL_NAME) => "an index name begins with a letter and has no `/`",
        Some(ErrorNum::BAD_PARAMETER) => "see the message; `options` are spelled as in ArangoDB's REST API",
        _ => return on_collection(collection, error),
    };
    on_collection(collection, error).hint(advice)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::tools::testing::Bench;

    async fn bench() -> Bench {
        let bench = Bench::new();
        bench.fill("c", json!([{"a": 1}, {"a": 1}])).await;
        bench
    }

    fn with(mut more: Value) -> Value {
        more["collection"] = json!("c");
        more
    }

    #[tokio::test]
    async fn every_type_can_be_made_and_its_own_options_are_kept() {
        let bench = bench().await;
        for (arguments, kept) in [
            (
                json!({"fields": ["a", "b.c"], "sparse": true, "name": "mine"}),
                json!({"type": "persistent", "sparse": true, "name": "mine"}),
            ),
            (json!({"fields": ["t[*]"], "type": "hash", "deduplicate": false}), json!({"deduplicate": false})),
            (json!({"fields": ["x"], "type": "skiplist", "inBackground": true}), json!({"fields": ["x"]})),
            (json!({"fields": ["loc"], "type": "geo", "geo_json": true}), json!({"geoJson": true})),
            (json!({"fields": ["text"], "type": "fulltext", "minLength": 3}), json!({"minLength": 3})),
            (json!({"fields": ["v", "w"], "type": "mdi"}), json!({"fieldValueTypes": "double"})),
            (
                json!({"fields": ["z"], "type": "mdi-prefixed", "options": {"prefixFields": ["a"]}}),
                json!({"prefixFields": ["a"]}),
            ),
            (
                json!({"fields": "[\"text\"]", "type": "inverted", "options": {"analyzer": "text_en"}}),
                json!({"analyzer": "text_en"}),
            ),
            (
                json!({"fields": ["e"], "type": "vector", "options": {"params": {"metric": "l2", "dimension": 3, "nLists": 1}}}),
                json!({"params": {"metric": "l2", "dimension": 3, "nLists": 1}}),
            ),
        ] {
            let made = bench.result("arango_create_index", with(arguments)).await;
            assert!(made["id"].as_str().unwrap().starts_with("c/"), "{made}");
            for (name, value) in kept.as_object().unwrap() {
                assert_eq!(&made[name], value, "{made}");
            }
        }
    }

    #[tokio::test]
    async fn a_time_to_live_of_zero_is_a_time() {
        let bench = bench().await;
        let made = bench
            .result("arango_create_index", with(json!({"type": "ttl", "fields": ["at"], "ttl": 0, "expire_after": 9})))
            .await;
        assert_eq!(made["expireAfter"], 0);
    }

    #[tokio::test]
    async fn a_ttl_index_needs_one_attribute_and_a_time() {
        let bench = bench().await;
        for arguments in [
            json!({"type": "ttl", "fields": ["at"]}),
            json!({"type": "ttl", "fields": ["at", "b"], "ttl": 1}),
            json!({"type": "ttl", "fields": ["at"], "ttl": -1}),
        ] {
            let error = bench.error("arango_create_index", with(arguments)).await;
            assert_eq!(error["type"], "ValidationError");
        }
    }

    #[tokio::test]
    async fn an_option_that_the_type_would_ignore_is_an_error_unless_it_says_the_default() {
        let bench = bench().await;
        for (arguments, option) in [
            (json!({"type": "geo", "fields": ["l"], "unique": true}), "unique"),
            (json!({"fields": ["l"], "geoJson": true}), "geoJson"),
            (json!({"fields": ["l"], "ttl": 5}), "ttl"),
            (json!({"fields": ["l"], "options": {"type": "geo"}}), "type"),
        ] {
            let error = bench.error("arango_create_index", with(arguments)).await;
            assert!(error["error"].as_str().unwrap().contains(&format!("`{option}`")), "{error}");
        }
        let harmless = json!({"type": "geo", "fields": ["l"], "unique": false, "deduplicate": true, "geoJson": false});
        bench.result("arango_create_index", with(harmless)).await;
    }

    #[tokio::test]
    async fn an_index_that_exists_is_returned_and_one_of_the_same_name_is_a_conflict() {
        let bench = bench().await;
        let first = bench.result("arango_create_index", with(json!({"fields": ["b"], "name": "n"}))).await;
        let again = bench.result("arango_create_index", with(json!({"fields": ["b"], "name": "n"}))).await;
        assert_eq!(first["id"], again["id"]);
        assert_eq!((&first["isNewlyCreated"], &again["isNewlyCreated"]), (&json!(true), &json!(false)));
        let error = bench.error("arango_create_index", with(json!({"fields": ["d"], "name": "n"}))).await;
        assert!(error["hint"].as_str().unwrap().contains("another name"), "{error}");
    }

    #[tokio::test]
    async fn equal_values_collections_that_are_missing_and_bad_fields_are_told() {
        let bench = bench().await;
        let error = bench.error("arango_create_index", with(json!({"fields": ["a"], "unique": true}))).await;
        assert_eq!(error["code"], 1210);
        assert!(error["hint"].as_str().unwrap().contains("cannot be unique"));
        assert_eq!(bench.error("arango_create_index", with(json!({"fields": []}))).await["type"], "ValidationError");
        let missing = json!({"collection": "nope", "fields": ["a"]});
        assert_eq!(bench.error("arango_create_index", missing).await["type"], "CollectionNotFound");
        assert_eq!(bench.error("arango_create_index", with(json!({"fields": ["_id"]}))).await["code"], 10);
    }
}
