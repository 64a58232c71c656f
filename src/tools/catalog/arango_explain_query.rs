//! `arango_explain_query`: the plans of a query without running it, and the indexes that would help.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::{
    effect::Effect,
    error::ToolError,
    index_advice::{self, Scan},
    on_database::Target,
    query_error,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::{
    arango::{self, Index},
    wire::CollectionName,
};

#[derive(Debug)]
pub(crate) struct ExplainQuery;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    query: String,
    #[serde(default)]
    bind_vars: Option<Map<String, Value>>,
    /// Default true.
    #[serde(default)]
    suggest_indexes: Option<bool>,
    /// Default 1.
    #[serde(default)]
    #[schemars(range(min = 1, max = 100))]
    max_plans: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Explanation {
    plans: Vec<Value>,
    warnings: Vec<Value>,
    stats: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index_suggestions: Option<Vec<Value>>,
}

impl DatabaseTool for ExplainQuery {
    const NAME: &'static str = "arango_explain_query";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Explain a query";
    const DESCRIPTION: &'static str = "Show an AQL query's plan without running it: nodes, estimatedCost, warnings, \
index_suggestions. To measure a run use arango_query_profile.";
    const CATEGORY: Category = Category::Indexing;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Explanation>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Explanation>, ToolError> {
        let mut query = arango::Query::new(args.query);
        query.bind_vars = args.bind_vars.unwrap_or_default();
        let explained = target.database.explain(&query, args.max_plans.unwrap_or(1)).await;
        let explained = explained.map_err(|error| query_error::explain(&query.text, error))?;
        let index_suggestions = match explained.plans.first() {
            Some(plan) if args.suggest_indexes.unwrap_or(true) => Some(suggestions(target, &query, plan).await),
            Some(_) | None => None,
        };
        let warnings = explained.warnings.iter().map(|warning| json!(warning)).collect();
        Ok(Fixed(Explanation { plans: explained.plans, warnings, stats: explained.stats, index_suggestions }))
    }
}

async fn suggestions(target: &Target<'_>, query: &arango::Query, plan: &Value) -> Vec<Value> {
    let scans = index_advice::scans(plan);
    let known = indexes(target, &scans).await;
    let of = |collection: &str| known.get(collection).cloned().unwrap_or_default();
    index_advice::suggest(&query.text, &query.bind_vars, &scans, of)
}

/// The indexes of the collections that are scanned. Advice is better with them, and possible without.
async fn indexes(target: &Target<'_>, scans: &[Scan<'_>]) -> HashMap<String, Vec<Index>> {
    let mut known = HashMap::new();
    for scan in scans {
        if known.contains_key(scan.collection) {
            continue;
        }
        if let Ok(name) = CollectionName::parse(scan.collection) {
            known.insert(scan.collection.to_owned(), target.database.indexes(&name).await.unwrap_or_default());
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::tools::testing::Bench;

    async fn bench() -> Bench {
        let bench = Bench::new();
        bench.fill("users", json!([{"age": 1}, {"age": 2}])).await;
        bench
    }

    #[tokio::test]
    async fn a_plan_comes_with_its_nodes_warnings_and_stats_and_nothing_is_run() {
        let bench = bench().await;
        let query = "FOR u IN users FILTER u.age > 1 REMOVE u IN users";
        let result = bench.result("arango_explain_query", json!({"query": query, "suggest_indexes": false})).await;
        assert_eq!(result["plans"].as_array().unwrap().len(), 1);
        assert_eq!(result["plans"][0]["nodes"][0]["type"], "SingletonNode");
        assert_eq!(result["warnings"], json!([]));
        assert!(result["stats"]["plansCreated"].is_number());
        assert_eq!(result.get("index_suggestions"), None);
        let count = bench.result("arango_query", json!({"query": "RETURN LENGTH(users)"})).await;
        assert_eq!(count, json!([2]));
    }

    #[tokio::test]
    async fn a_suggestion_holds_the_call_that_makes_the_index_and_following_it_ends_the_scan() {
        let bench = bench().await;
        let explain = json!({
            "query": "FOR u IN @@c FILTER u.age == @age SORT u.name RETURN u",
            "bindVars": {"@c": "users", "age": 1},
            "maxPlans": 3,
        });
        let result = bench.result("arango_explain_query", explain.clone()).await;
        let suggestion = &result["index_suggestions"][0];
        assert_eq!(suggestion["attributes"], json!(["age", "name"]));
        assert_eq!(suggestion["type"], "persistent");
        assert_eq!(suggestion["why"], "age ==, name order");
        let node = suggestion["nodeId"].as_i64().unwrap();
        let nodes = result["plans"][0]["nodes"].as_array().unwrap();
        let scan = nodes.iter().find(|each| each["id"] == node).unwrap();
        assert_eq!(scan["type"], "EnumerateCollectionNode");

        let create: &Value = &suggestion["create"];
        bench.result(create["tool"].as_str().unwrap(), create["arguments"].clone()).await;
        let result = bench.result("arango_explain_query", explain).await;
        assert_eq!(result["index_suggestions"], json!([]));
    }

    #[tokio::test]
    async fn errors_of_queries_keep_their_place() {
        let bench = bench().await;
        let error = bench.error("arango_explain_query", json!({"query": "RETRUN 1"})).await;
        assert_eq!((&error["type"], &error["line"]), (&json!("QueryError"), &json!(1)));
        let error = bench.error("arango_explain_query", json!({"query": "FOR x IN nope RETURN x"})).await;
        assert_eq!(error["code"], 1203);
        let error = bench.error("arango_explain_query", json!({"query": "RETURN @x"})).await;
        assert_eq!(error["code"], 1551);
        let error = bench.error("arango_explain_query", json!({"query": "RETURN 1", "max_plans": 0})).await;
        assert_eq!(error["type"], "ValidationError");
    }
}
