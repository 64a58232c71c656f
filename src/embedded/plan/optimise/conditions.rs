//! What the filters behind a scan ask of its documents, as far as an index could answer it.

use std::collections::{HashMap, HashSet};

use super::Dependencies;
use crate::{
    aql::ast::BinaryOperator,
    embedded::{
        plan::{
            expr::{Expansion, Expr, Register},
            node::{Block, End, Lookup, Node},
        },
        value::{Str, Value},
    },
};

/// The attributes that lead from a document to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    names: Vec<Str>,
    /// The value is in an array there: the attributes from its elements on.
    elements: Option<Vec<Str>>,
}

impl Path {
    /// A path of attributes only.
    pub(super) fn plain(names: Vec<Str>) -> Self {
        Self { names, elements: None }
    }

    /// Whether an index calls it so: `a.b`, `tags[*]`, `tags[*].name`.
    pub(super) fn is_field(&self, field: &str) -> bool {
        let same = |names: &[Str], text: &str| names.iter().map(|name| &**name).eq(text.split('.'));
        match (field.split_once("[*]"), &self.elements) {
            (None, None) => same(&self.names, field),
            (Some((head, tail)), Some(inner)) => {
                same(&self.names, head) && tail.strip_prefix('.').map_or(inner.is_empty(), |tail| same(inner, tail))
            }
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    /// Whether it is an attribute of the document itself, of this name.
    pub(super) fn is_top(&self, name: &str) -> bool {
        self.elements.is_none() && matches!(self.names.as_slice(), [only] if **only == *name)
    }
}

/// What is asked of a value.
#[derive(Debug, Clone)]
pub(super) enum Test {
    /// It is one of these.
    Among(Vec<Lookup>),
    /// It is not below this.
    Above(End),
    /// It is not above this.
    Below(End),
    /// It is not null.
    NotNull,
}

impl Test {
    /// Whether null never passes.
    fn excludes_null(&self) -> bool {
        let is_something = |value: &Expr| value.constant().is_some_and(|value| !value.is_null());
        match self {
            Self::Among(lookups) => lookups.iter().all(|lookup| match lookup {
                Lookup::Equal(value) => is_something(value),
                Lookup::In(list) => {
                    list.constant().is_some_and(|list| !list.as_array().unwrap_or_default().iter().any(Value::is_null))
                }
            }),
            // Nothing is below null.
            Self::Above(end) => !end.inclusive || is_something(&end.value),
            Self::Below(_) => false,
            Self::NotNull => true,
        }
    }
}

/// A condition on one value of each document.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub(super) path: Path,
    pub(super) test: Test,
    /// How the query says it.
    pub(super) expr: Expr,
    /// The filter it is a part of, by how many steps behind the scan that stands.
    filter: usize,
}

/// The conditions that all documents of a scan have to meet, over values known before it.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    pub(super) list: Vec<Condition>,
    /// How many parts each filter has.
    parts: HashMap<usize, usize>,
}

impl Conditions {
    /// Those of the scan at `at` that puts its documents into a register.
    pub(super) fn of(block: &mut Block, at: usize, document: Register, later: &HashSet<Register>) -> Self {
        let mut found = Self::default();
        for (filter, node) in block.nodes.iter_mut().skip(at).enumerate().skip(1) {
            match node {
                Node::Filter(condition) => conjuncts(condition, &mut |part| {
                    *found.parts.entry(filter).or_default() += 1;
                    if let Some((path, test)) = read(part, document, later) {
                        found.list.push(Condition { path, test, expr: part.clone(), filter });
                    }
                }),
                Node::Calculation(_)
                | Node::Sort(_)
                | Node::EnumerateCollection(_)
                | Node::EnumerateList(_)
                | Node::Index(_)
                | Node::Traversal(_)
                | Node::PathSearch(_) => {}
                Node::Limit(_)
                | Node::Collect(_)
                | Node::Distinct(_)
                | Node::Window(_)
                | Node::Modify(_)
                | Node::Upsert(_) => break,
            }
        }
        found
    }

    /// Conditions that are known from elsewhere: these attributes have these values.
    pub(super) fn equal(pairs: impl Iterator<Item = (Vec<Str>, Expr)>) -> Self {
        let list = pairs.map(|(names, value)| {
            let test = Test::Among(vec![Lookup::Equal(value.clone())]);
            Condition { path: Path::plain(names), test, expr: value, filter: 0 }
        });
        Self { list: list.collect(), parts: HashMap::new() }
    }

    /// Whether no document that passes has null there.
    pub(super) fn exclude_null(&self, field: &str) -> bool {
        self.list.iter().any(|condition| condition.path.is_field(field) && condition.test.excludes_null())
    }

    /// The filters that ask for nothing but these conditions, by how many steps behind the scan they stand.
    pub(super) fn covered(&self, used: &[&Condition]) -> Vec<usize> {
        let asked = |filter: usize| used.iter().filter(|condition| condition.filter == filter).count();
        // An element of what is no array is found under null, but is no element: such filters stay.
        let exact = |filter: usize| {
            let mut parts = used.iter().filter(|condition| condition.filter == filter);
            parts.all(|condition| condition.path.elements.is_none())
        };
        let mut covered: Vec<usize> =
            self.parts.iter().filter(|(at, parts)| asked(**at) == **parts && exact(**at)).map(|(at, _)| *at).collect();
        covered.sort_unstable();
        covered
    }
}

fn conjuncts(expr: &mut Expr, visit: &mut dyn FnMut(&mut Expr)) {
    if let Expr::Binary(node) = expr
        && node.operator == BinaryOperator::And
    {
        conjuncts(&mut node.left, visit);
        conjuncts(&mut node.right, visit);
        return;
    }
    visit(expr);
}

/// A comparison of a value of the document with something known before.
fn read(expr: &mut Expr, document: Register, later: &HashSet<Register>) -> Option<(Path, Test)> {
    let Expr::Binary(node) = expr else { return None };
    let known = |expr: &mut Expr| {
        let needs = Dependencies::of(expr);
        !needs.fixed && needs.registers.is_disjoint(later)
    };
    let (left, right) = (path_of(&node.left, document), path_of(&node.right, document));
    match node.operator {
        BinaryOperator::Or => {
            let (left, right) = (read(&mut node.left, document, later)?, read(&mut node.right, document, later)?);
            match (left, right) {
                ((path, Test::Among(one)), (same, Test::Among(other))) if path == same => {
                    Some((path, Test::Among(one.into_iter().chain(other).collect())))
                }
                _ => None,
            }
        }
        BinaryOperator::In => {
            if let Some(names) = left {
                return known(&mut node.right)
                    .then(|| (Path::plain(names), Test::Among(vec![Lookup::In(node.right.clone())])));
            }
            let path = elements_of(&node.right, document)?;
            known(&mut node.left).then(|| (path, Test::Among(vec![Lookup::Equal(node.left.clone())])))
        }
        operator => {
            if let Some(names) = left
                && known(&mut node.right)
            {
                return Some((Path::plain(names), comparison(operator, &node.right)?));
            }
            let names = right.filter(|_| known(&mut node.left))?;
            Some((Path::plain(names), comparison(mirrored(operator), &node.left)?))
        }
    }
}

fn comparison(operator: BinaryOperator, value: &Expr) -> Option<Test> {
    let end = |inclusive| End { value: value.clone(), inclusive };
    match operator {
        BinaryOperator::Eq => Some(Test::Among(vec![Lookup::Equal(value.clone())])),
        BinaryOperator::Gt => Some(Test::Above(end(false))),
        BinaryOperator::Ge => Some(Test::Above(end(true))),
        BinaryOperator::Lt => Some(Test::Below(end(false))),
        BinaryOperator::Le => Some(Test::Below(end(true))),
        BinaryOperator::Ne if value.constant().is_some_and(Value::is_null) => Some(Test::NotNull),
        _ => None,
    }
}

/// The operator for the operands the other way round.
fn mirrored(operator: BinaryOperator) -> BinaryOperator {
    match operator {
        BinaryOperator::Gt => BinaryOperator::Lt,
        BinaryOperator::Ge => BinaryOperator::Le,
        BinaryOperator::Lt => BinaryOperator::Gt,
        BinaryOperator::Le => BinaryOperator::Ge,
        other => other,
    }
}

/// The attributes of `document.a.b`.
pub(super) fn path_of(expr: &Expr, document: Register) -> Option<Vec<Str>> {
    names_from(expr, &|expr| matches!(expr, Expr::Register(register) if *register == document))
        .filter(|names| !names.is_empty())
}

fn names_from(expr: &Expr, is_root: &dyn Fn(&Expr) -> bool) -> Option<Vec<Str>> {
    match expr {
        _ if is_root(expr) => Some(Vec::new()),
        Expr::Attribute(node) => {
            let mut names = names_from(&node.value, is_root)?;
            names.push(Str::clone(&node.name));
            Some(names)
        }
        _ => None,
    }
}

/// The elements of `document.tags`, `document.tags[*]`, `document.tags[*].name`.
fn elements_of(expr: &Expr, document: Register) -> Option<Path> {
    if let Some(names) = path_of(expr, document) {
        return Some(Path { names, elements: Some(Vec::new()) });
    }
    let Expr::Expansion(node) = expr else { return None };
    let Expansion { value, depth: 1, filter: None, limit: None, map: None, suffix } = &**node else { return None };
    let inner = match suffix {
        None => Vec::new(),
        Some(suffix) => names_from(suffix, &|expr| matches!(expr, Expr::Current(_)))?,
    };
    Some(Path { names: path_of(value, document)?, elements: Some(inner) })
}
