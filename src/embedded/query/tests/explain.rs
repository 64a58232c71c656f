//! Plans and trees as ArangoDB shows them.

use serde_json::{Value as Json, json};

use super::{
    super::{Options, Request, explain, parse},
    Garden,
};
use crate::embedded::value::{Object, Value};

fn plan(garden: &Garden, text: &str) -> Json {
    let request = Request { text: text.to_owned(), bind_vars: Object::default(), options: Options::default() };
    let body = explain(&garden.database, &garden.environment, &request, false).unwrap();
    Json::from(&Value::object(body))["plan"].clone()
}

fn types(plan: &Json) -> Vec<String> {
    plan["nodes"].as_array().unwrap().iter().map(|node| node["type"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_plan_lists_its_steps_from_the_first_on() {
    let plan = plan(&Garden::planted(), "FOR p IN plants FILTER p.height > 5 SORT p.bed LIMIT 2 RETURN p");
    assert_eq!(
        types(&plan),
        [
            "SingletonNode",
            "EnumerateCollectionNode",
            "CalculationNode",
            "FilterNode",
            "CalculationNode",
            "SortNode",
            "LimitNode",
            "ReturnNode"
        ]
    );
    assert_eq!(plan["collections"], json!([{"name": "plants", "type": "read"}]));
    assert_eq!(plan["isModificationQuery"], json!(false));
    assert_eq!(plan["rules"], json!(["sort-limit"]));
    assert_eq!(plan["nodes"][1]["dependencies"], json!([1]));
    assert_eq!(plan["nodes"][1]["estimatedNrItems"], json!(6));
}

#[test]
fn an_index_in_use_is_shown_with_its_condition() {
    let plan = plan(&Garden::planted(), "FOR p IN plants FILTER p._key == 'oak' RETURN p");
    let node = &plan["nodes"][1];
    assert_eq!(node["type"], "IndexNode");
    assert_eq!(node["indexes"][0]["type"], "primary");
    assert_eq!(plan["nodes"].as_array().unwrap().len(), 3, "the filter is covered");
    assert_eq!(node["condition"]["subNodes"][0]["subNodes"][0]["type"], "compare ==");
}

#[test]
fn subqueries_and_modifications_are_steps() {
    let garden = Garden::planted();
    let plan = plan(&garden, "LET n = LENGTH(FOR p IN plants RETURN 1) INSERT {n} INTO plants RETURN NEW");
    let types = types(&plan);
    assert!(types.contains(&"SubqueryNode".to_owned()) && types.contains(&"InsertNode".to_owned()), "{types:?}");
    assert_eq!(plan["isModificationQuery"], json!(true));
    assert_eq!(plan["collections"], json!([{"name": "plants", "type": "write"}]));
}

#[test]
fn a_long_condition_is_shown_flat() {
    let garden = Garden::planted();
    let condition = (0..200).map(|i| format!("p.height == {i}")).collect::<Vec<_>>().join(" OR p.bed == 1 OR ");
    let plan = plan(&garden, &format!("FOR p IN plants FILTER {condition} RETURN p"));
    assert_eq!(plan["nodes"][2]["expression"]["subNodes"].as_array().unwrap().len(), 399);
}

#[test]
fn what_nests_too_deeply_is_not_shown() {
    let text = format!("RETURN {}", vec!["1"; 450].join(" - "));
    assert_eq!(parse(&text).unwrap_err().num.0, 1524);
}

#[test]
fn a_parsed_query_tells_its_collections_and_parameters() {
    let body = Json::from(&Value::object(parse("FOR p IN plants FILTER p.a == @b RETURN p").unwrap()));
    assert_eq!(body["parsed"], json!(true));
    assert_eq!(body["collections"], json!(["plants"]));
    assert_eq!(body["bindVars"], json!(["b"]));
    assert_eq!(body["ast"][0]["type"], "root");
    assert_eq!(parse("FOR p IN").unwrap_err().num.0, 1501);
}
