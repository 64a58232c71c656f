//! Bind parameters: what the query declares against what the client gave.

use std::{cell::RefCell, collections::HashSet};

use crate::{
    aql::ast::Bind,
    embedded::{
        error::Error,
        value::{Object, Str, Value},
    },
    wire::ErrorNum,
};

/// The values of the bind parameters, and which of them have been asked for.
#[derive(Debug)]
pub(super) struct Binds<'a> {
    values: &'a Object,
    used: RefCell<HashSet<Str>>,
}

impl<'a> Binds<'a> {
    pub(super) fn new(values: &'a Object) -> Self {
        Self { values, used: RefCell::default() }
    }

    /// The value of a parameter.
    pub(super) fn value(&self, bind: &Bind) -> Result<&'a Value, Error> {
        let name = if bind.collection { format!("@{}", bind.name) } else { bind.name.clone() };
        let Some((name, value)) = self.values.get_key_value(name.as_str()) else {
            return Err(Error::about(ErrorNum::QUERY_BIND_PARAMETER_MISSING, &name));
        };
        self.used.borrow_mut().insert(name.clone());
        Ok(value)
    }

    /// The text of a parameter that has to be one and may not be empty.
    pub(super) fn text(&self, bind: &Bind) -> Result<&'a Str, Error> {
        match self.value(bind)? {
            Value::String(text) if !text.is_empty() => Ok(text),
            _ => Err(wrong_type(bind)),
        }
    }

    /// The attribute names of a parameter that stands for an attribute or a path of attributes.
    pub(super) fn path(&self, bind: &Bind) -> Result<Vec<Str>, Error> {
        match self.value(bind)? {
            Value::String(text) if !text.is_empty() => Ok(vec![text.clone()]),
            Value::Array(parts) if !parts.is_empty() => parts
                .iter()
                .map(|part| match part {
                    Value::String(text) if !text.is_empty() => Ok(text.clone()),
                    _ => Err(wrong_type(bind)),
                })
                .collect(),
            _ => Err(wrong_type(bind)),
        }
    }

    /// Refuses parameters that the query never asked for.
    pub(super) fn check_all_used(&self) -> Result<(), Error> {
        let used = self.used.borrow();
        match self.values.keys().find(|name| !used.contains(*name)) {
            Some(name) => Err(Error::about(ErrorNum::QUERY_BIND_PARAMETER_UNDECLARED, name)),
            None => Ok(()),
        }
    }
}

/// The error for a parameter whose value does not fit where it stands.
pub(super) fn wrong_type(bind: &Bind) -> Error {
    let name = if bind.collection { format!("@{}", bind.name) } else { bind.name.clone() };
    Error::about(ErrorNum::QUERY_BIND_PARAMETER_TYPE, &name)
}
