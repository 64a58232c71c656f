//! Values as keys of hash tables, equal as AQL sees it.

use std::hash::{Hash, Hasher};

use crate::embedded::value::{Value, order};

/// Some values, to be found again.
#[derive(Debug, Clone)]
pub struct Key(pub Vec<Value>);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(a, b)| order::equal(a, b))
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for value in &self.0 {
            order::hash(value, state);
        }
    }
}

/// A set of single values.
pub type Set = std::collections::HashSet<Key, foldhash::fast::RandomState>;
