//! The functions of AQL: one file a category, each with a table of what it defines. [`lookup`] finds one by name.
#![expect(clippy::unnecessary_wraps, reason = "the tables want one signature for all functions")]

use std::{collections::HashMap, sync::LazyLock};

use crate::{clock::Random, wire::ErrorNum};

use super::{error::Error, value::Value};

mod answer;
mod array;
mod array_sets;
pub mod bit;
pub mod data;
mod date;
mod document;
pub mod dynamic;
mod fulltext;
mod geo;
pub mod misc;
pub mod numeric;
pub mod regex;
pub mod schema;
pub mod score;
pub mod stats;
pub mod string;
pub mod type_check;
pub mod unsupported;
pub mod vector;

pub use date::iso_string;

/// Every category's functions.
const TABLES: &[&[Function]] = &[
    array::FUNCTIONS,
    array_sets::FUNCTIONS,
    date::FUNCTIONS,
    document::FUNCTIONS,
    geo::FUNCTIONS,
    geo::legacy::FUNCTIONS,
    type_check::FUNCTIONS,
    numeric::FUNCTIONS,
    stats::FUNCTIONS,
    schema::FUNCTIONS,
    score::FUNCTIONS,
    vector::FUNCTIONS,
    bit::FUNCTIONS,
    string::FUNCTIONS,
    string::encode::FUNCTIONS,
    string::search::FUNCTIONS,
    string::similarity::FUNCTIONS,
    string::split::FUNCTIONS,
    regex::FUNCTIONS,
    misc::FUNCTIONS,
    data::FUNCTIONS,
    dynamic::FUNCTIONS,
    fulltext::FUNCTIONS,
    unsupported::FUNCTIONS,
];

/// The most arguments of a function that takes any number.
pub const ANY: usize = usize::MAX;

/// What a call gives.
pub type Outcome = Result<Value, Error>;

/// What a function does.
pub type Call = fn(&mut Context<'_>, &[Value]) -> Outcome;

/// A function of AQL.
#[derive(Debug)]
pub struct Function {
    /// Its name, in upper case.
    pub name: &'static str,
    /// The fewest arguments it takes.
    pub min: usize,
    /// The most arguments it takes; `usize::MAX` for any number.
    pub max: usize,
    /// Whether equal arguments give an equal result within a query, so that a call on constants can be folded.
    pub deterministic: bool,
    /// What it does. The number of arguments has been checked.
    pub call: Call,
}

impl Function {
    /// A function whose result depends on its arguments only.
    pub const fn new(name: &'static str, min: usize, max: usize, call: Call) -> Self {
        Self { name, min, max, deterministic: true, call }
    }

    /// A function whose result also depends on the data, the time, chance or the query.
    pub const fn volatile(name: &'static str, min: usize, max: usize, call: Call) -> Self {
        Self { name, min, max, deterministic: false, call }
    }

    /// Checks the number of arguments of a call.
    ///
    /// # Errors
    /// 1541 when the function takes fewer or more.
    pub fn check_count(&self, count: usize) -> Result<(), Error> {
        if (self.min..=self.max).contains(&count) {
            return Ok(());
        }
        let message = format!(
            "invalid number of arguments for function '{}()', expected number of arguments: minimum: {}, maximum: {}",
            self.name, self.min, self.max
        );
        Err(Error::new(ErrorNum::QUERY_FUNCTION_ARGUMENT_NUMBER_MISMATCH, message))
    }
}

/// What functions can ask of the query they run in.
pub struct Context<'a> {
    /// The time the query began, in milliseconds since 1970 (`DATE_NOW()` is the same throughout a query).
    pub now_millis: i64,
    /// Where `RAND()` and its like take from.
    pub random: &'a dyn Random,
    /// Where warnings go.
    pub warnings: &'a mut Warnings,
    /// The data the query may read.
    pub data: &'a dyn Data,
    /// Whether the query has been killed or its time is over.
    pub is_over: &'a dyn Fn() -> bool,
}

impl Context<'_> {
    /// Registers a warning; most functions then return null.
    ///
    /// # Errors
    /// The warning itself, when the query is to fail on warnings.
    pub fn warn(&mut self, num: ErrorNum, message: impl Into<String>) -> Result<(), Error> {
        self.warnings.add(num, message.into())
    }

    /// Registers 1542 for a function called with an argument of a wrong type, and gives null.
    ///
    /// # Errors
    /// The warning itself, when the query is to fail on warnings.
    pub fn wrong_type(&mut self, function: &str) -> Result<Value, Error> {
        let error = Error::about(ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH, function);
        self.warnings.add(error.num, error.message.into_owned())?;
        Ok(Value::Null)
    }
}

/// The data a query may read, as far as functions need it.
pub trait Data {
    /// The document with this `_id`.
    fn document(&self, id: &str) -> Option<Value>;
    /// Id and name of each collection, by name.
    fn collections(&self) -> Vec<(String, String)>;
    /// How many documents a collection holds, if it exists.
    fn collection_count(&self, name: &str) -> Option<usize>;
    /// All documents of a collection, if it exists.
    fn documents(&self, collection: &str) -> Option<Box<dyn Iterator<Item = Value> + '_>>;
    /// The definitions of its indexes.
    fn indexes(&self, collection: &str) -> Vec<Value>;
    /// The schema of a collection, null where it has none; nothing if there is no such collection.
    fn schema(&self, name: &str) -> Option<Value>;
    /// The current database's name.
    fn database_name(&self) -> String;
    /// The current user's name, if authentication is on.
    fn user(&self) -> Option<String>;
}

/// The warnings of one query.
#[derive(Debug, Clone, Default)]
pub struct Warnings {
    /// Number and message, in the order they came; no more than `limit`.
    pub list: Vec<(ErrorNum, String)>,
    /// How many are kept.
    pub limit: usize,
    /// Whether the first one is an error.
    pub fail: bool,
}

impl Warnings {
    /// Adds a warning.
    ///
    /// # Errors
    /// The warning itself, when the query is to fail on warnings.
    pub fn add(&mut self, num: ErrorNum, message: String) -> Result<(), Error> {
        if self.fail {
            return Err(Error::new(num, message));
        }
        if self.list.len() < self.limit {
            self.list.push((num, message));
        }
        Ok(())
    }
}

/// Finds a function by its name in upper case.
pub fn lookup(name: &str) -> Option<&'static Function> {
    static BY_NAME: LazyLock<HashMap<&'static str, &'static Function>> =
        LazyLock::new(|| all().map(|function| (function.name, function)).collect());
    BY_NAME.get(name).copied()
}

/// All functions, category by category.
pub fn all() -> impl Iterator<Item = &'static Function> {
    TABLES.iter().flat_map(|table| table.iter())
}

/// The function whose name is nearest to one that does not exist, if any is near.
pub fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_uppercase();
    all()
        .map(|function| (strsim::normalized_damerau_levenshtein(&name, function.name), function.name))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, name)| name)
}

/// The argument at a place; null when the call has fewer.
pub(crate) fn arg(args: &[Value], at: usize) -> &Value {
    static NULL: Value = Value::Null;
    args.get(at).unwrap_or(&NULL)
}

#[cfg(test)]
pub(crate) mod tests;
