//! `arango_list_tools_by_category`: what there is, by what it is about.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    context::CallContext,
    effect::Effect,
    error::{Kind, ToolError},
    reply::{Payload, Shape},
    tool::{Category, Tool},
};

#[derive(Debug)]
pub(crate) struct ListToolsByCategory;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// Default: all.
    #[serde(default)]
    category: Option<String>,
}

#[derive(Debug, Serialize)]
struct One {
    category: &'static str,
    tools: Vec<&'static str>,
    tool_count: usize,
}

#[derive(Debug, Serialize)]
struct All {
    categories: BTreeMap<&'static str, Tools>,
    total_tools: usize,
}

#[derive(Debug, Serialize)]
struct Tools {
    tools: Vec<&'static str>,
    count: usize,
}

impl Tool for ListToolsByCategory {
    const NAME: &'static str = "arango_list_tools_by_category";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "List tools by category";
    const DESCRIPTION: &'static str = "List the names of all tools by category, loaded in this session or not.";
    const CATEGORY: Category = Category::Discovery;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Payload;

    async fn call(context: &CallContext, args: Args) -> Result<Payload, ToolError> {
        let of = |category: Category| -> Vec<&'static str> {
            context.tools().iter().filter(|tool| tool.category == category).map(|tool| tool.name).collect()
        };
        let value = if let Some(name) = args.category.filter(|name| !name.is_empty()) {
            let category = Category::ALL.into_iter().find(|category| category.name() == name);
            let category = category.ok_or_else(|| unknown(&name))?;
            let tools = of(category);
            serde_json::to_value(One { category: category.name(), tool_count: tools.len(), tools })
        } else {
            let listed = Category::ALL.into_iter().map(|category| (category.name(), of(category)));
            let categories: BTreeMap<_, _> =
                listed.map(|(name, tools)| (name, Tools { count: tools.len(), tools })).collect();
            serde_json::to_value(All { categories, total_tools: context.tools().len() })
        };
        Payload::of_value(&value.map_err(|error| ToolError::internal(&error))?, Shape::Object)
    }
}

fn unknown(name: &str) -> ToolError {
    let available: Vec<&str> = Category::ALL.iter().map(|category| category.name()).collect();
    ToolError::new(Kind::Validation, format!("Unknown category: {name}"))
        .hint(format!("the categories are: {}", available.join(", ")))
        .with("available_categories", available)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::testing::Bench;
    use super::*;

    #[tokio::test]
    async fn every_tool_is_in_one_category() {
        let all = Bench::new().result(ListToolsByCategory::NAME, json!({})).await;
        let categories = all["categories"].as_object().unwrap();
        let counted: u64 = categories.values().map(|each| each["count"].as_u64().unwrap()).sum();
        assert_eq!(all["total_tools"], counted);
        assert!(categories.values().all(|each| each["count"] != 0), "{all}");
        assert_eq!(categories["discovery"]["count"], 8);
    }

    #[tokio::test]
    async fn one_category_is_listed_and_an_unknown_one_refused_with_those_there_are() {
        let bench = Bench::new();
        let one = bench.result(ListToolsByCategory::NAME, json!({"category": "indexing"})).await;
        let tools =
            json!(["arango_list_indexes", "arango_create_index", "arango_delete_index", "arango_explain_query"]);
        assert_eq!(one, json!({"category": "indexing", "tools": tools, "tool_count": 4}));
        let error = bench.error(ListToolsByCategory::NAME, json!({"category": "x"})).await;
        assert_eq!(error["error"], "Unknown category: x");
        assert_eq!(error["available_categories"][0], "core_data");
    }
}
