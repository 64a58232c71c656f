//! Computed values and schemas: the store asks, AQL and JSON Schema answer.
//!
//! The expressions of computed values may look at the document only, so they run against an empty database of their own and need no locks
//! of the one that is being written to.

use std::sync::{Arc, atomic::AtomicBool};

use parking_lot::Mutex;

use super::{Environment, Options, Request, run};
use crate::{
    aql::{self, analysis::analyse, ast::Clause, ast_json::ast_json},
    clock::{Clock, Random},
    embedded::{
        error::Error,
        store::{Database, DocumentHooks, Store},
        value::{Object, Str, Value, json},
    },
    wire::{Dialect, ErrorNum, JsonSchema},
};

/// The only bind parameter of an expression.
const DOCUMENT: &str = "doc";
/// An expression that needs more memory than this is not what it should be.
const MEMORY: usize = 64 << 20;

/// How many schemas are kept ready.
const SCHEMAS: usize = 64;

/// Evaluates the expressions of computed values and checks documents against schemas.
#[derive(Debug)]
pub struct AqlHooks {
    empty: Arc<Database>,
    environment: Environment,
    /// The schemas that were used last. A rule is known by its address, which holding it keeps from being used again.
    schemas: Mutex<Vec<(Arc<Object>, Arc<JsonSchema>)>>,
}

impl AqlHooks {
    /// Hooks that take time and chance from here.
    ///
    /// # Errors
    /// 1228 never happens: a new store has its system database.
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Self, Error> {
        let empty = Store::in_memory(Arc::clone(&clock), Arc::clone(&random)).database("_system")?;
        let killed = Arc::new(AtomicBool::new(false));
        let environment = Environment { clock, random, user: None, killed };
        Ok(Self { empty, environment, schemas: Mutex::default() })
    }

    fn schema(&self, rule: &Value) -> Result<Arc<JsonSchema>, Error> {
        let Value::Object(object) = rule else {
            return Err(Error::new(ErrorNum::VALIDATION_BAD_PARAMETER, "the rule of a schema must be an object"));
        };
        if let Some((_, schema)) = self.schemas.lock().iter().find(|(known, _)| Arc::ptr_eq(known, object)) {
            return Ok(Arc::clone(schema));
        }
        let schema = Arc::new(parse_rule(rule)?);
        let mut schemas = self.schemas.lock();
        if schemas.len() >= SCHEMAS {
            schemas.remove(0);
        }
        schemas.push((Arc::clone(object), Arc::clone(&schema)));
        Ok(schema)
    }
}

fn parse_rule(rule: &Value) -> Result<JsonSchema, Error> {
    let refused = |why: String| Error::new(ErrorNum::VALIDATION_BAD_PARAMETER, format!("invalid schema: {why}"));
    let rule = plain(rule).map_err(|error| refused(error.to_string()))?;
    JsonSchema::parse(&rule, Dialect::Draft4).map_err(|error| refused(error.to_string()))
}

/// The value as other crates know JSON. By way of its text, so that whole numbers are whole, as clients see them.
fn plain(value: &Value) -> Result<serde_json::Value, serde_json::Error> {
    serde_json::from_slice(&json::to_vec(value))
}

fn refused(why: &str) -> Error {
    Error::new(ErrorNum::BAD_PARAMETER, format!("computation expression {why}"))
}

impl DocumentHooks for AqlHooks {
    fn check_expression(&self, expression: &str) -> Result<(), Error> {
        let query = aql::parse(expression).map_err(|error| refused(&format!("is invalid: {error}")))?;
        if !matches!(query.clauses.as_slice(), [Clause::Return(_)]) || holds_subquery(&ast_json(&query)) {
            return Err(refused("must be a single RETURN without loops and subqueries"));
        }
        let found = analyse(&query);
        if !(found.read.is_empty() && found.written.is_empty() && found.graphs.is_empty()) {
            return Err(refused("must not use collections or graphs"));
        }
        if found.bind_parameters.iter().any(|bind| bind.collection || bind.name != DOCUMENT) {
            return Err(refused("may use no bind parameter but @doc"));
        }
        let forbidden = ["DOCUMENT", "SCHEMA_GET", "SCHEMA_VALIDATE", "COLLECTIONS", "COLLECTION_COUNT", "SLEEP"];
        match forbidden.iter().find(|name| found.functions.contains(**name)) {
            Some(name) => Err(refused(&format!("must not call {name}()"))),
            None => Ok(()),
        }
    }

    fn compute(&self, expression: &str, document: &Value, fail_on_warning: bool) -> Result<Value, Error> {
        let mut bind_vars = Object::default();
        // A bind parameter that is not used is an error of its own.
        let query = aql::parse(expression).map_err(|error| refused(&format!("is invalid: {error}")))?;
        if !analyse(&query).bind_parameters.is_empty() {
            bind_vars.insert(Str::from(DOCUMENT), document.clone());
        }
        let options = Options { memory_limit: MEMORY, fail_on_warning, ..Options::default() };
        let request = Request { text: expression.to_owned(), bind_vars, options };
        let outcome = run(&self.empty, &self.environment, &request)?;
        Ok(outcome.rows.into_iter().next().unwrap_or_default())
    }

    fn check_rule(&self, rule: &Value) -> Result<(), Error> {
        parse_rule(rule).map(drop)
    }

    fn validate(&self, rule: &Value, document: &Value, message: &str) -> Result<(), Error> {
        let failed = ErrorNum::VALIDATION_FAILED;
        let document = plain(document).map_err(|error| Error::new(failed, error.to_string()))?;
        if self.schema(rule)?.admits(&document) {
            return Ok(());
        }
        let message = if message.is_empty() { failed.text() } else { message };
        Err(Error::new(failed, message.to_owned()))
    }
}

fn holds_subquery(tree: &serde_json::Value) -> bool {
    let mut left = vec![tree];
    while let Some(node) = left.pop() {
        match node {
            serde_json::Value::Object(object) => {
                if object.get("type").and_then(serde_json::Value::as_str) == Some("subquery") {
                    return true;
                }
                left.extend(object.values());
            }
            serde_json::Value::Array(items) => left.extend(items),
            serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Number(_)
            | serde_json::Value::String(_) => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{ManualClock, SequenceRandom};

    fn hooks() -> AqlHooks {
        AqlHooks::new(ManualClock::at(0), SequenceRandom::from_seed(1)).unwrap()
    }

    fn compute(expression: &str) -> Result<String, Error> {
        let document = json::parse(br#"{"a":["X","y"],"n":2}"#).unwrap();
        hooks().compute(expression, &document, true).map(|value| json::to_string(&value))
    }

    #[test]
    fn an_expression_computes_from_the_document() {
        assert_eq!(compute("RETURN @doc.n * 2").unwrap(), "4");
        assert_eq!(compute("RETURN @doc.a[* RETURN LOWER(CURRENT)]").unwrap(), r#"["x","y"]"#);
        assert_eq!(compute("RETURN 7").unwrap(), "7");
        assert_eq!(compute("RETURN 1 / 0").unwrap_err().num.0, 1562);
    }

    #[test]
    fn documents_are_checked_against_rules_as_their_json_reads() {
        let hooks = hooks();
        let rule = json::parse(br#"{"properties":{"n":{"type":"integer","minimum":1}},"required":["n"]}"#).unwrap();
        hooks.check_rule(&rule).unwrap();
        let check =
            |document: &str, message| hooks.validate(&rule, &json::parse(document.as_bytes()).unwrap(), message);
        check(r#"{"n":2.0}"#, "").unwrap();
        let error = check(r#"{"n":0}"#, "n counts from one").unwrap_err();
        assert_eq!((error.num.0, &*error.message), (1620, "n counts from one"));
        assert_eq!(check("{}", "").unwrap_err().message, "schema validation failed");
        assert_eq!(hooks.schemas.lock().len(), 1, "a rule is read once");
        let bad = json::parse(br#"{"type":"nonsense"}"#).unwrap();
        assert_eq!(hooks.check_rule(&bad).unwrap_err().num.0, 1621);
    }

    #[test]
    fn no_more_schemas_are_kept_than_that() {
        let hooks = hooks();
        for _ in 0..SCHEMAS * 2 {
            hooks.validate(&json::parse(b"{}").unwrap(), &json::parse(b"{}").unwrap(), "").unwrap();
        }
        assert_eq!(hooks.schemas.lock().len(), SCHEMAS);
    }

    #[test]
    fn expressions_that_look_beyond_the_document_are_refused() {
        for bad in [
            "",
            "@doc.n",
            "FOR d IN things RETURN d",
            "RETURN (FOR i IN 1..2 RETURN i)",
            "RETURN LENGTH(things)",
            "RETURN @other",
            "RETURN DOCUMENT('a/b')",
            "LET x = 1 RETURN x",
        ] {
            assert_eq!(hooks().check_expression(bad).unwrap_err().num.0, 10, "{bad}");
        }
        hooks().check_expression("RETURN CONCAT(@doc.a, RAND(), DATE_NOW())").unwrap();
    }
}
