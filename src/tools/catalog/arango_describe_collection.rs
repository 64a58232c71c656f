//! `arango_describe_collection`: what the documents of a collection look like, from a bounded sample that is the same each
//! time, with indexes and the schema rule.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::{
    attributes::{Attribute, Attributes},
    documents::on_collection,
    effect::Effect,
    error::ToolError,
    on_database::Target,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::{
    arango::{CollectionType, Query},
    wire::CollectionName,
};

/// Documents that are looked at when the call does not say how many.
const DEFAULT_SAMPLE: u32 = 100;

#[derive(Debug)]
pub(crate) struct DescribeCollection;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    collection: CollectionName,
    /// Default 100: the first by key.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1000))]
    sample_size: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Description {
    collection: String,
    /// `document` or `edge`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Documents in it.
    count: u64,
    /// Documents looked at.
    sampled: u64,
    /// What they have.
    attributes: Vec<Attribute>,
    /// Whether there are more attributes than are listed.
    attributes_cut: bool,
    /// Its indexes.
    indexes: Vec<Map<String, Value>>,
    /// The rule documents must follow; null when there is none.
    schema: Option<Value>,
    /// Values the server computes; null when there are none.
    computed_values: Option<Value>,
}

impl DatabaseTool for DescribeCollection {
    const NAME: &'static str = "arango_describe_collection";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Describe a collection";
    const DESCRIPTION: &'static str = "Show a collection's attribute paths with types, frequency and examples (from a \
sample), indexes and schema. Use it before writing a query.";
    const CATEGORY: Category = Category::Health;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Description>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Description>, ToolError> {
        let (database, name) = (&target.database, &args.collection);
        let missing = |error| on_collection(name, error);
        let mut properties = database.collection(name).await.map_err(missing)?;
        let query = Query::new("FOR d IN @@collection SORT d._key LIMIT @sample RETURN d")
            .bind("@collection", name.as_str())
            .bind("sample", args.sample_size.unwrap_or(DEFAULT_SAMPLE));
        let sample = async {
            let mut attributes = Attributes::default();
            let mut cursor = database.query(&query).await?;
            while let Some(batch) = cursor.next_batch().await? {
                batch.decode::<Value>()?.iter().for_each(|document| attributes.add(document));
            }
            Ok(attributes)
        };
        let (attributes, count, indexes) =
            futures::try_join!(sample, database.count(name), database.index_descriptions(name)).map_err(missing)?;
        let mut rule = |name: &str| properties.more.remove(name).filter(|value| !value.is_null());
        Ok(Fixed(Description {
            schema: rule("schema"),
            computed_values: rule("computedValues"),
            collection: name.as_str().to_owned(),
            kind: match properties.kind {
                CollectionType::Document => "document",
                CollectionType::Edge => "edge",
            },
            count,
            sampled: attributes.documents(),
            attributes_cut: attributes.cut(),
            attributes: attributes.into_list(),
            indexes,
        }))
    }
}
