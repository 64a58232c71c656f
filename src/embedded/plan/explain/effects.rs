//! Steps that write and steps that walk along edges, as execution nodes.

use super::nodes::{Explainer, UNKNOWN_LENGTH};
use crate::{
    aql::ast::{Direction, PathSearchKind, UpdateKind},
    embedded::{
        plan::{
            graph::{EdgeSources, GraphOptions, Order, Uniqueness},
            modify::{Change, ModifyOptions},
            node::Node,
        },
        value::{Value, object},
    },
    wire::CollectionName,
};

impl Explainer<'_> {
    pub(super) fn write(&mut self, node: &Node) {
        let (kind, collection, options, old, new, mut more) = match node {
            Node::Modify(modify) => {
                let (kind, inputs) = match &modify.change {
                    Change::Insert(document) => ("InsertNode", vec![("inVariable", self.variable_of(document))]),
                    Change::Remove(place) => ("RemoveNode", vec![("inVariable", self.variable_of(place))]),
                    Change::Update { kind, key, document } => {
                        let document = ("inDocVariable", self.variable_of(document));
                        let key = key.as_ref().map(|key| ("inKeyVariable", self.variable_of(key)));
                        let kind = match kind {
                            UpdateKind::Update => "UpdateNode",
                            UpdateKind::Replace => "ReplaceNode",
                        };
                        (kind, std::iter::once(document).chain(key).collect())
                    }
                };
                (kind, &modify.collection, &modify.options, modify.old, modify.new, inputs)
            }
            Node::Upsert(upsert) => {
                let inputs = vec![
                    ("insertVariable", self.variable_of(&upsert.insert)),
                    ("updateVariable", self.variable_of(&upsert.update)),
                    ("inDocVariable", self.variable(upsert.old)),
                    ("isReplace", Value::Bool(upsert.kind == UpdateKind::Replace)),
                ];
                ("UpsertNode", &upsert.collection, &upsert.options, upsert.old, upsert.new, inputs)
            }
            _ => return,
        };
        more.push(("collection", Value::string(collection.as_str())));
        more.push(("outVariableOld", self.variable(old)));
        more.push(("outVariableNew", self.variable(new)));
        more.push(("modificationFlags", flags(options)));
        self.push(kind, self.items, more);
    }

    pub(super) fn walk(&mut self, node: &Node) {
        match node {
            Node::Traversal(traversal) => {
                let start = self.variable_of(&traversal.start);
                let mut more = vec![("inVariable", start), ("vertexOutVariable", self.variable(traversal.vertex))];
                more.extend(traversal.edge.map(|edge| ("edgeOutVariable", self.variable(edge))));
                more.extend(traversal.path.map(|path| ("pathOutVariable", self.variable(path))));
                more.extend(sources(&traversal.sources));
                more.push(("options", options(&traversal.options, traversal.min, traversal.max)));
                self.push("TraversalNode", self.items * UNKNOWN_LENGTH, more);
            }
            Node::PathSearch(search) => {
                let start = self.variable_of(&search.start);
                let end = self.variable_of(&search.end);
                let (kind, path_type) = match search.kind {
                    PathSearchKind::Shortest => ("ShortestPathNode", "shortest"),
                    PathSearchKind::AllShortest => ("EnumeratePathsNode", "allShortestPaths"),
                    PathSearchKind::KShortest => ("EnumeratePathsNode", "kShortestPaths"),
                    PathSearchKind::KPaths => ("EnumeratePathsNode", "kPaths"),
                };
                let out = if search.kind == PathSearchKind::Shortest { "vertexOutVariable" } else { "pathOutVariable" };
                let mut more = vec![
                    ("startInVariable", start),
                    ("targetInVariable", end),
                    ("shortestPathType", Value::from(path_type)),
                    (out, self.variable(search.out)),
                ];
                more.extend(search.edge.map(|edge| ("edgeOutVariable", self.variable(edge))));
                more.extend(sources(&search.sources));
                more.push(("options", options(&search.options, search.min, search.max)));
                self.push(kind, self.items, more);
            }
            _ => {}
        }
    }
}

fn flags(options: &ModifyOptions) -> Value {
    object([
        ("keepNull", Value::Bool(options.write.keep_null)),
        ("mergeObjects", Value::Bool(options.write.merge_objects)),
        ("ignoreErrors", Value::Bool(options.ignore_errors)),
        ("ignoreRevs", Value::Bool(options.ignore_revs)),
    ])
}

fn sources(sources: &EdgeSources) -> Vec<(&'static str, Value)> {
    let names = |names: Vec<&CollectionName>| {
        Value::array(names.into_iter().map(|name| Value::string(name.as_str())).collect())
    };
    let directions = sources.edges.iter().map(|(_, direction)| {
        Value::Int(match direction {
            Direction::Any => 0,
            Direction::Inbound => 1,
            Direction::Outbound => 2,
        })
    });
    let mut shown = vec![
        ("edgeCollections", names(sources.edges.iter().map(|(name, _)| name).collect())),
        ("vertexCollections", names(sources.vertices.iter().collect())),
        ("directions", Value::array(directions.collect())),
    ];
    shown.extend(sources.graph.as_ref().map(|graph| ("graph", Value::String(graph.clone()))));
    shown
}

fn options(options: &GraphOptions, min: u64, max: u64) -> Value {
    let uniqueness = |uniqueness: Uniqueness| {
        Value::from(match uniqueness {
            Uniqueness::None => "none",
            Uniqueness::Path => "path",
            Uniqueness::Global => "global",
        })
    };
    let order = match options.order {
        Order::Dfs => "dfs",
        Order::Bfs => "bfs",
        Order::Weighted => "weighted",
    };
    let depth = |depth: u64| Value::Int(i64::try_from(depth).unwrap_or(i64::MAX));
    object([
        ("minDepth", depth(min)),
        ("maxDepth", depth(max)),
        ("order", Value::from(order)),
        ("uniqueVertices", uniqueness(options.unique_vertices)),
        ("uniqueEdges", uniqueness(options.unique_edges)),
        ("weightAttribute", options.weight_attribute.clone().map_or(Value::Null, Value::String)),
        ("defaultWeight", Value::whole_or_double(options.default_weight)),
    ])
}
