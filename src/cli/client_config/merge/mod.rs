//! Puts an entry into the text of a client's file and leaves everything else in it alone: comments, trailing commas, order and
//! formatting survive.
//!
//! As with our own file, each edit is made twice: on the file as data and on its text. What a reader makes of the new text must be
//! the first result; else (a key that stands there twice, say) nothing is changed.

use jsonc_parser::{
    ParseOptions,
    cst::{CstInputValue, CstNode, CstRootNode},
    parse_to_serde_value,
};
use serde_json::{Map, Value};

use super::entry::Entry;

/// Some editors put it at the beginning of a file.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// Where VS Code keeps what it asks for.
const INPUTS: &str = "inputs";

/// What the entry means for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It says the same already.
    Same,
    /// There is no server of that name yet.
    Added,
    /// There is one, and it says something else.
    Replaced,
}

/// The text with the entry in it. A text that is empty is a file that is not there yet.
///
/// # Errors
/// Why the text cannot be changed; what is in it is not repeated.
pub(super) fn merge(text: &str, entry: &Entry) -> Result<(String, Outcome), String> {
    let (mark, body) = match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(body) => (BYTE_ORDER_MARK, body),
        None => ("", text),
    };
    let before = read(body)?;
    let (wanted, old) = apply(before.clone(), entry)?;
    let outcome = match old {
        _ if wanted == before => return Ok((text.to_owned(), Outcome::Same)),
        Some(old) if old != entry.value => Outcome::Replaced,
        // With an entry that is the same, it is the inputs that are added.
        _ => Outcome::Added,
    };
    let edited = edit(body, &before, entry).ok_or_else(unusual)?;
    match read(&edited) {
        Ok(after) if after == wanted => Ok((format!("{mark}{edited}"), outcome)),
        _ => Err(unusual()),
    }
}

fn unusual() -> String {
    "the file is written in a way that cannot be changed here without changing more than was asked for; change it with a \
     text editor"
        .to_owned()
}

/// JSON with comments and trailing commas; clients that read strict JSON never have them.
const fn grammar() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

fn read(text: &str) -> Result<Map<String, Value>, String> {
    let value: Value = parse_to_serde_value(text, &grammar()).map_err(|error| format!("not valid JSON: {error}"))?;
    match value {
        Value::Object(root) => Ok(root),
        // Empty, or comments alone; not the word `null`.
        Value::Null if CstRootNode::parse(text, &grammar()).is_ok_and(|root| root.value().is_none()) => Ok(Map::new()),
        _ => Err("not a JSON object, as the file of a client has to be".to_owned()),
    }
}

/// The file as data with the entry in it, and what was in its place.
fn apply(mut root: Map<String, Value>, entry: &Entry) -> Result<(Map<String, Value>, Option<Value>), String> {
    let wrong = |key: &str, shape: &str| format!("{key:?} in it is not {shape}");
    if !entry.inputs.is_empty() {
        let inputs = root.entry(INPUTS).or_insert_with(|| Value::Array(Vec::new()));
        let inputs = inputs.as_array_mut().ok_or_else(|| wrong(INPUTS, "a list"))?;
        let new = missing(inputs, &entry.inputs);
        inputs.extend(new);
    }
    let servers = root.entry(entry.servers).or_insert_with(|| Map::new().into());
    let servers = servers.as_object_mut().ok_or_else(|| wrong(entry.servers, "an object of servers"))?;
    let old = servers.insert(entry.name.clone(), entry.value.clone());
    Ok((root, old))
}

/// The inputs that are not there yet, by their id.
fn missing(there: &[Value], wanted: &[Value]) -> Vec<Value> {
    let known = |input: &Value| there.iter().any(|old| old.get("id") == input.get("id"));
    wanted.iter().filter(|input| !known(input)).cloned().collect()
}

/// The entry in the text, which says `before`.
fn edit(text: &str, before: &Map<String, Value>, entry: &Entry) -> Option<String> {
    let root = CstRootNode::parse(text, &grammar()).ok()?;
    let fresh = root.value().is_none();
    let top = if fresh { root.object_value_or_set() } else { root.object_value()? };
    let there = before.get(INPUTS).and_then(Value::as_array).map(Vec::as_slice);
    let inputs = missing(there.unwrap_or_default(), &entry.inputs);
    match top.get(INPUTS) {
        _ if inputs.is_empty() => {}
        Some(property) => {
            let list = property.array_value()?;
            for input in &inputs {
                drop(list.append(input_value(input)));
            }
        }
        None => drop(top.append(INPUTS, input_value(&inputs.into()))),
    }
    let value = input_value(&entry.value);
    match top.get(entry.servers) {
        Some(property) => {
            let servers = property.object_value()?;
            match servers.get(&entry.name) {
                Some(_) if before.get(entry.servers)?.get(&entry.name) == Some(&entry.value) => {}
                Some(old) => old.set_value(value),
                None => drop(servers.append(&entry.name, value)),
            }
        }
        None => drop(top.append(entry.servers, CstInputValue::Object(vec![(entry.name.clone(), value)]))),
    }
    let edited = root.to_string();
    Some(if fresh && !edited.ends_with('\n') { format!("{edited}\n") } else { edited })
}

/// The text to be shown to people: what others wrote in strings and comments may be a password, and is left out.
pub(super) fn without_secrets(text: &str, entry: &Entry) -> String {
    let body = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let Ok(root) = CstRootNode::parse(body, &grammar()) else { return String::new() };
    let (document, mut ours) = (entry.document(), Vec::new());
    strings(&document, &mut ours);
    for node in root.children() {
        hide(&node, &ours);
    }
    root.to_string()
}

/// The strings in a value that are shown.
fn strings<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(pairs) => pairs.values().for_each(|value| strings(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The parser bounds how deep this goes.
fn hide(node: &CstNode, ours: &[&str]) {
    if let Some(comment) = node.as_comment() {
        let lines = "\n".repeat(comment.raw_value().matches('\n').count());
        comment.set_raw_value(if comment.is_line_comment() {
            "// …".to_owned()
        } else {
            format!("/* …{lines} */")
        });
    } else if let Some(text) = node.as_string_lit() {
        if !text.decoded_value().is_ok_and(|text| ours.contains(&text.as_str())) {
            text.set_raw_value("\"…\"".to_owned());
        }
    } else if let Some(property) = node.as_object_prop() {
        // The name is shown; the value and the comments between them are looked at.
        for child in property.children().iter().skip(1) {
            hide(child, ours);
        }
    } else {
        for child in node.children() {
            hide(&child, ours);
        }
    }
}

fn input_value(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input_value).collect()),
        Value::Object(pairs) => {
            CstInputValue::Object(pairs.iter().map(|(key, value)| (key.clone(), input_value(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests;
