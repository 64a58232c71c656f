//! What can be said of a query without running it: does it modify, which collections, parameters and functions it names.
//!
//! Guards rely on it, so it errs on one side: whatever may be a collection counts as one, and every modification counts,
//! however deep in subqueries it stands.

mod walk;

use std::collections::BTreeSet;

use super::{
    Span,
    ast::{Bind, Clause, DataSource, Limit, Query, UpdateKind},
};

/// A collection, view or graph as a query names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// By its name.
    Name(String),
    /// By a bind parameter, without any at sign.
    Bind(String),
}

impl From<&DataSource> for Source {
    fn from(source: &DataSource) -> Self {
        match source {
            DataSource::Name(name) => Self::Name(name.text.clone()),
            DataSource::Bind(bind) => Self::Bind(bind.name.clone()),
        }
    }
}

/// The kinds of modification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OperationKind {
    /// `INSERT`
    Insert,
    /// `UPDATE`
    Update,
    /// `REPLACE`
    Replace,
    /// `REMOVE`
    Remove,
    /// `UPSERT`
    Upsert,
}

impl OperationKind {
    /// The word it begins with.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Replace => "REPLACE",
            Self::Remove => "REMOVE",
            Self::Upsert => "UPSERT",
        }
    }
}

impl From<UpdateKind> for OperationKind {
    fn from(kind: UpdateKind) -> Self {
        match kind {
            UpdateKind::Update => Self::Update,
            UpdateKind::Replace => Self::Replace,
        }
    }
}

/// One modification clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// What it does.
    pub kind: OperationKind,
    /// The collection it writes to.
    pub target: Source,
    /// Where the clause stands.
    pub span: Span,
    /// Whether it takes whole documents away or puts others in their place, or may do so.
    pub destroys: bool,
}

/// Everything found in a query, subqueries included.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Analysis {
    /// Collections and views that are read, or declared with `WITH`. A name counts unless a variable of that name is
    /// visible where it stands; so this may hold misspelt variables.
    pub read: BTreeSet<Source>,
    /// Collections that are written.
    pub written: BTreeSet<Source>,
    /// Named graphs; their collections are read.
    pub graphs: BTreeSet<Source>,
    /// The modification clauses, in the order of their places.
    pub operations: Vec<Operation>,
    /// The bind parameters, each once, in the order of their names.
    pub bind_parameters: Vec<Bind>,
    /// The functions called, in upper case; user-defined ones hold `::`.
    pub functions: BTreeSet<String>,
}

/// Looks at the whole query.
pub fn analyse(query: &Query) -> Analysis {
    walk::walk(query)
}

/// Where the first modification clause stands, if there is one.
pub fn modifies(query: &Query) -> Option<Span> {
    analyse(query).modifies()
}

impl Analysis {
    /// The clauses that take whole documents away or put others in their place: `REMOVE`, `REPLACE`, `UPSERT … REPLACE`
    /// and `INSERT` that overwrites.
    pub fn destroys(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|operation| operation.destroys)
    }

    /// Where the first modification clause stands, if there is one.
    pub fn modifies(&self) -> Option<Span> {
        self.operations.first().map(|operation| operation.span)
    }
}

/// The `LIMIT` that bounds how many rows the whole query gives: the last one, if no loop behind it multiplies rows.
pub fn top_level_limit(query: &Query) -> Option<&Limit> {
    for clause in query.clauses.iter().rev() {
        match clause {
            Clause::Limit(limit) => return Some(limit),
            Clause::For(_) | Clause::Traversal(_) | Clause::PathSearch(_) => return None,
            Clause::Filter(_)
            | Clause::Let(_)
            | Clause::Sort(_)
            | Clause::Collect(_)
            | Clause::Window(_)
            | Clause::Return(_)
            | Clause::Insert(_)
            | Clause::Update(_)
            | Clause::Remove(_)
            | Clause::Upsert(_) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Analysis, OperationKind, Source, analyse, modifies, top_level_limit};
    use crate::aql::parse;

    fn of(text: &str) -> Analysis {
        analyse(&parse(text).unwrap())
    }

    fn read(text: &str) -> String {
        let names: Vec<String> = of(text)
            .read
            .into_iter()
            .map(|source| match source {
                Source::Name(name) => name,
                Source::Bind(name) => format!("@{name}"),
            })
            .collect();
        names.join(" ")
    }

    #[test]
    fn modifications_are_found_wherever_they_stand() {
        for text in [
            "INSERT {} INTO c",
            "FOR x IN c UPDATE x WITH {} IN c RETURN NEW",
            "RETURN (FOR x IN c REMOVE x IN c)",
            "RETURN LENGTH(FOR x IN c REPLACE x IN c RETURN 1)",
            "RETURN { a: [1, (UPSERT {} INSERT {} UPDATE {} IN c)[* FILTER CURRENT]] }",
            "RETURN a[* RETURN (REMOVE 'x' IN c)]",
            "LET x = 1 ? 2 : (INSERT {} INTO c) RETURN x",
            "FOR x IN 1..2 LIMIT (INSERT {} INTO c RETURN 1)[0] RETURN x",
            "FOR x IN c COLLECT a = (INSERT {} INTO c RETURN 1) RETURN a",
            "FOR x IN c OPTIONS { a: (INSERT {} INTO d) } RETURN x",
            "FOR v IN ANY (INSERT {} INTO c RETURN NEW._id)[0] e RETURN v",
        ] {
            assert!(modifies(&parse(text).unwrap()).is_some(), "{text}");
        }
    }

    #[test]
    fn words_in_strings_comments_and_names_modify_nothing() {
        let text = "/* REMOVE x */ FOR `insert` IN c RETURN CONCAT('UPDATE', `insert`.`remove`, \"REPLACE\") // UPSERT";
        assert_eq!(modifies(&parse(text).unwrap()), None);
    }

    #[test]
    fn operations_tell_kind_target_and_place() {
        let text = "FOR x IN a REPLACE x IN @@b UPSERT {} INSERT {} UPDATE {} IN c";
        let found = of(text);
        let kinds: Vec<OperationKind> = found.operations.iter().map(|operation| operation.kind).collect();
        assert_eq!(kinds, [OperationKind::Replace, OperationKind::Upsert]);
        assert_eq!(found.operations[0].target, Source::Bind("b".to_owned()));
        assert_eq!(found.operations[0].span.start, 11);
        assert_eq!(found.written.len(), 2);
    }

    #[test]
    fn what_removes_or_replaces_documents_is_told_from_what_adds_or_changes_attributes() {
        for text in [
            "FOR x IN c REMOVE x IN c",
            "/**/remove/**/ 'x' in c",
            "RETURN (FOR x IN c REPLACE x IN c)",
            "WITH c FOR x IN c LET y = (REMOVE x IN c) RETURN x",
            "UPSERT {} INSERT {} REPLACE {} IN c",
            "INSERT {} INTO c OPTIONS { overwrite: true }",
            "INSERT {} INTO c OPTIONS { overwriteMode: 'replace' }",
            "INSERT {} INTO c OPTIONS { \"overwriteMode\": \"REPLACE\" }",
            "INSERT {} INTO c OPTIONS { `overwriteMode`: @mode }",
            "INSERT {} INTO c OPTIONS { overwriteMode: CONCAT('re', 'place') }",
            "INSERT {} INTO c OPTIONS { [CONCAT('over', 'write')]: true }",
            "INSERT {} INTO c OPTIONS { @name: true }",
            "INSERT {} INTO c OPTIONS { overwrite: 1 }",
        ] {
            assert_eq!(of(text).destroys().count(), 1, "{text}");
        }
        for text in [
            "INSERT {} INTO c",
            "INSERT { overwrite: true } INTO c OPTIONS { waitForSync: true, overwrite: false }",
            "INSERT {} INTO c OPTIONS { overwriteMode: 'update' }",
            "INSERT {} INTO c OPTIONS { overwriteMode: 'ignore' }",
            "FOR x IN c UPDATE x WITH { a: 'REMOVE' } IN c",
            "UPSERT {} INSERT {} UPDATE {} IN c",
            "FOR `remove` IN c RETURN `remove`.`replace`",
            "RETURN 'REMOVE x IN c' // REMOVE",
        ] {
            assert_eq!(of(text).destroys().count(), 0, "{text}");
        }
    }

    #[test]
    fn names_are_collections_unless_a_variable_is_visible() {
        assert_eq!(read("FOR x IN a FOR y IN x.b RETURN [x, y, z]"), "a z");
        assert_eq!(read("LET a = [] FOR x IN a RETURN x"), "");
        assert_eq!(read("FOR x IN (FOR y IN a RETURN y) RETURN y"), "a y");
        assert_eq!(read("FOR x IN a COLLECT k = x.k INTO x RETURN { k, x, l: LENGTH(a) }"), "a");
        assert_eq!(read("LET t = 1 FOR x IN a COLLECT k = x.k RETURN [t, x]"), "a x");
        assert_eq!(read("WITH w FOR v, e, p IN 1..2 OUTBOUND s ee, ANY @@f PRUNE p.x RETURN v"), "ee s w @f");
        assert_eq!(read("FOR x IN a RETURN x[* FILTER CURRENT.a == y RETURN CURRENT].b[CURRENT]"), "a y");
        assert_eq!(read("FOR x IN a UPDATE x IN b RETURN [OLD, NEW]"), "a");
        assert_eq!(read("UPSERT FILTER CURRENT.x INSERT {} UPDATE { n: OLD.n } IN b RETURN [OLD, NEW]"), "");
        assert_eq!(read("FOR x IN @@a FOR y IN @b RETURN y"), "@a");
        assert_eq!(read("RETURN CURRENT"), "CURRENT");
    }

    #[test]
    fn graphs_parameters_and_functions_are_listed_once() {
        let found =
            of("FOR v IN ANY @s GRAPH 'g' FILTER v.@a == @s SORT v.x @d RETURN { @a: count(my::f(v)), b: Count([]) }");
        assert_eq!(found.graphs, [Source::Name("g".to_owned())].into());
        let binds: Vec<&str> = found.bind_parameters.iter().map(|bind| bind.name.as_str()).collect();
        assert_eq!(binds, ["a", "d", "s"]);
        assert_eq!(found.functions, ["COUNT".to_owned(), "MY::F".to_owned()].into());
        assert_eq!(of("FOR v IN ANY 'a/1' GRAPH @g RETURN v").graphs, [Source::Bind("g".to_owned())].into());
    }

    #[test]
    fn the_limit_that_bounds_the_result_is_found() {
        let limit = |text: &str| top_level_limit(&parse(text).unwrap()).map(|limit| limit.count.to_string());
        assert_eq!(limit("FOR x IN a LIMIT 1, 5 LET y = x RETURN y"), Some("5".to_owned()));
        assert_eq!(limit("FOR x IN a LIMIT 5 FOR y IN b RETURN y"), None);
        assert_eq!(limit("FOR x IN (FOR y IN b LIMIT 3 RETURN y) RETURN x"), None);
    }
}
