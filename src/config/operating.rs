//! What the environment says about operating a server: logs, metrics, the audit log, and the end.

use std::{
    net::{SocketAddr, ToSocketAddrs as _},
    num::NonZeroU64,
    path::PathBuf,
    time::Duration,
};

use super::{ConfigError, Env, KeyBytes, env::non_empty, settings, values::parse_size};
use crate::observability::{logging::Format, operation::Wanted};

/// Where the audit log goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditTarget {
    /// To a file.
    File(PathBuf),
    /// To standard error.
    Stderr,
}

impl AuditTarget {
    /// Reads `stderr`, or the path of a file.
    pub fn parse(text: &str) -> Self {
        if text == "stderr" { Self::Stderr } else { Self::File(PathBuf::from(text)) }
    }
}

/// The settings, as the environment has them.
#[derive(Debug)]
pub struct OperatingSettings {
    /// How lines of the log look.
    pub log_format: Format,
    /// Where metrics are served, if anywhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Where the audit log goes, if it is kept.
    pub audit_log: Option<AuditTarget>,
    /// What it says about arguments.
    pub audit_arguments: Wanted,
    /// The size from which a new file is begun.
    pub audit_max_bytes: Option<NonZeroU64>,
    /// Whether what cannot be recorded is refused.
    pub audit_required: bool,
    /// The key of the chain and of the digests.
    pub audit_key: Option<KeyBytes>,
    /// How long calls may go on once the process is asked to stop.
    pub drain_timeout: Duration,
    /// How long connections are still taken then.
    pub drain_delay: Duration,
}

impl OperatingSettings {
    /// How long calls may go on, unless somebody says otherwise.
    pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

    /// Reads them.
    ///
    /// # Errors
    /// The first variable whose value is not one of those allowed.
    pub fn from_env(env: &dyn Env) -> Result<Self, ConfigError> {
        const LISTEN: &str = "MCP_METRICS_LISTEN";
        const MAX_BYTES: &str = "MCP_AUDIT_MAX_BYTES";
        let listen = non_empty(env, LISTEN).map(|text| parse_listen(&text));
        let max_bytes = non_empty(env, MAX_BYTES).map(|text| parse_bytes(&text));
        Ok(Self {
            log_format: settings::choice(env, "MCP_LOG_FORMAT", &[("text", Format::Text), ("json", Format::Json)])?,
            metrics_listen: listen.transpose().map_err(|problem| ConfigError::new(LISTEN, problem))?,
            audit_log: non_empty(env, "MCP_AUDIT_LOG").map(|text| AuditTarget::parse(&text)),
            audit_arguments: settings::choice(
                env,
                "MCP_AUDIT_ARGUMENTS",
                &[("digest", Wanted::Digest), ("redacted", Wanted::Redacted)],
            )?,
            audit_max_bytes: max_bytes.transpose().map_err(|problem| ConfigError::new(MAX_BYTES, problem))?,
            audit_required: settings::choice(env, "MCP_AUDIT_REQUIRED", &[("false", false), ("true", true)])?,
            audit_key: audit_key(env)?,
            drain_timeout: duration(env, "MCP_DRAIN_TIMEOUT")?.unwrap_or(Self::DRAIN_TIMEOUT),
            drain_delay: duration(env, "MCP_DRAIN_DELAY")?.unwrap_or_default(),
        })
    }
}

/// The key of the audit log's chain and digests: `MCP_AUDIT_KEY`.
///
/// # Errors
/// When the value is not one key.
pub fn audit_key(env: &dyn Env) -> Result<Option<KeyBytes>, ConfigError> {
    const NAME: &str = "MCP_AUDIT_KEY";
    let mut keys = settings::keys(env, NAME)?;
    if keys.len() > 1 {
        return Err(
            ConfigError::new(NAME, "there is more than one key").advise("use one; begin a new file for another")
        );
    }
    Ok(keys.pop())
}

/// An address and a port to listen on.
///
/// # Errors
/// What is wrong with the text, and what would be right.
pub fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    let found = text.to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| format!("{text:?} is not an address of this machine and a port; use e.g. 127.0.0.1:9464"))
}

/// A number of bytes, with or without a unit.
///
/// # Errors
/// What is wrong with the text, and what would be right.
pub fn parse_bytes(text: &str) -> Result<NonZeroU64, String> {
    parse_size(text).map_err(|refusal| refusal.into_error("").to_string())
}

/// Seconds from zero to an hour.
///
/// # Errors
/// What is wrong with the text, and what would be right.
pub fn parse_seconds(text: &str) -> Result<Duration, String> {
    match text.trim().parse::<f64>() {
        Ok(seconds) if (0.0..=3600.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(format!("{text:?} is not a time; use seconds from 0 to 3600")),
    }
}

fn duration(env: &dyn Env, name: &str) -> Result<Option<Duration>, ConfigError> {
    let parsed = non_empty(env, name).map(|text| parse_seconds(&text));
    parsed.transpose().map_err(|problem| ConfigError::new(name, problem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MapEnv;

    fn read(pairs: &[(&str, &str)]) -> Result<OperatingSettings, String> {
        OperatingSettings::from_env(&pairs.iter().copied().collect::<MapEnv>()).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_kept_or_served_unless_it_is_asked_for() {
        let quiet = read(&[]).unwrap();
        assert_eq!((quiet.metrics_listen, quiet.audit_log, quiet.log_format), (None, None, Format::Text));
        assert_eq!((quiet.drain_timeout, quiet.drain_delay), (Duration::from_secs(5), Duration::ZERO));
    }

    #[test]
    fn values_are_read_and_others_are_refused_with_what_would_be_right() {
        let all = read(&[
            ("MCP_METRICS_LISTEN", "127.0.0.1:9464"),
            ("MCP_AUDIT_LOG", "/var/log/audit.jsonl"),
            ("MCP_AUDIT_MAX_BYTES", "64MB"),
            ("MCP_AUDIT_REQUIRED", "true"),
            ("MCP_LOG_FORMAT", "json"),
            ("MCP_DRAIN_TIMEOUT", "2.5"),
        ])
        .unwrap();
        assert_eq!(all.metrics_listen.unwrap().port(), 9464);
        assert_eq!(all.audit_log, Some(AuditTarget::File("/var/log/audit.jsonl".into())));
        assert_eq!(all.audit_max_bytes.unwrap().get(), 64 << 20);
        assert_eq!((all.audit_required, all.drain_timeout), (true, Duration::from_millis(2500)));
        assert_eq!(AuditTarget::parse("stderr"), AuditTarget::Stderr);
        for (name, bad) in [
            ("MCP_METRICS_LISTEN", "9464"),
            ("MCP_AUDIT_MAX_BYTES", "0"),
            ("MCP_DRAIN_TIMEOUT", "-1"),
            ("MCP_DRAIN_DELAY", "soon"),
            ("MCP_LOG_FORMAT", "xml"),
            ("MCP_AUDIT_KEY", "c2hvcnQ="),
        ] {
            let refused = read(&[(name, bad)]).unwrap_err();
            assert!(refused.starts_with(name) && refused.contains("use "), "{refused}");
        }
    }
}
