//! The numbers of one moment, whichever format they are told in.

use std::collections::HashMap;

/// What a sample says.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A whole number.
    Count(u64),
    /// Any other.
    Amount(f64),
    /// How many there are of which size.
    Distribution(Distribution),
}

/// How many things there are of which size.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// Upper ends of the classes.
    pub bounds: &'static [f64],
    /// How many are in each class alone.
    pub classes: Vec<u64>,
    /// How many there are, those above the last bound too.
    pub count: u64,
    /// Of all sizes.
    pub sum: f64,
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Count(u64::try_from(count).unwrap_or(u64::MAX))
    }
}

impl From<bool> for Value {
    fn from(holds: bool) -> Self {
        Self::Count(holds.into())
    }
}

impl From<f64> for Value {
    fn from(amount: f64) -> Self {
        Self::Amount(amount)
    }
}

impl From<Distribution> for Value {
    fn from(distribution: Distribution) -> Self {
        Self::Distribution(distribution)
    }
}

/// A number and what it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// What tells it from others of its metric.
    pub labels: Vec<(&'static str, String)>,
    /// What it says.
    pub value: Value,
}

/// Samples by their metric: those of one have to stand together.
#[derive(Debug, Default)]
pub struct Exposition(HashMap<&'static str, Vec<Sample>>);

impl Exposition {
    /// Adds a sample.
    pub fn sample(&mut self, name: &'static str, labels: &[(&'static str, &str)], value: impl Into<Value>) {
        let labels = labels.iter().map(|(label, text)| (*label, (*text).to_owned())).collect();
        self.0.entry(name).or_default().push(Sample { labels, value: value.into() });
    }

    /// The samples of a metric, in the order they came in.
    pub fn samples(&self, name: &str) -> &[Sample] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}
