//! A manual of AQL that works offline: operations, the ideas behind them, and every function, each with its syntax, what it
//! does in a sentence or two, an example and that example's result.
//!
//! The text is in `pages/`, to be edited by hand; `page.rs` says how it is written. It is read on first use. Our tests run
//! every example on the embedded engine, and compare the functions and the numbers of their arguments with the engine's own
//! table, so that the manual cannot promise what does not work.

use std::{collections::HashMap, sync::LazyLock};

mod page;
mod search;
mod topic;

pub use search::{search, suggest};
pub use topic::{Kind, Topic};

#[cfg(test)]
mod tests;

/// The documents and edges that examples work on, as JSON: a graph `social` and the documents of each collection.
pub const SAMPLE: &str = include_str!("pages/sample.json");

static TOPICS: LazyLock<Vec<Topic>> = LazyLock::new(page::read_all);

/// All topics, section by section.
pub fn topics() -> impl Iterator<Item = &'static Topic> {
    TOPICS.iter()
}

/// The topic of this name, or that is also known by it. Case, underscores, and `()` behind the name do not matter.
pub fn find(name: &str) -> Option<&'static Topic> {
    static BY_NAME: LazyLock<HashMap<String, &'static Topic>> =
        LazyLock::new(|| topics().flat_map(|topic| topic.names().map(move |name| (key(name), topic))).collect());
    BY_NAME.get(&key(name)).copied()
}

/// A name as it is compared.
fn key(name: &str) -> String {
    let name = name.trim().trim_end_matches("()");
    name.chars().map(|c| if matches!(c, '_' | '-') { ' ' } else { c.to_ascii_uppercase() }).collect()
}
