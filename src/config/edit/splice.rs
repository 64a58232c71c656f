//! The change made to the text: the bytes of keys, values and whole lines are replaced where the tree says they stand.
//! `None` means that the text has a form this does not handle; whether the result is right is checked by the caller.

use std::ops::Range;

use super::{
    change::{Change, Field, Fields, Setting},
    scalar,
    tree::{self, Kind, Node, Pair},
};
use crate::config::{Config, file::replace_bare_embedded};

/// How far entries are indented in a file that does not show it.
const INDENT: usize = 2;

/// The text after a change.
pub(super) fn edit(text: &str, change: &Change) -> Option<String> {
    match change {
        Change::Add { key, fields } => add_entry(text, key.as_str(), fields),
        Change::Remove { key } => {
            let document = Document::read(text)?;
            let default = document.root()?.find("default_database");
            let is_default = default.is_some_and(|pair| is_scalar(&pair.value, key.as_str()));
            let text = document.remove(&["databases"], key.as_str())?;
            if is_default { set_default(&text, None) } else { Some(text) }
        }
        Change::Update { key, rename, fields } => {
            let mut text = text.to_owned();
            for (field, setting) in fields {
                text = set_field(&text, key.as_str(), *field, setting.as_ref())?;
            }
            let Some(new) = rename.as_ref().filter(|new| *new != key) else { return Some(text) };
            let document = Document::read(&text)?;
            let root = document.root()?;
            let is_default = root.find("default_database").is_some_and(|pair| is_scalar(&pair.value, key.as_str()));
            let entry = root.find("databases")?.value.find(key.as_str())?;
            let renamed = splice(&text, entry.key.span.clone(), &scalar::write(new.as_str()))?;
            if is_default { set_default(&renamed, Some(new.as_str())) } else { Some(renamed) }
        }
        Change::SetDefault(key) => set_default(text, key.as_ref().map(AsRef::as_ref)),
    }
}

fn is_scalar(node: &Node, text: &str) -> bool {
    matches!(&node.kind, Kind::Scalar(value) if value == text)
}

fn add_entry(text: &str, key: &str, fields: &Fields) -> Option<String> {
    let document = Document::read(text)?;
    let items: Vec<Item> =
        fields.iter().filter_map(|(field, setting)| Some((*field, setting.as_ref()?))).map(Item::of).collect();
    let entry = Item { key: scalar::write(key), value: Content::Mapping(items) };
    let Some(root) = document.root() else {
        let databases = Item { key: "databases".to_owned(), value: Content::Mapping(vec![entry]) };
        let version = Item { key: "version".to_owned(), value: Content::Scalar(format!("{:?}", Config::VERSION)) };
        let separator = if text.is_empty() || text.ends_with('\n') { "" } else { document.newline };
        let lines = [version, databases].map(|item| document.block(&item, 0, INDENT)).join(document.newline);
        return Some(format!("{text}{separator}{lines}{}", document.newline));
    };
    match root.find("databases") {
        Some(databases) => document.insert(databases, &entry),
        None => document.append(root, &Item { key: "databases".to_owned(), value: Content::Mapping(vec![entry]) }),
    }
}

fn set_field(text: &str, key: &str, field: Field, setting: Option<&Setting>) -> Option<String> {
    let document = Document::read(text)?;
    let entry = document.root()?.find("databases")?.value.find(key)?;
    match (entry.value.find(field.name()), setting) {
        (None, None) => Some(text.to_owned()),
        (None, Some(setting)) => document.insert(entry, &Item::of((field, setting))),
        (Some(pair), Some(setting)) => document.set(pair, &written(setting)),
        (Some(_), None) => document.remove(&["databases", key], field.name()),
    }
}

fn set_default(text: &str, key: Option<&str>) -> Option<String> {
    const KEY: &str = "default_database";
    let document = Document::read(text)?;
    let Some(root) = document.root() else { return key.is_none().then(|| text.to_owned()) };
    match (root.find(KEY), key) {
        (None, None) => Some(text.to_owned()),
        (Some(_), None) => document.remove(&[], KEY),
        (Some(pair), Some(key)) => document.set(pair, &scalar::write(key)),
        (None, Some(key)) => {
            let item = Item { key: KEY.to_owned(), value: Content::Scalar(scalar::write(key)) };
            let Kind::Mapping { flow: false, pairs } = &root.kind else { return document.append(root, &item) };
            // Above the entries, where people look for it.
            let before = pairs.iter().find(|pair| pair.is("databases")).or(pairs.first())?;
            let column = document.column(before)?;
            let at = document.line_start(before.key.span.start);
            let line = document.block(&item, column, INDENT);
            splice(text, at..at, &format!("{line}{}", document.newline))
        }
    }
}

/// A pair to be written.
struct Item {
    key: String,
    value: Content,
}

enum Content {
    Scalar(String),
    Mapping(Vec<Item>),
}

impl Item {
    fn of((field, setting): (Field, &Setting)) -> Self {
        Self { key: field.name().to_owned(), value: Content::Scalar(written(setting)) }
    }

    /// As it stands between braces.
    fn flow(&self) -> String {
        match &self.value {
            Content::Scalar(text) => format!("{}: {text}", self.key),
            Content::Mapping(items) => {
                let items: Vec<_> = items.iter().map(Self::flow).collect();
                format!("{}: {{{}}}", self.key, items.join(", "))
            }
        }
    }
}

fn written(setting: &Setting) -> String {
    match setting {
        Setting::Text(text) => scalar::write(text),
        Setting::Bare(text) => text.clone(),
        Setting::List(texts) => {
            format!("[{}]", texts.iter().map(|text| scalar::write(text)).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A text with its tree.
struct Document<'a> {
    text: &'a str,
    root: Option<Node>,
    /// How lines end in it.
    newline: &'static str,
}

impl<'a> Document<'a> {
    fn read(text: &'a str) -> Option<Self> {
        // The strict reader takes `url: embedded:` without quotes; the same number of bytes, so that all places agree.
        let readable = replace_bare_embedded(text, "embedded_");
        let root = tree::read(&readable).ok()?;
        let newline = if text.split_once('\n').is_some_and(|(line, _)| line.ends_with('\r')) { "\r\n" } else { "\n" };
        Some(Self { text, root, newline })
    }

    fn root(&self) -> Option<&Node> {
        self.root.as_ref()
    }

    /// A pair as lines, without a line end after the last.
    fn block(&self, item: &Item, column: usize, indent: usize) -> String {
        let margin = " ".repeat(column);
        match &item.value {
            Content::Scalar(text) => format!("{margin}{}: {text}", item.key),
            Content::Mapping(items) => {
                let mut lines = vec![format!("{margin}{}:", item.key)];
                lines.extend(items.iter().map(|item| self.block(item, column + indent, indent)));
                lines.join(self.newline)
            }
        }
    }

    /// Puts an item into the mapping that is the value of a pair, after all others.
    fn insert(&self, parent: &Pair, item: &Item) -> Option<String> {
        match &parent.value.kind {
            Kind::Mapping { flow: false, .. } => self.append(&parent.value, item),
            Kind::Mapping { flow: true, pairs } if !pairs.is_empty() || self.is_in_flow(parent) => {
                self.append(&parent.value, item)
            }
            // Nothing is there yet, said by `{}`, by `null` or by nothing: lines take its place.
            Kind::Mapping { .. } | Kind::Scalar(_) if !self.is_in_flow(parent) => {
                let column = self.column(parent)?;
                let after = self.end_of_lines(parent)?;
                let line = self.block(item, column + INDENT, self.indent());
                let text = splice(self.text, after..after, &format!("{}{line}", self.newline))?;
                if parent.value.is_absent() {
                    return Some(text);
                }
                splice(&text, self.colon(parent)? + 1..parent.value.span.end, "")
            }
            Kind::Mapping { .. } | Kind::Scalar(_) | Kind::Sequence | Kind::Alias => None,
        }
    }

    /// Puts an item into a mapping, after all others.
    fn append(&self, mapping: &Node, item: &Item) -> Option<String> {
        match &mapping.kind {
            Kind::Mapping { flow: false, pairs } => {
                let column = self.column(pairs.first()?)?;
                let after = self.end_of_lines(pairs.last()?)?;
                let line = self.block(item, column, self.indent());
                splice(self.text, after..after, &format!("{}{line}", self.newline))
            }
            Kind::Mapping { flow: true, pairs } => {
                let (after, separator) = match pairs.last() {
                    Some(pair) => (self.end_of(pair)?, ", "),
                    None => (mapping.span.start + 1, ""),
                };
                splice(self.text, after..after, &format!("{separator}{}", item.flow()))
            }
            Kind::Scalar(_) | Kind::Sequence | Kind::Alias => None,
        }
    }

    /// Gives a pair another value.
    fn set(&self, pair: &Pair, value: &str) -> Option<String> {
        let colon = self.colon(pair)?;
        let on_one_line = self.text.get(colon..pair.value.span.start).is_some_and(|between| !between.contains('\n'));
        if on_one_line && !pair.value.is_absent() {
            let span = pair.value.span.start..self.end_of(pair)?;
            return splice(self.text, span, value);
        }
        let end = if pair.value.is_absent() { colon + 1 } else { self.end_of(pair)? };
        splice(self.text, colon + 1..end, &format!(" {value}"))
    }

    /// Takes the pair `name` out of the mapping at the end of `path`.
    fn remove(&self, path: &[&str], name: &str) -> Option<String> {
        let mut mapping = self.root()?;
        for step in path {
            mapping = &mapping.find(step)?.value;
        }
        let Kind::Mapping { flow, pairs } = &mapping.kind else { return None };
        let position = pairs.iter().position(|pair| pair.is(name))?;
        let pair = pairs.get(position)?;
        if *flow {
            let previous = position.checked_sub(1).and_then(|before| pairs.get(before));
            let range = match (pairs.get(position + 1), previous) {
                (Some(next), _) => pair.key.span.start..next.key.span.start,
                (None, Some(previous)) => self.end_of(previous)?..self.end_of(pair)?,
                (None, None) => pair.key.span.start..self.end_of(pair)?,
            };
            // A comment between the pairs would go too.
            return if self.text.get(range.clone())?.contains('#') { None } else { splice(self.text, range, "") };
        }
        self.column(pair)?;
        let start = self.line_start(pair.key.span.start);
        let end = self.end_of_lines(pair)?;
        let range = match self.break_at(end) {
            // The last line of a file that does not end in a line break.
            0 => start.saturating_sub(self.break_before(start))..end,
            width => start..end + width,
        };
        splice(self.text, range, "")
    }

    /// The column of a pair that begins a line.
    fn column(&self, pair: &Pair) -> Option<usize> {
        let margin = self.text.get(self.line_start(pair.key.span.start)..pair.key.span.start)?;
        margin.bytes().all(|byte| byte == b' ').then_some(margin.len())
    }

    /// How far the file indents: from what the entries show.
    fn indent(&self) -> usize {
        let shown = || {
            let databases = self.root()?.find("databases")?;
            let entry = databases.value.pairs().first()?;
            let inner = entry.value.pairs().first();
            let (outer, inner) = inner.map_or((databases, entry), |inner| (entry, inner));
            self.column(inner)?.checked_sub(self.column(outer)?).filter(|indent| *indent > 0)
        };
        shown().unwrap_or(INDENT)
    }

    /// Whether a pair stands between braces.
    fn is_in_flow(&self, pair: &Pair) -> bool {
        fn within(node: &Node, at: usize) -> bool {
            let Kind::Mapping { flow, pairs } = &node.kind else { return false };
            (*flow && node.span.contains(&at))
                || pairs.iter().any(|pair| pair.value.span.contains(&at) && within(&pair.value, at))
        }
        self.root().is_some_and(|root| within(root, pair.key.span.start))
    }

    /// The colon between key and value.
    fn colon(&self, pair: &Pair) -> Option<usize> {
        let after = self.text.get(pair.key.span.end..)?;
        let blank = after.len() - after.trim_start_matches([' ', '\t']).len();
        after.get(blank..)?.starts_with(':').then_some(pair.key.span.end + blank)
    }

    /// Where the last character of a pair ends, without the blank lines a block of text may take up.
    fn end_of(&self, pair: &Pair) -> Option<usize> {
        if pair.value.is_absent() {
            return Some(self.colon(pair)? + 1);
        }
        let span: Range<usize> = pair.key.span.start..pair.value.span.end;
        Some(pair.key.span.start + self.text.get(span)?.trim_end().len())
    }

    /// The end of the last line of a pair: what follows its value on that line may only be a comment; comments on further
    /// lines are its own when they are indented deeper.
    fn end_of_lines(&self, pair: &Pair) -> Option<usize> {
        let column = self.column(pair)?;
        let end = self.end_of(pair)?;
        let mut at = self.line_end(end);
        let rest = self.text.get(end..at)?.trim_start();
        if !(rest.is_empty() || rest.starts_with('#')) {
            return None;
        }
        let mut ahead = at;
        while let width @ 1.. = self.break_at(ahead) {
            let start = ahead + width;
            ahead = self.line_end(start);
            let line = self.text.get(start..ahead)?;
            let content = line.trim_start();
            if content.starts_with('#') && line.len() - content.len() > column {
                at = ahead;
            } else if !content.is_empty() {
                break;
            }
        }
        Some(at)
    }

    fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
    }

    /// Where the line break after a place stands, or the end of the text.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let line = rest.find('\n').and_then(|end| rest.get(..end)).unwrap_or(rest);
        at + line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// The width of the line break at a place; 0 if there is none.
    fn break_at(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        ["\r\n", "\n"].iter().find(|newline| rest.starts_with(**newline)).map_or(0, |newline| newline.len())
    }

    fn break_before(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        ["\r\n", "\n"].iter().find(|newline| before.ends_with(**newline)).map_or(0, |newline| newline.len())
    }
}

/// The text with one range replaced.
fn splice(text: &str, range: Range<usize>, with: &str) -> Option<String> {
    let (before, after) = (text.get(..range.start)?, text.get(range.end..)?);
    (range.start <= range.end).then(|| format!("{before}{with}{after}"))
}
