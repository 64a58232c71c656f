//! `arango_query_builder`: documents by conditions, without AQL. Names and values reach the query as bind parameters only.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{
    arguments::Seconds,
    effect::Effect,
    error::ToolError,
    on_database::Target,
    reply::Payload,
    rows::{self, Bound, Room},
    tool::{Category, DatabaseTool},
};
use crate::{
    arango::{self, AskedLimits},
    wire::CollectionName,
};

#[derive(Debug)]
pub(crate) struct QueryBuilder;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
enum Operator {
    #[serde(rename = "==")]
    Equal,
    #[serde(rename = "!=")]
    NotEqual,
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "<=")]
    LessOrEqual,
    #[serde(rename = ">")]
    Greater,
    #[serde(rename = ">=")]
    GreaterOrEqual,
    #[serde(rename = "IN", alias = "in")]
    In,
    #[serde(rename = "LIKE", alias = "like")]
    Like,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Filter {
    field: String,
    op: Operator,
    /// IN: an array. LIKE: a pattern with % and _.
    value: Value,
    /// For LIKE; default false.
    #[serde(default)]
    case_sensitive: Option<bool>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
enum Direction {
    #[default]
    #[serde(rename = "ASC", alias = "asc")]
    Ascending,
    #[serde(rename = "DESC", alias = "desc")]
    Descending,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SortKey {
    field: String,
    #[serde(default)]
    #[schemars(with = "Option<Direction>")]
    direction: Direction,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    collection: CollectionName,
    /// All must hold.
    #[serde(default)]
    filters: Option<Vec<Filter>>,
    #[serde(default)]
    sort: Option<Vec<SortKey>>,
    /// Default 1000.
    #[serde(default)]
    #[schemars(range(min = 1, max = 100_000))]
    limit: Option<u32>,
    /// Default: whole documents.
    #[serde(default)]
    return_fields: Option<Vec<String>>,
    /// Seconds.
    #[serde(default)]
    max_runtime: Option<Seconds>,
}

impl DatabaseTool for QueryBuilder {
    const NAME: &'static str = "arango_query_builder";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Find documents";
    const DESCRIPTION: &'static str = "Find documents of one collection by simple conditions, without AQL. Fields may \
be paths (`address.city`). For OR, joins, grouping use arango_query.";
    const CATEGORY: Category = Category::Query;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Payload;

    fn limits(args: &Args) -> AskedLimits {
        AskedLimits { runtime: args.max_runtime.map(Seconds::duration), memory: None }
    }

    async fn call(target: &Target<'_>, args: Args) -> Result<Payload, ToolError> {
        let room = Room::new(args.limit, target.entry);
        // Who gives a limit wants no more rows than that; without one the collection may be of any size.
        let horizon = args.limit.is_none().then(|| Bound::horizon(room));
        let limit = args.limit.or(horizon.map(|rows| rows.saturating_add(1)));
        let query = query(&args, limit)?;
        rows::run(target, query, &Bound { room, argument: "limit", advice: "add filters", horizon }).await
    }
}

/// A query in the making: text that is ours, and everything else bound.
#[derive(Debug)]
struct Builder {
    query: arango::Query,
    bound: usize,
}

impl Builder {
    fn bind(&mut self, value: Value) -> String {
        let name = format!("p{}", self.bound);
        self.bound += 1;
        let reference = format!("@{name}");
        self.query.bind_vars.insert(name, value);
        reference
    }

    /// A field of the document, as an expression.
    fn field(&mut self, argument: &str, field: &str) -> Result<String, ToolError> {
        let path = path(argument, field)?;
        Ok(format!("d.{}", self.bind(path)))
    }

    fn condition(&mut self, filter: &Filter) -> Result<String, ToolError> {
        let wrong = |problem: String| Err(ToolError::argument("filters", "value_error", problem));
        let field = self.field("filters", &filter.field)?;
        if filter.case_sensitive.is_some() && filter.op != Operator::Like {
            return wrong(format!("`case_sensitive` of the filter on {:?} is for LIKE only", filter.field));
        }
        let operator = match filter.op {
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
            Operator::In if filter.value.is_array() => "IN",
            Operator::In => return wrong(format!("IN needs an array as the value for {:?}", filter.field)),
            Operator::Like if filter.value.is_string() => {
                let pattern = self.bind(filter.value.clone());
                let ignore_case = self.bind(json!(!filter.case_sensitive.unwrap_or(false)));
                return Ok(format!("LIKE({field}, {pattern}, {ignore_case})"));
            }
            Operator::Like => return wrong(format!("LIKE needs a string as the value for {:?}", filter.field)),
        };
        let value = self.bind(filter.value.clone());
        Ok(format!("{field} {operator} {value}"))
    }
}

fn query(args: &Args, limit: Option<u32>) -> Result<arango::Query, ToolError> {
    let start = arango::Query::new("FOR d IN @@collection").bind("@collection", args.collection.as_str());
    let mut builder = Builder { query: start, bound: 0 };
    let mut clauses = Vec::new();
    for filter in args.filters.iter().flatten() {
        clauses.push(format!("FILTER {}", builder.condition(filter)?));
    }
    let mut keys = Vec::new();
    for key in args.sort.iter().flatten() {
        let direction = match key.direction {
            Direction::Ascending => "ASC",
            Direction::Descending => "DESC",
        };
        keys.push(format!("{} {direction}", builder.field("sort", &key.field)?));
    }
    if !keys.is_empty() {
        clauses.push(format!("SORT {}", keys.join(", ")));
    }
    if let Some(limit) = limit {
        clauses.push(format!("LIMIT {}", builder.bind(limit.into())));
    }
    let mut entries = Vec::new();
    for field in args.return_fields.iter().flatten() {
        let value = builder.field("return_fields", field)?;
        entries.push(format!("{}: {value}", builder.bind(field.as_str().into())));
    }
    let row = if entries.is_empty() { "d".to_owned() } else { format!("{{ {} }}", entries.join(", ")) };
    clauses.push(format!("RETURN {row}"));
    for clause in clauses {
        builder.query.text.push(' ');
        builder.query.text.push_str(&clause);
    }
    Ok(builder.query)
}

/// The path a field means, as it is bound: a name, or an array of names.
fn path(argument: &str, field: &str) -> Result<Value, ToolError> {
    let plain = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    if !field.split('.').all(plain) {
        let shown: String = field.chars().take(80).collect();
        let problem = format!("`{argument}` has the field {shown:?}, which is not a path of names joined by dots");
        return Err(ToolError::argument(argument, "value_error", problem)
            .hint("names have letters, digits, _ and -; for anything else use arango_query"));
    }
    let names: Vec<&str> = field.split('.').collect();
    Ok(match names.as_slice() {
        [only] => json!(only),
        path => json!(path),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::tools::testing::Bench;

    async fn bench() -> Bench {
        let bench = Bench::new();
        let people = json!([
            {"_key": "1", "name": "Ada", "age": 36, "address": {"city": "London"}, "filter": 1},
            {"_key": "2", "name": "Alan", "age": 41, "address": {"city": "Wilmslow"}, "filter": 2},
            {"_key": "3", "name": "grace", "age": 85, "address": {"city": "Arlington"}, "first-name": "Grace"},
        ]);
        bench.fill("people", people).await;
        bench
    }

    async fn keys(bench: &Bench, filters: Value) -> Value {
        let call = json!({
            "collection": "people", "filters": filters, "sort": [{"field": "_key"}], "return_fields": ["_key"],
        });
        let rows = bench.result("arango_query_builder", call).await;
        rows.as_array().unwrap().iter().map(|row| row["_key"].clone()).collect()
    }

    fn filter(field: &str, op: &str, value: impl Into<Value>) -> Value {
        json!([{"field": field, "op": op, "value": value.into()}])
    }

    #[tokio::test]
    async fn every_operator_compares_as_its_name_says() {
        let bench = bench().await;
        for (op, value, expected) in [
            ("==", json!(41), json!(["2"])),
            ("!=", json!(41), json!(["1", "3"])),
            ("<", json!(41), json!(["1"])),
            ("<=", json!(41), json!(["1", "2"])),
            (">", json!(41), json!(["3"])),
            (">=", json!(41), json!(["2", "3"])),
            ("IN", json!([36, 85]), json!(["1", "3"])),
        ] {
            assert_eq!(keys(&bench, filter("age", op, value)).await, expected, "{op}");
        }
        assert_eq!(keys(&bench, filter("age", "==", Value::Null)).await, json!([]));
        let both = json!([{"field": "age", "op": ">", "value": 36}, {"field": "name", "op": "LIKE", "value": "a%"}]);
        assert_eq!(keys(&bench, both).await, json!(["2"]));
    }

    #[tokio::test]
    async fn like_ignores_case_unless_told() {
        let bench = bench().await;
        assert_eq!(keys(&bench, filter("name", "LIKE", json!("A%"))).await, json!(["1", "2"]));
        assert_eq!(keys(&bench, filter("name", "LIKE", json!("G%"))).await, json!(["3"]));
        let exact = json!([{"field": "name", "op": "LIKE", "value": "G%", "case_sensitive": true}]);
        assert_eq!(keys(&bench, exact).await, json!([]));
    }

    #[tokio::test]
    async fn dotted_paths_filter_sort_and_keep_their_name_in_the_projection() {
        let bench = bench().await;
        assert_eq!(keys(&bench, filter("address.city", "==", json!("London"))).await, json!(["1"]));
        let call = json!({
            "collection": "people",
            "sort": [{"field": "address.city", "direction": "DESC"}],
            "limit": 1,
            "returnFields": ["address.city", "age"],
        });
        let rows = bench.result("arango_query_builder", call).await;
        assert_eq!(rows, json!([{"address.city": "Wilmslow", "age": 41}]));
    }

    #[tokio::test]
    async fn keywords_and_dashes_are_names_like_any_other() {
        let bench = bench().await;
        assert_eq!(keys(&bench, filter("filter", "==", json!(2))).await, json!(["2"]));
        assert_eq!(keys(&bench, filter("first-name", "==", json!("Grace"))).await, json!(["3"]));
    }

    #[tokio::test]
    async fn a_result_without_a_limit_is_bounded() {
        let bench = Bench::with(|entry| entry.max_rows = std::num::NonZero::new(2));
        bench.fill("c", json!([{}, {}, {}])).await;
        let rows = bench.result("arango_query_builder", json!({"collection": "c"})).await;
        assert_eq!(rows.as_array().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn bad_fields_values_operators_and_limits_are_errors() {
        let bench = bench().await;
        for (arguments, told) in [
            (json!({"filters": filter("a b", "==", json!(1))}), "a b"),
            (json!({"filters": filter("a..b", "==", json!(1))}), "a..b"),
            (json!({"filters": filter("", "==", json!(1))}), "joined by dots"),
            (json!({"filters": filter("a", "IN", json!(1))}), "array"),
            (json!({"filters": filter("a", "LIKE", json!(1))}), "string"),
            (json!({"filters": filter("a", "=", json!(1))}), "unknown variant"),
            (json!({"filters": [{"field": "a", "op": "=="}]}), "value"),
            (json!({"sort": [{"field": "a` REMOVE d IN people //"}]}), "joined by dots"),
            (json!({"return_fields": ["ok", "d[*]"]}), "d[*]"),
            (json!({"limit": 0}), "at least 1"),
            (json!({"limit": -5}), "at least 1"),
        ] {
            let mut call = arguments.clone();
            call["collection"] = json!("people");
            let error = bench.error("arango_query_builder", call).await;
            assert_eq!(error["type"], "ValidationError", "{arguments}");
            assert!(error["error"].as_str().unwrap().contains(told), "{error}");
        }
        let error = bench.error("arango_query_builder", json!({"collection": "nope"})).await;
        assert_eq!(error["code"], 1203);
    }
}
