//! Traversals and path searches.

use super::{Lowerer, after_modification};
use crate::{
    aql::ast::{self, Direction, GraphSource, PathSearchKind},
    embedded::{
        error::Error,
        plan::{
            expr::Expr,
            graph::{EdgeSources, PathSearch, Traversal},
            node::{Block, Node},
            scope::ScopeKind,
        },
        store::CollectionKind,
        value::{Str, Value, ops},
    },
    wire::{CollectionName, ErrorNum},
};

impl Lowerer<'_> {
    pub(super) fn traversal(&mut self, node: &ast::Traversal, block: &mut Block) -> Result<(), Error> {
        self.access.read_any("traversal")?;
        let (min, max) = self.depth_range(node.depth.as_ref(), (1, 1))?;
        let start = self.expr(&node.start)?;
        let sources = self.edge_sources(&node.source, node.direction)?;
        let options = self.graph_options(node.options.as_ref(), true)?;
        self.scopes.open(ScopeKind::For);
        let vertex = self.scopes.declare(&node.vertex.text)?;
        let edge = node.edge.as_ref().map(|name| self.scopes.declare(&name.text)).transpose()?;
        let path = node.path.as_ref().map(|name| self.scopes.declare(&name.text)).transpose()?;
        let prune = match &node.prune {
            None => None,
            Some(prune) => {
                let condition = self.expr(&prune.condition)?;
                let variable = prune.variable.as_ref().map(|name| self.scopes.declare(&name.text)).transpose()?;
                Some((variable, condition))
            }
        };
        block.nodes.push(Node::Traversal(Traversal { vertex, edge, path, min, max, start, sources, prune, options }));
        Ok(())
    }

    pub(super) fn path_search(&mut self, node: &ast::PathSearch, block: &mut Block) -> Result<(), Error> {
        self.access.read_any("traversal")?;
        let without = if node.kind == PathSearchKind::KPaths { (1, 1) } else { (0, u64::MAX) };
        let (min, max) = self.depth_range(node.depth.as_ref(), without)?;
        let start = self.expr(&node.start)?;
        let end = self.expr(&node.end)?;
        let sources = self.edge_sources(&node.source, node.direction)?;
        let options = self.graph_options(node.options.as_ref(), false)?;
        self.scopes.open(ScopeKind::For);
        let out = self.scopes.declare(&node.variable.text)?;
        let edge = node.edge.as_ref().map(|name| self.scopes.declare(&name.text)).transpose()?;
        let kind = node.kind;
        block.nodes.push(Node::PathSearch(PathSearch { kind, out, edge, min, max, start, end, sources, options }));
        Ok(())
    }

    fn depth_range(&mut self, depth: Option<&ast::Expr>, without: (u64, u64)) -> Result<(u64, u64), Error> {
        let Some(depth) = depth else {
            return Ok(without);
        };
        let (low, high) = match self.expr(depth)? {
            Expr::Range(bounds) => *bounds,
            single => (single.clone(), single),
        };
        match (self.depth_value(&low), self.depth_value(&high)) {
            (Some(low), Some(high)) if low <= high => Ok((low, high)),
            _ => Err(Error::new(ErrorNum::QUERY_PARSE, "invalid traversal depth")),
        }
    }

    fn edge_sources(&mut self, source: &GraphSource, direction: Direction) -> Result<EdgeSources, Error> {
        let sources = match source {
            GraphSource::Graph(name) => {
                let name = self.expr(name)?;
                let Some(Value::String(name)) = name.constant() else {
                    return Err(Error::new(ErrorNum::QUERY_PARSE, "the name of a graph has to be a text"));
                };
                self.named_graph(name, direction)?
            }
            GraphSource::Edges(collections) => {
                let mut edges = Vec::with_capacity(collections.len());
                for edge in collections {
                    let name = self.source_name(&edge.collection)?;
                    edges.push((self.existing(&name)?, edge.direction.unwrap_or(direction)));
                }
                EdgeSources { graph: None, edges, vertices: Vec::new() }
            }
        };
        for (name, _) in &sources.edges {
            if self.snapshot.collection(name.as_str()).is_some_and(|found| found.kind() != CollectionKind::Edge) {
                return Err(ErrorNum::COLLECTION_TYPE_INVALID.into());
            }
            if self.access.writes.contains(name) {
                return Err(after_modification("traversal"));
            }
            self.access.read(name)?;
        }
        for name in &sources.vertices {
            self.access.read(name)?;
        }
        Ok(sources)
    }

    fn named_graph(&self, name: &Str, direction: Direction) -> Result<EdgeSources, Error> {
        let graphs = self.snapshot.collection("_graphs");
        let Some(definition) = graphs.and_then(|graphs| graphs.get(name)) else {
            return Err(Error::about(ErrorNum::GRAPH_NOT_FOUND, name));
        };
        let mut edges: Vec<(CollectionName, Direction)> = Vec::new();
        let mut vertices: Vec<CollectionName> = Vec::new();
        for edge in definition.get("edgeDefinitions").as_array().unwrap_or_default() {
            if let Some(collection) = edge.get("collection").as_str() {
                edges.push((self.existing(collection)?, direction));
            }
            let ends = ["from", "to"].iter().filter_map(|end| edge.get(end).as_array());
            for end in ends.flatten().filter_map(Value::as_str) {
                vertices.push(self.existing(end)?);
            }
        }
        for orphan in definition.get("orphanCollections").as_array().unwrap_or_default() {
            if let Some(orphan) = orphan.as_str() {
                vertices.push(self.existing(orphan)?);
            }
        }
        if edges.is_empty() {
            return Err(ErrorNum::GRAPH_EMPTY.into());
        }
        vertices.sort();
        vertices.dedup();
        Ok(EdgeSources { graph: Some(name.clone()), edges, vertices })
    }

    /// A depth that is a constant, or a variable that is one.
    fn depth_value(&self, expr: &Expr) -> Option<u64> {
        let value = match expr {
            Expr::Register(register) => self.constants.get(register)?,
            other => other.constant()?,
        };
        value.as_f64()?;
        u64::try_from(ops::to_i64(value)).ok()
    }
}
