//! Proving who we are: nothing, Basic, or a token from `/_open/auth` that is renewed in time.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use super::{call::Call, database::decode, error::Error, transport::Transport};
use crate::observability::Secret;

/// User name and password.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The user.
    pub username: String,
    /// The password.
    pub password: Secret,
}

/// Adds to each request what the server wants to see. Cheap to clone; clones share their token.
#[derive(Debug, Clone)]
pub enum Authenticator {
    /// Nothing: the engine in this process trusts its caller.
    Nobody,
    /// The same header with every request.
    Basic(HeaderValue),
    /// A token that is fetched when first needed and renewed before it expires.
    Jwt(Arc<Jwt>),
}

impl Authenticator {
    /// User name and password with every request.
    pub fn basic(credentials: &Credentials) -> Self {
        let pair = Secret::new(format!("{}:{}", credentials.username, credentials.password.expose()));
        let text = Secret::new(format!("Basic {}", STANDARD.encode(pair.expose())));
        Self::Basic(sensitive(text.expose()))
    }

    /// Tokens in exchange for user name and password.
    pub fn jwt(credentials: Credentials) -> Self {
        Self::Jwt(Arc::new(Jwt { credentials, current: Mutex::default() }))
    }

    /// Sends a request with proof of who we are. A token the server no longer accepts is renewed once.
    pub(super) async fn send(
        &self,
        transport: &dyn Transport,
        mut request: Request<Bytes>,
    ) -> Result<Response<Bytes>, Error> {
        let jwt = match self {
            Self::Nobody => return Ok(transport.send(request).await?),
            Self::Basic(value) => {
                request.headers_mut().insert(header::AUTHORIZATION, value.clone());
                return Ok(transport.send(request).await?);
            }
            Self::Jwt(jwt) => jwt,
        };
        let again = request.clone();
        let (lease, response) = jwt.send(transport, request).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        jwt.discard(&lease);
        Ok(jwt.send(transport, again).await?.1)
    }
}

fn sensitive(text: &str) -> HeaderValue {
    // Base64 and tokens are visible ASCII; anything else could never have been accepted.
    let mut value = HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// Credentials and the token they were last exchanged for.
#[derive(Debug)]
pub struct Jwt {
    credentials: Credentials,
    current: Mutex<Lease>,
}

/// A token to be, shared by everybody who waits for it: the first one fetches, the others get the same.
type Lease = Arc<OnceCell<Token>>;

#[derive(Debug)]
struct Token {
    header: HeaderValue,
    /// From then on a new token is fetched. By our own clock: the server's may differ.
    renew_at: Instant,
}

#[derive(Serialize)]
struct Login<'a> {
    username: &'a str,
    password: &'a str,
}

#[derive(Deserialize)]
struct Granted {
    jwt: String,
}

impl Jwt {
    async fn send(
        &self,
        transport: &dyn Transport,
        mut request: Request<Bytes>,
    ) -> Result<(Lease, Response<Bytes>), Error> {
        let lease = self.lease();
        let token = lease.get_or_try_init(|| self.login(transport, super::Deadline::of(&request))).await?;
        request.headers_mut().insert(header::AUTHORIZATION, token.header.clone());
        let response = transport.send(request).await?;
        Ok((lease, response))
    }

    fn lease(&self) -> Lease {
        let mut current = self.current.lock();
        if current.get().is_some_and(|token| Instant::now() >= token.renew_at) {
            *current = Lease::default();
        }
        current.clone()
    }

    /// Gives up a token the server refused, unless somebody else has done so already.
    fn discard(&self, lease: &Lease) {
        let mut current = self.current.lock();
        if Arc::ptr_eq(&current, lease) {
            *current = Lease::default();
        }
    }

    async fn login(&self, transport: &dyn Transport, timeout: Duration) -> Result<Token, Error> {
        let login = Login { username: &self.credentials.username, password: self.credentials.password.expose() };
        let request = Call::post(&["_open", "auth"]).json(&login).into_request(None, timeout)?;
        let response = transport.send(request).await?;
        let granted: Granted = decode(&response)?;
        let granted = Secret::new(granted.jwt);
        Ok(Token {
            renew_at: Instant::now() + renew_after(granted.expose()),
            header: sensitive(&format!("bearer {}", granted.expose())),
        })
    }
}

/// How long to use a token: nine tenths of its life.
fn renew_after(token: &str) -> Duration {
    #[derive(Deserialize)]
    struct Claims {
        exp: f64,
        iat: Option<f64>,
    }
    /// ArangoDB's default life is an hour; used when a token does not say.
    const ASSUMED: f64 = 3600.0;
    let payload = token.split('.').nth(1).unwrap_or_default();
    let claims: Option<Claims> =
        URL_SAFE_NO_PAD.decode(payload).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let life = match claims {
        Some(Claims { exp, iat: Some(iat) }) => exp - iat,
        _ => ASSUMED,
    };
    Duration::try_from_secs_f64((life * 0.9).clamp(0.0, 86_400.0)).unwrap_or_default()
}
