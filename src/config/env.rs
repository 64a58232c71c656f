//! The environment: the only place that reads it, and the table of every variable this program knows.

use std::{collections::BTreeMap, path::Path};

use super::ConfigError;

/// Where variables are read from.
pub trait Env: Send + Sync + std::fmt::Debug {
    /// The value of a variable, if it is set.
    fn get(&self, name: &str) -> Option<String>;
}

/// The environment of this process.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEnv;

impl Env for SystemEnv {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    fn get(&self, name: &str) -> Option<String> {
        let value = std::env::var_os(name)?.into_string().ok();
        if value.is_none() {
            tracing::warn!(variable = name, "the variable is not valid Unicode and counts as unset");
        }
        value
    }
}

/// Variables in a table, for tests and for values read from a file.
#[derive(Clone, Default)]
pub struct MapEnv(BTreeMap<String, String>);

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for MapEnv {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl<K: Into<String>, V: Into<String>, const N: usize> From<[(K, V); N]> for MapEnv {
    fn from(pairs: [(K, V); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl Env for MapEnv {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

impl std::fmt::Debug for MapEnv {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values may be passwords.
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The variables of a file, and of the environment of this process where the file does not name them.
#[derive(Debug, Default)]
pub struct FileEnv(MapEnv);

impl FileEnv {
    /// Reads lines of the form `NAME=value`.
    ///
    /// # Errors
    /// When the file cannot be read, or a line has another form. The line is not repeated: it may hold a password.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let fault = |error: &dotenvy::Error| match error {
            dotenvy::Error::Io(error) => ConfigError::new("", format!("the file cannot be read: {error}")),
            _ => ConfigError::new("", "a line is not of the form NAME=value")
                .advise("put values with blanks or signs in single quotes"),
        };
        let lines = dotenvy::from_path_iter(path).map_err(|error| fault(&error).in_file(path))?;
        let pairs: Result<MapEnv, _> = lines.collect();
        pairs.map(Self).map_err(|error| fault(&error).in_file(path))
    }
}

impl Env for FileEnv {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).or_else(|| SystemEnv.get(name))
    }
}

/// The value of a variable, unless it is unset or empty.
pub fn non_empty(env: &dyn Env, name: &str) -> Option<String> {
    env.get(name).filter(|value| !value.is_empty())
}

/// Whether a text can name a variable: a letter or underscore, then letters, digits and underscores.
pub fn is_variable_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A variable this program reads.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What holds when it is not set; empty for nothing.
    pub default: &'static str,
    /// What it does.
    pub doc: &'static str,
}

const fn variable(name: &'static str, default: &'static str, doc: &'static str) -> Variable {
    Variable { name, default, doc }
}

/// Every variable, for the documentation and for `--help`. Those that `password_env` names come on top.
pub const VARIABLES: &[Variable] = &[
    variable(
        "ARANGO_URL",
        "http://localhost:8529",
        "address of the server; beside a file it adds the entry `_env_default`",
    ),
    variable("ARANGO_DB", "_system", "database on that server; level 5 of the resolution"),
    variable("ARANGO_USERNAME", "root", "user on that server; `ARANGO_USER` is read when this is not set"),
    variable("ARANGO_USER", "", "other name of `ARANGO_USERNAME`"),
    variable("ARANGO_PASSWORD", "", "that user's password; `ARANGO_PASS` is read when this is not set"),
    variable("ARANGO_PASS", "", "other name of `ARANGO_PASSWORD`"),
    variable("ARANGO_TIMEOUT_SEC", "30.0", "seconds one request may take"),
    variable("ARANGO_CONNECT_RETRIES", "3", "how often `health` tries; a server connects when a call needs it"),
    variable("ARANGO_CONNECT_DELAY_SEC", "2.0", "seconds `health` waits between tries"),
    variable(
        "ARANGO_ROOT_PASSWORD",
        "",
        "password of root for `admin` and `user`, unless --root-password-env names another",
    ),
    variable("ARANGO_NEW_PASSWORD", "", "new password for `user password`, unless --new-password-env names another"),
    variable("ARANGO_VERIFY_CERTIFICATE", "true", "`false` accepts any certificate of the server of `ARANGO_URL`"),
    variable("ARANGO_DATABASES_CONFIG_FILE", "~/.mcp-arangodb-async/config.yaml", "the configuration file"),
    variable(
        "MCP_DEFAULT_DATABASE",
        "",
        "default database when the configuration names none; level 4 of the resolution",
    ),
    variable("MCP_TRANSPORT", "stdio", "`stdio` or `http`"),
    variable("MCP_HTTP_HOST", "127.0.0.1", "address to listen on"),
    variable("MCP_HTTP_PORT", "8000", "port to listen on, 1 to 65535"),
    variable("MCP_HTTP_STATELESS", "false", "`true` remembers nothing between calls over HTTP"),
    variable("MCP_HTTP_CORS_ORIGINS", "", "origins browsers may call from, separated by commas"),
    variable("MCP_HTTP_ALLOWED_HOSTS", "", "host names clients may use besides loopback, separated by commas"),
    variable("MCP_PUBLIC_URL", "", "where clients reach the server, e.g. `https://mcp.example.com`"),
    variable("MCP_TLS_CERT", "", "PEM file with the certificate to serve HTTPS with"),
    variable("MCP_TLS_KEY", "", "PEM file with the key of that certificate"),
    variable("MCP_TLS_CLIENT_CA", "", "PEM file with the authorities of clients, which then need a certificate"),
    variable("MCP_HTTP_MAX_BODY", "4MiB", "largest request body"),
    variable("MCP_HTTP_MAX_CONNECTIONS", "2048", "connections at once"),
    variable("MCP_HTTP_HEADER_TIMEOUT", "10", "seconds for the head of a request"),
    variable("MCP_HTTP_BODY_TIMEOUT", "30", "seconds for the body of a request"),
    variable("MCP_HTTP_IDLE_TIMEOUT", "90", "seconds a connection is kept for another request"),
    variable("MCP_HTTP_RATE_LIMIT", "", "requests a second of one principal or address, in bursts of twice as many"),
    variable("MCP_HTTP_MAX_CONCURRENT", "256", "requests of one principal or address at once"),
    variable(
        "MCP_FOCUS_KEY",
        "",
        "32 bytes in base64 that seal focus handles, the same on all replicas; several, newest first, separated by commas; without it handles die with the process",
    ),
    variable(
        "MCP_FOCUS_KEY_FILE",
        "",
        "a file with such keys, a line each, that only its owner (and group) can read; instead of `MCP_FOCUS_KEY`",
    ),
    variable("MCP_MAX_SESSIONS", "5000", "sessions of the older protocols a process keeps at most"),
    variable("MCP_SESSION_IDLE", "8h", "how long an unused session is kept: 60s to 30d"),
    variable(
        "MCP_SESSION_STORE",
        "",
        "the Redis that replicas share sessions in: `redis://host:6379/0`, `rediss://…` or `redis+unix:///socket`",
    ),
    variable("MCP_SESSION_STORE_PASSWORD", "", "password of that Redis, where its address has none"),
    variable(
        "MCP_TOKEN_FILE",
        "",
        "the file of tokens that `token` writes; with it callers over HTTP need one of them",
    ),
    variable("MCP_OAUTH_ISSUER", "", "authorization servers whose tokens are taken over HTTP, separated by commas"),
    variable("MCP_OAUTH_AUDIENCE", "", "what such tokens have to be made for, separated by commas"),
    variable("MCP_OAUTH_RESOURCE", "", "the public URL of the endpoint, for the metadata that OAuth clients read"),
    variable("MCP_READ_ONLY", "false", "`true` refuses everything that writes, whichever database it is for"),
    variable("MCP_CONFIRM", "never", "`destructive` has calls that remove or replace confirmed by a person first"),
    variable(
        "MCP_BACKUP_DIR",
        "~/.local/share/mcp-arangodb-async/backups",
        "the one directory backups are written to and read from",
    ),
    variable("MCP_COMPAT_TOOLSET", "full", "`baseline` lists the first seven tools only"),
    variable("MCP_ARANGODB_ASYNC_CLI_YES", "", "`1` answers every question of a command with yes, as --yes does"),
    variable("NO_COLOR", "", "set to anything, it takes the colours out of what commands print"),
    variable("LOG_LEVEL", "INFO", "how much is logged to standard error"),
    variable("MCP_LOG_FORMAT", "text", "`json` logs an object a line"),
    variable("MCP_METRICS_LISTEN", "", "address and port that serve metrics to Prometheus"),
    variable("MCP_AUDIT_LOG", "", "file that gets a line for every call, or `stderr`"),
    variable("MCP_AUDIT_ARGUMENTS", "digest", "what an audit line says of the arguments: `digest` or `redacted`"),
    variable("MCP_AUDIT_MAX_BYTES", "", "size from which the audit log goes on in a new file"),
    variable("MCP_AUDIT_REQUIRED", "false", "`true` refuses calls that cannot be recorded in the audit log"),
    variable(
        "MCP_AUDIT_KEY",
        "",
        "32 bytes in base64: chains and digests of the audit log are keyed, so that nobody without it can make them",
    ),
    variable("OTEL_EXPORTER_OTLP_ENDPOINT", "", "collector that gets traces and metrics, e.g. `http://localhost:4318`"),
    variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "", "address for traces alone, with its path"),
    variable("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "", "address for metrics alone, with its path"),
    variable("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "the one protocol is `http/json`"),
    variable("OTEL_EXPORTER_OTLP_HEADERS", "", "headers for the collector: `key=value`, separated by commas"),
    variable("OTEL_SERVICE_NAME", "mcp-arangodb-async", "the name in traces and metrics"),
    variable(
        "OTEL_RESOURCE_ATTRIBUTES",
        "",
        "what traces and metrics say of the process: `key=value`, separated by commas",
    ),
    variable(
        "OTEL_TRACES_SAMPLER",
        "parentbased_always_on",
        "which calls are traced: `always_on`, `always_off`, `traceidratio`, or one of them after `parentbased_`",
    ),
    variable("OTEL_TRACES_SAMPLER_ARG", "1", "the part of calls for `traceidratio`, from 0 to 1"),
    variable("OTEL_METRIC_EXPORT_INTERVAL", "60000", "milliseconds between exports of metrics"),
    variable("OTEL_SDK_DISABLED", "false", "`true` exports nothing, whatever else is set"),
    variable("MCP_DRAIN_TIMEOUT", "5", "seconds running calls may go on when the server is asked to stop"),
    variable("MCP_DRAIN_DELAY", "0", "seconds connections are still accepted then, while `/readyz` says no"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_is_documented_once() {
        for (position, variable) in VARIABLES.iter().enumerate() {
            assert!(is_variable_name(variable.name), "{}", variable.name);
            assert!(!variable.doc.is_empty(), "{}", variable.name);
            assert!(VARIABLES[position + 1..].iter().all(|other| other.name != variable.name), "{}", variable.name);
        }
    }

    #[test]
    fn a_table_of_variables_shows_names_but_no_values() {
        let env = MapEnv::from([("ARANGO_PASSWORD", "hunter2")]);
        assert_eq!(format!("{env:?}"), r#"{"ARANGO_PASSWORD"}"#);
        assert_eq!(env.get("ARANGO_PASSWORD").as_deref(), Some("hunter2"));
    }

    #[test]
    fn variables_of_a_file_are_read_and_a_bad_line_is_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("env");
        std::fs::write(&path, "# those of the shop\nexport A='p$w'\nB=\"two words\" # why\n\nC=\n").unwrap();
        let env = FileEnv::read(&path).unwrap();
        let values = ["A", "B", "C", "D_IS_NOT_SET"].map(|name| env.get(name));
        assert_eq!(values, [Some("p$w".into()), Some("two words".into()), Some(String::new()), None]);
        std::fs::write(&path, "PASSWORD hunter2\n").unwrap();
        let refused = FileEnv::read(&path).unwrap_err().to_string();
        assert!(refused.contains("NAME=value") && !refused.contains("hunter2"), "{refused}");
        assert!(FileEnv::read(&folder.path().join("none")).is_err());
    }

    #[test]
    fn a_variable_name_has_no_spaces_signs_or_leading_digit() {
        for good in ["A", "_x", "PROD_DB_PASSWORD", "a1"] {
            assert!(is_variable_name(good), "{good}");
        }
        for bad in ["", "1A", "hunter 2", "s3cr3t!", "ÄB", "A-B", "$A"] {
            assert!(!is_variable_name(bad), "{bad}");
        }
    }
}
