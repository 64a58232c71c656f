//! Sessions in a Redis (or Valkey) that replicas share: any of them serves any session, and none is lost with a process.
//!
//! A session is a hash under the digest of its identifier, so that whoever reads the store takes none over: the digest of the
//! principal, and the state as JSON. It expires with the idle time. A change is a compare-and-set of the state's text.
//! Nothing is connected before the first use. A store that does not answer is an error within two seconds.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use futures::future::BoxFuture;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ErrorKind, FromRedisValue, IntoConnectionInfo as _, RedisError,
    aio::MultiplexedConnection,
};
use ring::digest::{SHA256, digest};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::{Change, Changed, Principal, SessionError, SessionId, SessionState, Sessions, Token};
use crate::{
    config::{ConfigError, SessionSettings},
    observability::{SafeUrl, Secret},
};

/// How long anything asked of the store may take, connecting included. Calls that need no session wait for it too.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long the store is left alone after that, unless it answers somebody else.
const PAUSE: Duration = Duration::from_millis(500);
const SILENT: &str = "no answer within two seconds";

/// What every key begins with.
const PREFIX: &str = "mcp-arangodb-async";

/// Reads a session, and counts that as use if it is the caller's.
const GET: &str = "
local held = redis.call('HMGET', KEYS[1], 'of', 'state')
if held[1] == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return held";

/// Writes a session if it is the caller's (or nobody's) and still what the caller read. Tells whether it did, and what is there.
const PUT: &str = "
local held = redis.call('HMGET', KEYS[1], 'of', 'state')
if (held[1] or ARGV[1]) ~= ARGV[1] or (held[2] or '') ~= ARGV[3] then return {0, held[1], held[2]} end
redis.call('HSET', KEYS[1], 'of', ARGV[1], 'state', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {1, ARGV[1], ARGV[4]}";

/// Sessions in a Redis.
pub struct RedisSessions {
    client: Client,
    address: SafeUrl,
    idle_millis: u64,
    /// The connection that all calls share.
    link: Mutex<Link>,
    /// Until when nothing is asked, as the store has just let somebody wait in vain.
    silent_until: parking_lot::Mutex<Option<Instant>>,
    /// Whether the last answer was none, so that this is logged once.
    away: AtomicBool,
}

#[derive(Default)]
struct Link {
    /// How many connections there were.
    number: u64,
    connection: Option<MultiplexedConnection>,
}

impl std::fmt::Debug for RedisSessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisSessions").field("address", &self.address).finish_non_exhaustive()
    }
}

impl RedisSessions {
    /// Sessions in the Redis at this address, with the idle time and the password of the settings.
    ///
    /// # Errors
    /// When the address is none of a Redis. Whether one is there shows on first use.
    pub fn new(address: &SafeUrl, settings: &SessionSettings) -> Result<Self, ConfigError> {
        let refuse = |error: &RedisError| {
            ConfigError::new("MCP_SESSION_STORE", format!("not the address of a Redis: {}", reason(error)))
        };
        let mut info = address.expose().clone().into_connection_info().map_err(|error| refuse(&error))?;
        if !settings.store_password.is_empty() && address.expose().password().is_none() {
            info = with_password(info, &settings.store_password);
        }
        if address.expose().scheme() == "rediss" {
            // The provider may be installed already; it is the same one then.
            drop(rustls::crypto::ring::default_provider().install_default());
        }
        let client = Client::open(info).map_err(|error| refuse(&error))?;
        let idle_millis = u64::try_from(settings.idle.as_millis()).unwrap_or(u64::MAX);
        let (link, silent_until) = (Mutex::default(), parking_lot::Mutex::default());
        Ok(Self { client, address: address.clone(), idle_millis, link, silent_until, away: AtomicBool::new(false) })
    }

    /// Asks the store. A connection that broke since it was last used is replaced once.
    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, SessionError> {
        let asked = async {
            let mut retried = false;
            loop {
                let (number, mut connection) = self.connection().await?;
                match command.query_async(&mut connection).await {
                    Err(error) if error.is_unrecoverable_error() => {
                        self.broken(number).await;
                        if retried {
                            return Err(error);
                        }
                        retried = true;
                    }
                    answer => return answer,
                }
            }
        };
        if self.silent_until.lock().is_some_and(|until| Instant::now() < until) {
            return Err(SessionError::Unavailable(SILENT.to_owned()));
        }
        match timeout(PATIENCE, asked).await {
            Ok(Ok(answer)) => {
                *self.silent_until.lock() = None;
                if self.away.swap(false, Ordering::Relaxed) {
                    tracing::info!(store = %self.address, "the session store answers again");
                }
                Ok(answer)
            }
            Ok(Err(error)) => Err(self.unavailable(&reason(&error))),
            Err(_) => {
                // Where another call is connecting, that connection is not the one to be rid of.
                if let Ok(mut link) = self.link.try_lock() {
                    link.connection = None;
                }
                *self.silent_until.lock() = Some(Instant::now() + PAUSE);
                Err(self.unavailable(SILENT))
            }
        }
    }

    // The lock makes many calls connect once. It is tokio's, and nobody waits for it longer than `PATIENCE`.
    async fn connection(&self) -> Result<(u64, MultiplexedConnection), RedisError> {
        let mut link = self.link.lock().await;
        if let Some(connection) = &link.connection {
            return Ok((link.number, connection.clone()));
        }
        let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        link.number = link.number.wrapping_add(1);
        link.connection = Some(connection.clone());
        Ok((link.number, connection))
    }

    async fn broken(&self, number: u64) {
        let mut link = self.link.lock().await;
        if link.number == number {
            link.connection = None;
        }
    }

    fn unavailable(&self, why: &str) -> SessionError {
        if !self.away.swap(true, Ordering::Relaxed) {
            tracing::warn!(store = %self.address, why, "the session store does not answer");
        }
        SessionError::Unavailable(why.to_owned())
    }

    async fn read(&self, id: &SessionId, principal: &Principal) -> Result<Held, SessionError> {
        let mut command = redis::cmd("EVAL");
        command.arg(GET).arg(1).arg(key("session", id.as_str().as_bytes())).arg(hex(principal.as_str().as_bytes()));
        let (of, state) = self.ask(command.arg(self.idle_millis)).await?;
        Held::of(principal, of, state)
    }

    /// Whether the text was written, and what is there now.
    async fn write(
        &self,
        id: &SessionId,
        principal: &Principal,
        before: &Held,
        after: &str,
    ) -> Result<(bool, Held), SessionError> {
        let mut command = redis::cmd("EVAL");
        command.arg(PUT).arg(1).arg(key("session", id.as_str().as_bytes())).arg(hex(principal.as_str().as_bytes()));
        command.arg(self.idle_millis).arg(before.0.as_deref().unwrap_or_default()).arg(after);
        let (written, of, state) = self.ask::<(bool, Option<String>, Option<String>)>(&command).await?;
        Ok((written, Held::of(principal, of, state)?))
    }

    async fn change(&self, id: &SessionId, principal: &Principal, change: Change<'_>) -> Result<Changed, SessionError> {
        let mut held = self.read(id, principal).await?;
        loop {
            let before = held.state()?.unwrap_or_default();
            let mut after = before.clone();
            change(&mut after);
            if held.0.is_some() && before == after {
                return Ok(Changed { before, after });
            }
            let unwritable = |error: serde_json::Error| SessionError::Unavailable(error.to_string());
            let text = serde_json::to_string(&after).map_err(unwritable)?;
            match self.write(id, principal, &held, &text).await? {
                (true, _) => return Ok(Changed { before, after }),
                (false, now) => held = now,
            }
        }
    }
}

impl Sessions for RedisSessions {
    fn get<'a>(
        &'a self,
        id: &'a SessionId,
        principal: &'a Principal,
    ) -> BoxFuture<'a, Result<Option<SessionState>, SessionError>> {
        Box::pin(async move { self.read(id, principal).await?.state() })
    }

    fn update<'a>(
        &'a self,
        id: &'a SessionId,
        principal: &'a Principal,
        change: Change<'a>,
    ) -> BoxFuture<'a, Result<Changed, SessionError>> {
        Box::pin(self.change(id, principal, change))
    }

    fn remove<'a>(&'a self, id: &'a SessionId) -> BoxFuture<'a, Result<(), SessionError>> {
        Box::pin(async move { self.ask(redis::cmd("DEL").arg(key("session", id.as_str().as_bytes()))).await })
    }

    fn spend<'a>(&'a self, token: &'a Token, lifetime: Duration) -> BoxFuture<'a, Result<bool, SessionError>> {
        let millis = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX).max(1);
        let mut command = redis::cmd("SET");
        command.arg(key("spent", token)).arg("").arg("NX").arg("PX").arg(millis);
        Box::pin(async move { Ok(self.ask::<Option<String>>(&command).await?.is_some()) })
    }

    fn is_shared(&self) -> bool {
        true
    }
}

/// The text of a state as the store has it.
struct Held(Option<String>);

impl Held {
    fn of(principal: &Principal, of: Option<String>, state: Option<String>) -> Result<Self, SessionError> {
        match of {
            Some(of) if of != hex(principal.as_str().as_bytes()) => Err(SessionError::OtherPrincipal),
            _ => Ok(Self(state)),
        }
    }

    fn state(&self) -> Result<Option<SessionState>, SessionError> {
        let parse = |text: &String| {
            let unreadable = |_| SessionError::Unavailable("what it has is not a session's state".to_owned());
            serde_json::from_str(text).map_err(unreadable)
        };
        self.0.as_ref().map(parse).transpose()
    }
}

fn key(kind: &str, id: &[u8]) -> String {
    format!("{PREFIX}:{kind}:{}", hex(id))
}

/// The digest of a name, in hexadecimal digits.
fn hex(name: &[u8]) -> String {
    digest(&SHA256, name).as_ref().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What is wrong, in the store's words. They name no credentials.
fn reason(error: &RedisError) -> String {
    match error.kind() {
        ErrorKind::AuthenticationFailed => "it refuses the user name or password".to_owned(),
        _ => error.to_string(),
    }
}

fn with_password(info: redis::ConnectionInfo, password: &Secret) -> redis::ConnectionInfo {
    let settings = info.redis_settings().clone().set_password(password.expose());
    info.set_redis_settings(settings)
}
