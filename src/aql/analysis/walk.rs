//! One walk over the whole tree, with the variables that are visible at each place.

use std::collections::{BTreeMap, HashMap};

use super::{Analysis, Operation, OperationKind, Source};
use crate::aql::{
    Span,
    ast::{
        AggregateVariable, ArrayFilter, ArrayFilterQuantifier, AttributeName, Bind, Clause, Collect, DataSource,
        Expansion, Expr, GraphSource, Limit, LiteralValue, Name, ObjectEntry, ObjectKey, PathSearch, Quantifier, Query,
        Traversal, UpdateKind, Upsert,
    },
    parser::CURRENT,
};

/// The pseudo-variables that modification clauses bring.
const OLD_AND_NEW: [&str; 2] = ["OLD", "NEW"];

pub(super) fn walk(query: &Query) -> Analysis {
    let mut walker = Walker { visible: Scope::default(), binds: BTreeMap::new(), found: Analysis::default() };
    for source in &query.with {
        walker.read(source);
    }
    walker.query(query);
    walker.found.operations.sort_by_key(|operation| operation.span.start);
    walker.found.bind_parameters = walker.binds.into_values().cloned().collect();
    walker.found
}

/// The variables that can be used at a place. Texts can have very many, so they are counted by name.
#[derive(Default)]
struct Scope<'q> {
    /// The innermost last.
    names: Vec<&'q str>,
    counts: HashMap<&'q str, usize>,
}

impl<'q> Scope<'q> {
    fn push(&mut self, name: &'q str) {
        self.names.push(name);
        *self.counts.entry(name).or_default() += 1;
    }

    fn contains(&self, name: &str) -> bool {
        self.counts.get(name).is_some_and(|count| *count > 0)
    }

    /// Forgets all but the outermost variables.
    fn truncate(&mut self, length: usize) {
        for name in self.names.drain(length.min(self.names.len())..) {
            if let Some(count) = self.counts.get_mut(name) {
                *count -= 1;
            }
        }
    }
}

struct Walker<'q> {
    visible: Scope<'q>,
    binds: BTreeMap<(&'q str, bool), &'q Bind>,
    found: Analysis,
}

impl<'q> Walker<'q> {
    fn query(&mut self, query: &'q Query) {
        let outside = self.visible.names.len();
        let mut before_loops = None;
        for clause in &query.clauses {
            if matches!(clause, Clause::For(_) | Clause::Traversal(_) | Clause::PathSearch(_)) {
                before_loops.get_or_insert(self.visible.names.len());
            }
            if let Clause::Collect(node) = clause {
                self.collect(node, before_loops);
            } else {
                self.clause(clause);
            }
        }
        self.visible.truncate(outside);
    }

    fn clause(&mut self, clause: &'q Clause) {
        match clause {
            Clause::For(node) => {
                self.expr(&node.source);
                self.define(&node.variable);
                self.each([&node.search, &node.options]);
            }
            Clause::Traversal(node) => self.traversal(node),
            Clause::PathSearch(node) => self.path_search(node),
            Clause::Filter(node) => self.expr(&node.condition),
            Clause::Let(node) => {
                self.expr(&node.value);
                self.define(&node.variable);
            }
            Clause::Sort(node) => {
                for key in &node.keys {
                    self.expr(&key.value);
                    self.each([&key.direction]);
                }
            }
            Clause::Limit(Limit { offset, count, .. }) => {
                self.each([offset]);
                self.expr(count);
            }
            Clause::Collect(node) => self.collect(node, None),
            Clause::Window(node) => {
                self.each([&node.range]);
                self.expr(&node.bounds);
                self.aggregates(&node.aggregates);
            }
            Clause::Return(node) => self.expr(&node.value),
            Clause::Insert(node) => {
                self.expr(&node.document);
                let overwrites = node.options.as_ref().is_some_and(may_overwrite);
                self.write(OperationKind::Insert, &node.target, node.span, overwrites);
                self.each([&node.options]);
            }
            Clause::Update(node) => {
                self.each([&node.key]);
                self.expr(&node.document);
                self.write(node.kind.into(), &node.target, node.span, node.kind == UpdateKind::Replace);
                self.each([&node.options]);
            }
            Clause::Remove(node) => {
                self.expr(&node.key);
                self.write(OperationKind::Remove, &node.target, node.span, true);
                self.each([&node.options]);
            }
            Clause::Upsert(node) => self.upsert(node),
        }
    }

    fn upsert(&mut self, node: &'q Upsert) {
        self.inside(&[CURRENT], |walker| walker.expr(&node.search));
        self.expr(&node.insert);
        self.inside(&OLD_AND_NEW, |walker| walker.expr(&node.update));
        self.write(OperationKind::Upsert, &node.target, node.span, node.kind == UpdateKind::Replace);
        self.each([&node.options]);
    }

    fn write(&mut self, kind: OperationKind, target: &'q DataSource, span: Span, destroys: bool) {
        self.data_source(target);
        self.found.written.insert(target.into());
        self.found.operations.push(Operation { kind, target: target.into(), span, destroys });
        for name in OLD_AND_NEW {
            self.visible.push(name);
        }
    }

    fn traversal(&mut self, node: &'q Traversal) {
        self.each([&node.depth]);
        self.expr(&node.start);
        self.graph(&node.source);
        self.define(&node.vertex);
        for variable in [&node.edge, &node.path].into_iter().flatten() {
            self.define(variable);
        }
        if let Some(prune) = &node.prune {
            self.expr(&prune.condition);
            if let Some(variable) = &prune.variable {
                self.define(variable);
            }
        }
        self.each([&node.options]);
    }

    fn path_search(&mut self, node: &'q PathSearch) {
        self.each([&node.depth]);
        self.expr(&node.start);
        self.expr(&node.end);
        self.graph(&node.source);
        self.define(&node.variable);
        if let Some(edge) = &node.edge {
            self.define(edge);
        }
        self.each([&node.options]);
    }

    fn graph(&mut self, source: &'q GraphSource) {
        match source {
            GraphSource::Edges(edges) => edges.iter().for_each(|edges| self.read(&edges.collection)),
            GraphSource::Graph(graph) => {
                match graph {
                    Expr::Literal(literal) => {
                        if let LiteralValue::String(name) = &literal.value {
                            self.found.graphs.insert(Source::Name(name.clone()));
                        }
                    }
                    Expr::Bind(bind) => {
                        self.found.graphs.insert(Source::Bind(bind.name.clone()));
                    }
                    _ => {}
                }
                self.expr(graph);
            }
        }
    }

    /// Groups are formed from what was visible; behind them only they and what stood before all loops are.
    fn collect(&mut self, node: &'q Collect, before_loops: Option<usize>) {
        for group in &node.groups {
            self.expr(&group.value);
        }
        for aggregate in &node.aggregates {
            self.expr(&aggregate.value);
        }
        if let Some(into) = &node.into {
            self.each([&into.projection]);
        }
        self.each([&node.options]);
        if let Some(length) = before_loops {
            self.visible.truncate(length);
        }
        for group in &node.groups {
            self.define(&group.variable);
        }
        for aggregate in &node.aggregates {
            self.define(&aggregate.variable);
        }
        if let Some(into) = &node.into {
            self.define(&into.variable);
        }
        if let Some(variable) = &node.count_into {
            self.define(variable);
        }
    }

    fn aggregates(&mut self, aggregates: &'q [AggregateVariable]) {
        for aggregate in aggregates {
            self.expr(&aggregate.value);
            self.define(&aggregate.variable);
        }
    }

    fn define(&mut self, name: &'q Name) {
        self.visible.push(&name.text);
    }

    /// Runs with further variables visible.
    fn inside(&mut self, names: &[&'static str], run: impl FnOnce(&mut Self)) {
        let outside = self.visible.names.len();
        for name in names {
            self.visible.push(name);
        }
        run(self);
        self.visible.truncate(outside);
    }

    fn read(&mut self, source: &'q DataSource) {
        self.data_source(source);
        self.found.read.insert(source.into());
    }

    fn data_source(&mut self, source: &'q DataSource) {
        if let DataSource::Bind(bind) = source {
            self.bind(bind);
        }
    }

    fn bind(&mut self, bind: &'q Bind) {
        self.binds.entry((&bind.name, bind.collection)).or_insert(bind);
    }

    fn name(&mut self, name: &'q Name) {
        if !self.visible.contains(&name.text) {
            self.found.read.insert(Source::Name(name.text.clone()));
        }
    }

    fn each<const N: usize>(&mut self, exprs: [&'q Option<Expr>; N]) {
        for expr in exprs.into_iter().flatten() {
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &'q Expr) {
        match expr {
            Expr::Literal(_) => {}
            Expr::Array(node) => node.items.iter().for_each(|item| self.expr(item)),
            Expr::Object(node) => node.entries.iter().for_each(|entry| self.entry(entry)),
            Expr::Name(name) => self.name(name),
            Expr::Bind(bind) => {
                self.bind(bind);
                if bind.collection {
                    self.found.read.insert(Source::Bind(bind.name.clone()));
                }
            }
            Expr::Attribute(node) => {
                self.expr(&node.value);
                if let AttributeName::Bind(bind) = &node.name {
                    self.bind(bind);
                }
            }
            Expr::Index(node) => self.both(&node.value, &node.index),
            Expr::Expansion(node) => self.expansion(node),
            Expr::ArrayFilter(node) => self.array_filter(node),
            Expr::Unary(node) => self.expr(&node.operand),
            Expr::Binary(node) => self.both(&node.left, &node.right),
            Expr::ArrayComparison(node) => {
                self.both(&node.left, &node.right);
                self.quantifier(&node.quantifier);
            }
            Expr::Ternary(node) => {
                self.both(&node.condition, &node.otherwise);
                if let Some(then) = &node.then {
                    self.expr(then);
                }
            }
            Expr::Range(node) => self.both(&node.low, &node.high),
            Expr::Call(node) => {
                self.found.functions.insert(node.name.clone());
                node.arguments.iter().for_each(|argument| self.expr(argument));
            }
            Expr::Subquery(node) => self.query(&node.query),
        }
    }

    fn both(&mut self, first: &'q Expr, second: &'q Expr) {
        self.expr(first);
        self.expr(second);
    }

    fn entry(&mut self, entry: &'q ObjectEntry) {
        match &entry.key {
            ObjectKey::Name(_) => {}
            ObjectKey::Bind(bind) => self.bind(bind),
            ObjectKey::Computed(key) => self.expr(key),
        }
        self.expr(&entry.value);
    }

    fn expansion(&mut self, node: &'q Expansion) {
        self.expr(&node.value);
        if let Some((offset, count)) = &node.limit {
            if let Some(offset) = offset {
                self.expr(offset);
            }
            self.expr(count);
        }
        self.inside(&[CURRENT], |walker| {
            for inner in [&node.filter, &node.map, &node.suffix].into_iter().flatten() {
                walker.expr(inner);
            }
        });
    }

    fn array_filter(&mut self, node: &'q ArrayFilter) {
        self.expr(&node.value);
        match &node.quantifier {
            Some(ArrayFilterQuantifier::Quantifier(quantifier)) => self.quantifier(quantifier),
            Some(ArrayFilterQuantifier::Count(count)) => self.expr(count),
            None => {}
        }
        if let Some(condition) = &node.condition {
            self.inside(&[CURRENT], |walker| walker.expr(condition));
        }
    }

    fn quantifier(&mut self, quantifier: &'q Quantifier) {
        match quantifier {
            Quantifier::Any | Quantifier::All | Quantifier::None => {}
            Quantifier::AtLeast(count) => self.expr(count),
        }
    }
}

/// Whether the options of an `INSERT` let it replace what is there. What is not written out may say so.
fn may_overwrite(options: &Expr) -> bool {
    let Expr::Object(options) = options else { return true };
    options.entries.iter().any(|entry| {
        let ObjectKey::Name(key) = &entry.key else { return true };
        let value = match &entry.value {
            Expr::Literal(literal) => Some(&literal.value),
            _ => None,
        };
        match key.text.as_str() {
            "overwrite" => !matches!(value, Some(LiteralValue::Bool(false) | LiteralValue::Null)),
            "overwriteMode" => match value {
                Some(LiteralValue::String(mode)) => !matches!(mode.as_str(), "update" | "ignore" | "conflict"),
                _ => true,
            },
            _ => false,
        }
    })
}
