//! Single values of the configuration: from text to something checked, or to what is wrong and what would be right.

use std::{
    num::NonZeroU64,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{Address, AuthMethod, ConfigError, Confirm, env::is_variable_name};
use crate::observability::SafeUrl;

/// What is wrong with one value, before it is known where the value stands.
pub(super) struct Refusal {
    problem: String,
    advice: String,
}

impl Refusal {
    pub(super) fn new(problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { problem: problem.into(), advice: advice.into() }
    }

    /// Both as one text.
    pub(super) fn into_text(self) -> String {
        format!("{}; {}", self.problem, self.advice)
    }

    pub(super) fn into_error(self, key: impl Into<String>) -> ConfigError {
        ConfigError::new(key, self.problem).advise(self.advice)
    }
}

/// `http://…`, `https://…`, `embedded:` or `embedded:/absolute/directory`.
pub(super) fn parse_address(text: &str) -> Result<Address, Refusal> {
    match text.strip_prefix("embedded:") {
        None if text == "embedded" => Ok(Address::Embedded(None)),
        None => parse_server_url(text).map(|url| Address::Server(vec![url])),
        Some("") => Ok(Address::Embedded(None)),
        Some(directory) if Path::new(directory).is_absolute() && !directory.starts_with("//") => {
            Ok(Address::Embedded(Some(PathBuf::from(directory))))
        }
        Some(_) => Err(Refusal::new(
            "the directory is not an absolute path",
            "use \"embedded:\" or embedded:/absolute/directory",
        )),
    }
}

pub(super) fn parse_server_url(text: &str) -> Result<SafeUrl, Refusal> {
    const EXAMPLE: &str = "use a URL like http://localhost:8529";
    let url = SafeUrl::parse(text).map_err(|error| Refusal::new(format!("not a URL: {error}"), EXAMPLE))?;
    let scheme = url.expose().scheme();
    if !matches!(scheme, "http" | "https") {
        return Err(Refusal::new(format!("the scheme `{scheme}` is not supported"), "use http, https or embedded"));
    }
    if url.has_user_info() {
        let advice = "give them apart: `username` and `password_env` in the file, ARANGO_USERNAME and ARANGO_PASSWORD in the environment";
        return Err(Refusal::new("the URL holds a user name or password", advice));
    }
    if url.expose().query().is_some() || url.expose().fragment().is_some() {
        return Err(Refusal::new("the URL has a query or a fragment", EXAMPLE));
    }
    Ok(url)
}

/// `redis://…`, `rediss://…` with TLS, or `redis+unix:///path`.
pub(super) fn parse_session_store(text: &str) -> Result<SafeUrl, Refusal> {
    let refuse = |problem: String| {
        Refusal::new(problem, "use redis://host:6379/0, rediss://host:6380/0 for TLS, or redis+unix:///path/of/socket")
    };
    let url = SafeUrl::parse(text).map_err(|error| refuse(format!("not a URL: {error}")))?;
    let parts = url.expose();
    let number = parts.path().trim_matches('/');
    match parts.scheme() {
        "redis" | "rediss" if parts.host_str().unwrap_or_default().is_empty() => Err(refuse("there is no host".into())),
        "redis" | "rediss" if !number.is_empty() && number.parse::<u16>().is_err() => {
            Err(refuse("what follows the host is not the number of a Redis database".into()))
        }
        "redis" | "rediss" if parts.query().is_some() || parts.fragment().is_some() => {
            Err(refuse("the URL has a query or a fragment".into()))
        }
        "redis" | "rediss" | "redis+unix" => Ok(url),
        other => Err(refuse(format!("the scheme `{other}` is not supported"))),
    }
}

/// Seconds, above zero and at most a day.
pub(super) fn parse_timeout(text: &str) -> Result<Duration, Refusal> {
    const LONGEST: f64 = 86_400.0;
    match text.trim().parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= LONGEST => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(Refusal::new(format!("{text:?} is not a time"), "use seconds above 0 and at most 86400, e.g. 30.0")),
    }
}

pub(super) fn parse_variable(text: &str) -> Result<String, Refusal> {
    if is_variable_name(text) {
        return Ok(text.to_owned());
    }
    // The value is not repeated: most likely it is the password itself.
    let advice = "use letters, digits and underscores, e.g. PROD_DB_PASSWORD, and set that variable to the password";
    Err(Refusal::new("the value is not the name of an environment variable", advice))
}

pub(super) fn parse_bool(text: &str) -> Result<bool, Refusal> {
    match text {
        "true" | "True" | "TRUE" => Ok(true),
        "false" | "False" | "FALSE" => Ok(false),
        _ => Err(Refusal::new(format!("{text:?} is neither true nor false"), "use true or false")),
    }
}

pub(super) fn parse_auth(text: &str) -> Result<AuthMethod, Refusal> {
    match text {
        "basic" => Ok(AuthMethod::Basic),
        "jwt" => Ok(AuthMethod::Jwt),
        _ => Err(Refusal::new(format!("{text:?} is not a way to authenticate"), "use basic or jwt")),
    }
}

pub(super) fn parse_confirm(text: &str) -> Result<Confirm, Refusal> {
    [Confirm::Never, Confirm::Destructive]
        .into_iter()
        .find(|confirm| confirm.name() == text)
        .ok_or_else(|| Refusal::new(format!("{text:?} does not say what to confirm"), "use destructive or never"))
}

pub(super) fn parse_count(text: &str) -> Result<NonZeroU64, Refusal> {
    text.parse().map_err(|_| Refusal::new(format!("{text:?} is not a count"), "use a whole number above 0"))
}

/// Bytes, as a number alone or with a unit: `1048576`, `1024KiB`, `1 MiB`. Units count in steps of 1024, as memory does.
pub(super) fn parse_size(text: &str) -> Result<NonZeroU64, Refusal> {
    let refuse = || Refusal::new(format!("{text:?} is not a size"), "use bytes above 0, or a unit: 512KB, 256MB, 1GB");
    let text = text.trim();
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let unit: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        _ => return Err(refuse()),
    };
    let bytes = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    bytes.and_then(NonZeroU64::new).ok_or_else(refuse)
}

pub(super) fn not_empty(text: &str) -> Result<String, Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::new("the value is empty", "give it a value or remove the key"));
    }
    Ok(text.to_owned())
}
