//! One request, taken apart: who asks, which database, what stood in the path, the parameters and the body.

use std::sync::{Arc, atomic::AtomicBool};

use bytes::Bytes;
use http::HeaderMap;
use percent_encoding::percent_decode_str;

use crate::wire::ErrorNum;

use super::{
    super::{
        engine::{Caller, Engine},
        store::{Collection, Database, Snapshot},
        value::{Value, json},
    },
    error::Failure,
};

/// A request on its way through a handler.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// The engine asked.
    pub(crate) engine: &'a Engine,
    /// Who asks.
    pub(crate) caller: &'a Caller,
    /// The database the path names, `_system` without one.
    pub(crate) database: Arc<Database>,
    /// The segments the route's `*` stand for.
    pub(super) captures: Vec<String>,
    /// The parameters after the `?`.
    pub(super) parameters: Parameters,
    /// The headers.
    pub(crate) headers: &'a HeaderMap,
    /// Set when nobody waits for the answer any more, or when its query has been killed.
    pub(super) abandoned: Arc<AtomicBool>,
    /// The body as it came.
    pub(crate) body: Bytes,
}

impl Call<'_> {
    /// The segment the `index`-th `*` of the route stands for.
    pub(crate) fn segment(&self, index: usize) -> &str {
        self.captures.get(index).map_or("", String::as_str)
    }

    /// A parameter's value.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)
    }

    /// A parameter that is true or false, when it is given.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.parameter(name).map(|text| matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "on" | "y" | "1"))
    }

    /// A header's value, when it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A revision from `If-Match` or `If-None-Match`, without the quotes around it.
    pub(crate) fn revision_in_header(&self, name: &str) -> Option<&str> {
        let text = self.header(name)?.trim();
        let text = text.strip_prefix("W/").unwrap_or(text).trim_matches(['"', '\'']);
        Some(text).filter(|text| !text.is_empty() && *text != "*")
    }

    /// The body as JSON; null when there is none.
    ///
    /// # Errors
    /// 415 for VelocyPack, 600 for what is not JSON.
    pub(crate) fn json(&self) -> Result<Value, Failure> {
        if self.header("content-type").is_some_and(|kind| kind.starts_with("application/x-velocypack")) {
            let message = "the embedded engine takes JSON bodies only, not VelocyPack";
            return Err(Failure::new(ErrorNum::HTTP_BAD_PARAMETER, message).with_status(415));
        }
        if self.body.trim_ascii().is_empty() {
            return Ok(Value::Null);
        }
        parse_json(&self.body)
    }

    /// The body as a JSON object.
    ///
    /// # Errors
    /// 400 when it is something else, and as [`Self::json`].
    pub(crate) fn json_object(&self) -> Result<Value, Failure> {
        let body = self.json()?;
        if body.as_object().is_none() {
            return Err(Failure::bad_parameter("expecting a JSON object in the request body"));
        }
        Ok(body)
    }

    /// The state of the database of now.
    pub(crate) fn snapshot(&self) -> Snapshot {
        self.database.snapshot()
    }

    /// The user's name, when it is a user who asks.
    pub(crate) fn user(&self) -> Option<&str> {
        self.caller.user()
    }
}

/// A collection by name or id.
///
/// # Errors
/// 1203 when there is none.
pub(super) fn find_collection<'s>(snapshot: &'s Snapshot, name: &str) -> Result<&'s Collection, Failure> {
    snapshot.collection(name).ok_or_else(|| unknown_collection(name))
}

/// 1203 for a name.
pub(super) fn unknown_collection(name: &str) -> Failure {
    Failure::new(ErrorNum::DATA_SOURCE_NOT_FOUND, format!("{}: {name}", ErrorNum::DATA_SOURCE_NOT_FOUND.text()))
}

/// Reads JSON.
///
/// # Errors
/// 600 with what is wrong and where.
pub(super) fn parse_json(text: &[u8]) -> Result<Value, Failure> {
    json::parse(text).map_err(|error| {
        Failure::new(ErrorNum::CORRUPTED_JSON, format!("{}: {error}", ErrorNum::CORRUPTED_JSON.text()))
    })
}

/// The parameters after the `?`, decoded. The last one of a name counts.
#[derive(Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads what stands after the `?`.
    pub(super) fn parse(query: &str) -> Self {
        let decode = |text: &str| decode(&text.replace('+', " "));
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    /// The value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Percent-decodes; bytes that are not UTF-8 become U+FFFD, which no stored name matches.
pub(super) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
