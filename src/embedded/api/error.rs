//! The engine's error as an HTTP answer: status and the envelope `{error, code, errorNum, errorMessage}`.

use crate::wire::ErrorNum;

use super::{
    super::{
        error::Error,
        value::{Object, Value},
    },
    reply::{Reply, fields},
};

/// Why a request was refused.
#[derive(Debug)]
pub(crate) struct Failure {
    status: u16,
    error: Error,
    extra: Option<Box<Object>>,
    headers: Vec<(&'static str, String)>,
}

impl Failure {
    /// A failure with the status ArangoDB gives its error number.
    pub(crate) fn new(num: ErrorNum, message: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Error::new(num, message).into()
    }

    /// 400 with errorNum 400, the answer to a parameter that makes no sense.
    pub(crate) fn bad_parameter(message: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::new(ErrorNum::HTTP_BAD_PARAMETER, message)
    }

    /// 501 for what ArangoDB can do and this engine cannot.
    pub(crate) fn unsupported(what: &str) -> Self {
        Self::new(ErrorNum::HTTP_NOT_IMPLEMENTED, format!("the embedded engine does not support {what}"))
    }

    /// The same with another status than the error number's usual one.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same with further attributes in the body.
    pub(crate) fn with_fields(mut self, extra: Object) -> Self {
        self.extra = Some(Box::new(extra));
        self
    }

    /// The same with a header.
    pub(crate) fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The answer a client gets.
    pub(crate) fn into_reply(self) -> Reply {
        let mut body = fields([("code", Value::Int(self.status.into()))]);
        body.extend(error_fields(&self.error));
        body.extend(self.extra.map(|extra| *extra).unwrap_or_default());
        let mut reply = Reply::bare(self.status, body);
        for (name, value) in self.headers {
            reply = reply.with_header(name, value);
        }
        reply
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { status: error.num.http_status(), error, extra: None, headers: Vec::new() }
    }
}

impl From<ErrorNum> for Failure {
    fn from(num: ErrorNum) -> Self {
        Error::from(num).into()
    }
}

/// `error`, `errorNum` and `errorMessage`, as they stand in error bodies and in the place of a failed item of many.
pub(super) fn error_fields(error: &Error) -> Object {
    fields([
        ("error", Value::Bool(true)),
        ("errorNum", Value::Int(error.num.0.into())),
        ("errorMessage", Value::from(error.message.as_ref())),
    ])
}
