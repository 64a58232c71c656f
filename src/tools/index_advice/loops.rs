//! The loops of a query over collections, and what is asked of the documents right behind each.

use serde_json::{Map, Value};

use crate::aql::ast::{
    ArrayFilterQuantifier, Attribute, AttributeName, Binary, BinaryOperator, Clause, DataSource, Expansion, Expr, For,
    Literal, LiteralValue, ObjectKey, Query, Sort, Upsert,
};

/// The element in `list[*]`.
const CURRENT: &str = "CURRENT";

/// A loop over a collection, and the attribute paths its documents are chosen or ordered by.
#[derive(Debug, Default)]
pub(super) struct Loop {
    /// Empty for the search of an `UPSERT`, which has a variable of the server's own.
    pub(super) variable: String,
    pub(super) collection: String,
    /// Compared with `==`.
    equal: Vec<String>,
    /// Looked for in a list.
    within: Vec<String>,
    /// Arrays that have to contain a value.
    arrays: Vec<String>,
    /// Compared with `<`, `<=`, `>`, `>=`.
    ranges: Vec<String>,
    sort: Vec<String>,
    /// There is any condition on it.
    pub(super) filtered: bool,
    /// What is not known yet when the documents are looked up: its own variable and all later ones.
    unknown: Vec<String>,
}

impl Loop {
    /// The clause that reads the documents.
    pub(super) fn clause(&self) -> String {
        if self.variable.is_empty() { "UPSERT".to_owned() } else { format!("FOR {}", self.variable) }
    }

    /// The attributes of an index that would serve: those with few values first, then one range or the order.
    pub(super) fn fields(&self) -> Vec<String> {
        let mut fields: Vec<String> = Vec::new();
        let exact = self.equal.iter().chain(&self.within);
        let last: &[String] = match (self.arrays.first(), self.ranges.first()) {
            (Some(array), _) => std::slice::from_ref(array),
            (None, Some(range)) => std::slice::from_ref(range),
            // Behind several values of one attribute the order of the next is lost.
            (None, None) if self.within.is_empty() => &self.sort,
            (None, None) => &[],
        };
        for field in exact.chain(last) {
            if !fields.contains(field) {
                fields.push(field.clone());
            }
        }
        fields
    }

    /// What an index on these fields would serve, in words.
    pub(super) fn reason(&self) -> String {
        let parts = [
            (" ==", &self.equal),
            (" IN", &self.within),
            (" contains", &self.arrays),
            (" range", &self.ranges),
            (" order", &self.sort),
        ];
        let fields = self.fields();
        let served = parts.iter().flat_map(|(what, paths)| paths.iter().map(move |path| (path, what)));
        let served = served.filter(|(path, _)| fields.contains(path)).map(|(path, what)| format!("{path}{what}"));
        served.collect::<Vec<_>>().join(", ")
    }
}

/// All loops over collections (the search of an `UPSERT` is one), in the order of the text.
pub(super) fn of(query: &Query, bind_vars: &Map<String, Value>) -> Vec<Loop> {
    let mut finder = Finder { bind_vars, found: Vec::new() };
    finder.query(query);
    finder.found
}

struct Finder<'q> {
    bind_vars: &'q Map<String, Value>,
    found: Vec<Loop>,
}

impl<'q> Finder<'q> {
    fn query(&mut self, query: &'q Query) {
        // The loops of this query that the next condition can still be about.
        let mut open: Vec<usize> = Vec::new();
        let mut loops = 0_usize;
        for clause in &query.clauses {
            match clause {
                Clause::For(node) => {
                    loops += 1;
                    self.subqueries(&node.source);
                    self.define(&open, &node.variable.text);
                    open.extend(self.begin(node));
                }
                Clause::Traversal(node) => {
                    loops += 1;
                    let more = [&node.edge, &node.path].into_iter().flatten();
                    for name in std::iter::once(&node.vertex).chain(more) {
                        self.define(&open, &name.text);
                    }
                }
                Clause::PathSearch(node) => {
                    loops += 1;
                    for name in std::iter::once(&node.variable).chain(&node.edge) {
                        self.define(&open, &name.text);
                    }
                }
                Clause::Let(node) => {
                    self.subqueries(&node.value);
                    self.define(&open, &node.variable.text);
                }
                Clause::Filter(node) => {
                    self.subqueries(&node.condition);
                    self.filter(&open, &node.condition);
                }
                Clause::Sort(node) => {
                    if loops == 1 {
                        self.sort(&open, node);
                    }
                }
                Clause::Return(node) => self.subqueries(&node.value),
                Clause::Upsert(node) => {
                    self.upsert(node);
                    open.clear();
                }
                // What is asked behind these is asked of other rows.
                Clause::Limit(_)
                | Clause::Collect(_)
                | Clause::Window(_)
                | Clause::Insert(_)
                | Clause::Update(_)
                | Clause::Remove(_) => open.clear(),
            }
        }
    }

    fn begin(&mut self, node: &For) -> Option<usize> {
        let collection = match &node.source {
            Expr::Name(name) => name.text.clone(),
            Expr::Bind(bind) if bind.collection => self.bind_vars.get(&format!("@{}", bind.name))?.as_str()?.to_owned(),
            _ => return None,
        };
        let variable = node.variable.text.clone();
        let unknown = vec![variable.clone()];
        self.found.push(Loop { variable, collection, unknown, ..Loop::default() });
        Some(self.found.len() - 1)
    }

    /// `UPSERT { a: … }` looks for a document for every row.
    fn upsert(&mut self, node: &Upsert) {
        let collection = match &node.target {
            DataSource::Name(name) => Some(name.text.as_str()),
            DataSource::Bind(bind) => self.bind_vars.get(&format!("@{}", bind.name)).and_then(Value::as_str),
        };
        let (Some(collection), Expr::Object(search)) = (collection, &node.search) else { return };
        let mut each = Loop { collection: collection.to_owned(), filtered: true, ..Loop::default() };
        for entry in &search.entries {
            if let ObjectKey::Name(name) = &entry.key
                && !name.text.contains(['.', '['])
            {
                add(&mut each.equal, name.text.clone());
            }
        }
        self.found.push(each);
    }

    fn define(&mut self, open: &[usize], name: &str) {
        for at in open {
            if let Some(each) = self.found.get_mut(*at) {
                each.unknown.push(name.to_owned());
            }
        }
    }

    fn filter(&mut self, open: &[usize], condition: &Expr) {
        let mut todo = vec![condition];
        while let Some(part) = todo.pop() {
            if let Expr::Binary(node) = part
                && node.operator == BinaryOperator::And
            {
                todo.extend([&*node.right, &*node.left]);
                continue;
            }
            for at in open {
                let Some(each) = self.found.get_mut(*at) else { continue };
                if mentions(part, std::slice::from_ref(&each.variable)) {
                    each.filtered = true;
                    if let Expr::Binary(node) = part {
                        compare(each, node, self.bind_vars);
                    }
                }
            }
        }
    }

    fn sort(&mut self, open: &[usize], node: &Sort) {
        let Some(each) = open.last().and_then(|at| self.found.get_mut(*at)) else { return };
        let constant = |expr: &Expr| match expr {
            Expr::Literal(Literal { value: LiteralValue::String(text), .. }) => text.eq_ignore_ascii_case("desc"),
            _ => false,
        };
        let mut descending = node.keys.iter().map(|key| key.direction.as_ref().is_some_and(constant));
        let first = descending.next();
        let paths: Option<Vec<String>> =
            node.keys.iter().map(|key| path(&key.value, &each.variable, self.bind_vars)).collect();
        // An index has one direction.
        if let Some(paths) = paths.filter(|_| descending.all(|each| Some(each) == first)) {
            for path in paths {
                add(&mut each.sort, path);
            }
        }
    }

    fn subqueries(&mut self, expr: &'q Expr) {
        if let Expr::Subquery(node) = expr {
            self.query(&node.query);
            return;
        }
        children(expr, &mut |child| self.subqueries(child));
    }
}

/// Notes what a comparison asks of a loop's documents, if an index can answer it.
fn compare(each: &mut Loop, node: &Binary, bind_vars: &Map<String, Value>) {
    let known = |expr: &Expr| !mentions(expr, &each.unknown);
    let left = path(&node.left, &each.variable, bind_vars).filter(|_| known(&node.right));
    let right = path(&node.right, &each.variable, bind_vars).filter(|_| known(&node.left));
    match node.operator {
        BinaryOperator::Eq => left.or(right).into_iter().for_each(|path| add(&mut each.equal, path)),
        BinaryOperator::Lt | BinaryOperator::Le | BinaryOperator::Gt | BinaryOperator::Ge => {
            left.or(right).into_iter().for_each(|path| add(&mut each.ranges, path));
        }
        BinaryOperator::In => {
            let element = elements(&node.right, &each.variable, bind_vars).filter(|_| known(&node.left));
            if let Some(path) = left {
                add(&mut each.within, path);
            } else if let Some(path) = element.or(right.map(|path| format!("{path}[*]"))) {
                add(&mut each.arrays, path);
            }
        }
        BinaryOperator::Or
        | BinaryOperator::And
        | BinaryOperator::Ne
        | BinaryOperator::NotIn
        | BinaryOperator::Like
        | BinaryOperator::NotLike
        | BinaryOperator::Matches
        | BinaryOperator::NotMatches
        | BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Modulo => {}
    }
}

fn add(paths: &mut Vec<String>, path: String) {
    // Ids cannot be indexed, keys are.
    if !matches!(path.as_str(), "_id" | "_key") && !paths.contains(&path) {
        paths.push(path);
    }
}

/// The attribute path of `variable.a.b`, written with dots.
fn path(expr: &Expr, variable: &str, bind_vars: &Map<String, Value>) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    let mut at = expr;
    loop {
        match at {
            Expr::Name(name) if name.text == variable => break,
            Expr::Attribute(Attribute { value, name, .. }) => {
                match name {
                    AttributeName::Name(name) => names.push(&name.text),
                    AttributeName::Bind(bind) => match bind_vars.get(&bind.name)? {
                        Value::String(name) => names.push(name),
                        Value::Array(path) => {
                            for name in path.iter().rev() {
                                names.push(name.as_str()?);
                            }
                        }
                        _ => return None,
                    },
                }
                at = value;
            }
            Expr::Index(node) => {
                let Expr::Literal(Literal { value: LiteralValue::String(name), .. }) = &*node.index else {
                    return None;
                };
                names.push(name);
                at = &node.value;
            }
            _ => return None,
        }
    }
    // A dot or a bracket inside a name has another meaning in an index.
    let plain = |name: &&str| !name.is_empty() && !name.contains(['.', '[']);
    if names.is_empty() || !names.iter().all(plain) {
        return None;
    }
    names.reverse();
    Some(names.join("."))
}

/// The path of `variable.list[*].name`, as an index writes it.
fn elements(expr: &Expr, variable: &str, bind_vars: &Map<String, Value>) -> Option<String> {
    let Expr::Expansion(Expansion { value, depth: 1, filter: None, limit: None, map: None, suffix, .. }) = expr else {
        return None;
    };
    let list = path(value, variable, bind_vars)?;
    match suffix {
        None => Some(format!("{list}[*]")),
        Some(suffix) => Some(format!("{list}[*].{}", path(suffix, CURRENT, bind_vars)?)),
    }
}

/// Whether any of these variables occurs in an expression. What stands in a subquery counts as an occurrence.
fn mentions(expr: &Expr, variables: &[String]) -> bool {
    match expr {
        Expr::Name(name) => variables.contains(&name.text),
        Expr::Subquery(_) => true,
        _ => {
            let mut found = false;
            children(expr, &mut |child| found = found || mentions(child, variables));
            found
        }
    }
}

/// The expressions right inside an expression; a subquery has none.
fn children<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    match expr {
        Expr::Literal(_) | Expr::Name(_) | Expr::Bind(_) | Expr::Subquery(_) => {}
        Expr::Array(node) => node.items.iter().for_each(visit),
        Expr::Object(node) => {
            for entry in &node.entries {
                if let ObjectKey::Computed(key) = &entry.key {
                    visit(key);
                }
                visit(&entry.value);
            }
        }
        Expr::Attribute(node) => visit(&node.value),
        Expr::Index(node) => [&node.value, &node.index].into_iter().for_each(|part| visit(part)),
        Expr::Expansion(node) => {
            visit(&node.value);
            [&node.filter, &node.map, &node.suffix].into_iter().flatten().for_each(|part| visit(part));
        }
        Expr::ArrayFilter(node) => {
            visit(&node.value);
            if let Some(ArrayFilterQuantifier::Count(count)) = &node.quantifier {
                visit(count);
            }
            node.condition.iter().for_each(|condition| visit(condition));
        }
        Expr::Unary(node) => visit(&node.operand),
        Expr::Binary(node) => [&node.left, &node.right].into_iter().for_each(|part| visit(part)),
        Expr::ArrayComparison(node) => [&node.left, &node.right].into_iter().for_each(|part| visit(part)),
        Expr::Ternary(node) => {
            visit(&node.condition);
            node.then.iter().for_each(|then| visit(then));
            visit(&node.otherwise);
        }
        Expr::Range(node) => [&node.low, &node.high].into_iter().for_each(|part| visit(part)),
        Expr::Call(node) => node.arguments.iter().for_each(visit),
    }
}
