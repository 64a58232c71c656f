//! Indexes answer conditions and orders, and never change what comes out.

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use serde_json::{Value as Json, json};

use super::{
    super::{Options, Request, explain},
    Garden, as_json,
};
use crate::embedded::{
    store::CollectionKind,
    value::{Object, Value},
};

/// A hundred things with numbers and an index over them.
fn counted() -> Garden {
    let garden = Garden::empty();
    garden.collection("things", CollectionKind::Document);
    garden.run(
        "FOR i IN 0..99 INSERT { _key: CONCAT('k', i), n: i, kind: i % 4, tags: [i % 3, 'x'] } INTO things",
        json!({}),
    );
    garden.index("things", json!({"type": "persistent", "fields": ["kind", "n"], "name": "both"}));
    garden.index("things", json!({"type": "persistent", "fields": ["n"], "name": "number"}));
    garden.index("things", json!({"type": "persistent", "fields": ["tags[*]"], "name": "tags"}));
    garden
}

/// How many rows a query gives, and how many documents it reads by index and otherwise.
fn reads(garden: &Garden, text: &str) -> (usize, u64, u64) {
    let outcome = garden.run(text, json!({}));
    (outcome.rows.len(), outcome.stats.scanned_index, outcome.stats.scanned_full)
}

fn nodes(garden: &Garden, text: &str) -> Vec<Json> {
    let request = Request { text: text.to_owned(), bind_vars: Object::default(), options: Options::default() };
    let body = explain(&garden.database, &garden.environment, &request, false).unwrap();
    Json::from(&Value::object(body))["plan"]["nodes"].as_array().unwrap().clone()
}

#[test]
fn ranges_read_nothing_but_what_is_within_them() {
    let garden = counted();
    for (filter, found) in [
        ("t.n < 10", 10),
        ("t.n <= 10", 11),
        ("t.n > 90 AND t.n < 95", 4),
        ("95 <= t.n", 5),
        ("t.n >= 20 FILTER t.n < 30", 10),
        ("t.kind == 2 AND t.n > 50", 12),
        ("t.kind IN [1, 3] AND t.n < 8", 4),
        ("t.n IN [5, 7, 7, 'x', 500]", 2),
        ("t.n == 3 OR t.n == 4 OR t.n IN [4, 5]", 3),
        ("t.n > 50 AND t.n < 40", 0),
    ] {
        let text = format!("FOR t IN things FILTER {filter} RETURN t");
        assert_eq!(reads(&garden, &text), (found, u64::try_from(found).unwrap(), 0), "{text}");
    }
}

#[test]
fn an_order_that_an_index_has_needs_no_sorting_and_a_limit_ends_the_reading() {
    let garden = counted();
    for (text, expected) in [
        ("FOR t IN things SORT t.n LIMIT 3 RETURN t.n", json!([0, 1, 2])),
        ("FOR t IN things SORT t.n DESC LIMIT 3 RETURN t.n", json!([99, 98, 97])),
        ("FOR t IN things FILTER t.kind == 1 SORT t.n DESC LIMIT 3 RETURN t.n", json!([97, 93, 89])),
        ("FOR t IN things FILTER t.kind == 1 SORT t.kind, t.n LIMIT 3 RETURN t.n", json!([1, 5, 9])),
        ("FOR t IN things FILTER t.n > 50 SORT t.n LIMIT 1, 2 RETURN t.n", json!([52, 53])),
        ("FOR t IN things FILTER t.kind IN [3, 0] SORT t.kind DESC, t.n DESC LIMIT 3 RETURN t.n", json!([99, 95, 91])),
    ] {
        let outcome = garden.run(text, json!({}));
        assert_eq!(as_json(&outcome.rows), expected, "{text}");
        assert_eq!((outcome.stats.scanned_index, outcome.stats.scanned_full), (3, 0), "{text}");
        let types: Vec<_> = nodes(&garden, text).iter().map(|node| node["type"].clone()).collect();
        assert!(!types.contains(&json!("SortNode")) && types.contains(&json!("IndexNode")), "{text}: {types:?}");
    }
}

#[test]
fn an_order_that_no_index_has_is_still_sorted() {
    let garden = counted();
    for text in [
        "FOR t IN things SORT t.kind, t.n DESC LIMIT 1 RETURN t.n",
        "FOR t IN things LIMIT 50 SORT t.n DESC RETURN t.n",
        "FOR i IN 1..2 FOR t IN things FILTER t.n < 3 SORT t.n RETURN t.n",
        "FOR t IN things SORT t.tags LIMIT 1 RETURN t.n",
    ] {
        assert!(nodes(&garden, text).iter().any(|node| node["type"] == "SortNode"), "{text}");
    }
    garden.gives("FOR t IN things LIMIT 50 SORT t.n DESC LIMIT 2 RETURN t.n", json!([49, 48]));
    garden.gives("FOR i IN 1..2 FOR t IN things FILTER t.n < 2 SORT t.n RETURN t.n", json!([0, 0, 1, 1]));
}

#[test]
fn elements_of_arrays_are_found_once() {
    let garden = counted();
    assert_eq!(reads(&garden, "FOR t IN things FILTER 1 IN t.tags[*] RETURN t"), (33, 33, 0));
    assert_eq!(reads(&garden, "FOR t IN things FILTER 1 IN t.tags RETURN t"), (33, 33, 0));
    assert_eq!(reads(&garden, "FOR t IN things FILTER 1 IN t.tags OR 'x' IN t.tags RETURN t"), (100, 100, 0));
}

#[test]
fn the_index_that_is_used_is_shown_with_its_condition() {
    let garden = counted();
    let nodes = nodes(&garden, "FOR t IN things FILTER t.kind == 1 AND 10 < t.n SORT t.n DESC RETURN t");
    let types: Vec<_> = nodes.iter().map(|node| node["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["SingletonNode", "IndexNode", "ReturnNode"]);
    let node = &nodes[1];
    assert_eq!((&node["indexes"][0]["name"], &node["ascending"]), (&json!("both"), &json!(false)));
    let parts: Vec<_> = node["condition"]["subNodes"][0]["subNodes"].as_array().unwrap().iter().collect();
    assert_eq!((&parts[0]["type"], &parts[1]["type"]), (&json!("compare =="), &json!("compare <")));
    assert!(node["estimatedNrItems"].as_f64().unwrap() < 100.0);
}

#[test]
fn hints_choose_the_index_and_forced_ones_must_be_of_use() {
    let garden = counted();
    let used = |options: &str| {
        let text = format!("FOR t IN things OPTIONS {options} FILTER t.kind == 1 AND t.n == 5 RETURN t.n");
        nodes(&garden, &text)[1]["indexes"][0]["name"].clone()
    };
    assert_eq!(used("{}"), "both");
    assert_eq!(used("{ indexHint: 'number' }"), "number");
    assert_eq!(used("{ indexHint: ['none', 'number', 'both'], forceIndexHint: true }"), "number");
    assert_eq!(used("{ indexHint: 'none' }"), "both");
    assert_eq!(used("{ disableIndex: true }"), Json::Null);
    for bad in ["none", "tags", "primary"] {
        let text = "FOR t IN things OPTIONS { indexHint: @hint, forceIndexHint: true } FILTER t.n == 5 RETURN t";
        assert_eq!(garden.fails_with(text, json!({"hint": bad})), 1577, "{bad}");
        let nested = format!("RETURN LENGTH({text})");
        assert_eq!(garden.fails_with(&nested, json!({"hint": bad})), 1577, "{bad}");
    }
    let sorted = "FOR t IN things OPTIONS { indexHint: 'number', forceIndexHint: true } SORT t.n LIMIT 1 RETURN t.n";
    assert_eq!(reads(&garden, sorted), (1, 1, 0));
    let unused = "FOR t IN things OPTIONS { disableIndex: true } SORT t.n LIMIT 1 RETURN t.n";
    assert_eq!(reads(&garden, unused), (1, 0, 100));
}

#[test]
fn of_two_indexes_the_one_that_tells_more_documents_apart_is_used() {
    let garden = counted();
    garden.index("things", json!({"type": "persistent", "fields": ["a"], "name": "few"}));
    garden.index("things", json!({"type": "persistent", "fields": ["b"], "name": "many"}));
    garden.run("FOR t IN things UPDATE t WITH { a: t.n % 2, b: t.n % 50 } IN things", json!({}));
    for filter in ["t.a == 1 AND t.b == 3", "t.b == 3 AND t.a == 1"] {
        assert_eq!(reads(&garden, &format!("FOR t IN things FILTER {filter} RETURN t")), (2, 2, 0), "{filter}");
    }
}

#[test]
fn a_sparse_index_answers_what_cannot_be_about_nulls() {
    let garden = Garden::planted();
    garden.index("plants", json!({"type": "persistent", "fields": ["bed"], "sparse": true}));
    for (filter, found, by_index) in [
        ("p.bed > 'a'", 5, true),
        ("p.bed >= 'a'", 5, true),
        ("p.bed != null AND p.bed < 'o'", 2, true),
        ("p.bed IN ['north', 'south']", 4, true),
        ("p.bed < 'o'", 3, false),
        ("p.bed >= null", 6, false),
        ("p.bed IN ['north', null]", 3, false),
        ("p.bed == NOOPT(null)", 1, false),
    ] {
        let text = format!("FOR p IN plants FILTER {filter} RETURN p");
        let (rows, index, full) = reads(&garden, &text);
        assert_eq!((rows, index > 0, full > 0), (found, by_index, !by_index), "{text}");
    }
    assert_eq!(reads(&garden, "FOR p IN plants SORT p.bed RETURN p"), (6, 0, 6));
}

fn value() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        (0..4).prop_map(|number| json!(number)),
        Just(json!("x")),
        Just(json!([1])),
        Just(json!(true)),
        Just(json!(1.5)),
    ]
}

fn document() -> impl Strategy<Value = Json> {
    let tags = prop_oneof![prop::collection::vec(value(), 0..3).prop_map(Json::from), value()];
    (prop::option::of(value()), prop::option::of(value()), prop::option::of(tags)).prop_map(|(a, b, tags)| {
        let mut document = json!({});
        for (name, value) in [("a", a), ("b", b), ("tags", tags)] {
            if let Some(value) = value {
                document[name] = value;
            }
        }
        document
    })
}

fn index() -> impl Strategy<Value = Json> {
    let fields = prop::sample::select(vec![
        json!(["a"]),
        json!(["b"]),
        json!(["a", "b"]),
        json!(["b", "a"]),
        json!(["tags[*]"]),
        json!(["b", "tags[*]"]),
        json!(["tags[*]", "a"]),
        json!(["a", "b", "tags"]),
    ]);
    (fields, any::<bool>())
        .prop_map(|(fields, sparse)| json!({"type": "persistent", "fields": fields, "sparse": sparse}))
}

fn condition() -> impl Strategy<Value = String> {
    let attribute = || prop::sample::select(vec!["d.a", "d.b"]);
    let operator = prop::sample::select(vec!["==", "==", "<", "<=", ">", ">=", "!="]);
    let among = (attribute(), prop::collection::vec(value(), 0..4));
    let element = (value(), prop::sample::select(vec!["d.tags", "d.tags[*]"]));
    let single = prop_oneof![
        (attribute(), operator.clone(), value())
            .prop_map(|(left, operator, right)| format!("{left} {operator} {right}")),
        (value(), operator, attribute()).prop_map(|(left, operator, right)| format!("{left} {operator} {right}")),
        among.prop_map(|(attribute, values)| format!("{attribute} IN {}", Json::from(values))),
        element.prop_map(|(value, tags)| format!("{value} IN {tags}")),
    ];
    let joined = (single.clone(), prop::sample::select(vec!["AND", "OR"]), single.clone());
    prop_oneof![single, joined.prop_map(|(left, operator, right)| format!("({left} {operator} {right})"))]
}

proptest! {
    #[test]
    fn whatever_is_asked_for_comes_out_the_same_with_and_without_indexes(
        documents in prop::collection::vec(document(), 0..12),
        indexes in prop::collection::vec(index(), 1..4),
        conditions in prop::collection::vec(condition(), 0..4),
        sort in prop::sample::select(vec!["", "d.a", "d.a DESC", "d.a, d.b", "d.b DESC, d.a DESC", "d.b, d.a DESC"]),
        limit in prop::sample::select(vec!["", "LIMIT 2", "LIMIT 1, 3"]),
    ) {
        let garden = Garden::empty();
        garden.collection("docs", CollectionKind::Document);
        garden.run("FOR d IN @docs INSERT d INTO docs", json!({"docs": documents}));
        for definition in indexes {
            garden.index("docs", definition);
        }
        let filters: Vec<String> = conditions.iter().map(|condition| format!("FILTER {condition}")).collect();
        let filters = filters.join(" ");
        let sorted = if sort.is_empty() { String::new() } else { format!("SORT {sort}") };
        let keys = sort.replace(" DESC", "");
        let text = format!("FOR d IN docs {filters} {sorted} {limit} RETURN {{ key: d._key, order: [{keys}] }}");
        let plain = Options { optimizer_rules: vec!["-all".to_owned()], ..Options::default() };
        let rows = |options| as_json(&garden.attempt(&text, json!({}), options).unwrap().rows);
        let (with, without) = (rows(Options::default()), rows(plain));
        let column = |rows: &Json, name: &str| -> Vec<String> {
            rows.as_array().unwrap().iter().map(|row| row[name].to_string()).collect()
        };
        assert_eq!(column(&with, "order"), column(&without, "order"), "{text}");
        if limit.is_empty() {
            let (mut with, mut without) = (column(&with, "key"), column(&without, "key"));
            with.sort();
            without.sort();
            assert_eq!(with, without, "{text}");
        }
    }
}

#[test]
fn functions_that_need_an_index_use_its_definition_and_refuse_without_it() {
    let garden = Garden::empty();
    garden.collection("places", CollectionKind::Document);
    garden.run(
        "FOR p IN [['a', 0, 0, 'Old stone bridge'], ['b', 0, 2, 'stone tower'], ['c', 10, 10, 'a bridge']] \
         INSERT { _key: p[0], at: [p[1], p[2]], text: p[3] } INTO places",
        json!({}),
    );
    assert_eq!(garden.fails("RETURN FULLTEXT(places, 'text', 'stone')"), 1571);
    assert_eq!(garden.fails("RETURN NEAR(places, 0, 0)"), 1570);
    garden.index("places", json!({"type": "fulltext", "fields": ["text"]}));
    garden.index("places", json!({"type": "geo", "fields": ["at"]}));
    for (call, keys) in [
        ("FULLTEXT(places, 'text', 'stone,bridge')", json!(["a"])),
        ("FULLTEXT(places, 'text', 'bridge,|prefix:tow')", json!(["a", "b", "c"])),
        ("FULLTEXT(places, 'text', 'bridge,-stone')", json!(["c"])),
        ("FULLTEXT(places, 'text', 'stone', 1)", json!(["a"])),
        ("NEAR(places, 9, 9, 2)", json!(["c", "b"])),
        ("WITHIN(places, 0, 0, 300000)", json!(["a", "b"])),
        ("WITHIN_RECTANGLE(places, -1, 1, 11, 11)", json!(["b", "c"])),
    ] {
        garden.gives(&format!("FOR p IN {call} RETURN p._key"), keys);
    }
    garden.gives("FOR p IN NEAR(places, 0, 0, 1, 'far') RETURN p.far", json!([0]));
    assert_eq!(garden.fails("RETURN FULLTEXT(places, 'other', 'stone')"), 1571);
}

#[test]
fn an_upsert_obeys_hints() {
    let garden = counted();
    let text =
        |options: &str| format!("UPSERT {{ n: 5 }} INSERT {{}} UPDATE {{ seen: true }} IN things OPTIONS {options}");
    let scanned = |options: &str| {
        let stats = garden.run(&text(options), json!({})).stats;
        (stats.scanned_index, stats.scanned_full > 0)
    };
    assert_eq!(scanned("{}"), (1, false));
    assert_eq!(scanned("{ indexHint: 'number', forceIndexHint: true }"), (1, false));
    assert_eq!(scanned("{ disableIndex: true }"), (0, true));
    assert_eq!(garden.fails(&text("{ indexHint: 'tags', forceIndexHint: true }")), 1577);
}
