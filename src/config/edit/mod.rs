//! Edits of the configuration file that leave everything else in it alone: comments, order and formatting survive byte for
//! byte, as only the bytes of the edited entry are replaced.
//!
//! Each edit is made twice: on the file as data, which the strict reader then checks, and on its text. What the strict reader
//! makes of the new text must be the first result; else the text is one that this editor does not understand (anchors used
//! in two places, unusual forms), and nothing is changed.

mod change;
mod scalar;
mod splice;
mod tree;

use std::path::Path;

pub use change::{Change, Field, Fields, Setting};

use super::{Config, ConfigError, DatabaseKey, file};

/// Some editors put it at the beginning of a file.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The text of the file at `path` after a change, and what it then says.
///
/// # Errors
/// When the text is not a valid configuration, when the change does not fit (a key that is taken or not there, a value that is not
/// allowed), or when the text cannot be edited without touching more than was asked for.
pub fn apply(text: &str, path: &Path, change: &Change) -> Result<(String, Config), ConfigError> {
    let mut raw = file::read_yaml(text)?;
    // What is wrong already is said as such, and not laid on the change.
    file::check(file::read_yaml(text)?, path)?;
    change.apply(&mut raw)?;
    let wanted = file::check(raw, path)?;
    let (mark, body) = match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(body) => (BYTE_ORDER_MARK, body),
        None => ("", text),
    };
    let edited = splice::edit(body, change).map(|body| format!("{mark}{body}")).ok_or_else(|| not_editable(change))?;
    match file::parse(&edited, path) {
        Ok(config) if is_same(&config, &wanted) => Ok((edited, config)),
        _ => Err(not_editable(change)),
    }
}

/// Whether two configurations say the same in the same order.
fn is_same(left: &Config, right: &Config) -> bool {
    left.databases().iter().eq(right.databases())
        && left.default_database() == right.default_database()
        && left.access() == right.access()
}

fn not_editable(change: &Change) -> ConfigError {
    let key = match change {
        Change::Add { key, .. } | Change::Remove { key } | Change::Update { key, .. } => format!("databases.{key}"),
        Change::SetDefault(_) => "default_database".to_owned(),
    };
    let problem = "the file is written in a way that cannot be changed here without changing more than was asked for";
    ConfigError::new(key, problem).advise("change this entry with a text editor; nothing was changed")
}

#[cfg(test)]
mod tests;
