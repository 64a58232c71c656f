//! Backup, restore and discovery, called as a client calls them, on an engine in this process and a folder on disk.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    arango::Call,
    clock::{Clock, ManualClock, SequenceRandom},
    config::{DatabaseKey, MapEnv},
    dump::Root,
    progress::Progress,
    tenancy::{Databases, FocusSealer, MemorySessions},
    tools::{CallContext, Caller, Registry, Services},
};

/// All tools, an engine with the databases `shop` (the default) and `spare`, one that cannot be reached, and a folder.
struct Bench {
    registry: Registry,
    services: Arc<Services>,
    folder: TempDir,
}

const YAML: &str = "
default_database: shop
databases:
  shop: { url: 'embedded:', database: shop }
  spare: { url: 'embedded:', database: spare }
  guarded: { url: 'embedded:', database: shop, read_only: true }
  away: { url: 'http://127.0.0.1:1', database: a, username: u, password_env: AWAY_PASSWORD }
";

impl Bench {
    fn new() -> Self {
        // 2026-01-31T12:00:00Z
        let clock: Arc<dyn Clock> = ManualClock::at(1_769_860_800_000);
        let random = SequenceRandom::from_seed(1);
        let env = Arc::new(MapEnv::from([("AWAY_PASSWORD", "hunter2")]));
        let config = Arc::new(crate::config::file::parse(YAML, Path::new("/etc/config.yaml")).unwrap());
        let databases = Databases::new(Arc::clone(&config), env, Arc::clone(&clock), random.clone());
        let sessions = MemorySessions::new(Arc::clone(&clock));
        let focus = FocusSealer::with_keys(&[], Arc::clone(&clock), random).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let root = Root::new(Some(folder.path().join("backups")), clock);
        let services = Services::with_backups(databases, Arc::new(sessions), focus, root);
        Self { registry: Registry::standard(), services, folder }
    }

    /// With the graph `social`: ada and bob, who know each other.
    async fn social() -> Self {
        let bench = Self::new();
        bench
            .fill(
                "people",
                "document",
                json!([{"_key": "ada", "n": 1.5}, {"_key": "bob", "big": 9_223_372_036_854_775_807_i64}]),
            )
            .await;
        let edge = json!({"_key": "e", "_from": "people/ada", "_to": "people/bob", "text": "a\nb"});
        bench.fill("knows", "edge", json!([edge])).await;
        bench.define("social").await;
        bench
    }

    async fn define(&self, graph: &str) {
        let definition = json!({"edge_collection": "knows", "from_vertex_collections": ["people"], "to_vertex_collections": ["people"]});
        let metadata = json!({
            "graph_name": graph, "graph_properties": {"name": graph, "edge_definitions": [definition], "orphan_collections": []},
            "vertex_collections": [], "edge_collections": [], "backup_timestamp": "2025-01-01T00:00:00",
        });
        self.write(&format!("define/{graph}/graph_metadata.json"), &metadata.to_string());
        self.write(&format!("define/{graph}/vertices/people.json"), "[]");
        self.write(&format!("define/{graph}/edges/knows.json"), "[]");
        self.ok("arango_restore_graph", json!({"inputDir": format!("define/{graph}"), "conflictResolution": "skip"}))
            .await;
    }

    async fn fill(&self, name: &str, kind: &str, documents: Value) {
        self.ok("arango_create_collection", json!({"name": name, "type": kind})).await;
        let query = "FOR d IN @documents INSERT d INTO @@c";
        self.ok("arango_query", json!({"query": query, "bind_vars": {"documents": documents, "@c": name}})).await;
    }

    /// Asks the server for what no tool does.
    async fn send(&self, call: Call) -> Value {
        let context = CallContext::new(Arc::clone(&self.services), Caller::process());
        let database = context.connect(&DatabaseKey::parse("shop").unwrap()).await.unwrap();
        database.call(call).await.unwrap()
    }

    async fn call(&self, tool: &str, arguments: Value) -> (bool, Value) {
        let entry = self.registry.find(tool).unwrap();
        let context = CallContext::new(Arc::clone(&self.services), Caller::process());
        let given = arguments.as_object().unwrap().clone();
        let reply = serde_json::to_value(self.registry.call(entry, &context, given).await).unwrap();
        let text = reply["content"][0]["text"].as_str().unwrap();
        (reply["isError"] == true, serde_json::from_str(text).unwrap())
    }

    async fn ok(&self, tool: &str, arguments: Value) -> Value {
        let (failed, body) = self.call(tool, arguments).await;
        assert!(!failed, "{tool}: {body}");
        body
    }

    async fn fails(&self, tool: &str, arguments: Value) -> Value {
        let (failed, body) = self.call(tool, arguments).await;
        assert!(failed, "{tool}: {body}");
        body
    }

    /// Waits until nothing is under way any more, clean-up included.
    async fn idle(&self) {
        while self.services.calls_in_flight() > 0 {
            tokio::task::yield_now().await;
        }
    }

    /// Begins a call and gives it up when so many documents have gone through its hands. False if it ended before.
    async fn given_up(&self, tool: &str, arguments: Value, done: u64) -> bool {
        let (progress, mut reports) = Progress::channel();
        let context = CallContext::new(Arc::clone(&self.services), Caller::process()).telling(progress);
        let entry = self.registry.find(tool).unwrap();
        let given_up = tokio::select! {
            biased;
            _reply = self.registry.call(entry, &context, arguments.as_object().unwrap().clone()) => false,
            reached = reports.wait_for(|report| report.done >= done) => reached.is_ok(),
        };
        drop(context);
        self.idle().await;
        given_up
    }

    async fn query(&self, text: &str) -> Value {
        self.ok("arango_query", json!({"query": text})).await
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("backups")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }

    /// Everything in the backup directory that is not finished.
    fn leftovers(&self) -> Vec<String> {
        let entries = fs::read_dir(self.root()).into_iter().flatten();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with(".partial")).collect()
    }
}

#[tokio::test]
async fn collections_are_written_one_document_a_line_with_a_manifest_and_for_the_owner_only() {
    let bench = Bench::social().await;
    let report = bench.ok("arango_backup", json!({"docLimit": 5})).await;
    let directory = bench.root().join("20260131_120000");
    assert_eq!(report["output_dir"], directory.to_str().unwrap());
    assert_eq!((&report["total_collections"], &report["total_documents"]), (&2.into(), &3.into()));
    assert_eq!(report["written"][1]["path"], directory.join("people.json").to_str().unwrap());
    let text = bench.read("20260131_120000/people.json");
    assert!(
        text.starts_with("[\n  {\"_key\":\"ada\",") && text.ends_with("}\n]") && text.lines().count() == 4,
        "{text}"
    );
    assert!(text.contains("9223372036854775807"), "{text}");
    let manifest: Value = serde_json::from_str(&bench.read("20260131_120000/MANIFEST")).unwrap();
    assert_eq!(manifest["files"][1]["count"], 2);
    assert_eq!(manifest["files"][1]["sha256"].as_str().unwrap().len(), 64);
    #[cfg(unix)]
    for (path, mode) in [("", 0o700), ("people.json", 0o600), ("MANIFEST", 0o600)] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(directory.join(path)).unwrap().permissions().mode() & 0o777, mode, "{path}");
    }
}

#[tokio::test]
async fn a_collection_that_is_not_there_and_a_directory_that_is_are_errors_and_leave_nothing() {
    let bench = Bench::social().await;
    let missing = bench.fails("arango_backup", json!({"collections": ["people", "nope"], "outputDir": "x"})).await;
    assert_eq!((&missing["type"], &missing["missing"]), (&"CollectionNotFound".into(), &json!(["nope"])));
    assert!(!bench.root().join("x").exists());
    let one = bench.ok("arango_backup", json!({"collection": "people", "output_dir": "deep/x"})).await;
    assert_eq!(one["total_collections"], 1);
    let again = bench.fails("arango_backup", json!({"collection": "people", "outputDir": "deep/x"})).await;
    assert_eq!(again["type"], "ConflictError");
    assert_eq!(bench.fails("arango_backup", json!({"docLimit": 0})).await["type"], "ValidationError");
    assert_eq!(fs::read_dir(bench.root().join("deep")).unwrap().count(), 1);
    assert_eq!(bench.leftovers(), Vec::<String>::new());
}

#[tokio::test]
async fn no_path_leads_out_of_the_backup_directory() {
    let bench = Bench::social().await;
    let elsewhere = tempfile::tempdir().unwrap();
    fs::create_dir_all(bench.root()).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(elsewhere.path(), bench.root().join("link")).unwrap();
    let outside = elsewhere.path().join("x").to_str().unwrap().to_owned();
    for path in ["../x", "a/../../x", "..", "/", outside.as_str(), "link/x", "a\0b"] {
        for (tool, arguments) in [
            ("arango_backup", json!({"outputDir": path})),
            ("arango_backup_graph", json!({"graph_name": "social", "outputDir": path})),
            ("arango_backup_named_graphs", json!({"outputFile": path})),
            ("arango_restore_graph", json!({"inputDir": path})),
        ] {
            let error = bench.fails(tool, arguments).await;
            assert!(
                ["ValidationError", "FileError"].contains(&error["type"].as_str().unwrap()),
                "{tool} {path}: {error}"
            );
        }
    }
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    let inside = bench.root().join("inside").to_str().unwrap().to_owned();
    assert_eq!(bench.ok("arango_backup", json!({"outputDir": inside})).await["output_dir"], inside);
}

#[tokio::test]
async fn a_backup_that_is_given_up_half_way_leaves_no_files() {
    let bench = Bench::new();
    let documents: Vec<Value> = (0..5000).map(|n| json!({"n": n})).collect();
    bench.fill("many", "document", documents.into()).await;
    for done in [1000, 2000, 4000] {
        assert!(bench.given_up("arango_backup", json!({"outputDir": "half"}), done).await, "it was over before {done}");
        assert_eq!(bench.leftovers(), Vec::<String>::new(), "{done}");
        assert!(!bench.root().join("half").exists(), "{done}");
    }
}

#[tokio::test]
async fn a_restore_that_is_given_up_at_any_moment_leaves_nothing_behind() {
    let bench = Bench::social().await;
    bench.ok("arango_backup_graph", json!({"graph_name": "social", "outputDir": "g"})).await;
    let people: Vec<Value> = (0..5000).map(|n| json!({"_key": format!("p{n}")})).collect();
    let knows: Vec<Value> =
        people.iter().map(|each| json!({"_key": each["_key"], "_from": "people/p0", "_to": "people/p1"})).collect();
    bench.write("g/vertices/people.json", &Value::from(people).to_string());
    bench.write("g/edges/knows.json", &Value::from(knows).to_string());
    let restore = |database: &str| json!({"inputDir": "g", "graphName": "copy", "validateIntegrity": false, "database": database});
    let before = bench.query("RETURN [LENGTH(people), LENGTH(knows)]").await;
    // 10,000 documents are looked at, and then stored.
    for done in [1000, 10_000, 12_000, 15_000, 18_000] {
        assert!(bench.given_up("arango_restore_graph", restore("spare"), done).await, "it was over before {done}");
        assert_eq!(bench.ok("arango_list_collections", json!({"database": "spare"})).await, json!([]), "{done}");
        assert_eq!(bench.ok("arango_list_graphs", json!({"database": "spare"})).await, json!([]), "{done}");
        assert!(bench.given_up("arango_restore_graph", restore("shop"), done).await, "it was over before {done}");
        assert_eq!(bench.query("RETURN [LENGTH(people), LENGTH(knows)]").await, before, "{done}");
    }
    let report = bench.ok("arango_restore_graph", restore("spare")).await;
    assert_eq!(report["total_documents_restored"], 10_000);
}

#[tokio::test]
async fn without_a_backup_directory_the_reply_says_how_to_get_one() {
    let context = CallContext::new(crate::tools::test_services(), Caller::process());
    let registry = Registry::standard();
    let reply = registry
        .call(
            registry.find("arango_restore_graph").unwrap(),
            &context,
            json!({"inputDir": "x"}).as_object().unwrap().clone(),
        )
        .await;
    let reply = serde_json::to_value(reply).unwrap();
    assert!(reply["content"][0]["text"].as_str().unwrap().contains("MCP_BACKUP_DIR"), "{reply}");
}

#[tokio::test]
async fn a_graph_comes_back_in_an_empty_database_as_it_was() {
    let bench = Bench::social().await;
    let before = bench.query("FOR d IN people SORT d._key RETURN UNSET(d, '_rev')").await;
    let report = bench.ok("arango_backup_graph", json!({"graph_name": "social", "outputDir": "g"})).await;
    assert_eq!((&report["total_documents"], &report["metadata_included"]), (&3.into(), &true.into()));
    let restore = json!({"inputDir": "g", "database": "spare"});
    let dry = bench.ok("arango_restore_graph", json!({"inputDir": "g", "database": "spare", "dryRun": true})).await;
    assert_eq!((&dry["restored_vertices"][0]["inserted"], &dry["graph_created"]), (&2.into(), &true.into()));
    assert_eq!(bench.ok("arango_list_collections", json!({"database": "spare"})).await, json!([]));
    let restored = bench.ok("arango_restore_graph", restore.clone()).await;
    assert_eq!(restored["total_documents_restored"], 3, "{restored}");
    assert_eq!(restored["restored_edges"][0]["inserted"], 1);
    assert_eq!(restored["integrity_report"]["valid"], true, "{restored}");
    assert_eq!(restored["integrity_report"]["digests_checked"], true);
    let text = "FOR d IN people SORT d._key RETURN UNSET(d, '_rev')";
    let after = bench.ok("arango_query", json!({"query": text, "database": "spare"})).await;
    assert_eq!(after, before);
    let reached = json!({"query": "FOR v IN OUTBOUND 'people/ada' GRAPH 'social' RETURN v._key", "database": "spare"});
    assert_eq!(bench.ok("arango_query", reached).await, json!(["bob"]));
    let again = bench.fails("arango_restore_graph", restore).await;
    assert_eq!((&again["type"], &again["total_conflicts"]), (&"ConflictError".into(), &4.into()), "{again}");
}

#[tokio::test]
async fn skip_keeps_what_is_there_and_overwrite_puts_the_backup_in_its_place() {
    let bench = Bench::social().await;
    bench.ok("arango_backup_graph", json!({"graph_name": "social", "outputDir": "g"})).await;
    bench.query("FOR d IN people UPDATE d WITH { n: 'changed' } IN people").await;
    bench.ok("arango_remove", json!({"collection": "people", "key": "bob"})).await;
    let skipped = bench.ok("arango_restore_graph", json!({"inputDir": "g", "conflictResolution": "skip"})).await;
    let people = &skipped["restored_vertices"][0];
    assert_eq!((&people["inserted"], &people["skipped"]), (&1.into(), &1.into()), "{skipped}");
    assert_eq!(skipped["total_conflicts"], 2);
    assert_eq!(bench.query("RETURN DOCUMENT('people/ada').n").await, json!(["changed"]));
    let over = bench.ok("arango_restore_graph", json!({"inputDir": "g", "conflictResolution": "overwrite"})).await;
    assert_eq!(
        (&over["restored_vertices"][0]["updated"], &over["graph_created"]),
        (&2.into(), &false.into()),
        "{over}"
    );
    assert_eq!(bench.query("RETURN DOCUMENT('people/ada').n").await, json!([1.5]));
}

#[tokio::test]
async fn a_restore_that_fails_half_way_takes_back_what_it_stored() {
    let bench = Bench::social().await;
    bench.ok("arango_backup_graph", json!({"graph_name": "social", "outputDir": "g"})).await;
    // The second edge has no ends: its batch is refused after the vertices were stored.
    bench.write(
        "g/edges/knows.json",
        "[{\"_key\": \"x\", \"_from\": \"people/ada\", \"_to\": \"people/bob\"}, {\"_key\": \"y\"}]",
    );
    bench.query("FOR d IN people FILTER d._key == 'bob' REMOVE d IN people").await;
    bench.query("FOR d IN people FILTER d._key == 'ada' REMOVE d IN people").await;
    bench.query("FOR d IN knows REMOVE d IN knows").await;
    bench.query("INSERT { _key: 'zoe' } INTO people").await;
    let damaged = bench.fails("arango_restore_graph", json!({"inputDir": "g", "graphName": "copy"})).await;
    assert!(damaged["error"].as_str().unwrap().contains("digest"), "{damaged}");
    let arguments = json!({"inputDir": "g", "graphName": "copy", "validateIntegrity": false});
    let failed = bench.fails("arango_restore_graph", arguments.clone()).await;
    assert_eq!(failed["undone"], true, "{failed}");
    assert_eq!(bench.query("FOR d IN people RETURN d._key").await, json!(["zoe"]));
    assert_eq!(bench.query("FOR d IN knows RETURN d._key").await, json!([]));
    let elsewhere = json!({"inputDir": "g", "validateIntegrity": false, "database": "spare"});
    assert_eq!(bench.fails("arango_restore_graph", elsewhere).await["undone"], true);
    assert_eq!(bench.ok("arango_list_collections", json!({"database": "spare"})).await, json!([]));
    let lenient =
        json!({"inputDir": "g", "graphName": "copy", "validateIntegrity": false, "conflictResolution": "skip"});
    let report = bench.ok("arango_restore_graph", lenient).await;
    assert_eq!(
        (&report["restored_edges"][0]["inserted"], &report["restored_edges"][0]["errors"]),
        (&1.into(), &1.into())
    );
    assert_eq!(report["errors"][0]["type"], "edge", "{report}");
}

#[tokio::test]
async fn a_backup_of_the_python_original_is_read_and_its_dangling_edges_are_told() {
    let bench = Bench::new();
    let metadata = json!({
        "graph_name": "old", "backup_timestamp": "2024-05-06T07:08:09.123",
        "graph_properties": {
            "id": "_graphs/old", "name": "old", "revision": "_x", "orphan_collections": [], "smart": false,
            "edge_definitions": [{"edge_collection": "roads", "from_vertex_collections": ["towns"], "to_vertex_collections": ["towns"]}],
        },
        "vertex_collections": ["towns"], "edge_collections": ["roads"],
    });
    bench.write("old/graph_metadata.json", &serde_json::to_string_pretty(&metadata).unwrap());
    bench.write(
        "old/vertices/towns.json",
        "[\n  {\"_id\": \"towns/a\", \"_key\": \"a\",\r\n \"_rev\": \"_1\", \"name\": \"\u{e9}\"}\n]",
    );
    let road = |key: &str, to: &str| json!({"_key": key, "_from": "towns/a", "_to": to}).to_string();
    bench.write("old/edges/roads.json", &format!("[\n  {},\n  {}\n]", road("1", "towns/a"), road("2", "nowhere/b")));
    let report = bench.ok("arango_restore_graph", json!({"input_dir": "old", "graph_name": "new"})).await;
    assert_eq!((&report["graph_name"], &report["original_graph_name"]), (&"new".into(), &"old".into()));
    let integrity = &report["integrity_report"];
    assert_eq!((&integrity["total_orphaned_edges"], &integrity["valid"]), (&1.into(), &false.into()), "{report}");
    assert_eq!(integrity["total_constraint_violations"], 1);
    assert_eq!(integrity["results"][0]["constraint_violations"][0]["collection"], "roads");
    assert_eq!(integrity["results"][0]["orphaned_edges"][0]["_to"], "nowhere/b");
    assert_eq!(integrity["digests_checked"], false);
    assert_eq!(bench.query("RETURN DOCUMENT('towns/a').name").await, json!(["\u{e9}"]));
}

#[tokio::test]
async fn what_is_no_backup_is_refused_before_anything_changes() {
    let bench = Bench::social().await;
    assert_eq!(bench.fails("arango_restore_graph", json!({"inputDir": "nothing"})).await["type"], "FileError");
    let no_graph = bench.fails("arango_backup_graph", json!({"graph_name": "nope"})).await;
    assert!(no_graph["error"].as_str().unwrap().contains("'nope' does not exist"), "{no_graph}");
    bench.ok("arango_backup_graph", json!({"graph_name": "social", "outputDir": "g"})).await;
    for broken in ["{}", "[1]", "[{\"_key\": \"new\"}", "[{}] x", "[[\"a\"]]", ""] {
        bench.write("g/vertices/people.json", broken);
        for conflicts in ["error", "skip", "overwrite"] {
            let arguments = json!({"inputDir": "g", "conflictResolution": conflicts, "validateIntegrity": false});
            assert_eq!(bench.fails("arango_restore_graph", arguments).await["type"], "FileError", "{broken}");
        }
    }
    assert_eq!(bench.query("RETURN LENGTH(people)").await, json!([2]));
    let bare = json!({"graph_name": "social", "outputDir": "bare", "includeMetadata": false});
    assert_eq!(bench.ok("arango_backup_graph", bare).await["metadata_included"], false);
    assert_eq!(bench.fails("arango_restore_graph", json!({"inputDir": "bare"})).await["type"], "FileError");
    let guarded = json!({"inputDir": "g", "database": "guarded"});
    assert_eq!(bench.fails("arango_restore_graph", guarded).await["type"], "ReadOnlyError");
    assert_eq!(bench.ok("arango_backup", json!({"database": "guarded"})).await["total_documents"], 3);
}

#[tokio::test]
async fn definitions_of_graphs_go_into_one_file() {
    let bench = Bench::social().await;
    bench.define("second").await;
    let arguments = json!({"graphNames": ["social", "nope"], "outputFile": "some/graphs.json"});
    let report = bench.ok("arango_backup_named_graphs", arguments.clone()).await;
    assert_eq!((&report["graphs_backed_up"], &report["missing_graphs"]), (&1.into(), &json!(["nope"])));
    let text = bench.read("some/graphs.json");
    assert_eq!(report["backup_size_bytes"], text.len());
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["graphs"][0]["edge_definitions"][0]["edge_collection"], "knows");
    assert_eq!(file["backup_timestamp"], "2026-01-31T12:00:00Z");
    assert_eq!(bench.fails("arango_backup_named_graphs", arguments).await["type"], "ConflictError");
    assert_eq!(bench.ok("arango_backup_named_graphs", json!({})).await["graphs_backed_up"], 2);
    assert_eq!(bench.leftovers(), Vec::<String>::new());
}

#[tokio::test]
async fn all_databases_are_probed_and_no_secret_is_shown() {
    let bench = Bench::new();
    let status = bench.ok("arango_database_status", json!({})).await;
    assert_eq!(status["summary"], json!({"total": 4, "connected": 3, "failed": 1, "focused_database": null}));
    assert_eq!(
        (&status["databases"][0]["status"], &status["databases"][3]["status"]),
        (&"connected".into(), &"error".into())
    );
    assert_eq!(status["session_id"], "stdio");
    bench.ok("set_focused_database", json!({"database": "spare"})).await;
    let focused = bench.ok("arango_database_status", json!({})).await;
    assert_eq!(
        (&focused["summary"]["focused_database"], &focused["databases"][1]["is_focused"]),
        (&"spare".into(), &true.into())
    );
    let configs = bench.ok("arango_list_database_configs", json!({})).await;
    assert_eq!(
        (&configs["total_count"], &configs["configs"][3]["password_from"]),
        (&4.into(), &"variable AWAY_PASSWORD".into())
    );
    assert_eq!(configs["configs"][2]["read_only"], true);
    assert!(!format!("{status}{configs}").contains("hunter2"));
    assert_eq!(bench.fails("arango_database_status", json!({"focus": "nonsense"})).await["type"], "FocusError");
}

#[tokio::test]
async fn a_database_and_a_collection_are_described() {
    let bench = Bench::social().await;
    let view = json!({"name": "found", "type": "arangosearch", "links": {"people": {"includeAllFields": true}}});
    bench.send(Call::post(&["_api", "view"]).json(&view)).await;
    let database = bench.ok("arango_describe_database", json!({})).await;
    assert_eq!(
        database["totals"],
        json!({"collections": 2, "documents": 2, "edges": 1, "graphs": 1, "views": 1, "indexes": 0})
    );
    assert_eq!(database["views"], json!([{"name": "found", "type": "arangosearch"}]));
    assert_eq!(database["collections"][0], json!({"name": "knows", "type": "edge", "count": 1}));
    assert_eq!(
        database["graphs"][0]["edge_definitions"][0],
        json!({"collection": "knows", "from": ["people"], "to": ["people"]})
    );
    assert_eq!(database["omitted"], 0);
    let people = bench.ok("arango_describe_collection", json!({"collection": "people", "sampleSize": 1})).await;
    assert_eq!((&people["count"], &people["sampled"], &people["type"]), (&2.into(), &1.into(), &"document".into()));
    let paths: Vec<_> =
        people["attributes"].as_array().unwrap().iter().map(|each| each["path"].as_str().unwrap()).collect();
    assert!(paths.contains(&"n") && !paths.contains(&"big"), "{paths:?}");
    assert_eq!((&people["indexes"][0]["type"], &people["schema"]), (&"primary".into(), &Value::Null));
    assert_eq!(
        bench.fails("arango_describe_collection", json!({"collection": "nope"})).await["type"],
        "CollectionNotFound"
    );
    assert_eq!(bench.fails("arango_describe_database", json!({"database": "away"})).await["type"], "ConnectionError");
}

#[tokio::test]
async fn the_description_of_a_large_database_is_cut_and_says_so() {
    let bench = Bench::new();
    for number in 0..400 {
        let name = format!("collection_with_quite_a_long_name_to_fill_the_reply_{number:04}");
        bench.ok("arango_create_collection", json!({"name": name})).await;
    }
    let database = bench.ok("arango_describe_database", json!({})).await;
    let shown = database["collections"].as_array().unwrap().len();
    assert_eq!(
        (database["totals"]["collections"].as_u64(), shown as u64 + database["omitted"].as_u64().unwrap()),
        (Some(400), 400)
    );
    assert!(shown > 100 && database.to_string().len() < 30_000);
}
