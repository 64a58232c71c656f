//! The manual against the engine: every function, every number of arguments, every example; and what searching finds.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::{Kind, SAMPLE, Topic, find, key, search, suggest, topics};
use crate::{
    aql,
    clock::{ManualClock, SequenceRandom},
    embedded::{
        Caller, Engine,
        functions::{self, unsupported},
    },
};

/// The functions of ArangoDB that the embedded engine runs.
fn engine() -> BTreeMap<&'static str, (usize, usize)> {
    let refused: HashSet<_> = unsupported::FUNCTIONS.iter().map(|function| function.name).collect();
    functions::all()
        .filter(|function| !refused.contains(function.name))
        .map(|function| (function.name, (function.min, function.max)))
        .collect()
}

/// The functions the manual describes.
fn described() -> impl Iterator<Item = &'static Topic> {
    topics().filter(|topic| topic.kind == Kind::Function)
}

/// The fewest and the most arguments that the forms of a function take.
fn arity(topic: &Topic) -> (usize, usize) {
    let forms = topic.syntax.lines().map(|form| {
        let inside = form.split_once('(').unwrap().1.strip_suffix(')').unwrap();
        let names: Vec<&str> = inside.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        let needed = names.iter().filter(|name| !name.ends_with('?') && !name.ends_with("...")).count();
        let any = names.iter().any(|name| name.ends_with("..."));
        (needed, if any { functions::ANY } else { names.len() })
    });
    forms.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1))).unwrap()
}

/// An engine that holds the sample data.
struct Bench(Engine);

impl Bench {
    fn new() -> Self {
        let bench = Self(Engine::in_memory(ManualClock::at(1_700_000_000_000), SequenceRandom::from_seed(7)));
        let sample: Value = serde_json::from_str(SAMPLE).unwrap();
        for (kind, collections) in [(2, &sample["documents"]), (3, &sample["edges"])] {
            for (name, documents) in collections.as_object().unwrap() {
                bench.send("/_api/collection", &json!({"name": name, "type": kind})).unwrap();
                bench.send(&format!("/_api/document/{name}"), documents).unwrap();
            }
        }
        let graph = &sample["graph"];
        let edges = json!([{"collection": graph["edge"], "from": [graph["from"]], "to": [graph["to"]]}]);
        bench.send("/_api/gharial", &json!({"name": graph["name"], "edgeDefinitions": edges})).unwrap();
        bench
    }

    fn send(&self, path: &str, body: &Value) -> Result<Value, Value> {
        let body = Bytes::from(serde_json::to_vec(body).unwrap());
        let answer = self.0.handle(Request::post(path).body(body).unwrap(), &Caller::Trusted);
        let value = serde_json::from_slice(answer.body()).unwrap();
        if answer.status().is_success() { Ok(value) } else { Err(value) }
    }

    /// What an example gives: rows, or the value of an expression.
    fn run(&self, topic: &Topic) -> Result<Value, Value> {
        let example = topic.example.as_deref().unwrap();
        let is_query = aql::parse(example).is_ok();
        let query = if is_query { example.to_owned() } else { format!("RETURN {example}") };
        let bind_vars: Value = serde_json::from_str(topic.bind.as_deref().unwrap_or("{}")).unwrap();
        let mut answer = self.send("/_api/cursor", &json!({"query": query, "bindVars": bind_vars}))?;
        if answer["extra"]["warnings"].as_array().is_some_and(|warnings| !warnings.is_empty()) {
            return Err(answer["extra"]["warnings"].take());
        }
        let mut rows = answer["result"].take();
        Ok(if is_query { rows } else { rows[0].take() })
    }
}

#[test]
fn every_function_of_the_engine_is_described_and_no_other() {
    let names: BTreeSet<_> = described().flat_map(Topic::names).collect();
    let runnable: BTreeSet<_> = described().filter(|topic| !topic.server_only).flat_map(Topic::names).collect();
    let missing: Vec<_> = functions::all().map(|function| function.name).filter(|name| !names.contains(name)).collect();
    let invented: Vec<_> = runnable.iter().filter(|name| !engine().contains_key(**name)).collect();
    assert!(missing.is_empty() && invented.is_empty(), "missing: {missing:?}\ninvented: {invented:?}");
}

#[test]
fn signatures_take_as_many_arguments_as_the_engine() {
    let engine = engine();
    let mut wrong = Vec::new();
    for topic in described() {
        for name in topic.names() {
            let stated = arity(topic);
            if let Some(known) = engine.get(name).filter(|known| **known != stated) {
                wrong.push(format!("{name}: stated {stated:?}, known {known:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_example_gives_the_stated_result() {
    let mut wrong = Vec::new();
    for topic in topics().filter(|topic| !topic.server_only) {
        let stated: Value = topic.result.as_deref().map(|text| serde_json::from_str(text).unwrap()).unwrap();
        let found = Bench::new().run(topic);
        if found.as_ref() != Ok(&stated) {
            wrong.push(format!("{}: stated {stated}, found {found:?}", topic.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn examples_for_servers_are_at_least_aql() {
    for topic in topics().filter(|topic| topic.server_only) {
        assert!(topic.example.as_deref().is_none_or(|example| aql::parse(example).is_ok()), "{}", topic.name);
        assert_eq!(topic.result, None, "{}", topic.name);
    }
}

#[test]
fn topics_are_whole_and_named_once() {
    let mut seen = HashSet::new();
    for topic in topics() {
        let name = topic.name;
        assert!(topic.names().all(|name| seen.insert(key(name))), "{name}");
        assert!(topic.names().all(|known| find(known).is_some_and(|found| found.name == name)), "{name}");
        assert!(topic.description.ends_with('.') && !topic.description.contains('\n'), "{name}");
        assert!(!topic.syntax.is_empty() && !topic.words.is_empty(), "{name}");
        assert!(!topic.syntax.contains("\n  ") && !topic.syntax.starts_with(' '), "{name}");
        assert!(topic.to_markdown().len() <= 2500, "{name}");
        for other in &topic.see_also {
            assert!(find(other).is_some_and(|found| found.name != name), "{name} leads to {other}");
        }
    }
}

#[test]
fn names_are_found_however_they_are_written() {
    for (written, name) in [
        ("collect", "COLLECT"),
        ("date_add()", "DATE_ADD"),
        (" Date-Add ", "DATE_ADD"),
        ("K SHORTEST PATHS", "K_SHORTEST_PATHS"),
        ("avg", "AVERAGE"),
        ("bind_parameters", "bind parameters"),
        ("sql", "from SQL"),
        ("outbound", "GRAPH TRAVERSAL"),
    ] {
        assert_eq!(find(written).map(|topic| topic.name), Some(name), "{written}");
    }
    assert!(find("no such thing").is_none() && find("").is_none());
}

#[test]
fn questions_lead_to_the_right_topic() {
    let mut wrong = Vec::new();
    for (question, name) in [
        ("split string", "SPLIT"),
        ("how to split a string", "SPLIT"),
        ("splitting text at a delimiter", "SPLIT"),
        ("date difference", "DATE_DIFF"),
        ("days between two dates", "DATE_DIFF"),
        ("add days to a date", "DATE_ADD"),
        ("group by", "COLLECT"),
        ("GROUP BY", "COLLECT"),
        ("group by month", "DATE_TRUNC"),
        ("join", "joins"),
        ("left join", "joins"),
        ("upsert", "UPSERT"),
        ("insert or update", "UPSERT"),
        ("on duplicate key update", "UPSERT"),
        ("where", "FILTER"),
        ("having", "COLLECT"),
        ("order by", "SORT"),
        ("offset", "LIMIT"),
        ("pagination", "LIMIT"),
        ("select distinct", "RETURN DISTINCT"),
        ("count(*)", "WITH COUNT INTO"),
        ("count documents", "WITH COUNT INTO"),
        ("delete", "REMOVE"),
        ("coalesce", "NOT_NULL"),
        ("case when", "ternary operator"),
        ("between", "IN_RANGE"),
        ("ilike", "LIKE"),
        ("regular expression replace", "REGEX_REPLACE"),
        ("current time", "DATE_NOW"),
        ("concatenate strings", "CONCAT"),
        ("string_agg", "CONCAT_SEPARATOR"),
        ("remove duplicates", "UNIQUE"),
        ("array contains", "POSITION"),
        ("deep merge", "MERGE_RECURSIVE"),
        ("get document by id", "DOCUMENT"),
        ("dijkstra", "SHORTEST_PATH"),
        ("friends of friends", "GRAPH TRAVERSAL"),
        ("match (a)-[]->(b)", "GRAPH TRAVERSAL"),
        ("stop traversal", "PRUNE"),
        ("running total", "WINDOW"),
        ("moving average", "WINDOW"),
        ("map array", "array expansion"),
        ("$elemMatch", "question mark operator"),
        ("cast to number", "TO_NUMBER"),
        ("parse json", "JSON_PARSE"),
        ("distance between points", "GEO_DISTANCE"),
        ("point in polygon", "GEO_CONTAINS"),
        ("vector search", "APPROX_NEAR_COSINE"),
        ("full-text search", "SEARCH"),
        ("relevance ranking", "BM25"),
        ("random order", "RAND"),
        ("generate_series", "RANGE"),
        ("placeholders", "bind parameters"),
        ("reserved words", "names"),
        ("subselect", "subqueries"),
        ("neo4j", "from Cypher"),
        ("$lookup", "from MongoDB"),
        ("precedence", "operator precedence"),
        ("substrng", "SUBSTRING"),
        ("levenstein distance", "LEVENSHTEIN_DISTANCE"),
        ("traversl", "GRAPH TRAVERSAL"),
    ] {
        let found: Vec<&str> = search(question).into_iter().map(|topic| topic.name).take(3).collect();
        if found.first() != Some(&name) {
            wrong.push(format!("{question}: {found:?} instead of {name}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn senseless_questions_find_nothing() {
    for question in ["", "  ", "???", "qwxzqwxz", &"x".repeat(100_000)] {
        assert!(search(question).is_empty(), "{question:.20}");
        assert!(suggest(question, 5).is_empty(), "{question:.20}");
    }
    assert!(!search(&"sort ".repeat(100_000)).is_empty());
}

#[test]
fn names_that_are_nearly_right_are_recognized() {
    for (name, meant) in [
        ("LENGHT", "LENGTH"),
        ("DATEADD", "DATE_ADD"),
        ("CONCAT_SEPERATOR", "CONCAT_SEPARATOR"),
        ("GROUP BY", "COLLECT"),
        ("SUBSTR", "SUBSTRING"),
        ("COALESCE", "NOT_NULL"),
        ("NOW", "DATE_NOW"),
        ("IFNULL", "NOT_NULL"),
        ("TOLOWER", "LOWER"),
        ("STRING_AGG", "CONCAT_SEPARATOR"),
        ("IF", "ternary operator"),
        ("DATEDIFF", "DATE_DIFF"),
        ("ST_DISTANCE", "GEO_DISTANCE"),
        ("SHORTESTPATH", "SHORTEST_PATH"),
    ] {
        assert_eq!(suggest(name, 3).first().map(|topic| topic.name), Some(meant), "{name}");
    }
}

#[test]
fn a_page_of_markdown_has_all_of_a_topic() {
    let page = find("bind parameters").unwrap().to_markdown();
    assert!(page.starts_with("# bind parameters\n\n*Language, concept*\n"));
    for part in
        ["```aql\n@name\n@@collection\n```", "Example:", "with the bind parameters", "Result:", "See also: FILTER"]
    {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(find("PHRASE").unwrap().to_markdown().contains("Needs an ArangoDB server"));
}
