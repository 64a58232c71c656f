//! The nodes of clauses.

use serde_json::Value;

use super::{Builder, data_source, node, nothing, value};
use crate::aql::{
    ast::{
        AggregateVariable, Clause, Collect, Direction, EdgeCollection, Expr, GraphSource, LiteralValue, PathSearch,
        PathSearchKind, SortKey, Traversal, Update, UpdateKind, Upsert, Window,
    },
    parser::CURRENT,
};

impl Builder {
    pub(super) fn clause(&mut self, clause: &Clause) -> Value {
        match clause {
            Clause::For(each) => {
                let source = self.expr(&each.source);
                let mut parts = vec![self.define(&each.variable.text), source];
                parts.extend(each.search.iter().map(|search| self.expr(search)));
                parts.push(self.optional(each.options.as_ref()));
                node(if each.search.is_some() { "for view" } else { "for" }, parts)
            }
            Clause::Traversal(node) => self.traversal(node),
            Clause::PathSearch(node) => self.path_search(node),
            Clause::Filter(filter) => node("filter", self.exprs([&filter.condition])),
            Clause::Let(assignment) => {
                let content = self.expr(&assignment.value);
                node("let", vec![self.define(&assignment.variable.text), content])
            }
            Clause::Sort(sort) => {
                let keys = sort.keys.iter().map(|key| self.sort_key(key)).collect();
                node("sort", vec![node("array", keys)])
            }
            Clause::Limit(limit) => {
                let offset = limit.offset.as_ref().map_or_else(|| value(0), |offset| self.expr(offset));
                node("limit", vec![offset, self.expr(&limit.count)])
            }
            Clause::Collect(node) => self.collect(node),
            Clause::Window(node) => self.window(node),
            Clause::Return(last) => {
                let mut parts = self.exprs([&last.value]);
                if last.distinct {
                    parts = vec![node("distinct", parts)];
                }
                node("return", parts)
            }
            Clause::Insert(insert) => {
                let document = self.expr(&insert.document);
                let options = self.optional(insert.options.as_ref());
                let new = self.define("NEW");
                node("insert", vec![options, data_source(&insert.target), document, new])
            }
            Clause::Update(node) => self.update(node),
            Clause::Remove(remove) => {
                let key = self.expr(&remove.key);
                let options = self.optional(remove.options.as_ref());
                let old = self.define("OLD");
                node("remove", vec![options, data_source(&remove.target), key, old])
            }
            Clause::Upsert(node) => self.upsert(node),
        }
    }

    fn sort_key(&mut self, key: &SortKey) -> Value {
        let content = self.expr(&key.value);
        let direction = match &key.direction {
            None => value(true),
            Some(Expr::Literal(literal)) => match &literal.value {
                LiteralValue::String(text) => value(text != "DESC"),
                _ => self.optional(key.direction.as_ref()),
            },
            Some(direction) => self.expr(direction),
        };
        node("sort element", vec![content, direction])
    }

    fn aggregates(&mut self, aggregates: &[AggregateVariable]) -> Value {
        let values: Vec<Value> = aggregates.iter().map(|aggregate| self.expr(&aggregate.value)).collect();
        let assignments = aggregates
            .iter()
            .zip(values)
            .map(|(aggregate, content)| node("assign", vec![self.define(&aggregate.variable.text), content]))
            .collect();
        node("aggregations", vec![node("array", assignments)])
    }

    fn collect(&mut self, collect: &Collect) -> Value {
        let options = self.optional(collect.options.as_ref());
        let values: Vec<Value> = collect.groups.iter().map(|group| self.expr(&group.value)).collect();
        let projection = collect.into.as_ref().and_then(|into| into.projection.as_ref());
        let projection = self.optional(projection);
        let keep = match &collect.into {
            Some(into) if !into.keep.is_empty() => {
                node("array", into.keep.iter().map(|name| self.name(&name.text)).collect())
            }
            _ => nothing(),
        };
        let aggregates = self.aggregates(&collect.aggregates);
        let assignments = collect
            .groups
            .iter()
            .zip(values)
            .map(|(group, content)| node("assign", vec![self.define(&group.variable.text), content]))
            .collect();
        let groups = node("array", assignments);
        if let Some(variable) = &collect.count_into {
            return node("collect count", vec![options, groups, self.define(&variable.text)]);
        }
        let into = collect.into.as_ref().map_or_else(nothing, |into| self.define(&into.variable.text));
        node("collect", vec![options, groups, aggregates, into, projection, keep])
    }

    fn window(&mut self, window: &Window) -> Value {
        let bounds = self.expr(&window.bounds);
        let range = self.optional(window.range.as_ref());
        let aggregates = self.aggregates(&window.aggregates);
        node("window", vec![bounds, range, aggregates])
    }

    fn update(&mut self, update: &Update) -> Value {
        let document = self.expr(&update.document);
        let key = self.optional(update.key.as_ref());
        let options = self.optional(update.options.as_ref());
        let (old, new) = (self.define("OLD"), self.define("NEW"));
        let kind = match update.kind {
            UpdateKind::Update => "update",
            UpdateKind::Replace => "replace",
        };
        node(kind, vec![options, data_source(&update.target), document, key, old, new])
    }

    fn upsert(&mut self, upsert: &Upsert) -> Value {
        let current = self.temporary(true);
        self.show(CURRENT, current);
        let search = self.expr(&upsert.search);
        self.hide();
        let insert = self.expr(&upsert.insert);
        let old = self.define("OLD");
        let update = self.expr(&upsert.update);
        let options = self.optional(upsert.options.as_ref());
        let new = self.define("NEW");
        let kind = value(match upsert.kind {
            UpdateKind::Update => "update",
            UpdateKind::Replace => "replace",
        });
        let search = node(if upsert.by_filter { "filter" } else { "example" }, vec![search]);
        node("upsert", vec![kind, options, data_source(&upsert.target), search, insert, update, old, new])
    }

    fn traversal(&mut self, traversal: &Traversal) -> Value {
        let steps = self.depth(traversal.depth.as_ref());
        let direction = node("direction", vec![direction(traversal.direction), steps]);
        let start = self.expr(&traversal.start);
        let graph = self.graph(&traversal.source);
        let mut variables = vec![self.define(&traversal.vertex.text)];
        for name in [&traversal.edge, &traversal.path].into_iter().flatten() {
            variables.push(self.define(&name.text));
        }
        let prune = self.optional(traversal.prune.as_ref().map(|prune| &prune.condition));
        if let Some(name) = traversal.prune.as_ref().and_then(|prune| prune.variable.as_ref()) {
            self.define(&name.text);
        }
        let options = self.optional(traversal.options.as_ref());
        let mut parts = vec![direction, start, graph, prune, options];
        parts.append(&mut variables);
        node("traversal", parts)
    }

    fn path_search(&mut self, search: &PathSearch) -> Value {
        let steps = self.depth(search.depth.as_ref());
        let direction = node("direction", vec![direction(search.direction), steps]);
        let ends = self.exprs([&search.start, &search.end]);
        let graph = self.graph(&search.source);
        let options = self.optional(search.options.as_ref());
        let kind = match search.kind {
            PathSearchKind::Shortest => "shortest path",
            PathSearchKind::AllShortest => "all shortest paths",
            PathSearchKind::KShortest => "k-shortest paths",
            PathSearchKind::KPaths => "k-paths",
        };
        let mut parts = vec![direction];
        parts.extend(ends);
        parts.extend([graph, options, self.define(&search.variable.text)]);
        parts.extend(search.edge.iter().map(|edge| self.define(&edge.text)));
        node(kind, parts)
    }

    /// Without a depth, one step.
    fn depth(&mut self, depth: Option<&Expr>) -> Value {
        depth.map_or_else(|| node("range", vec![value(1), value(1)]), |depth| self.expr(depth))
    }

    fn graph(&mut self, source: &GraphSource) -> Value {
        match source {
            GraphSource::Graph(graph) => self.expr(graph),
            GraphSource::Edges(edges) => node("collection list", edges.iter().map(edge_collection).collect()),
        }
    }
}

fn edge_collection(edges: &EdgeCollection) -> Value {
    let collection = data_source(&edges.collection);
    match edges.direction {
        Some(own) => node("direction", vec![direction(own), collection]),
        None => collection,
    }
}

/// Directions are numbered.
fn direction(direction: Direction) -> Value {
    value(match direction {
        Direction::Any => 0,
        Direction::Inbound => 1,
        Direction::Outbound => 2,
    })
}
