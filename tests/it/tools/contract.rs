//! What a tool promises, as data: calls that succeed with what they give, and calls that are refused with how.

use serde_json::{Value, json};

/// Calls of one tool over the [fixture](super::fixture).
pub(crate) struct Contract {
    pub(crate) tool: &'static str,
    pub(crate) successes: Vec<Success>,
    pub(crate) refusals: Vec<Refusal>,
    /// Error numbers the description names for what other tools then do.
    pub(crate) elsewhere: Vec<u64>,
    /// Whether a database that is not configured is an answer, not an error.
    pub(crate) tells_of_any_database: bool,
    /// A query that runs all the time.
    pub(crate) running: Option<&'static str>,
    /// Whether a success ends it.
    pub(crate) ends_it: bool,
}

/// A call that succeeds.
pub(crate) struct Success {
    pub(crate) before: Vec<(&'static str, Value)>,
    pub(crate) arguments: Value,
    /// What has to be in the result; see [`contains`].
    pub(crate) gives: Value,
}

/// A call that is refused.
#[derive(Clone)]
pub(crate) struct Refusal {
    pub(crate) before: Vec<(&'static str, Value)>,
    pub(crate) arguments: Value,
    /// The `type` of the error.
    pub(crate) kind: &'static str,
    /// ArangoDB's number, where it has one.
    pub(crate) code: Option<u64>,
}

impl Contract {
    pub(crate) fn of(tool: &'static str) -> Self {
        Self {
            tool,
            successes: Vec::new(),
            refusals: Vec::new(),
            elsewhere: Vec::new(),
            tells_of_any_database: false,
            running: None,
            ends_it: false,
        }
    }

    /// A call that succeeds, and what its result has to contain. The first one is also what broken calls are made from.
    pub(crate) fn gives(self, arguments: Value, gives: Value) -> Self {
        self.gives_after(Vec::new(), arguments, gives)
    }

    /// The same after other calls, whose last result [`last`] takes from.
    pub(crate) fn gives_after(mut self, before: Vec<(&'static str, Value)>, arguments: Value, gives: Value) -> Self {
        self.successes.push(Success { before, arguments, gives });
        self
    }

    /// A call that does not fit the tool.
    pub(crate) fn invalid(self, arguments: Value) -> Self {
        self.refuses(arguments, "ValidationError", None)
    }

    /// A call that is refused.
    pub(crate) fn refuses(self, arguments: Value, kind: &'static str, code: impl Into<Option<u64>>) -> Self {
        self.refuses_after(Vec::new(), arguments, kind, code)
    }

    /// The same after other calls.
    pub(crate) fn refuses_after(
        mut self,
        before: Vec<(&'static str, Value)>,
        arguments: Value,
        kind: &'static str,
        code: impl Into<Option<u64>>,
    ) -> Self {
        self.refusals.push(Refusal { before, arguments, kind, code: code.into() });
        self
    }

    /// Names an error number of the description that another tool answers with.
    pub(crate) fn shown_elsewhere(mut self, number: u64) -> Self {
        self.elsewhere.push(number);
        self
    }

    /// Runs this query, which has to last, while the tool is called.
    pub(crate) fn while_running(mut self, query: &'static str) -> Self {
        self.running = Some(query);
        self
    }

    /// That query is to end when a call succeeds.
    pub(crate) fn ends_it(mut self) -> Self {
        self.ends_it = true;
        self
    }

    /// Takes the name of a database that is not configured as a question about it.
    pub(crate) fn tells_of_any_database(mut self) -> Self {
        self.tells_of_any_database = true;
        self
    }
}

/// Stands in arguments for a part of the last result before: what is at this pointer of its structured content.
pub(crate) fn last(pointer: &str) -> Value {
    json!({ LAST: pointer })
}

const LAST: &str = "part of the last result";

/// Puts parts of the last result where [`last`] stands for them.
pub(crate) fn resolved(arguments: &Value, last: &Value) -> Value {
    let mut arguments = arguments.clone();
    for argument in arguments.as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
        if let Some(pointer) = argument.get(LAST).and_then(Value::as_str) {
            *argument = last.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {last}")).clone();
        }
    }
    arguments
}

/// Whether a result has what is wanted: objects may have more members, everything else is equal.
pub(crate) fn contains(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => {
            wanted.iter().all(|(name, wanted)| found.get(name).is_some_and(|found| contains(found, wanted)))
        }
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| contains(found, wanted))
        }
        (Value::Number(found), Value::Number(wanted)) => found.as_f64() == wanted.as_f64(),
        (found, wanted) => found == wanted,
    }
}
