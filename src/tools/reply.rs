//! The only maker of tool replies: the text block every client reads, structured content beside it while it is small,
//! and `_meta` that says which database answered and why that one.

use rmcp::model::{CallToolResult, ContentBlock, MetaObject};
use serde_json::{Map, Value, json};

use super::{context::CallContext, error::ToolError};

/// What a call returns: the result as the protocol knows it.
pub type Reply = CallToolResult;

/// Above this size a result is sent once, as text; a copy as structured content would only cost tokens and time.
const STRUCTURED_LIMIT: usize = 256 * 1024;

/// The fact that names the handle of the rows that follow.
pub(crate) const NEXT: &str = "next";

/// How a result is wrapped as structured content, which older protocols want to be an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// It is an object.
    Object,
    /// A list of query rows: `{rows: […]}`.
    Rows,
    /// A list of anything else: `{items: […]}`.
    Items,
}

/// A result as JSON text.
#[derive(Debug)]
pub(crate) struct Payload {
    text: String,
    shape: Shape,
    count: Option<usize>,
    /// Where and why the result was cut.
    cut: Option<String>,
    /// More facts for the structured content, e.g. warnings.
    extra: Map<String, Value>,
}

impl Payload {
    /// A value that is small.
    pub(crate) fn of_value(value: &Value, shape: Shape) -> Result<Self, ToolError> {
        let text = serde_json::to_string(value).map_err(|error| ToolError::internal(&error))?;
        Ok(Self { text, shape, count: value.as_array().map(Vec::len), cut: None, extra: Map::new() })
    }

    /// Rows as the database sent them, joined to the text of one array.
    pub(crate) fn of_rows(text: String, count: usize) -> Self {
        Self { text, shape: Shape::Rows, count: Some(count), cut: None, extra: Map::new() }
    }

    /// Marks the result as cut.
    #[must_use]
    pub(crate) fn cut(mut self, explanation: String) -> Self {
        self.cut = Some(explanation);
        self
    }

    /// Adds a fact to the structured content.
    #[must_use]
    pub(crate) fn with(mut self, key: &str, value: Value) -> Self {
        self.extra.insert(key.to_owned(), value);
        self
    }

    /// How many rows or items it has.
    pub(crate) fn count(&self) -> Option<usize> {
        self.count
    }

    /// Whether there is more than this.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut.is_some()
    }

    /// The result as JSON text.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    fn structured(&self) -> Option<Value> {
        if self.text.len() > STRUCTURED_LIMIT {
            return None;
        }
        let value: Value = serde_json::from_str(&self.text).ok()?;
        let mut object = match (self.shape, value) {
            (Shape::Object, Value::Object(object)) => object,
            (Shape::Object, _) => return None,
            (Shape::Rows, list) => Map::from_iter([
                ("rows".to_owned(), list),
                ("count".to_owned(), self.count.unwrap_or_default().into()),
                ("truncated".to_owned(), false.into()),
            ]),
            (Shape::Items, list) => Map::from_iter([("items".to_owned(), list)]),
        };
        if self.cut.is_some() {
            object.insert("truncated".to_owned(), true.into());
        }
        object.extend(self.extra.clone());
        Some(Value::Object(object))
    }
}

/// Shapes the outcome of a call into a reply.
pub(crate) fn shape(tool: &str, context: &CallContext, outcome: Result<Payload, ToolError>) -> Reply {
    let mut meta = located(context);
    let mut result = match outcome {
        Ok(payload) => {
            let structured = payload.structured();
            let mut content = Vec::with_capacity(2);
            if payload.cut.is_some() {
                meta.insert("truncated".to_owned(), true.into());
            }
            if let Some(next) = payload.extra.get(NEXT) {
                meta.insert(NEXT.to_owned(), next.clone());
            }
            content.push(ContentBlock::text(payload.text));
            content.extend(payload.cut.map(ContentBlock::text));
            content.extend(
                payload
                    .extra
                    .get("warnings")
                    .map(|warnings| ContentBlock::text(json!({ "warnings": warnings }).to_string())),
            );
            let mut result = CallToolResult::success(content);
            result.structured_content = structured;
            result
        }
        Err(error) => {
            let used = context.used();
            let body = Value::Object(error.body(tool, used.map(|(key, _)| key.as_str())));
            CallToolResult::error(vec![ContentBlock::text(body.to_string())])
        }
    };
    if !meta.is_empty() {
        result.meta = Some(MetaObject(meta));
    }
    result
}

/// Which database answered, and which of the six levels chose it.
fn located(context: &CallContext) -> Map<String, Value> {
    let mut meta = Map::new();
    if let Some((key, level)) = context.used() {
        meta.insert("database".to_owned(), key.as_str().into());
        meta.insert("level".to_owned(), level.name().into());
    }
    meta
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted() {
        let payload = Payload::of_rows("[1.0,{\"a\": 1e2}]".to_owned(), 2);
        let expected = json!({"rows": [1.0, {"a": 100.0}], "count": 2, "truncated": false});
        assert_eq!(payload.structured(), Some(expected));
        assert_eq!(payload.count(), Some(2));
    }

    #[test]
    fn a_large_result_has_no_second_copy() {
        let row = format!("\"{}\"", "x".repeat(STRUCTURED_LIMIT));
        assert_eq!(Payload::of_rows(format!("[{row}]"), 1).structured(), None);
    }

    #[test]
    fn a_cut_and_warnings_stand_in_the_structured_content() {
        let payload = Payload::of_rows("[1]".to_owned(), 1).cut("cut".to_owned()).with("warnings", json!([1]));
        assert_eq!(payload.structured(), Some(json!({"rows": [1], "count": 1, "truncated": true, "warnings": [1]})));
    }
}
