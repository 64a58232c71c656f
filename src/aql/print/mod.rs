//! The canonical printer: one line, keywords in capitals, as few brackets as the grammar allows.
//!
//! What is printed parses again to a tree that prints the same. Trees made by hand may hold what no text means (an
//! expansion whose suffix is a sum); the printer then writes something equivalent.

mod clause;
mod expr;
mod name;

use std::fmt::{Display, Formatter, Result};

use super::ast::{Bind, Clause, DataSource, Expr, Name, Query};
use name::write_name;

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if !self.with.is_empty() {
            f.write_str("WITH ")?;
            separated(f, &self.with, ", ", |f, collection| write!(f, "{collection}"))?;
            f.write_str(" ")?;
        }
        separated(f, &self.clauses, " ", clause::write_clause)
    }
}

impl Display for Clause {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        clause::write_clause(f, self)
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        expr::write_expr(f, self, super::precedence::LOWEST)
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write_name(f, &self.text)
    }
}

impl Display for Bind {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}{}", if self.collection { "@@" } else { "@" }, self.name)
    }
}

impl Display for DataSource {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Name(name) => write!(f, "{name}"),
            Self::Bind(bind) => write!(f, "{bind}"),
        }
    }
}

/// Writes items with something between them.
fn separated<T>(
    f: &mut Formatter<'_>,
    items: &[T],
    separator: &str,
    write_item: impl Fn(&mut Formatter<'_>, &T) -> Result,
) -> Result {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            f.write_str(separator)?;
        }
        write_item(f, item)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
