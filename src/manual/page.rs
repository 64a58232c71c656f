//! How the pages of the manual are written, and their reader.
//!
//! A page is a text file. A topic begins with `# ` and its name, or the first form of a function. The lines below describe
//! it, except those that begin with one of these words:
//!
//! ```text
//! # SUBSTRING(text, offset, length?)     a function: this is its syntax as well
//! also: SUBSTR, MID                      other names for the same
//! syntax: …                              (further) forms
//! The part of a text …                   the description
//! example: SUBSTRING("graph", 1, 3)      a query, or an expression
//! bind: {"name": 1}                      values of the example's bind parameters
//! result: "rap"                          JSON: the rows, or the value
//! see: LEFT, RIGHT                       related topics
//! words: slice, part of a text           what else people may look for
//! server only                            the embedded engine does not have it
//! ```
//!
//! A line indented by two blanks continues the one above. Tests hold that pages are written like this.

use super::topic::{Kind, Topic};

/// A page: topics of one kind, under one heading.
struct Page {
    section: &'static str,
    kind: Kind,
    text: &'static str,
}

macro_rules! pages {
    ($($kind:ident $section:literal $file:literal,)*) => {
        &[$(Page { section: $section, kind: Kind::$kind, text: include_str!(concat!("pages/", $file)) }),*]
    };
}

/// The pages, in the order of the table of contents.
const PAGES: &[Page] = pages! {
    Operation "Reading" "queries.txt",
    Operation "Writing" "writes.txt",
    Operation "Graphs" "graphs.txt",
    Concept "Language" "concepts.txt",
    Function "Strings" "strings.txt",
    Function "Numbers" "numbers.txt",
    Function "Dates" "dates.txt",
    Function "Arrays" "arrays.txt",
    Function "Objects and documents" "objects.txt",
    Function "Types and choices" "types.txt",
    Function "Geo" "geo.txt",
    Function "Search" "search.txt",
};

/// Reads all pages.
pub(super) fn read_all() -> Vec<Topic> {
    // What stands before the first heading is for those who edit the page.
    PAGES.iter().flat_map(|page| page.text.split("\n# ").skip(1).map(|text| read(page, text))).collect()
}

/// Reads a topic from the text behind its `# `.
fn read(page: &Page, text: &'static str) -> Topic {
    let mut entries = entries(text).into_iter();
    let heading = entries.next().map_or("", |(_, first)| first);
    let (name, form) = match heading.split_once('(') {
        Some((name, _)) if page.kind == Kind::Function => (name, heading),
        _ => (heading, ""),
    };
    let mut topic = Topic {
        name,
        kind: page.kind,
        section: page.section,
        also: Vec::new(),
        syntax: form.to_owned(),
        description: String::new(),
        example: None,
        bind: None,
        result: None,
        see_also: Vec::new(),
        words: Vec::new(),
        server_only: false,
    };
    for (word, text) in entries {
        match word {
            "also" => topic.also.extend(list(text)),
            "syntax" => add(&mut topic.syntax, &unindented(text)),
            "example" => topic.example = Some(unindented(text)),
            "bind" => topic.bind = Some(unindented(text)),
            "result" => topic.result = Some(unindented(text)),
            "see" => topic.see_also.extend(list(text)),
            "words" => topic.words.extend(list(text)),
            "server only" => topic.server_only = true,
            _ => add(&mut topic.description, text),
        }
    }
    topic
}

/// The words that may begin a line.
const WORDS: [&str; 7] = ["also", "syntax", "example", "bind", "result", "see", "words"];

/// The lines of a topic, each with the lines that continue it: its word, if it begins with one, and the rest.
fn entries(text: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    let mut rest = text.trim_end();
    while !rest.is_empty() {
        let end = rest
            .match_indices('\n')
            .map(|(at, _)| at)
            .find(|at| rest.get(at + 1..).is_some_and(|next| !next.starts_with("  ")));
        let (entry, further) = end.and_then(|end| rest.split_at_checked(end)).unwrap_or((rest, ""));
        rest = further.trim_start_matches('\n');
        found.push(match entry.split_once(':') {
            Some((word, text)) if WORDS.contains(&word) => (word, text.trim_start_matches(' ')),
            _ if entry == "server only" => (entry, ""),
            _ => ("", entry),
        });
    }
    found
}

/// The items of a list with commas.
fn list(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// A block whose lines after the first are indented because they continue it; the first may be empty.
fn unindented(text: &str) -> String {
    text.trim_start_matches('\n').replace("\n  ", "\n").trim().to_owned()
}

/// Adds a line.
fn add(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}
