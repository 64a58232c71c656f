//! The layer in front of the endpoint that finds out who calls and what for: from a token in the `Authorization` header, from the
//! name in a client's certificate, from the path. What it finds is all the endpoint needs; the header goes no further.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::Response,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value, json};
use url::Url;

use super::{SERVER_NAME, session_id::Authenticated};
use crate::{
    access::{Gate, Identity, Refusal},
    config::{Access, Config, DatabaseKey, Rights},
    tenancy::Principal,
    tools::Services,
};

/// In front of the key of the database a path is for.
const PINNED: &str = "/mcp/db/";
/// Parameters of a query that people put tokens into.
const TOKEN_PARAMETERS: [&str; 3] = ["access_token", "token", "api_key"];
/// JSON-RPC's "invalid request".
const INVALID_REQUEST: i32 = -32600;
/// Seconds after which it is worth asking again when it could not be told whether a token is good.
const RETRY_SECONDS: &str = "10";
/// What stands unencoded in the segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What the layer works with.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) gate: Arc<Gate>,
    pub(crate) services: Arc<Services>,
}

/// What a request says about who sends it.
struct Shown<'a> {
    uri: &'a Uri,
    headers: &'a HeaderMap,
    /// Who the connection itself has proved to be.
    proved: Option<Principal>,
}

/// Why a request goes no further.
#[derive(Debug, PartialEq, Eq)]
enum Stop {
    /// It carries no token where one is needed.
    NoToken,
    /// It carries one in a way that is not taken.
    Misplaced(&'static str),
    Refused(Refusal),
    /// Its path is not that of a database this caller may use.
    NoSuchDatabase,
}

/// A step: nobody gets on who is not known.
pub(crate) async fn authenticate<F: Future<Output = Response>>(
    door: &Door,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let config = door.services.config();
    let shown = Shown {
        uri: request.uri(),
        headers: request.headers(),
        proved: request.extensions().get::<Authenticated>().map(|proved| proved.principal.clone()),
    };
    match door.identify(shown, &config).await {
        Ok(identity) => {
            request.headers_mut().remove(header::AUTHORIZATION);
            if let Some(Identity { principal, rights }) = identity {
                request.extensions_mut().insert(Authenticated { principal, rights });
            }
            next(request).await
        }
        Err(stop) => {
            // Without its address, which may hold a token that was put in the wrong place.
            tracing::debug!(?stop, "a request was refused");
            door.answer(&stop, config.access())
        }
    }
}

impl Door {
    /// Who calls; nobody in particular where nobody is asked and the path is for all databases.
    async fn identify(&self, shown: Shown<'_>, config: &Config) -> Result<Option<Identity>, Stop> {
        refuse_in_query(shown.uri.query())?;
        let path = pinned_by(shown.uri.path())?;
        let certificate = self.certificate(shown.proved.as_ref(), config.access())?;
        let token = if self.gate.asks() { Some(self.token(shown.headers, config.access()).await?) } else { None };
        // Each is a ceiling of its own; the token says whose request it is.
        let identity = match (token, certificate) {
            (Some(token), Some(certificate)) => Some(limited(token, &certificate.rights)),
            (token, certificate) => token.or(certificate),
        };
        let Some(key) = path else { return Ok(identity) };
        let everyone = || Identity { principal: Principal::anonymous(), rights: Arc::default() };
        let identity = identity.unwrap_or_else(everyone);
        if config.entry(&key).is_none() || !identity.rights.reach(&key) {
            return Err(Stop::NoSuchDatabase);
        }
        Ok(Some(limited(identity, &Rights::pinned_to(key))))
    }

    async fn token(&self, headers: &HeaderMap, access: &Access) -> Result<Identity, Stop> {
        let token = bearer(headers)?;
        self.gate.admit(token, access).await.map_err(Stop::Refused)
    }

    /// Who the connection itself has proved to be with a certificate, if it has.
    fn certificate(&self, proved: Option<&Principal>, access: &Access) -> Result<Option<Identity>, Stop> {
        let Some(name) = proved.and_then(|proved| proved.as_str().strip_prefix("cert:")) else { return Ok(None) };
        self.gate.certificate(name, access).map(Some).map_err(Stop::Refused)
    }

    /// The answer to a request that goes no further.
    fn answer(&self, stop: &Stop, access: &Access) -> Response {
        let (status, error, message) = match stop {
            Stop::NoToken => {
                let message = "a token is needed: send `Authorization: Bearer TOKEN`";
                (StatusCode::UNAUTHORIZED, None, message.to_owned())
            }
            Stop::Misplaced(problem) => (StatusCode::BAD_REQUEST, Some("invalid_request"), (*problem).to_owned()),
            Stop::Refused(Refusal::Invalid(why)) => (StatusCode::UNAUTHORIZED, Some("invalid_token"), why.clone()),
            Stop::Refused(Refusal::Worthless(why)) => (StatusCode::FORBIDDEN, Some("insufficient_scope"), why.clone()),
            Stop::Refused(Refusal::Unknown(why)) => (StatusCode::SERVICE_UNAVAILABLE, None, why.clone()),
            Stop::NoSuchDatabase => {
                let message =
                    format!("there is no such database; the path is {PINNED}KEY with the key of a configured one");
                (StatusCode::NOT_FOUND, None, message)
            }
        };
        let body = json!({ "jsonrpc": "2.0", "id": null, "error": { "code": INVALID_REQUEST, "message": message } });
        let mut response = json_response(status, &body);
        let headers = response.headers_mut();
        match status {
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
            }
            StatusCode::NOT_FOUND => {}
            _ => {
                let challenge = self.challenge(error, &message, access);
                headers.extend(challenge.map(|challenge| (header::WWW_AUTHENTICATE, challenge)));
            }
        }
        response
    }

    /// What RFC 6750 and RFC 9728 have said to a caller who has to come back with a token, or with another.
    fn challenge(&self, error: Option<&str>, message: &str, access: &Access) -> Option<HeaderValue> {
        let metadata = self.gate.authorities().and_then(|(resource, _)| resource.metadata_url());
        let scope = metadata.is_some().then(|| Gate::scopes(access).join(" "));
        let said = [
            ("realm", Some(SERVER_NAME)),
            ("error", error),
            ("error_description", error.map(|_| message)),
            ("resource_metadata", metadata.as_ref().map(Url::as_str)),
            ("scope", scope.as_deref()),
        ];
        let plain = |value: &str| value.replace(|c: char| c.is_control() || matches!(c, '"' | '\\'), "");
        let said = said.iter().filter_map(|(name, value)| Some(format!("{name}=\"{}\"", plain((*value)?))));
        HeaderValue::from_str(&format!("Bearer {}", said.collect::<Vec<_>>().join(", "))).ok()
    }

    /// What RFC 9728 has clients read to learn where tokens come from.
    fn metadata(&self) -> Option<Value> {
        let (resource, issuers) = self.gate.authorities()?;
        let config = self.services.config();
        Some(json!({
            "resource": resource.as_str(),
            "authorization_servers": issuers.iter().map(|issuer| issuer.as_str()).collect::<Vec<_>>(),
            "scopes_supported": Gate::scopes(config.access()),
            "bearer_methods_supported": ["header"],
            "resource_name": SERVER_NAME,
        }))
    }
}

/// The metadata of the endpoint as a protected resource; not found where it asks for no tokens of others.
pub(crate) async fn metadata(State(door): State<Arc<Door>>) -> Response {
    match door.metadata() {
        Some(metadata) => json_response(StatusCode::OK, &metadata),
        None => json_response(StatusCode::NOT_FOUND, &json!({ "error": "this server takes no OAuth tokens" })),
    }
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn limited(identity: Identity, ceiling: &Rights) -> Identity {
    Identity { rights: Arc::new(identity.rights.and(ceiling)), ..identity }
}

/// Refuses tokens in the address of a request: addresses end up in logs and histories.
fn refuse_in_query(query: Option<&str>) -> Result<(), Stop> {
    let mut names = query.unwrap_or_default().split('&').map(|pair| pair.split('=').next().unwrap_or(pair));
    if names.any(|name| TOKEN_PARAMETERS.iter().any(|parameter| name.eq_ignore_ascii_case(parameter))) {
        let problem = "tokens are not taken from the address, where logs keep them: send `Authorization: Bearer TOKEN`, and \
                       revoke the token that was sent";
        return Err(Stop::Misplaced(problem));
    }
    Ok(())
}

/// The token of a request.
fn bearer(headers: &HeaderMap) -> Result<&str, Stop> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or(Stop::NoToken)?;
    if values.next().is_some() {
        return Err(Stop::Misplaced("there is more than one Authorization header"));
    }
    let malformed = Stop::Misplaced("the Authorization header is not of the form `Bearer TOKEN`");
    let Some((scheme, token)) = value.to_str().ok().and_then(|text| text.split_once(' ')) else {
        return Err(malformed);
    };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Stop::NoToken);
    }
    let token = token.trim_matches(' ');
    if token.is_empty() || token.contains([' ', ',']) { Err(malformed) } else { Ok(token) }
}

/// The database a path is for. There is one way to write each: a proxy in front that judges paths must not see another one.
fn pinned_by(path: &str) -> Result<Option<DatabaseKey>, Stop> {
    let Some(segment) = path.strip_prefix(PINNED) else { return Ok(None) };
    let key = percent_decode_str(segment).decode_utf8().ok().and_then(|text| DatabaseKey::parse(text).ok());
    let key = key.ok_or(Stop::NoSuchDatabase)?;
    let text = key.as_str();
    let is_step = matches!(text, "." | "..") || text.contains(['/', '\\']);
    if is_step || utf8_percent_encode(text, SEGMENT).to_string() != segment {
        return Err(Stop::NoSuchDatabase);
    }
    Ok(Some(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::Toolbox,
        config::Grant,
        tools::{Registry, test_services},
    };

    #[test]
    fn a_path_names_a_database_in_one_way_only() {
        let of = |path: &str| pinned_by(path).map(|key| key.map(|key| key.to_string()));
        assert_eq!(of("/mcp"), Ok(None));
        assert_eq!(of("/mcp/db/sales"), Ok(Some("sales".to_owned())));
        assert_eq!(of("/mcp/db/a%20b"), Ok(Some("a b".to_owned())));
        for bad in [
            "",
            ".",
            "..",
            "%2e%2e",
            "%2E%2E",
            "..;",
            "/sales",
            "sales/",
            "sales/x",
            "sales%2Fx",
            "sales%5Cx",
            "s%61les",
            "a%20b%2",
            "%00",
            "%ff",
            "sales;x=1",
            "sales%",
            "a%2fb",
        ] {
            assert_eq!(of(&format!("/mcp/db/{bad}")), Err(Stop::NoSuchDatabase), "{bad}");
        }
        assert_eq!(of(&format!("/mcp/db/{}", "x".repeat(129))), Err(Stop::NoSuchDatabase));
    }

    #[test]
    fn a_token_comes_in_one_header_and_nowhere_else() {
        let headers = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            }
            headers
        };
        assert_eq!(bearer(&headers(&["bearer  abc "])), Ok("abc"));
        assert_eq!(bearer(&headers(&[])), Err(Stop::NoToken));
        assert_eq!(bearer(&headers(&["Basic abc"])), Err(Stop::NoToken));
        for bad in [&["Bearer a", "Bearer b"][..], &["Bearer"], &["Bearer "], &["Bearer a b"], &["Bearer a,b"]] {
            assert!(matches!(bearer(&headers(bad)), Err(Stop::Misplaced(_))), "{bad:?}");
        }
        for bad in ["access_token=x", "a=b&Token=x", "token"] {
            assert!(refuse_in_query(Some(bad)).is_err(), "{bad}");
        }
        assert!(refuse_in_query(Some("tokens=1")).is_ok() && refuse_in_query(None).is_ok());
    }

    #[tokio::test]
    async fn a_certificate_that_the_connection_proved_is_worth_what_the_configuration_says() {
        let gate = Arc::new(Gate::open(Toolbox::of(&Registry::standard())));
        let door = Door { gate, services: test_services() };
        let proved = Principal::new("cert:batch");
        let reading = Grant { read_only: Some(true), ..Grant::default() };
        let access =
            Access { certificates: Some([("batch".to_owned(), reading)].into_iter().collect()), ..Access::default() };
        let identity = door.certificate(Some(&proved), &access).unwrap().unwrap();
        assert_eq!((identity.principal.as_str(), identity.rights.read_only), ("cert:batch", true));
        let none = Access { certificates: Some(indexmap::IndexMap::new()), ..Access::default() };
        let refused = door.certificate(Some(&proved), &none).unwrap_err();
        assert_eq!(door.answer(&refused, &none).status(), StatusCode::FORBIDDEN);
    }
}
