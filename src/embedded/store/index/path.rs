//! Attribute paths of indexes: `a`, `a.b`, `tags[*]`, `tags[*].name`.

use crate::{
    embedded::{
        error::Error,
        value::{Str, Value},
    },
    wire::ErrorNum,
};

/// A parsed attribute path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    /// The attributes up to the array, or all.
    head: Vec<Str>,
    /// The attributes inside the members of the array (`[*]`), if the path goes through one.
    tail: Option<Vec<Str>>,
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// 1220 for empty attribute names and for more than one `[*]`.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let bad = || Error::from(ErrorNum::ATTRIBUTE_PARSER_FAILED);
        let names = |text: &str| -> Result<Vec<Str>, Error> {
            text.split('.')
                .map(|name| if name.is_empty() || name.contains(['[', ']']) { Err(bad()) } else { Ok(Str::from(name)) })
                .collect()
        };
        let Some((head, tail)) = text.split_once("[*]") else {
            return Ok(Self { head: names(text)?, tail: None });
        };
        let tail = match tail.strip_prefix('.') {
            Some(tail) => names(tail)?,
            None if tail.is_empty() => Vec::new(),
            None => return Err(bad()),
        };
        Ok(Self { head: names(head)?, tail: Some(tail) })
    }

    /// Whether it goes through an array.
    pub(super) fn is_array(&self) -> bool {
        self.tail.is_some()
    }

    /// The first attribute.
    pub(super) fn first(&self) -> &str {
        self.head.first().map_or("", |name| name)
    }

    /// The values of a document: one, or those of the members of an array.
    pub(super) fn values(&self, document: &Value) -> Vec<Value> {
        let value = walk(document, &self.head);
        match (&self.tail, value) {
            (None, value) => vec![value.clone()],
            (Some(tail), Value::Array(items)) => items.iter().map(|item| walk(item, tail).clone()).collect(),
            (
                Some(_),
                Value::Null | Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::String(_) | Value::Object(_),
            ) => {
                vec![Value::Null]
            }
        }
    }
}

fn walk<'a>(value: &'a Value, names: &[Str]) -> &'a Value {
    names.iter().fold(value, |value, name| value.get(name))
}
