//! Clauses.

use std::fmt::{Formatter, Result};

use super::separated;
use crate::aql::ast::{
    AggregateVariable, Clause, Collect, DataSource, Direction, EdgeCollection, Expr, For, GraphSource, GroupVariable,
    Insert, Limit, LiteralValue, PathSearch, PathSearchKind, Remove, Return, Sort, SortKey, Traversal, Update,
    UpdateKind, Upsert, Window,
};

/// Writes one clause.
pub(super) fn write_clause(f: &mut Formatter<'_>, clause: &Clause) -> Result {
    match clause {
        Clause::For(node) => write_for(f, node),
        Clause::Traversal(node) => write_traversal(f, node),
        Clause::PathSearch(node) => write_path_search(f, node),
        Clause::Filter(node) => write!(f, "FILTER {}", node.condition),
        Clause::Let(node) => write!(f, "LET {} = {}", node.variable, node.value),
        Clause::Sort(node) => write_sort(f, node),
        Clause::Limit(node) => write_limit(f, node),
        Clause::Collect(node) => write_collect(f, node),
        Clause::Window(node) => write_window(f, node),
        Clause::Return(node) => write_return(f, node),
        Clause::Insert(node) => write_insert(f, node),
        Clause::Update(node) => write_update(f, node),
        Clause::Remove(node) => write_remove(f, node),
        Clause::Upsert(node) => write_upsert(f, node),
    }
}

fn write_options(f: &mut Formatter<'_>, options: Option<&Expr>) -> Result {
    match options {
        Some(options) => write!(f, " OPTIONS {options}"),
        None => Ok(()),
    }
}

fn write_for(f: &mut Formatter<'_>, node: &For) -> Result {
    write!(f, "FOR {} IN {}", node.variable, node.source)?;
    if let Some(condition) = &node.search {
        write!(f, " SEARCH {condition}")?;
    }
    write_options(f, node.options.as_ref())
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Outbound => "OUTBOUND",
        Direction::Inbound => "INBOUND",
        Direction::Any => "ANY",
    }
}

fn write_traversal(f: &mut Formatter<'_>, node: &Traversal) -> Result {
    write!(f, "FOR {}", node.vertex)?;
    for variable in [&node.edge, &node.path].into_iter().flatten() {
        write!(f, ", {variable}")?;
    }
    f.write_str(" IN ")?;
    if let Some(depth) = &node.depth {
        write!(f, "{depth} ")?;
    }
    write!(f, "{} ", direction(node.direction))?;
    // Behind a depth, `ANY NOT …` and `ANY LIKE(…)` would read as comparisons.
    match &node.start {
        start @ (Expr::Name(_) | Expr::Bind(_) | Expr::Literal(_) | Expr::Attribute(_)) => write!(f, "{start} ")?,
        start if node.depth.is_some() => write!(f, "({start}) ")?,
        start => write!(f, "{start} ")?,
    }
    write_source(f, &node.source)?;
    if let Some(prune) = &node.prune {
        f.write_str(" PRUNE ")?;
        if let Some(variable) = &prune.variable {
            write!(f, "{variable} = ")?;
        }
        write!(f, "{}", prune.condition)?;
    }
    write_options(f, node.options.as_ref())
}

fn write_path_search(f: &mut Formatter<'_>, node: &PathSearch) -> Result {
    write!(f, "FOR {}", node.variable)?;
    if let Some(edge) = &node.edge {
        write!(f, ", {edge}")?;
    }
    f.write_str(" IN ")?;
    if let Some(depth) = &node.depth {
        write!(f, "{depth} ")?;
    }
    let kind = match node.kind {
        PathSearchKind::Shortest => "SHORTEST_PATH",
        PathSearchKind::AllShortest => "ALL_SHORTEST_PATHS",
        PathSearchKind::KShortest => "K_SHORTEST_PATHS",
        PathSearchKind::KPaths => "K_PATHS",
    };
    write!(f, "{} {kind} {} TO {} ", direction(node.direction), node.start, node.end)?;
    write_source(f, &node.source)?;
    write_options(f, node.options.as_ref())
}

fn write_source(f: &mut Formatter<'_>, source: &GraphSource) -> Result {
    match source {
        GraphSource::Graph(graph) => write!(f, "GRAPH {graph}"),
        GraphSource::Edges(edges) => separated(f, edges, ", ", write_edges),
    }
}

fn write_edges(f: &mut Formatter<'_>, edges: &EdgeCollection) -> Result {
    if let Some(own) = edges.direction {
        write!(f, "{} ", direction(own))?;
    }
    write!(f, "{}", edges.collection)
}

fn write_sort(f: &mut Formatter<'_>, node: &Sort) -> Result {
    f.write_str("SORT ")?;
    separated(f, &node.keys, ", ", write_sort_key)
}

fn write_sort_key(f: &mut Formatter<'_>, key: &SortKey) -> Result {
    write!(f, "{}", key.value)?;
    match &key.direction {
        Some(Expr::Literal(literal)) => match &literal.value {
            LiteralValue::String(text) if text == "ASC" || text == "DESC" => write!(f, " {text}"),
            _ => write!(f, " {}", Expr::Literal(literal.clone())),
        },
        Some(direction) => write!(f, " {direction}"),
        None => Ok(()),
    }
}

fn write_limit(f: &mut Formatter<'_>, node: &Limit) -> Result {
    match &node.offset {
        Some(offset) => write!(f, "LIMIT {offset}, {}", node.count),
        None => write!(f, "LIMIT {}", node.count),
    }
}

fn write_group(f: &mut Formatter<'_>, group: &GroupVariable) -> Result {
    write!(f, "{} = {}", group.variable, group.value)
}

fn write_aggregates(f: &mut Formatter<'_>, aggregates: &[AggregateVariable]) -> Result {
    if aggregates.is_empty() {
        return Ok(());
    }
    f.write_str(" AGGREGATE ")?;
    separated(f, aggregates, ", ", |f, aggregate| write!(f, "{} = {}", aggregate.variable, aggregate.value))
}

fn write_collect(f: &mut Formatter<'_>, node: &Collect) -> Result {
    f.write_str("COLLECT")?;
    if !node.groups.is_empty() {
        f.write_str(" ")?;
        separated(f, &node.groups, ", ", write_group)?;
    }
    write_aggregates(f, &node.aggregates)?;
    if let Some(variable) = &node.count_into {
        write!(f, " WITH COUNT INTO {variable}")?;
    }
    if let Some(into) = &node.into {
        write!(f, " INTO {}", into.variable)?;
        if let Some(projection) = &into.projection {
            write!(f, " = {projection}")?;
        }
        if !into.keep.is_empty() {
            f.write_str(" KEEP ")?;
            separated(f, &into.keep, ", ", |f, name| write!(f, "{name}"))?;
        }
    }
    write_options(f, node.options.as_ref())
}

fn write_window(f: &mut Formatter<'_>, node: &Window) -> Result {
    f.write_str("WINDOW ")?;
    if let Some(range) = &node.range {
        write!(f, "{range} WITH ")?;
    }
    write!(f, "{}", node.bounds)?;
    write_aggregates(f, &node.aggregates)
}

fn write_return(f: &mut Formatter<'_>, node: &Return) -> Result {
    write!(f, "RETURN {}{}", if node.distinct { "DISTINCT " } else { "" }, node.value)
}

/// `value IN collection`; `INTO` where `IN` could be read as an operator.
fn write_target(f: &mut Formatter<'_>, value: &Expr, target: &DataSource, options: Option<&Expr>) -> Result {
    let operator = matches!(
        value,
        Expr::Unary(_) | Expr::Binary(_) | Expr::ArrayComparison(_) | Expr::Ternary(_) | Expr::Range(_)
    );
    write!(f, "{value} {} {target}", if operator { "INTO" } else { "IN" })?;
    write_options(f, options)
}

fn write_insert(f: &mut Formatter<'_>, node: &Insert) -> Result {
    write!(f, "INSERT {} INTO {}", node.document, node.target)?;
    write_options(f, node.options.as_ref())
}

fn update_kind(kind: UpdateKind) -> &'static str {
    match kind {
        UpdateKind::Update => "UPDATE",
        UpdateKind::Replace => "REPLACE",
    }
}

fn write_update(f: &mut Formatter<'_>, node: &Update) -> Result {
    write!(f, "{} ", update_kind(node.kind))?;
    if let Some(key) = &node.key {
        write!(f, "{key} WITH ")?;
    }
    write_target(f, &node.document, &node.target, node.options.as_ref())
}

fn write_remove(f: &mut Formatter<'_>, node: &Remove) -> Result {
    f.write_str("REMOVE ")?;
    write_target(f, &node.key, &node.target, node.options.as_ref())
}

fn write_upsert(f: &mut Formatter<'_>, node: &Upsert) -> Result {
    let filter = if node.by_filter { "FILTER " } else { "" };
    write!(f, "UPSERT {filter}{} INSERT {} {} ", node.search, node.insert, update_kind(node.kind))?;
    write_target(f, &node.update, &node.target, node.options.as_ref())
}
