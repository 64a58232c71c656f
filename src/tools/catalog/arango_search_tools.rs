//! `arango_search_tools`: finds tools by words of their names and descriptions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::{
    context::CallContext,
    effect::Effect,
    error::ToolError,
    registry::Entry,
    tool::{Category, Fixed, Tool},
};

#[derive(Debug)]
pub(crate) struct SearchTools;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// Any of these; none: all tools.
    keywords: Vec<String>,
    #[serde(default)]
    categories: Option<Vec<String>>,
    /// Default summary; full adds schemas.
    #[serde(default)]
    detail_level: Option<Detail>,
}

/// How much of each match is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Detail {
    Name,
    #[default]
    Summary,
    Full,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Found {
    /// Tools: `name`, and `description` and `inputSchema` as asked for.
    matches: Vec<Map<String, Value>>,
    total_matches: usize,
    keywords: Vec<String>,
    /// The categories that were searched, or `all`.
    categories_searched: Value,
    detail_level: Detail,
    /// Names that are no categories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown_categories: Vec<String>,
    /// Those there are; told beside unknown ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    available_categories: Vec<&'static str>,
}

impl Tool for SearchTools {
    const NAME: &'static str = "arango_search_tools";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Search tools";
    const DESCRIPTION: &'static str =
        "Find tools by keywords in names and descriptions, also tools not loaded in this session.";
    const CATEGORY: Category = Category::Discovery;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Found>;

    async fn call(context: &CallContext, args: Args) -> Result<Fixed<Found>, ToolError> {
        let detail_level = args.detail_level.unwrap_or_default();
        let wanted = args.categories.filter(|names| !names.is_empty());
        let (searched, unknown): (Vec<_>, Vec<_>) =
            wanted.iter().flatten().cloned().partition(|name| Category::ALL.iter().any(|each| each.name() == name));
        let keywords: Vec<String> = args.keywords.iter().map(|keyword| keyword.trim().to_lowercase()).collect();
        let matches: Vec<_> = context
            .tools()
            .iter()
            .filter(|tool| wanted.is_none() || searched.iter().any(|name| name == tool.category.name()))
            .filter(|tool| keywords.is_empty() || keywords.iter().any(|keyword| mentions(tool, keyword)))
            .map(|tool| told(tool, detail_level))
            .collect();
        Ok(Fixed(Found {
            total_matches: matches.len(),
            matches,
            keywords: args.keywords,
            categories_searched: if wanted.is_some() { json!(searched) } else { "all".into() },
            detail_level,
            available_categories: if unknown.is_empty() { Vec::new() } else { names() },
            unknown_categories: unknown,
        }))
    }
}

fn names() -> Vec<&'static str> {
    Category::ALL.iter().map(|category| category.name()).collect()
}

/// The keyword is in lower case already.
fn mentions(tool: &Entry, keyword: &str) -> bool {
    tool.name.contains(keyword) || tool.description.to_lowercase().contains(keyword)
}

fn told(tool: &Entry, detail: Detail) -> Map<String, Value> {
    let mut told = Map::from_iter([("name".to_owned(), tool.name.into())]);
    if detail != Detail::Name {
        told.insert("description".to_owned(), tool.description.into());
    }
    if detail == Detail::Full {
        told.insert("inputSchema".to_owned(), Value::Object((*tool.input_schema).clone()));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::Bench;
    use super::*;

    async fn names(arguments: Value) -> Vec<String> {
        let found = Bench::new().result(SearchTools::NAME, arguments).await;
        let matches = found["matches"].as_array().unwrap();
        assert_eq!(found["total_matches"], matches.len());
        matches.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    }

    #[tokio::test]
    async fn any_keyword_in_a_name_or_a_description_is_a_match() {
        let found = names(json!({"keywords": ["SHORTEST", "restore_graph"], "detail_level": "name"})).await;
        assert!(found.contains(&"arango_shortest_path".to_owned()), "{found:?}");
        assert!(found.contains(&"arango_restore_graph".to_owned()), "{found:?}");
        assert_eq!(names(json!({"keywords": ["no tool says this"]})).await, [""; 0]);
    }

    #[tokio::test]
    async fn categories_narrow_the_search_and_unknown_ones_are_told() {
        let bench = Bench::new();
        let asked = json!({"keywords": ["graph"], "categories": ["core_data", "nonsense"]});
        let found = bench.result(SearchTools::NAME, asked).await;
        assert_eq!((&found["total_matches"], &found["categories_searched"]), (&json!(1), &json!(["core_data"])));
        assert_eq!(found["matches"][0]["name"], "arango_backup");
        assert_eq!(found["unknown_categories"], json!(["nonsense"]));
        let found = bench.result(SearchTools::NAME, json!({"keywords": "[\"graph\"]"})).await;
        assert_eq!((&found["categories_searched"], &found["detail_level"]), (&json!("all"), &json!("summary")));
        let only = names(json!({"keywords": [], "categories": ["schema"]})).await;
        assert_eq!(only, ["arango_create_schema", "arango_validate_document"]);
    }

    #[tokio::test]
    async fn details_are_told_as_asked_for() {
        for (level, keys) in [("name", 1), ("summary", 2), ("full", 3)] {
            let asked = json!({"keywords": ["arango_query"], "detailLevel": level});
            let found = Bench::new().result(SearchTools::NAME, asked).await;
            assert_eq!(found["matches"][0].as_object().unwrap().len(), keys, "{level}");
        }
    }
}
