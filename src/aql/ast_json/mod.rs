//! The tree as ArangoDB shows it in the answer of `POST /_api/query`: nodes of a `type` with `subNodes`.
//!
//! The node types are ArangoDB's. As there, a subquery stands as a `let` of its own before the clause that uses it, and
//! variables are numbered in the order in which they are made.

mod clause;
mod expr;

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{
    analysis::{Source, analyse},
    ast::{Bind, DataSource, Query},
};

/// The tree of a query: its `root` node.
pub fn ast_json(query: &Query) -> Value {
    let mut builder = Builder { visible: Vec::new(), by_name: HashMap::new(), next: 0, hoisted: Vec::new() };
    let mut statements = Vec::new();
    if !query.with.is_empty() {
        let collections = query.with.iter().map(data_source).collect();
        statements.push(node("with", vec![node("collection list", collections)]));
    }
    builder.clauses(query, &mut statements);
    node("root", statements)
}

/// What `POST /_api/query` tells of a query that can be parsed: `parsed`, `collections`, `bindVars`, `ast`.
pub fn parse_answer(query: &Query) -> Value {
    let found = analyse(query);
    let collections: Vec<&str> = found
        .read
        .union(&found.written)
        .filter_map(|source| match source {
            Source::Name(name) => Some(name.as_str()),
            Source::Bind(_) => None,
        })
        .collect();
    let parameter = |bind: &Bind| if bind.collection { format!("@{}", bind.name) } else { bind.name.clone() };
    let bind_vars: Vec<String> = found.bind_parameters.iter().map(parameter).collect();
    let mut answer = Map::new();
    answer.insert("parsed".to_owned(), true.into());
    answer.insert("collections".to_owned(), collections.into());
    answer.insert("bindVars".to_owned(), bind_vars.into());
    answer.insert("ast".to_owned(), Value::Array(vec![ast_json(query)]));
    Value::Object(answer)
}

/// Makes nodes, knowing which variables are visible.
struct Builder {
    /// The names of the visible variables, the innermost last.
    visible: Vec<String>,
    /// The variables of a name, the innermost last.
    by_name: HashMap<String, Vec<Variable>>,
    next: u64,
    /// Subqueries that have to stand before the clause being made.
    hoisted: Vec<Value>,
}

/// A variable as references name it.
#[derive(Clone)]
struct Variable {
    /// The name in the node.
    name: String,
    id: u64,
}

impl Variable {
    fn reference(&self, to_subquery: bool) -> Value {
        json!({ "type": "reference", "name": self.name, "id": self.id, "subqueryReference": to_subquery })
    }

    fn node(&self) -> Value {
        json!({ "type": "variable", "name": self.name, "id": self.id })
    }
}

impl Builder {
    fn clauses(&mut self, query: &Query, statements: &mut Vec<Value>) {
        let outer = std::mem::take(&mut self.hoisted);
        for clause in &query.clauses {
            let made = self.clause(clause);
            statements.append(&mut self.hoisted);
            statements.push(made);
        }
        self.hoisted = outer;
    }

    /// A subquery becomes a `let` before the clause, and a reference to it here.
    fn subquery(&mut self, query: &Query) -> Value {
        let outside = self.visible.len();
        let mut statements = Vec::new();
        self.clauses(query, &mut statements);
        while self.visible.len() > outside {
            self.hide();
        }
        let variable = self.temporary(false);
        let root = node("root", statements);
        self.hoisted.push(node("let", vec![variable.node(), node("subquery", vec![root])]));
        variable.reference(true)
    }

    /// A new variable, visible from here on.
    fn define(&mut self, name: &str) -> Value {
        let variable = Variable { name: name.to_owned(), id: self.next };
        self.next += 1;
        let made = variable.node();
        self.show(name, variable);
        made
    }

    /// Makes a variable visible under a name.
    fn show(&mut self, written: &str, variable: Variable) {
        self.visible.push(written.to_owned());
        self.by_name.entry(written.to_owned()).or_default().push(variable);
    }

    /// Hides the variable that became visible last.
    fn hide(&mut self) {
        if let Some(variables) = self.visible.pop().and_then(|name| self.by_name.get_mut(&name)) {
            variables.pop();
        }
    }

    /// A variable that the text does not name; it is named after its number.
    fn temporary(&mut self, element: bool) -> Variable {
        let id = self.next;
        self.next += 1;
        Variable { name: if element { format!("{id}_") } else { id.to_string() }, id }
    }

    /// A variable, or else a collection.
    fn name(&self, name: &str) -> Value {
        match self.by_name.get(name).and_then(|variables| variables.last()) {
            Some(variable) => variable.reference(false),
            None => json!({ "type": "collection", "name": name }),
        }
    }
}

fn node(kind: &str, sub_nodes: Vec<Value>) -> Value {
    let mut made = Map::new();
    made.insert("type".to_owned(), kind.into());
    if !sub_nodes.is_empty() {
        made.insert("subNodes".to_owned(), Value::Array(sub_nodes));
    }
    Value::Object(made)
}

/// The node with one more attribute.
fn with(mut made: Value, attribute: &str, content: impl Into<Value>) -> Value {
    if let Value::Object(attributes) = &mut made {
        attributes.insert(attribute.to_owned(), content.into());
    }
    made
}

fn nothing() -> Value {
    node("no-op", Vec::new())
}

fn value(value: impl Into<Value>) -> Value {
    json!({ "type": "value", "value": value.into() })
}

fn data_source(source: &DataSource) -> Value {
    match source {
        DataSource::Name(name) => json!({ "type": "collection", "name": name.text }),
        DataSource::Bind(bind) => json!({ "type": "datasource parameter", "name": format!("@{}", bind.name) }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ast_json, parse_answer};
    use crate::aql::parse;

    fn of(text: &str) -> Value {
        ast_json(&parse(text).unwrap())
    }

    /// The types of the statements.
    fn statements(text: &str) -> Vec<String> {
        let root = of(text);
        let nodes = root["subNodes"].as_array().unwrap();
        nodes.iter().map(|node| node["type"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_loop_has_the_shape_that_the_server_gives_it() {
        let expected = json!({ "type": "root", "subNodes": [
            { "type": "for", "subNodes": [
                { "type": "variable", "name": "n", "id": 0 },
                { "type": "range", "subNodes": [{ "type": "value", "value": 1 }, { "type": "value", "value": 9 }] },
                { "type": "no-op" },
            ] },
            { "type": "limit", "subNodes": [{ "type": "value", "value": 0 }, { "type": "value", "value": 3 }] },
            { "type": "return", "subNodes": [{ "type": "attribute access", "name": "a", "subNodes": [
                { "type": "reference", "name": "n", "id": 0, "subqueryReference": false },
            ] }] },
        ] });
        assert_eq!(of("FOR n IN 1..9 LIMIT 3 RETURN n.a"), expected);
    }

    #[test]
    fn the_answer_names_collections_and_parameters() {
        let query = parse("FOR x IN a FOR y IN @@b FILTER x.v == @v INSERT x INTO c").unwrap();
        let answer = parse_answer(&query);
        assert_eq!(answer["parsed"], true);
        assert_eq!(answer["collections"], json!(["a", "c"]));
        assert_eq!(answer["bindVars"], json!(["@b", "v"]));
        assert_eq!(answer["ast"][0]["type"], "root");
    }

    #[test]
    fn subqueries_stand_before_the_clause_that_uses_them() {
        assert_eq!(statements("LET a = (RETURN (RETURN 1)) FILTER a RETURN a"), ["let", "let", "filter", "return"]);
        let root = of("RETURN (RETURN 1)");
        assert_eq!(root["subNodes"][0]["subNodes"][1]["type"], "subquery");
        assert_eq!(root["subNodes"][1]["subNodes"][0]["subqueryReference"], true);
    }

    #[test]
    fn names_are_references_or_collections() {
        let root = of("FOR x IN c RETURN [x, c]");
        assert_eq!(root["subNodes"][0]["subNodes"][1], json!({ "type": "collection", "name": "c" }));
        assert_eq!(root["subNodes"][1]["subNodes"][0]["subNodes"][0]["type"], "reference");
    }

    #[test]
    fn every_kind_of_clause_and_expression_has_a_node() {
        for text in [
            "WITH a FOR v, e, p IN 1..2 ANY 'x/1' GRAPH 'g' PRUNE s = v.a OPTIONS { order: 'bfs' } RETURN p",
            "FOR v, e IN OUTBOUND SHORTEST_PATH @a TO 'b/1' @@e, ANY f RETURN v",
            "FOR p IN 1..2 ANY K_PATHS 'a/1' TO 'b/1' e RETURN p",
            "FOR x IN v SEARCH x.a OPTIONS { a: 1 } COLLECT k = x.k AGGREGATE m = MAX(x.m) INTO g RETURN g",
            "FOR x IN c COLLECT k = x INTO g KEEP x SORT k DESC, g RETURN DISTINCT g",
            "FOR x IN c COLLECT WITH COUNT INTO n LIMIT 1, 2 RETURN n",
            "FOR x IN c WINDOW { preceding: 1 } AGGREGATE s = SUM(x.a) RETURN s",
            "FOR x IN c UPSERT { a: 1 } INSERT { a: x } UPDATE { n: OLD.n } IN c RETURN NEW",
            "FOR x IN c UPDATE x WITH { a: 1 } IN c REMOVE x IN @@d INSERT x INTO e REPLACE x IN f",
            "RETURN [a[* FILTER CURRENT.x LIMIT 1, 2 RETURN CURRENT].y, a[** LIMIT 3], a[? 1..2 FILTER CURRENT], b[?]]",
            "RETURN { a: -1 + 2 * 3 / 4 % 5 - 6, @b: NOT c, [d]: e ? f : g, h: i ?: j, k: l.@m, n: o[0] }",
            "RETURN a ANY == b AND c AT LEAST (2) IN d OR e LIKE f && g NOT LIKE h || i =~ j && k !~ l NOT IN m",
        ] {
            let text = of(text).to_string();
            assert!(!text.contains("\"type\":\"\""), "{text}");
        }
    }
}
