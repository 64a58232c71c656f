//! `FOR` over collections, views and arrays; what follows `IN` tells it from traversals.

use super::{
    cursor::{Parsed, Parser},
    pattern::Pattern,
};
use crate::aql::{
    ast::{Clause, Expr, For, Name},
    token::Fixed,
};

impl Parser<'_> {
    /// `FOR variable IN source …`, `FOR vertex, edge, path IN … direction …`
    pub(super) fn for_in(&mut self, clauses: &mut Vec<Clause>) -> Parsed<()> {
        let start = self.bump();
        let mut variables = vec![self.pattern()?];
        while self.eat(Fixed::Comma) {
            variables.push(self.pattern()?);
        }
        self.expect(Fixed::In)?;
        let first = if self.direction().is_some() { None } else { Some(self.expr()?) };
        if let Some(direction) = self.direction() {
            self.bump();
            clauses.push(self.graph_clause(start, variables, first, direction)?);
            return Ok(());
        }
        let Some(source) = first else { return Err(self.unexpected(&["an expression"])) };
        let search = if self.eat_word("SEARCH") { Some(self.expr()?) } else { None };
        let options = self.options()?;
        let span = start.to(self.previous());
        let mut variables = variables.into_iter();
        let (Some(pattern), None) = (variables.next(), variables.next()) else {
            let reason = "Collections and views FOR loops only allow a single return variable";
            return Err(self.invalid(reason, span));
        };
        match pattern {
            Pattern::Name(variable) => clauses.push(Clause::For(For { variable, source, search, options, span })),
            Pattern::Parts(parts) => {
                let variable = parts.hidden_name();
                clauses.push(Clause::For(For { variable: variable.clone(), source, search, options, span }));
                parts.assign(Expr::Name(variable), span, clauses);
            }
        }
        Ok(())
    }

    /// The variables of a traversal or path search: names only.
    pub(super) fn graph_variables(&self, variables: Vec<Pattern>) -> Parsed<Vec<Name>> {
        let names: Option<Vec<Name>> = variables
            .into_iter()
            .map(|pattern| match pattern {
                Pattern::Name(name) => Some(name),
                Pattern::Parts(_) => None,
            })
            .collect();
        names.ok_or_else(|| self.invalid("traversals and path searches allow no destructuring", self.span()))
    }
}
