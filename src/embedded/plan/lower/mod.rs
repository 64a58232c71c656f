//! From the syntax tree to a plan: one file a kind of clause. Here is what they share.

mod access;
mod call;
mod collect;
mod expr;
mod fold;
mod graph;
mod modify;
mod options;
mod source;
mod upsert;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    Plan, Settings,
    bind::Binds,
    expr::{Expr, Register},
    node::{Block, Calculation, Limit, Node, Sort, SortKey},
    scope::{ScopeKind, Scopes},
};
use crate::{
    aql::ast::{self, Clause},
    embedded::{
        error::Error,
        functions::Warnings,
        store::Snapshot,
        value::{Value, ops},
    },
    wire::{CollectionName, ErrorNum},
};

/// Turns a syntax tree into a plan.
pub(super) fn query(
    query: &ast::Query,
    snapshot: &Snapshot,
    settings: Settings<'_>,
    warnings: &mut Warnings,
) -> Result<Plan, Error> {
    let mut lowerer = Lowerer {
        snapshot,
        binds: Binds::new(settings.bind_vars),
        scopes: Scopes::default(),
        warnings,
        access: Access::default(),
        constants: HashMap::new(),
        clauses: 0,
        currents: 0,
    };
    for source in &query.with {
        let name = lowerer.source_name(source)?;
        let name = lowerer.existing(&name)?;
        lowerer.access.reads.insert(name);
    }
    let mut block = lowerer.block(query)?;
    lowerer.binds.check_all_used()?;
    if settings.full_count {
        let last = block.nodes.iter_mut().rev().find_map(|node| match node {
            Node::Limit(limit) => Some(limit),
            _ => None,
        });
        if let Some(limit) = last {
            limit.full_count = true;
        }
    }
    let Access { reads, writes, .. } = lowerer.access;
    Ok(Plan { block, registers: lowerer.scopes.into_names(), once: 0, reads, writes, rules: Vec::new() })
}

/// What is known while a query is lowered.
struct Lowerer<'a> {
    snapshot: &'a Snapshot,
    binds: Binds<'a>,
    scopes: Scopes,
    warnings: &'a mut Warnings,
    access: Access,
    /// Variables whose value is known.
    constants: HashMap<Register, Value>,
    /// How many clauses have been met.
    clauses: usize,
    /// How many array operators are around the expression at hand.
    currents: usize,
}

/// Which collections have been read and written so far: nothing may be read that the query has written before.
#[derive(Debug, Default)]
struct Access {
    reads: BTreeSet<CollectionName>,
    writes: BTreeSet<CollectionName>,
    /// How many subqueries are around the place at hand.
    level: usize,
    /// How many collections had been written when the subquery at hand began.
    writes_outside: usize,
    /// The level at which each collection was first seen.
    first_seen: BTreeMap<CollectionName, usize>,
}

impl Access {
    fn read(&mut self, name: &CollectionName) -> Result<(), Error> {
        if self.writes.contains(name) {
            return Err(after_modification(&format!("collection '{}'", name.as_str())));
        }
        self.reads.insert(name.clone());
        self.first_seen.entry(name.clone()).or_insert(self.level);
        Ok(())
    }

    fn write(&mut self, name: &CollectionName) -> Result<(), Error> {
        let seen_outside = self.first_seen.get(name).is_some_and(|level| *level < self.level);
        if seen_outside || self.writes.contains(name) {
            return Err(after_modification(&format!("collection '{}'", name.as_str())));
        }
        self.writes.insert(name.clone());
        Ok(())
    }

    fn read_any(&self, by: &str) -> Result<(), Error> {
        if self.writes.is_empty() { Ok(()) } else { Err(after_modification(by)) }
    }
}

fn after_modification(by: &str) -> Error {
    Error::about(ErrorNum::QUERY_ACCESS_AFTER_MODIFICATION, by)
}

/// How many clauses a query may have, subqueries included: each is a step that calls the one before it.
const MAX_CLAUSES: usize = 5_000;

/// How large a constant may be to stand in for the variable that has it: constants of constants grow fast.
const MAX_CONSTANT: usize = 64 << 10;

impl Lowerer<'_> {
    /// Lowers a query or subquery in a scope of its own.
    fn block(&mut self, query: &ast::Query) -> Result<Block, Error> {
        self.scopes.open(ScopeKind::Query);
        let mut block = Block::default();
        self.clauses += query.clauses.len();
        if self.clauses > MAX_CLAUSES {
            return Err(ErrorNum::QUERY_TOO_MUCH_NESTING.into());
        }
        for clause in &query.clauses {
            self.clause(clause, &mut block)?;
        }
        self.scopes.close_query();
        Ok(block)
    }

    fn clause(&mut self, clause: &Clause, block: &mut Block) -> Result<(), Error> {
        match clause {
            Clause::For(node) => self.for_in(node, block),
            Clause::Traversal(node) => self.traversal(node, block),
            Clause::PathSearch(node) => self.path_search(node, block),
            Clause::Filter(node) => {
                let condition = self.expr(&node.condition)?;
                block.nodes.push(Node::Filter(condition));
                Ok(())
            }
            Clause::Let(node) => {
                let value = self.expr(&node.value)?;
                let out = self.scopes.declare(&node.variable.text)?;
                if let Some(known) = value.constant().filter(|known| known.memory_within(MAX_CONSTANT).is_some()) {
                    self.constants.insert(out, known.clone());
                }
                block.nodes.push(Node::Calculation(Calculation { out, value }));
                Ok(())
            }
            Clause::Sort(node) => self.sort(node, block),
            Clause::Limit(node) => self.limit(node, block),
            Clause::Collect(node) => self.collect(node, block),
            Clause::Window(node) => self.window(node, block),
            Clause::Return(node) => self.give(node, block),
            Clause::Insert(node) => self.insert(node, block),
            Clause::Update(node) => self.update(node, block),
            Clause::Remove(node) => self.remove(node, block),
            Clause::Upsert(node) => self.upsert(node, block),
        }
    }

    fn give(&mut self, node: &ast::Return, block: &mut Block) -> Result<(), Error> {
        let value = self.expr(&node.value)?;
        if node.distinct {
            let out = self.scopes.register("distinct");
            block.nodes.push(Node::Distinct(Calculation { out, value }));
            block.result = Some(Expr::Register(out));
        } else {
            block.result = Some(value);
        }
        Ok(())
    }

    fn sort(&mut self, node: &ast::Sort, block: &mut Block) -> Result<(), Error> {
        let mut keys = Vec::with_capacity(node.keys.len());
        for key in &node.keys {
            let value = self.expr(&key.value)?;
            let ascending = match &key.direction {
                None => true,
                Some(direction) => self.ascending(direction)?,
            };
            // A constant orders nothing; `SORT null` says so on purpose.
            if value.constant().is_none() {
                keys.push(SortKey { value, ascending });
            }
        }
        if !keys.is_empty() {
            block.nodes.push(Node::Sort(Sort { keys, limit: None }));
        }
        Ok(())
    }

    fn ascending(&mut self, direction: &ast::Expr) -> Result<bool, Error> {
        match self.expr(direction)?.constant() {
            Some(Value::String(text)) if text.eq_ignore_ascii_case("asc") => Ok(true),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("desc") => Ok(false),
            Some(Value::Null | Value::String(_)) | None => {
                Err(Error::new(ErrorNum::QUERY_PARSE, "invalid sort direction value"))
            }
            Some(value) => Ok(ops::truth(value)),
        }
    }

    fn limit(&mut self, node: &ast::Limit, block: &mut Block) -> Result<(), Error> {
        let offset = match &node.offset {
            Some(offset) => self.limit_value(offset)?.unwrap_or(0),
            None => 0,
        };
        let count = self.limit_value(&node.count)?.unwrap_or(usize::MAX);
        block.nodes.push(Node::Limit(Limit {
            offset,
            count,
            full_count: false,
            drain: self.access.writes.len() > self.access.writes_outside,
        }));
        Ok(())
    }

    /// A number of rows that is known now; `None` for null.
    fn limit_value(&mut self, expr: &ast::Expr) -> Result<Option<usize>, Error> {
        let lowered = self.expr(expr)?;
        match lowered.constant() {
            Some(Value::Null) => Ok(None),
            Some(value) => match number_of_rows(value) {
                Some(rows) => Ok(Some(rows)),
                None => Err(ErrorNum::QUERY_NUMBER_OUT_OF_RANGE.into()),
            },
            None => Err(Error::new(
                ErrorNum::QUERY_PARSE,
                "LIMIT value is not a number that is known before the query runs",
            )),
        }
    }

    /// The collection of this name.
    fn existing(&self, name: &str) -> Result<CollectionName, Error> {
        match self.snapshot.collection(name) {
            Some(collection) => Ok(collection.name().clone()),
            None if self.snapshot.view(name).is_some() => Err(unsearchable(name)),
            None => Err(Error::not_found_collection(name)),
        }
    }

    /// The name of a collection where only one can stand.
    fn source_name(&self, source: &ast::DataSource) -> Result<String, Error> {
        match source {
            ast::DataSource::Name(name) => Ok(name.text.clone()),
            ast::DataSource::Bind(bind) => Ok(self.binds.text(bind)?.to_string()),
        }
    }

    /// A new register for a row-local helper value.
    fn helper(&mut self, name: &str) -> Register {
        self.scopes.register(name)
    }
}

fn number_of_rows(value: &Value) -> Option<usize> {
    match value {
        Value::Int(number) => usize::try_from(*number).ok(),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be positive; a number too large means all rows"
        )]
        Value::Double(number) if *number >= 0.0 => Some(*number as usize),
        Value::Null | Value::Bool(_) | Value::Double(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn unsearchable(view: &str) -> Error {
    let why = format!("'{view}' is a view, and the embedded engine cannot search views: read its collections");
    Error::new(ErrorNum::NOT_IMPLEMENTED, why)
}
