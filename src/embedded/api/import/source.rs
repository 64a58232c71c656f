//! The forms a body of documents comes in: an array, a document a line, or a line of names and then lines of values.

use super::{
    super::{super::value::json, call::Call, error::Failure},
    Object, Report, Settings, Value, offending, with_ends,
};

/// Reads the documents of a body. What is no document is reported, or refused when everything has to be right.
///
/// # Errors
/// When the body is not of the form asked for, and at the first fault with `complete`.
pub(super) fn read(call: &Call<'_>, settings: &Settings, report: &mut Report) -> Result<Vec<Value>, Failure> {
    let body = &call.body;
    let begins_array = body.trim_ascii_start().first() == Some(&b'[');
    let mut reader = Reader { settings, report, documents: Vec::new() };
    match call.parameter("type") {
        Some("array" | "list") => reader.array(body)?,
        Some("auto") if begins_array => reader.array(body)?,
        Some("documents" | "auto") => reader.lines(body)?,
        None | Some("") => reader.table(body)?,
        Some(other) => return Err(Failure::bad_parameter(format!("invalid value for type: {other}"))),
    }
    Ok(reader.documents)
}

struct Reader<'r> {
    settings: &'r Settings,
    report: &'r mut Report,
    documents: Vec<Value>,
}

/// The lines of a body; what follows the last line break is a line only if there is something.
fn lines(body: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = body.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|last| last.trim_ascii().is_empty()) {
        lines.pop();
    }
    lines
}

impl Reader<'_> {
    fn fault(&mut self, position: usize, what: &str) -> Result<(), Failure> {
        if self.settings.complete {
            return Err(Failure::bad_parameter(format!("at position {position}: {what}")));
        }
        self.report.fail(position, what);
        Ok(())
    }

    fn document(&mut self, position: usize, value: &Value) -> Result<(), Failure> {
        let Some(object) = value.as_object() else {
            return self.fault(position, &format!("invalid JSON type (expecting object), {}", offending(value)));
        };
        match with_ends(self.settings, object.clone()) {
            Ok(document) => self.documents.push(document),
            Err(what) => self.fault(position, &what)?,
        }
        Ok(())
    }

    fn array(&mut self, body: &[u8]) -> Result<(), Failure> {
        let expecting = || Failure::bad_parameter("expecting a JSON array in the request");
        if body.trim_ascii().is_empty() {
            return Err(expecting());
        }
        let value = super::super::call::parse_json(body)?;
        for (index, item) in value.as_array().ok_or_else(expecting)?.iter().enumerate() {
            self.document(index + 1, item)?;
        }
        Ok(())
    }

    fn lines(&mut self, body: &[u8]) -> Result<(), Failure> {
        for (index, line) in lines(body).into_iter().enumerate() {
            if line.trim_ascii().is_empty() {
                self.report.empty += 1;
                continue;
            }
            match json::parse(line) {
                Ok(value) => self.document(index + 1, &value)?,
                Err(error) => {
                    self.fault(
                        index + 1,
                        &format!("invalid JSON type (expecting object, probably parse error): {error}"),
                    )?;
                }
            }
        }
        Ok(())
    }

    fn table(&mut self, body: &[u8]) -> Result<(), Failure> {
        let lines = lines(body);
        let header = lines.first().and_then(|line| json::parse(line).ok());
        let names: Option<Vec<_>> = header.as_ref().and_then(Value::as_array).and_then(|names| {
            let names = names.iter().map(|name| name.as_str().map(std::sync::Arc::from));
            names.collect()
        });
        let names: Vec<std::sync::Arc<str>> =
            names.ok_or_else(|| Failure::bad_parameter("no JSON array found in first line"))?;
        for (position, line) in lines.into_iter().enumerate().skip(1) {
            if line.trim_ascii().is_empty() {
                self.report.empty += 1;
                continue;
            }
            let values = json::parse(line).unwrap_or_default();
            let Some(values) = values.as_array().filter(|values| values.len() == names.len()) else {
                let expected = names.len();
                self.fault(position, &format!("expecting a JSON array with {expected} values"))?;
                continue;
            };
            let pairs = names.iter().cloned().zip(values.iter().cloned());
            self.document(position, &Value::object(pairs.collect::<Object>()))?;
        }
        Ok(())
    }
}
