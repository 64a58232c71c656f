//! Where everything in a YAML text stands: its nodes with their byte ranges, so that an edit can replace exactly one of
//! them. Values are read elsewhere; here only keys matter.

use std::ops::Range;

use granit_parser::{Event, Parser, Span, StructureStyle};

/// A node and the bytes it takes up, without its anchor and tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) span: Range<usize>,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A single value, decoded.
    Scalar(String),
    Mapping {
        flow: bool,
        pairs: Vec<Pair>,
    },
    /// A list: nothing inside it is edited.
    Sequence,
    /// A reference to an anchor.
    Alias,
}

/// A key of a mapping with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) key: Node,
    pub(super) value: Node,
}

impl Node {
    /// The pairs of a mapping; none of anything else.
    pub(super) fn pairs(&self) -> &[Pair] {
        match &self.kind {
            Kind::Mapping { pairs, .. } => pairs,
            Kind::Scalar(_) | Kind::Sequence | Kind::Alias => &[],
        }
    }

    /// The pair of a mapping that has this key.
    pub(super) fn find(&self, name: &str) -> Option<&Pair> {
        self.pairs().iter().find(|pair| pair.is(name))
    }

    /// Whether nothing is written at all, which YAML reads as null.
    pub(super) fn is_absent(&self) -> bool {
        self.span.is_empty() && matches!(self.kind, Kind::Scalar(_))
    }
}

impl Pair {
    pub(super) fn is(&self, name: &str) -> bool {
        matches!(&self.key.kind, Kind::Scalar(key) if key == name)
    }
}

/// A collection whose end has not come yet.
enum Open {
    Mapping { start: usize, flow: bool, pairs: Vec<Pair>, key: Option<Node> },
    Sequence { start: usize, end: usize, flow: bool },
}

/// The text is not YAML with one document; the strict reader says what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

/// Reads the nodes of a text with one document; nothing when it holds no node.
pub(super) fn read(text: &str) -> Result<Option<Node>, Unreadable> {
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    for next in Parser::new_from_str(text) {
        let (event, span) = next.map_err(|_| Unreadable)?;
        let done = match event {
            Event::Scalar(value, ..) => Some(Node { span: range(&span)?, kind: Kind::Scalar(value.into_owned()) }),
            Event::Alias(_) => Some(Node { span: range(&span)?, kind: Kind::Alias }),
            Event::MappingStart(style, ..) => {
                let flow = style == StructureStyle::Flow;
                open.push(Open::Mapping { start: range(&span)?.start, flow, pairs: Vec::new(), key: None });
                None
            }
            Event::SequenceStart(style, ..) => {
                let start = range(&span)?.start;
                open.push(Open::Sequence { start, end: start, flow: style == StructureStyle::Flow });
                None
            }
            Event::MappingEnd | Event::SequenceEnd => Some(close(open.pop().ok_or(Unreadable)?, range(&span)?.end)),
            _ => None,
        };
        let Some(node) = done else { continue };
        match open.last_mut() {
            None if root.is_none() => root = Some(node),
            None => return Err(Unreadable),
            Some(Open::Sequence { end, .. }) => *end = node.span.end,
            Some(Open::Mapping { pairs, key, .. }) => match key.take() {
                None => *key = Some(node),
                Some(key) => pairs.push(Pair { key, value: node }),
            },
        }
    }
    Ok(root.filter(|root| !root.is_absent()))
}

fn range(span: &Span) -> Result<Range<usize>, Unreadable> {
    span.byte_range().ok_or(Unreadable)
}

/// The end of a collection in brackets is its bracket; of any other, the end of the last thing in it.
fn close(open: Open, bracket: usize) -> Node {
    match open {
        Open::Mapping { start, flow, pairs, .. } => {
            let last = pairs.last().map_or(start, |pair| pair.key.span.end.max(pair.value.span.end));
            Node { span: start..if flow { bracket } else { last }, kind: Kind::Mapping { flow, pairs } }
        }
        Open::Sequence { start, end, flow } => {
            Node { span: start..if flow { bracket } else { end }, kind: Kind::Sequence }
        }
    }
}
