//! Which indexes would help a query: what its plan scans as a whole, compared with what its text asks of those documents.

mod loops;

use serde_json::{Map, Value, json};

use self::loops::Loop;
use crate::{aql, arango::Index};

/// Suggestions a reply has at most.
const MOST: usize = 20;

/// A step of a plan that reads a whole collection.
#[derive(Debug)]
pub(crate) struct Scan<'p> {
    node: &'p Value,
    pub(crate) collection: &'p str,
    variable: &'p str,
}

/// The whole scans of a plan, subqueries included.
pub(crate) fn scans(plan: &Value) -> Vec<Scan<'_>> {
    let mut found = Vec::new();
    // Its own stack: how deep subqueries nest is up to whoever wrote the query.
    let mut todo: Vec<&Value> = nodes(plan).rev().collect();
    while let Some(node) = todo.pop() {
        todo.extend(nodes(node.get("subquery").unwrap_or(&Value::Null)).rev());
        if node.get("type").and_then(Value::as_str) != Some("EnumerateCollectionNode") {
            continue;
        }
        let collection = node.get("collection").and_then(Value::as_str);
        let variable = node.pointer("/outVariable/name").and_then(Value::as_str);
        if let (Some(collection), Some(variable)) = (collection, variable) {
            found.push(Scan { node, collection, variable });
        }
    }
    found
}

fn nodes(part: &Value) -> impl DoubleEndedIterator<Item = &Value> {
    part.get("nodes").and_then(Value::as_array).into_iter().flatten()
}

/// What could be done about the scans. `indexes` gives those a collection has.
pub(crate) fn suggest(
    text: &str,
    bind_vars: &Map<String, Value>,
    scans: &[Scan<'_>],
    indexes: impl Fn(&str) -> Vec<Index>,
) -> Vec<Value> {
    // Text that only the server understands gets no advice.
    let Ok(query) = aql::parse(text) else { return Vec::new() };
    let mut loops = loops::of(&query, bind_vars);
    let mut suggestions: Vec<Value> = Vec::new();
    for scan in scans {
        let of = |variable: &str| {
            loops.iter().position(|each| each.variable == variable && each.collection == scan.collection)
        };
        let Some(at) = of(scan.variable).or_else(|| of("")) else { continue };
        let suggestion = about(scan, &loops.remove(at), &indexes(scan.collection));
        suggestions.extend(suggestion);
    }
    suggestions.truncate(MOST);
    suggestions
}

fn about(scan: &Scan<'_>, wanted: &Loop, indexes: &[Index]) -> Option<Value> {
    let collection = scan.collection;
    let id = scan.node.get("id").cloned().unwrap_or_default();
    let fields = wanted.fields();
    if fields.is_empty() {
        let hint = format!(
            "{} reads all of {collection}, and no condition can use an index: compare a plain attribute (not a \
             function of it) with ==, IN, <, <=, > or >=, joined by AND",
            wanted.clause()
        );
        return wanted.filtered.then(|| json!({ "hint": hint, "nodeId": id, "collection": collection }));
    }
    if let Some(index) = indexes.iter().find(|index| index.fields == fields) {
        let hint = format!(
            "{} reads all of {collection} although the index {} on {} exists: the optimizer does not use it here",
            wanted.clause(),
            index.name,
            fields.join(", ")
        );
        return Some(json!({ "hint": hint, "nodeId": id, "collection": collection }));
    }
    let why = wanted.reason();
    let hint = format!(
        "{} reads all of {collection}; a persistent index on {} would serve {why}",
        wanted.clause(),
        fields.join(", ")
    );
    let arguments = json!({ "collection": collection, "fields": fields, "type": "persistent" });
    Some(json!({
        "hint": hint,
        "nodeId": id,
        "collection": collection,
        "attributes": fields,
        "type": "persistent",
        "why": why,
        "create": { "tool": "arango_create_index", "arguments": arguments },
    }))
}

#[cfg(test)]
mod tests;
