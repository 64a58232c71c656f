//! What the environment says about the server itself and about the one database it may describe, as typed values. A bad
//! value is an error, never a silent default.

use std::{path::PathBuf, time::Duration};

use secrecy::{ExposeSecret, SecretBox};

use super::{
    Address, ConfigError, Confirm, DatabaseEntry, Env, HttpSettings, OperatingSettings, Origin, PasswordSource,
    SessionSettings,
    env::non_empty,
    sessions::{self, focus_keys},
    values::{parse_address, parse_timeout},
};
use crate::wire::DatabaseName;

/// How clients reach the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TransportKind {
    /// One client, over standard input and output.
    #[default]
    Stdio,
    /// Many clients, over Streamable HTTP.
    Http,
}

/// Which tools are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Toolset {
    /// All of them.
    #[default]
    Full,
    /// The first seven.
    Baseline,
}

/// Thirty-two bytes of a key; overwritten when dropped, never printed.
pub struct KeyBytes(SecretBox<[u8; 32]>);

impl KeyBytes {
    /// Takes the bytes into custody.
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for KeyBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyBytes(***)")
    }
}

/// The server's own settings.
#[derive(Debug)]
pub struct Settings {
    /// How clients reach the server.
    pub transport: TransportKind,
    /// Address to listen on.
    pub http_host: String,
    /// Port to listen on.
    pub http_port: u16,
    /// Whether nothing is remembered between calls over HTTP.
    pub stateless: bool,
    /// Names, certificates and limits of HTTP.
    pub http: HttpSettings,
    /// Keys of focus handles, newest first; none means one that lives as long as the process.
    pub focus_keys: Vec<KeyBytes>,
    /// How sessions of the older protocols are kept.
    pub sessions: SessionSettings,
    /// Which tools are listed.
    pub toolset: Toolset,
    /// Whether nothing may be written anywhere.
    pub read_only: bool,
    /// Which calls have to be confirmed everywhere.
    pub confirm: Confirm,
    /// The directory backups are in; none when the environment tells no home directory either.
    pub backup_dir: Option<PathBuf>,
    /// How much is logged.
    pub log_level: String,
    /// The file of tokens; where there is one, callers over HTTP need a token.
    pub token_file: Option<PathBuf>,
    /// Authorization servers whose tokens are taken.
    pub oauth_issuers: Vec<String>,
    /// What such tokens have to be made for.
    pub oauth_audiences: Vec<String>,
    /// The address of the endpoint as clients know it.
    pub oauth_resource: Option<String>,
    /// Logs, metrics, the audit log and the end.
    pub operating: OperatingSettings,
}

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    /// The first variable whose value is not one of those allowed.
    pub fn from_env(env: &dyn Env) -> Result<Self, ConfigError> {
        Ok(Self {
            transport: choice(env, "MCP_TRANSPORT", &[("stdio", TransportKind::Stdio), ("http", TransportKind::Http)])?,
            http_host: non_empty(env, "MCP_HTTP_HOST").unwrap_or_else(|| "127.0.0.1".to_owned()),
            http_port: port(env)?,
            stateless: choice(env, "MCP_HTTP_STATELESS", &[("false", false), ("true", true)])?,
            http: HttpSettings::from_env(env)?,
            focus_keys: focus_keys(env)?,
            sessions: SessionSettings::from_env(env)?,
            toolset: choice(env, "MCP_COMPAT_TOOLSET", &[("full", Toolset::Full), ("baseline", Toolset::Baseline)])?,
            read_only: choice(env, "MCP_READ_ONLY", &[("false", false), ("true", true)])?,
            confirm: choice(
                env,
                "MCP_CONFIRM",
                &[Confirm::Never, Confirm::Destructive].map(|each| (each.name(), each)),
            )?,
            backup_dir: backup_dir(env),
            log_level: non_empty(env, "LOG_LEVEL").unwrap_or_else(|| "INFO".to_owned()),
            token_file: non_empty(env, "MCP_TOKEN_FILE").map(PathBuf::from),
            oauth_issuers: list(env, "MCP_OAUTH_ISSUER"),
            oauth_audiences: list(env, "MCP_OAUTH_AUDIENCE"),
            oauth_resource: non_empty(env, "MCP_OAUTH_RESOURCE"),
            operating: OperatingSettings::from_env(env)?,
        })
    }
}

/// How patiently `health` waits for a server to come up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How often it tries; above zero.
    pub tries: u32,
    /// How long it waits between tries.
    pub delay: Duration,
}

impl Patience {
    /// Reads `ARANGO_CONNECT_RETRIES` and `ARANGO_CONNECT_DELAY_SEC`.
    ///
    /// # Errors
    /// When a value is not one of those allowed.
    pub fn from_env(env: &dyn Env) -> Result<Self, ConfigError> {
        const TRIES: &str = "ARANGO_CONNECT_RETRIES";
        const DELAY: &str = "ARANGO_CONNECT_DELAY_SEC";
        let tries = non_empty(env, TRIES).map_or(Ok(3), |text| match text.trim().parse() {
            Ok(tries) if (1..=100).contains(&tries) => Ok(tries),
            _ => Err(ConfigError::new(TRIES, format!("{text:?} is not a number of tries")).advise("use 1 to 100")),
        })?;
        let seconds = non_empty(env, DELAY).map_or(Ok(2.0), |text| match text.trim().parse::<f64>() {
            Ok(seconds) if (0.0..=3600.0).contains(&seconds) => Ok(seconds),
            _ => Err(ConfigError::new(DELAY, format!("{text:?} is not a time")).advise("use seconds, 0 to 3600")),
        })?;
        Ok(Self { tries, delay: Duration::from_secs_f64(seconds) })
    }
}

/// Whether any variable that describes a database is set.
pub(super) fn names_a_database(env: &dyn Env) -> bool {
    const THEIRS: [&str; 7] = [
        "ARANGO_URL",
        "ARANGO_DB",
        "ARANGO_USERNAME",
        "ARANGO_USER",
        "ARANGO_PASSWORD",
        "ARANGO_PASS",
        "ARANGO_TIMEOUT_SEC",
    ];
    THEIRS.iter().any(|name| non_empty(env, name).is_some())
}

/// The database that `ARANGO_URL` and its companions describe.
pub(super) fn environment_entry(env: &dyn Env) -> Result<DatabaseEntry, ConfigError> {
    let url = non_empty(env, "ARANGO_URL").unwrap_or_else(|| super::Config::BUILT_IN_URL.to_owned());
    let address = parse_address(&url).map_err(|fault| fault.into_error("ARANGO_URL"))?;
    let name = non_empty(env, "ARANGO_DB").unwrap_or_else(|| "_system".to_owned());
    let database = DatabaseName::parse(name).map_err(|error| ConfigError::new("ARANGO_DB", error.to_string()))?;
    let mut entry = DatabaseEntry::new(address, database, Origin::Environment);
    if let Some(username) = non_empty(env, "ARANGO_USERNAME").or_else(|| non_empty(env, "ARANGO_USER")) {
        entry.username = username;
    }
    entry.password = ["ARANGO_PASSWORD", "ARANGO_PASS"]
        .into_iter()
        .find(|name| non_empty(env, name).is_some())
        .map_or(PasswordSource::None, |name| PasswordSource::Env(name.to_owned()));
    if let Some(text) = non_empty(env, "ARANGO_TIMEOUT_SEC") {
        entry.timeout = timeout(&text)?;
    }
    entry.verify_certificate = choice(env, "ARANGO_VERIFY_CERTIFICATE", &[("true", true), ("false", false)])?;
    if matches!(entry.address, Address::Embedded(_)) {
        entry.password = PasswordSource::None;
    }
    Ok(entry)
}

fn timeout(text: &str) -> Result<Duration, ConfigError> {
    parse_timeout(text).map_err(|fault| fault.into_error("ARANGO_TIMEOUT_SEC"))
}

/// One of a few words, in any case; the first is the default.
pub(super) fn choice<T: Copy>(env: &dyn Env, name: &str, choices: &[(&str, T)]) -> Result<T, ConfigError> {
    let allowed = || choices.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
    let given = non_empty(env, name);
    let found = match &given {
        None => choices.first(),
        Some(text) => choices.iter().find(|(word, _)| text.trim().eq_ignore_ascii_case(word)),
    };
    let refuse = || ConfigError::new(name, format!("{:?} is not allowed", given.as_deref().unwrap_or_default()));
    found.map(|(_, value)| *value).ok_or_else(|| refuse().advise(format!("use {}", allowed())))
}

fn port(env: &dyn Env) -> Result<u16, ConfigError> {
    const NAME: &str = "MCP_HTTP_PORT";
    let Some(text) = non_empty(env, NAME) else { return Ok(8000) };
    match text.trim().parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(ConfigError::new(NAME, format!("{text:?} is not a port")).advise("use a number from 1 to 65535")),
    }
}

pub(super) fn list(env: &dyn Env, name: &str) -> Vec<String> {
    let text = non_empty(env, name).unwrap_or_default();
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn backup_dir(env: &dyn Env) -> Option<PathBuf> {
    const BELOW_HOME: [&str; 4] = [".local", "share", "mcp-arangodb-async", "backups"];
    let home = super::file::home(env);
    match non_empty(env, "MCP_BACKUP_DIR").map(PathBuf::from) {
        Some(named) => Some(match (named.strip_prefix("~"), home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => named,
        }),
        None => home.map(|home| home.join(BELOW_HOME.iter().collect::<PathBuf>())),
    }
}

/// Keys of 32 bytes in base64, separated by commas.
pub(super) fn keys(env: &dyn Env, name: &str) -> Result<Vec<KeyBytes>, ConfigError> {
    let Some(text) = non_empty(env, name) else { return Ok(Vec::new()) };
    sessions::keys(&text).map_err(|refusal| refusal.into_error(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MapEnv;

    fn refusal(name: &str, value: &str) -> String {
        Settings::from_env(&MapEnv::from([(name, value)])).unwrap_err().to_string()
    }

    #[test]
    fn without_variables_every_setting_has_its_documented_default() {
        let settings = Settings::from_env(&MapEnv::default()).unwrap();
        assert_eq!(settings.transport, TransportKind::Stdio);
        assert_eq!((settings.http_host.as_str(), settings.http_port), ("127.0.0.1", 8000));
        assert!(!settings.stateless && settings.http.allowed_origins.is_empty() && settings.focus_keys.is_empty());
        assert_eq!((settings.toolset, settings.log_level.as_str()), (Toolset::Full, "INFO"));
        assert_eq!((settings.read_only, settings.confirm), (false, Confirm::Never));
    }

    #[test]
    fn words_are_taken_in_any_case_and_others_are_refused() {
        let env = MapEnv::from([("MCP_TRANSPORT", "HTTP"), ("MCP_HTTP_STATELESS", "True"), ("MCP_HTTP_PORT", "65535")]);
        let settings = Settings::from_env(&env).unwrap();
        assert_eq!((settings.transport, settings.stateless, settings.http_port), (TransportKind::Http, true, 65535));
        insta::assert_snapshot!(refusal("MCP_TRANSPORT", "sse"), @r#"MCP_TRANSPORT: "sse" is not allowed; use `stdio` or `http`"#);
        insta::assert_snapshot!(refusal("MCP_CONFIRM", "always"), @r#"MCP_CONFIRM: "always" is not allowed; use `never` or `destructive`"#);
        insta::assert_snapshot!(refusal("MCP_HTTP_STATELESS", "1"), @r#"MCP_HTTP_STATELESS: "1" is not allowed; use `false` or `true`"#);
        insta::assert_snapshot!(refusal("MCP_HTTP_PORT", "0"), @r#"MCP_HTTP_PORT: "0" is not a port; use a number from 1 to 65535"#);
        insta::assert_snapshot!(refusal("MCP_HTTP_PORT", "70000"), @r#"MCP_HTTP_PORT: "70000" is not a port; use a number from 1 to 65535"#);
    }

    #[test]
    fn backups_are_below_the_home_directory_unless_the_environment_says_where() {
        let of = |pairs: &[(&str, &str)]| {
            Settings::from_env(&pairs.iter().copied().collect::<MapEnv>())
                .unwrap()
                .backup_dir
                .map(|dir| dir.display().to_string())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("HOME", "/h")]).as_deref(), Some("/h/.local/share/mcp-arangodb-async/backups"));
        assert_eq!(of(&[("HOME", "/h"), ("MCP_BACKUP_DIR", "~/b")]).as_deref(), Some("/h/b"));
        assert_eq!(of(&[("MCP_BACKUP_DIR", "/b")]).as_deref(), Some("/b"));
    }

    #[test]
    fn patience_has_bounds_and_those_of_the_documentation_by_default() {
        let of = |pairs: &[(&str, &str)]| Patience::from_env(&pairs.iter().copied().collect::<MapEnv>());
        assert_eq!(of(&[]).unwrap(), Patience { tries: 3, delay: Duration::from_secs(2) });
        let short = of(&[("ARANGO_CONNECT_RETRIES", "1"), ("ARANGO_CONNECT_DELAY_SEC", "0.5")]).unwrap();
        assert_eq!(short, Patience { tries: 1, delay: Duration::from_millis(500) });
        for (name, bad) in [
            ("ARANGO_CONNECT_RETRIES", "0"),
            ("ARANGO_CONNECT_RETRIES", "many"),
            ("ARANGO_CONNECT_DELAY_SEC", "-1"),
            ("ARANGO_CONNECT_DELAY_SEC", "NaN"),
        ] {
            assert!(of(&[(name, bad)]).unwrap_err().to_string().contains(name), "{name} {bad}");
        }
    }
}
