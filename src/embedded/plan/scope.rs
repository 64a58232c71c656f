//! Which variables can be seen where.

use std::collections::HashMap;

use super::expr::Register;
use crate::{
    embedded::{error::Error, value::Str},
    wire::ErrorNum,
};

/// What a scope was opened by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScopeKind {
    /// A query or subquery.
    Query,
    /// `FOR`
    For,
    /// `COLLECT`
    Collect,
}

#[derive(Debug)]
struct Scope {
    kind: ScopeKind,
    variables: Vec<(Str, Register)>,
}

/// All scopes open at one place of the query, innermost last.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    open: Vec<Scope>,
    /// The registers of each name that is known, innermost last.
    known: HashMap<Str, Vec<Register>>,
    registers: Vec<Str>,
    /// Names that a `COLLECT` introduces but that cannot be used yet.
    hidden: Vec<Str>,
}

impl Scopes {
    /// Opens a scope.
    pub(super) fn open(&mut self, kind: ScopeKind) {
        self.open.push(Scope { kind, variables: Vec::new() });
    }

    /// Closes the innermost scope; gives what opened it.
    fn close(&mut self) -> Option<ScopeKind> {
        let scope = self.open.pop()?;
        for (name, _) in &scope.variables {
            if let Some(registers) = self.known.get_mut(name) {
                registers.pop();
            }
        }
        Some(scope.kind)
    }

    /// Closes everything the innermost query opened, and the query's own scope.
    pub(super) fn close_query(&mut self) {
        while self.close().is_some_and(|kind| kind != ScopeKind::Query) {}
    }

    /// Closes what the innermost query opened by `FOR` and `COLLECT`, as a `COLLECT` does, and opens one for the
    /// `COLLECT`. Variables of the query from before its first `FOR` stay known: they have one value for all rows.
    pub(super) fn start_collect(&mut self) {
        let keep = self.open.iter().rposition(|scope| scope.kind == ScopeKind::Query).map_or(0, |at| at + 1);
        if keep < self.open.len() {
            while self.open.len() > keep {
                self.close();
            }
            self.open(ScopeKind::Collect);
        }
    }

    /// A new register that has a name only for people.
    pub(super) fn register(&mut self, name: &str) -> Register {
        let register = Register(u32::try_from(self.registers.len()).unwrap_or(u32::MAX));
        self.registers.push(Str::from(name));
        register
    }

    /// Declares a variable.
    pub(super) fn declare(&mut self, name: &str) -> Result<Register, Error> {
        if self.find(name).is_some() {
            return Err(Error::about(ErrorNum::QUERY_VARIABLE_REDECLARED, name));
        }
        Ok(self.declare_over(name))
    }

    /// Declares a variable, hiding another of the same name (`OLD` and `NEW`).
    pub(super) fn declare_over(&mut self, name: &str) -> Register {
        let register = self.register(name);
        self.bring(name, register);
        register
    }

    /// Makes a register known under a name.
    fn bring(&mut self, name: &str, register: Register) {
        let name = Str::from(name);
        if let Some(scope) = self.open.last_mut() {
            scope.variables.push((name.clone(), register));
            self.known.entry(name).or_default().push(register);
        }
    }

    /// Forgets the latest variable of this name, which was declared in the innermost scope.
    pub(super) fn forget(&mut self, name: &str) {
        let scope = self.open.last_mut();
        let at = scope.as_ref().and_then(|scope| scope.variables.iter().rposition(|(known, _)| &**known == name));
        if let (Some(scope), Some(at)) = (scope, at) {
            scope.variables.remove(at);
            if let Some(registers) = self.known.get_mut(name) {
                registers.pop();
            }
        }
    }

    /// The register of a variable.
    pub(super) fn find(&self, name: &str) -> Option<Register> {
        self.known.get(name)?.last().copied()
    }

    /// Hides names from expressions until [`Self::show`].
    pub(super) fn hide(&mut self, name: &str) {
        self.hidden.push(Str::from(name));
    }

    /// Ends [`Self::hide`].
    pub(super) fn show(&mut self) {
        self.hidden.clear();
    }

    /// Whether a name is one that cannot be used yet.
    pub(super) fn is_hidden(&self, name: &str) -> bool {
        self.hidden.iter().any(|hidden| &**hidden == name)
    }

    /// The variables that `COLLECT … INTO` takes into each group: those of the current query; with more than one `FOR`
    /// only those from the first one on, as ArangoDB does.
    pub(super) fn for_groups(&self) -> Vec<(Str, Register)> {
        let query = self.open.iter().rposition(|scope| scope.kind == ScopeKind::Query).unwrap_or(0);
        let scopes = self.open.get(query..).unwrap_or_default();
        let skip = usize::from(scopes.len() > 2);
        let mut seen: Vec<(Str, Register)> = Vec::new();
        for (name, register) in scopes.iter().skip(skip).flat_map(|scope| &scope.variables) {
            match seen.iter_mut().find(|(known, _)| known == name) {
                Some(known) => known.1 = *register,
                None => seen.push((name.clone(), *register)),
            }
        }
        seen
    }

    /// The names of all registers.
    pub(super) fn into_names(self) -> Vec<Str> {
        self.registers
    }
}
