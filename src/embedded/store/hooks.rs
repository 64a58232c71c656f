//! What the store needs from the layers above it to compute attributes and to check schemas, without knowing them.

use std::fmt;

use crate::{
    embedded::{error::Error, value::Value},
    wire::ErrorNum,
};

/// The operations after which a computed value can be asked for (`computeOn`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// `insert`
    Insert,
    /// `update`
    Update,
    /// `replace`
    Replace,
}

impl Moment {
    /// The name in `computeOn`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Replace => "replace",
        }
    }
}

/// Computes attributes and checks schemas. Each method refuses by default, so that nothing is silently left out.
pub trait DocumentHooks: Send + Sync + fmt::Debug {
    /// Checks that an AQL expression (`RETURN …` over `@doc`) can compute a value.
    ///
    /// # Errors
    /// Says why it cannot.
    fn check_expression(&self, _expression: &str) -> Result<(), Error> {
        Err(Error::new(ErrorNum::NOT_IMPLEMENTED, "computed values are not supported by this engine"))
    }

    /// Computes a value for a document that has its system attributes already. A warning gives null, or an error when
    /// `fail_on_warning` is set.
    ///
    /// # Errors
    /// What the expression reports.
    fn compute(&self, _expression: &str, _document: &Value, _fail_on_warning: bool) -> Result<Value, Error> {
        Err(Error::new(ErrorNum::NOT_IMPLEMENTED, "computed values are not supported by this engine"))
    }

    /// Checks that a JSON schema (`rule`) can be used.
    ///
    /// # Errors
    /// 1621 says why it cannot.
    fn check_rule(&self, _rule: &Value) -> Result<(), Error> {
        Err(Error::new(ErrorNum::NOT_IMPLEMENTED, "schema validation is not supported by this engine"))
    }

    /// Checks a document without its system attributes against a rule that was found good.
    ///
    /// # Errors
    /// 1620 with `message`, the one of the schema.
    fn validate(&self, _rule: &Value, _document: &Value, _message: &str) -> Result<(), Error> {
        Err(Error::new(ErrorNum::NOT_IMPLEMENTED, "schema validation is not supported by this engine"))
    }
}
