//! Advice for texts against plans as a server shows them.

use super::*;

fn scan(id: u32, collection: &str, variable: &str) -> Value {
    json!({"type": "EnumerateCollectionNode", "id": id, "collection": collection, "outVariable": {"name": variable}})
}

/// The fields suggested for the whole scans of `c` by `d` and of `e` by `f`.
fn fields(text: &str, bind_vars: &Value) -> Vec<Vec<String>> {
    let plan = json!({"nodes": [
        {"type": "SingletonNode", "id": 1},
        scan(2, "c", "d"),
        {"type": "SubqueryNode", "id": 3, "subquery": {"nodes": [scan(4, "e", "f")]}},
    ]});
    let scans = scans(&plan);
    assert_eq!(scans.len(), 2);
    let suggestions = suggest(text, bind_vars.as_object().unwrap(), &scans, |_| Vec::new());
    let names = |list: &Value| list.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    suggestions.iter().filter_map(|each| each.get("attributes")).map(names).collect()
}

fn one(text: &str) -> String {
    let found = fields(text, &json!({"a": "x", "path": ["x", "y"], "@c": "c"}));
    found.into_iter().map(|fields| fields.join(" ")).collect::<Vec<_>>().join("; ")
}

#[test]
fn equal_attributes_come_first_and_one_range_or_the_order_last() {
    assert_eq!(one("FOR d IN c FILTER d.age > 3 AND d.city == 'x' SORT d.name RETURN d"), "city age");
    assert_eq!(one("FOR d IN c FILTER d.city == 'x' SORT d.name, d.age RETURN d"), "city name age");
    assert_eq!(one("FOR d IN c FILTER 1 <= d.age FILTER d.k IN [1, 2] SORT d.z RETURN d"), "k age");
    assert_eq!(one("FOR d IN c FILTER d.k IN [1, 2] SORT d.z RETURN d"), "k");
    assert_eq!(one("FOR d IN c SORT d.a, d.b DESC RETURN d"), "");
}

#[test]
fn paths_are_read_through_brackets_and_bind_parameters() {
    assert_eq!(one("FOR d IN @@c FILTER d.@a == 1 AND d.@path == 2 AND d['p'].q == 3 RETURN d"), "x x.y p.q");
    assert_eq!(one("FOR d IN c FILTER 'x' IN d.tags RETURN d"), "tags[*]");
    assert_eq!(one("FOR d IN c FILTER 'x' IN d.tags[*].name RETURN d"), "tags[*].name");
}

#[test]
fn only_what_is_known_when_documents_are_looked_up_can_be_looked_up() {
    assert_eq!(one("FOR d IN c FILTER d.a == d.b RETURN d"), "");
    assert_eq!(one("FOR d IN c FOR f IN e FILTER f.x == d.y RETURN 1"), "x");
    assert_eq!(one("FOR d IN c RETURN (FOR f IN e FILTER f.x == d.y RETURN f)"), "x");
    assert_eq!(one("FOR d IN c LIMIT 5 FILTER d.a == 1 RETURN d"), "");
    assert_eq!(one("FOR d IN c FILTER d.a == 1 OR d.b == 2 RETURN d"), "");
    assert_eq!(one("FOR d IN c FILTER d._id == @a RETURN d"), "");
}

#[test]
fn a_condition_no_index_serves_and_an_index_that_is_not_used_are_said_without_a_call() {
    let plan = json!({"nodes": [scan(2, "c", "d")]});
    let scans = scans(&plan);
    let hints = |text: &str, indexes: &[Index]| suggest(text, &Map::new(), &scans, |_| indexes.to_vec());
    let computed = hints("FOR d IN c FILTER LOWER(d.name) == 'x' RETURN d", &[]);
    assert!(computed[0]["hint"].as_str().unwrap().contains("no condition"));
    assert_eq!(computed[0]["nodeId"], 2);
    let index: Index =
        serde_json::from_value(json!({"id": "c/1", "type": "persistent", "name": "n", "fields": ["a"]})).unwrap();
    let unused = hints("FOR d IN c FILTER d.a > 1 RETURN d", &[index]);
    assert!(unused[0]["hint"].as_str().unwrap().contains("does not use it"));
    assert_eq!(unused[0].get("create"), None);
    assert!(hints("FOR d IN c RETURN d", &[]).is_empty());
    assert!(hints("FOR d IN", &[]).is_empty());
}

#[test]
fn the_search_of_an_upsert_is_looked_up_for_every_row() {
    let plan = json!({"nodes": [scan(2, "c", "4")]});
    let text = "FOR x IN 1..9 UPSERT { k: x, t: 1 } INSERT {} UPDATE {} IN @@c";
    let bind_vars = json!({"@c": "c"});
    let found = suggest(text, bind_vars.as_object().unwrap(), &scans(&plan), |_| Vec::new());
    assert_eq!(found[0]["attributes"], json!(["k", "t"]));
    assert!(found[0]["hint"].as_str().unwrap().starts_with("UPSERT reads all of c"));
}

#[test]
fn a_text_as_deep_as_the_parser_lets_through_is_read_on_a_small_stack() {
    let deep =
        |depth: usize| format!("FOR d IN c FILTER {}d.a{} == 1 RETURN d", "ABS(".repeat(depth), ")".repeat(depth));
    let long = format!("FOR d IN c FILTER d.a == 1{} RETURN d", " + 1".repeat(20_000));
    let deepest = (1..2000).rev().map(deep).find(|text| aql::parse(text).is_ok()).unwrap();
    for text in [deepest, long] {
        let plan = json!({"nodes": [scan(2, "c", "d")]});
        let read = move || suggest(&text, &Map::new(), &scans(&plan), |_| Vec::new()).len();
        let small = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
        assert!(small.spawn(read).unwrap().join().unwrap() <= 1);
    }
}
