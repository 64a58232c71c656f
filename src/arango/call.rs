//! One request on its way: method, path, query, headers and body, escaped and encoded in one place.

use std::{fmt::Display, time::Duration};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::{error::Error, transport::Deadline};
use crate::wire::DatabaseName;

/// What stands as it is in a path segment or a query value: the unreserved characters.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A request to be sent with [`super::Database::send`] or [`super::Database::call`].
#[derive(Debug, Clone)]
pub struct Call {
    method: Method,
    path: String,
    query: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
    timeout: Option<Duration>,
    fault: Option<String>,
}

impl Call {
    /// A request for the path made of these segments, e.g. `["_api", "document", "users", "1"]`; each is escaped.
    pub fn new(method: Method, segments: &[&str]) -> Self {
        let mut path = String::new();
        let mut fault = None;
        for segment in segments {
            // URLs give these a meaning of their own, escaped or not.
            if matches!(*segment, "." | "..") {
                fault = Some(format!("`{segment}` cannot be addressed in a URL"));
            }
            path.push('/');
            path.extend(utf8_percent_encode(segment, ESCAPED));
        }
        Self { method, path, query: String::new(), headers: Vec::new(), body: Bytes::new(), timeout: None, fault }
    }

    /// A `GET` request.
    pub fn get(segments: &[&str]) -> Self {
        Self::new(Method::GET, segments)
    }

    /// A `POST` request.
    pub fn post(segments: &[&str]) -> Self {
        Self::new(Method::POST, segments)
    }

    /// A `PUT` request.
    pub fn put(segments: &[&str]) -> Self {
        Self::new(Method::PUT, segments)
    }

    /// A `PATCH` request.
    pub fn patch(segments: &[&str]) -> Self {
        Self::new(Method::PATCH, segments)
    }

    /// A `DELETE` request.
    pub fn delete(segments: &[&str]) -> Self {
        Self::new(Method::DELETE, segments)
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl Display) -> Self {
        self.query.push(if self.query.is_empty() { '?' } else { '&' });
        self.query.extend(utf8_percent_encode(name, ESCAPED));
        self.query.push('=');
        self.query.extend(utf8_percent_encode(&value.to_string(), ESCAPED));
        self
    }

    /// Adds a query parameter if there is a value for it.
    #[must_use]
    pub fn query_opt(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => self.headers.push((name, value)),
            Err(_) => self.fault = Some(format!("the header `{name}` has characters that cannot be sent")),
        }
        self
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => self.body = body.into(),
            Err(error) => self.fault = Some(error.to_string()),
        }
        self
    }

    /// Sets a body that is JSON already.
    #[must_use]
    pub fn json_text(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Lets the exchange take this long instead of the database's timeout.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The request as a transport takes it.
    pub(super) fn into_request(
        self,
        database: Option<&DatabaseName>,
        timeout: Duration,
    ) -> Result<Request<Bytes>, Error> {
        if let Some(fault) = self.fault {
            return Err(Error::Request(fault));
        }
        let mut uri = String::with_capacity(self.path.len() + self.query.len() + 32);
        if let Some(database) = database {
            uri.push_str("/_db/");
            uri.extend(utf8_percent_encode(database.as_str(), ESCAPED));
        }
        uri.push_str(&self.path);
        uri.push_str(&self.query);
        let mut request = Request::builder().method(self.method).uri(uri);
        if !self.body.is_empty() {
            request = request.header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        request = request.extension(Deadline(self.timeout.unwrap_or(timeout)));
        request.body(self.body).map_err(|error| Error::Request(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_so_that_they_stay_one_segment_or_one_value() {
        let call = Call::get(&["_api", "collection", "a/b c?d#é%"]).query("q", "x&y=z +").query_opt("n", None::<u8>);
        let database = DatabaseName::parse("my db").unwrap();
        let request = call.into_request(Some(&database), Duration::from_secs(1)).unwrap();
        assert_eq!(
            request.uri().to_string(),
            "/_db/my%20db/_api/collection/a%2Fb%20c%3Fd%23%C3%A9%25?q=x%26y%3Dz%20%2B"
        );
        assert_eq!(Deadline::of(&request), Duration::from_secs(1));
    }

    #[test]
    fn a_segment_of_dots_cannot_climb_up_the_path() {
        for segment in [".", ".."] {
            let call = Call::get(&["_api", "document", "users", segment]);
            assert!(matches!(call.into_request(None, Duration::from_secs(1)), Err(Error::Request(_))));
        }
    }

    #[test]
    fn a_header_that_cannot_be_sent_is_reported_instead_of_left_out() {
        let call = Call::get(&["x"]).header(header::IF_MATCH, "a\nb");
        assert!(matches!(call.into_request(None, Duration::from_secs(1)), Err(Error::Request(_))));
    }
}
