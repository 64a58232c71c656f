//! Traversals and path searches: `FOR … IN [depth] direction …`.

use super::{
    cursor::{Parsed, Parser},
    pattern::Pattern,
    simple::string,
};
use crate::aql::{
    Span,
    ast::{
        Clause, Direction, EdgeCollection, Expr, GraphSource, LiteralValue, Name, PathSearch, PathSearchKind, Prune,
        Traversal,
    },
    token::{Fixed, TokenKind},
};

impl Parser<'_> {
    /// The direction that is next, if one is.
    pub(super) fn direction(&self) -> Option<Direction> {
        match self.fixed()? {
            Fixed::Outbound => Some(Direction::Outbound),
            Fixed::Inbound => Some(Direction::Inbound),
            Fixed::Any => Some(Direction::Any),
            _ => None,
        }
    }

    /// Everything behind the direction.
    pub(super) fn graph_clause(
        &mut self,
        start: Span,
        variables: Vec<Pattern>,
        depth: Option<Expr>,
        direction: Direction,
    ) -> Parsed<Clause> {
        let variables = self.graph_variables(variables)?;
        let kind = match self.fixed() {
            Some(Fixed::ShortestPath) => PathSearchKind::Shortest,
            Some(Fixed::AllShortestPaths) => PathSearchKind::AllShortest,
            Some(Fixed::KShortestPaths) => PathSearchKind::KShortest,
            Some(Fixed::KPaths) => PathSearchKind::KPaths,
            _ => return self.traversal(start, variables, depth, direction),
        };
        if depth.is_some() && kind != PathSearchKind::KPaths {
            return Err(self.unexpected(&["K_PATHS", "a start vertex"]));
        }
        self.bump();
        self.check_depth(depth.as_ref())?;
        let from = self.start_vertex()?;
        self.expect_word("TO")?;
        let end = self.start_vertex()?;
        let source = self.graph_source()?;
        let options = self.options()?;
        let span = start.to(self.previous());
        let mut names = variables.into_iter();
        let (Some(variable), edge, None) = (names.next(), names.next(), names.next()) else {
            return Err(self.invalid("ShortestPath only has one or two return variables", span));
        };
        if edge.is_some() && kind != PathSearchKind::Shortest {
            return Err(self.invalid("searches for several paths only have one return variable", span));
        }
        Ok(Clause::PathSearch(PathSearch {
            kind,
            variable,
            edge,
            depth,
            direction,
            start: from,
            end,
            source,
            options,
            span,
        }))
    }

    /// `start source [PRUNE …] [OPTIONS …]`
    fn traversal(
        &mut self,
        begin: Span,
        variables: Vec<Name>,
        depth: Option<Expr>,
        direction: Direction,
    ) -> Parsed<Clause> {
        self.check_depth(depth.as_ref())?;
        let start = self.start_vertex()?;
        let source = self.graph_source()?;
        let prune = if self.eat_word("PRUNE") { Some(self.prune()?) } else { None };
        let options = self.options()?;
        let span = begin.to(self.previous());
        let mut names = variables.into_iter();
        let (Some(vertex), edge, path, None) = (names.next(), names.next(), names.next(), names.next()) else {
            return Err(self.invalid("Traversals only have one, two or three return variables", span));
        };
        Ok(Clause::Traversal(Traversal { vertex, edge, path, depth, direction, start, source, prune, options, span }))
    }

    /// Refuses depths that can be seen to be none.
    fn check_depth(&self, depth: Option<&Expr>) -> Parsed<()> {
        let Some(depth) = depth else { return Ok(()) };
        match depth {
            Expr::Range(range) => {
                self.check_depth(Some(&range.low))?;
                self.check_depth(Some(&range.high))
            }
            Expr::Literal(literal) => match &literal.value {
                LiteralValue::Int(_) => Ok(()),
                LiteralValue::Double(value) if value.fract() == 0.0 => Ok(()),
                _ => Err(self.invalid("invalid traversal depth", depth.span())),
            },
            Expr::Array(_) | Expr::Object(_) | Expr::Subquery(_) => {
                Err(self.invalid("invalid traversal depth", depth.span()))
            }
            _ => Ok(()),
        }
    }

    /// An expression that can be a vertex.
    fn start_vertex(&mut self) -> Parsed<Expr> {
        let vertex = self.expr()?;
        match &vertex {
            Expr::Literal(literal) if !matches!(literal.value, LiteralValue::String(_)) => Err(self
                .invalid("invalid start vertex. Must either be an _id string or an object with _id.", vertex.span())),
            _ => Ok(vertex),
        }
    }

    /// `GRAPH "name"`, or edge collections.
    fn graph_source(&mut self) -> Parsed<GraphSource> {
        if self.eat(Fixed::Graph) {
            let graph = match self.kind() {
                TokenKind::String(name) | TokenKind::Identifier(name) | TokenKind::QuotedIdentifier(name) => {
                    let name = name.clone();
                    let span = self.bump();
                    string(&name, span)
                }
                TokenKind::Bind(_) => self.bind_parameter(),
                _ => return Err(self.unexpected(&["a graph's name"])),
            };
            return Ok(GraphSource::Graph(graph));
        }
        let mut edges = Vec::new();
        loop {
            let direction = self.direction();
            if direction.is_some() {
                self.bump();
            } else if edges.is_empty() && !self.at_data_source() {
                return Err(self.unexpected(&["GRAPH", "an edge collection"]));
            }
            let collection = self.data_source()?;
            edges.push(EdgeCollection { direction, collection });
            if !self.eat(Fixed::Comma) {
                return Ok(GraphSource::Edges(edges));
            }
        }
    }

    /// `[variable =] condition`
    fn prune(&mut self) -> Parsed<Prune> {
        let variable = if self.fixed_ahead(1) == Some(Fixed::Assign) {
            let name = self.name("a variable")?;
            self.bump();
            Some(name)
        } else {
            None
        };
        let condition = self.expr()?;
        Ok(Prune { variable, condition })
    }
}
