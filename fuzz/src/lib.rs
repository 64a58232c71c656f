//! What the fuzzers call, with whatever bytes: none of it may panic, hang or take memory without end. The program's own
//! tests include this file and replay the corpus through it.

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use bytes::Bytes;
use http::Request;
use mcp_arangodb_async::{
    aql,
    clock::{ManualClock, SequenceRandom, SystemClock},
    config::file,
    embedded::{
        Caller, Engine,
        query::{self, Environment, Options},
        value::Object,
    },
    tenancy::{FocusSealer, Principal, SealingKey},
};

/// Parses AQL; what can be read must be readable again when it is printed.
pub fn aql_parse(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(tree) = aql::parse(text) else { return };
    let printed = tree.to_string();
    let again = aql::parse(&printed).unwrap_or_else(|error| panic!("{printed:?} cannot be read: {error}"));
    assert_eq!(again.to_string(), printed, "printed another way the second time");
}

/// Runs AQL on a tiny database with tight limits.
pub fn aql_run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // Sleeping is no fault, but keeps the fuzzer from its work.
    if text.to_ascii_uppercase().contains("SLEEP") {
        return;
    }
    let engine = engine();
    let database = engine.store().database("_system").unwrap();
    let environment = Environment {
        clock: Arc::new(SystemClock),
        random: SequenceRandom::from_seed(1),
        user: None,
        killed: Arc::new(AtomicBool::new(false)),
    };
    let options = Options {
        max_runtime: Some(Duration::from_millis(200)),
        memory_limit: 4 << 20,
        full_count: true,
        profile: 2,
        ..Options::default()
    };
    let request = query::Request { text: text.to_owned(), bind_vars: Object::default(), options };
    drop(query::explain(&database, &environment, &request, true));
    drop(query::run(&database, &environment, &request));
}

/// Sends a request: the first line is the method and the path, the rest is the body.
pub fn http_request(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (line, body) = data.split_at(end);
    let Ok(line) = std::str::from_utf8(line) else { return };
    let Some((method, path)) = line.trim().split_once(' ') else { return };
    let body = Bytes::copy_from_slice(body.get(1..).unwrap_or_default());
    let Ok(request) = Request::builder().method(method).uri(path).body(body) else { return };
    let response = engine().handle(request, &Caller::Trusted);
    assert_ne!(response.status().as_u16(), 500, "{:?}", response.body());
}

/// Opens a handle nobody sealed.
pub fn focus_open(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let clock = ManualClock::at(1_700_000_000_000);
    let random = SequenceRandom::from_seed(1);
    let key = SealingKey::generate(&*random).unwrap();
    let sealer = FocusSealer::new(key, Vec::new(), clock, random);
    assert!(sealer.open(text, &Principal::anonymous()).is_err(), "{text:?} opened");
}

/// Reads a configuration file.
pub fn config_yaml(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    drop(file::parse(text, Path::new("/nowhere/config.yaml")));
}

/// An engine with a collection `c` of three documents, and edges between them in `e`.
fn engine() -> Engine {
    let engine = Engine::in_memory(Arc::new(SystemClock), SequenceRandom::from_seed(1));
    for (path, body) in [
        ("/_api/collection", r#"{"name":"c"}"#),
        ("/_api/collection", r#"{"name":"e","type":3}"#),
        ("/_api/document/c", r#"[{"_key":"a","n":1},{"_key":"b","n":[1,"x"]},{"_key":"d","n":{"m":null}}]"#),
        (
            "/_api/document/e",
            r#"[{"_from":"c/a","_to":"c/b"},{"_from":"c/b","_to":"c/d"},{"_from":"c/d","_to":"c/a"}]"#,
        ),
    ] {
        let request = Request::post(path).body(Bytes::from_static(body.as_bytes())).unwrap();
        assert!(engine.handle(request, &Caller::Trusted).status().is_success(), "{path}");
    }
    engine
}
