//! Holds a tool to its contract: results against schema and text, refusals against the form of errors, and the hints
//! against what really happened.
//!
//! | hint | what is observed |
//! | --- | --- |
//! | `readOnlyHint` true | nothing differs after any call, revisions included |
//! | `readOnlyHint` false | at least one call changes something |
//! | `idempotentHint` true | after a second identical call, whatever it answers, everything is as after the first, but for revisions |
//! | `destructiveHint` false | all that was there is there unchanged after every call, but for what the session remembers |
//! | `destructiveHint` true | at least one call takes away or changes what was there |

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt as _;
use serde_json::{Value, json};

use super::{
    client::{Client, Era},
    contract::{Contract, Refusal, contains, resolved},
    database::Database,
    fixture,
    snapshot::Snapshot,
};
use crate::support::text;

/// Runs all cases of a contract on a database of its own, and then tells all that is wrong at once.
pub(crate) async fn run(contract: Contract) {
    let database = Database::create().await;
    let outcome = AssertUnwindSafe(async {
        let mut problems = refusals(&contract, &database).await;
        problems.extend(successes(&contract, &database).await);
        problems
    });
    let outcome = outcome.catch_unwind().await;
    database.quiet().await;
    database.remove().await;
    let problems = outcome.unwrap_or_else(|panic| resume_unwind(panic));
    assert!(problems.is_empty(), "{}:\n- {}", contract.tool, problems.join("\n- "));
}

/// Refused calls, by a client of the stateless protocol: each says why and what to do, and changes nothing.
async fn refusals(contract: &Contract, database: &Database) -> Vec<String> {
    let client = Client::connect(database, Era::Discover).await;
    let tool = client.tool(contract.tool).await;
    let good = &contract.successes[0];
    let mut refusals = broken(&tool, &good.arguments, &good.before);
    refusals.retain(|refusal| !(contract.tells_of_any_database && refusal.kind == "DatabaseNotConfigured"));
    refusals.extend(contract.refusals.iter().cloned());
    // Those that need calls before them come last, so that the others can share a fixture.
    refusals.sort_by_key(|refusal| !refusal.before.is_empty());
    let (mut problems, mut last) = (Vec::new(), prepare(contract, database, &client, &[]).await);
    let mut before = Snapshot::of(database, &client).await;
    for (at, refusal) in refusals.iter().enumerate() {
        if !refusal.before.is_empty() {
            last = prepare(contract, database, &client, &refusal.before).await;
            before = Snapshot::of(database, &client).await;
        }
        let arguments = resolved(&refusal.arguments, &last);
        let answer = client.call(contract.tool, &arguments).await;
        let wrong = misbehaviour(contract.tool, refusal, &answer);
        problems.extend(wrong.into_iter().map(|wrong| format!("{arguments}: {wrong}; {}", answer["result"])));
        if refusals.get(at + 1).is_none_or(|next| !next.before.is_empty()) {
            let after = Snapshot::of(database, &client).await;
            if before != after {
                problems.push(format!("refused calls changed {:?}", before.differing(&after)));
            }
        }
    }
    problems
}

/// What is wrong with the answer to a call that has to be refused.
fn misbehaviour(tool: &str, refusal: &Refusal, answer: &Value) -> Vec<String> {
    if answer["result"]["isError"] != true {
        return vec!["it was not refused".to_owned()];
    }
    let body = text(answer);
    let mut wrong = Vec::new();
    for (key, wanted) in [("type", json!(refusal.kind)), ("code", json!(refusal.code)), ("tool", json!(tool))] {
        if body[key] != wanted {
            wrong.push(format!("`{key}` is not {wanted}"));
        }
    }
    for key in ["error", "hint"] {
        if body[key].as_str().is_none_or(str::is_empty) {
            wrong.push(format!("no `{key}`"));
        }
    }
    wrong
}

/// Calls that no tool takes, made from one that works.
fn broken(tool: &Value, good: &Value, before: &[(&'static str, Value)]) -> Vec<Refusal> {
    let changed = |name: &str, value: Option<Value>, kind| {
        let mut arguments = good.clone();
        match value {
            Some(value) => drop(arguments.as_object_mut().unwrap().insert(name.to_owned(), value)),
            None => drop(arguments.as_object_mut().unwrap().remove(name)),
        }
        Refusal { before: before.to_vec(), arguments, kind, code: None }
    };
    let mut refusals = vec![changed("no_such_argument", Some(json!(1)), "ValidationError")];
    let schema = &tool["inputSchema"];
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    refusals.extend(required.map(|name| changed(name, None, "ValidationError")));
    for (name, about) in schema["properties"].as_object().into_iter().flatten() {
        let wrong = match about["type"].as_str() {
            Some("string" | "array") => json!(5),
            Some("object") => json!([1]),
            Some("integer" | "number" | "boolean") => json!("neither"),
            _ => continue,
        };
        refusals.push(changed(name, Some(wrong), "ValidationError"));
        if about["minimum"].as_f64().is_some_and(|least| least > 0.0) {
            refusals.push(changed(name, Some(json!(0)), "ValidationError"));
        }
        if name == "database" {
            refusals.push(changed(name, Some(json!("no_such_key")), "DatabaseNotConfigured"));
        }
        if name == "focus" {
            refusals.push(changed(name, Some(json!("focus_forged")), "FocusError"));
        }
    }
    refusals
}

/// Calls that work, by a client of an older protocol, each over a fresh fixture, and twice.
async fn successes(contract: &Contract, database: &Database) -> Vec<String> {
    let client = Client::connect(database, Era::Initialize).await;
    let tool = client.tool(contract.tool).await;
    let hint = |name: &str| tool["annotations"][name].as_bool().unwrap_or_else(|| panic!("no {name} in {tool}"));
    let (reads, idempotent, destroys) = (hint("readOnlyHint"), hint("idempotentHint"), hint("destructiveHint"));
    let (mut problems, mut changed, mut lost) = (Vec::new(), Vec::new(), Vec::new());
    let (mut touched, mut last) = (true, Value::Null);
    for success in &contract.successes {
        if touched || !success.before.is_empty() {
            last = prepare(contract, database, &client, &success.before).await;
        }
        let arguments = resolved(&success.arguments, &last);
        let before = Snapshot::of(database, &client).await;
        let answer = client.call(contract.tool, &arguments).await;
        let mut wrong = mismatch(&tool, &answer, &success.gives);
        if contract.ends_it {
            database.until(<[_]>::is_empty).await;
        }
        let after = Snapshot::of(database, &client).await;
        changed.extend(before.differing(&after));
        lost.extend(before.lost(&after));
        touched = before != after || !success.before.is_empty();
        if idempotent && !reads {
            // It may be refused now, e.g. since the document is gone already.
            client.call(contract.tool, &arguments).await;
            let (once, twice) = (after.without_revisions(), Snapshot::of(database, &client).await.without_revisions());
            if once != twice {
                wrong.push(format!("idempotent, but a second call changed {:?}", once.differing(&twice)));
            }
        }
        problems.extend(wrong.into_iter().map(|wrong| format!("{arguments}: {wrong}; {}", answer["result"])));
    }
    let claims = [
        (reads && !changed.is_empty(), format!("said to only read, but changed {changed:?}")),
        (!reads && changed.is_empty(), "not said to only read, but no case changes anything".to_owned()),
        (!destroys && !lost.is_empty(), format!("not said to be destructive, but took away or changed {lost:?}")),
        (destroys && lost.is_empty(), "said to be destructive, but no case takes away or changes anything".to_owned()),
    ];
    problems.extend(claims.into_iter().filter(|(untrue, _)| *untrue).map(|(_, problem)| problem));
    problems
}

/// Makes everything as it is in the beginning, and the calls before; the structured content of the last one.
async fn prepare(contract: &Contract, database: &Database, client: &Client, before: &[(&'static str, Value)]) -> Value {
    database.quiet().await;
    fixture::reset(database).await;
    // There need not be any yet.
    drop(std::fs::remove_dir_all(client.backups()));
    client.result("set_focused_database", &json!({})).await;
    // In this order: a stage puts tools away.
    client.result("arango_advance_workflow_stage", &json!({ "stage": "setup" })).await;
    client.result("arango_switch_workflow", &json!({ "context": "full" })).await;
    if let Some(query) = contract.running {
        database.begin(query).await;
    }
    let mut last = Value::Null;
    for (tool, arguments) in before {
        let answer = client.call(tool, &resolved(arguments, &last)).await;
        crate::support::success(&answer);
        last = answer["result"]["structuredContent"].clone();
    }
    last
}

/// What is wrong with a result: it has what was promised, fits the declared schema, and is the same as text and as
/// structured content.
fn mismatch(tool: &Value, answer: &Value, gives: &Value) -> Vec<String> {
    if answer["result"]["isError"] != false {
        return vec!["it was refused".to_owned()];
    }
    let text = text(answer);
    let mut wrong = Vec::new();
    if !contains(&text, gives) {
        wrong.push(format!("does not contain {gives}"));
    }
    let structured = &answer["result"]["structuredContent"];
    let same = match &text {
        Value::Array(_) => structured.get("rows").or_else(|| structured.get("items")) == Some(&text),
        _ => *structured == text,
    };
    if !same {
        wrong.push("text and structured content differ".to_owned());
    }
    if let Some(schema) = tool.get("outputSchema") {
        let validator = jsonschema::validator_for(schema).unwrap();
        wrong.extend(validator.iter_errors(structured).map(|error| format!("does not fit the schema: {error}")));
    }
    wrong
}
