//! What is configured about sessions and about the keys that seal what clients carry: how many, how long, kept where. Read
//! from the environment; flags of the command line are read by the same functions.

use std::{fs, io::Read as _, path::Path, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret as _, SecretBox};

use super::{
    ConfigError, Env, KeyBytes,
    env::non_empty,
    values::{Refusal, parse_session_store},
};
use crate::observability::{SafeUrl, Secret};

/// The variable that holds keys, and the one that names a file of them.
const KEY: &str = "MCP_FOCUS_KEY";
const KEY_FILE: &str = "MCP_FOCUS_KEY_FILE";
/// Longest file of keys that is read.
const MAX_KEY_FILE: u64 = 64 * 1024;

/// How many sessions of the older protocols there may be, for how long, and where they are kept.
#[derive(Debug, Clone)]
pub struct SessionSettings {
    /// Sessions kept in this process at most, before the one used longest ago makes room.
    pub max: usize,
    /// How long an unused session is kept.
    pub idle: Duration,
    /// The store that replicas share; without one, sessions are in memory.
    pub store: Option<SafeUrl>,
    /// The password of that store, where its address has none.
    pub store_password: Secret,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { max: Self::DEFAULT_MAX, idle: Self::DEFAULT_IDLE, store: None, store_password: Secret::default() }
    }
}

impl SessionSettings {
    /// Sessions kept unless told otherwise: some 60 KiB each.
    pub const DEFAULT_MAX: usize = 5_000;
    /// How long an unused session is kept unless told otherwise.
    pub const DEFAULT_IDLE: Duration = Duration::from_hours(8);

    /// Reads them.
    pub(super) fn from_env(env: &dyn Env) -> Result<Self, ConfigError> {
        let text = |name| non_empty(env, name);
        Ok(Self {
            max: text("MCP_MAX_SESSIONS").map_or(Ok(Self::DEFAULT_MAX), |text| max("MCP_MAX_SESSIONS", &text))?,
            idle: text("MCP_SESSION_IDLE").map_or(Ok(Self::DEFAULT_IDLE), |text| idle("MCP_SESSION_IDLE", &text))?,
            store: text("MCP_SESSION_STORE").map(|text| store("MCP_SESSION_STORE", &text)).transpose()?,
            store_password: Secret::new(text("MCP_SESSION_STORE_PASSWORD").unwrap_or_default()),
        })
    }
}

/// A number of sessions. `name` is the flag or variable the text comes from; here and below.
///
/// # Errors
/// When it is none, or out of bounds.
pub fn max(name: &str, text: &str) -> Result<usize, ConfigError> {
    match text.trim().parse() {
        Ok(max) if (1..=1_000_000).contains(&max) => Ok(max),
        _ => Err(ConfigError::new(name, format!("{text:?} is not a number of sessions")).advise("use 1 to 1000000")),
    }
}

/// A time without use: a number with `s`, `m`, `h` or `d` behind it, or seconds.
///
/// # Errors
/// When it is none, or out of bounds.
pub fn idle(name: &str, text: &str) -> Result<Duration, ConfigError> {
    const UNITS: [(char, u64); 4] = [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400)];
    let bare = text.trim();
    let (number, unit) =
        UNITS.iter().find_map(|(letter, seconds)| Some((bare.strip_suffix(*letter)?, *seconds))).unwrap_or((bare, 1));
    let seconds = number.trim_end().parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    match seconds {
        Some(seconds @ 60..=2_592_000) => Ok(Duration::from_secs(seconds)),
        _ => Err(ConfigError::new(name, format!("{text:?} is not a time without use"))
            .advise("use 60s to 30d, e.g. 30m or 8h; a bare number counts seconds")),
    }
}

/// The address of a store that replicas share. It is not repeated in errors: it may hold a password.
///
/// # Errors
/// When it is none.
pub fn store(name: &str, text: &str) -> Result<SafeUrl, ConfigError> {
    parse_session_store(text.trim()).map_err(|refusal| refusal.into_error(name))
}

/// The keys that seal focus handles and confirmations, newest first; none if none are configured.
pub(super) fn focus_keys(env: &dyn Env) -> Result<Vec<KeyBytes>, ConfigError> {
    match (non_empty(env, KEY), non_empty(env, KEY_FILE)) {
        (None, None) => Ok(Vec::new()),
        (Some(text), None) => keys(&text).map_err(|refusal| refusal.into_error(KEY)),
        (None, Some(file)) => focus_keys_of(Path::new(&file)),
        (Some(_), Some(_)) => Err(ConfigError::new(KEY_FILE, format!("{KEY} is set too")).advise("use one of them")),
    }
}

/// The keys in a file, newest first, a line each.
///
/// # Errors
/// When it cannot be read, holds something else, or others than its owner may change it or everybody may read it.
pub fn focus_keys_of(path: &Path) -> Result<Vec<KeyBytes>, ConfigError> {
    let fault = |problem: String| ConfigError::new("", problem).in_file(path);
    let unreadable = |error: std::io::Error| fault(format!("the file of keys cannot be read: {error}"));
    let file = fs::File::open(path).map_err(unreadable)?;
    if let Some(mode) = exposed(&file.metadata().map_err(unreadable)?) {
        let problem = format!("others can read or change this file of keys (mode {mode:03o})");
        return Err(fault(problem).advise("run chmod 600 (a group may read it: 640)"));
    }
    let mut text = String::new();
    file.take(MAX_KEY_FILE).read_to_string(&mut text).map_err(unreadable)?;
    let text = Secret::new(text);
    let keys = keys(text.expose()).map_err(|refusal| refusal.into_error("").in_file(path))?;
    if keys.is_empty() { Err(fault("there is no key in the file".to_owned()).advise(ADVICE)) } else { Ok(keys) }
}

/// What a key is.
const ADVICE: &str = "use 32 random bytes in base64, e.g. from `openssl rand -base64 32`";

pub(super) fn keys(text: &str) -> Result<Vec<KeyBytes>, Refusal> {
    let parse = |text: &str| {
        let bytes = SecretBox::new(Box::new(STANDARD.decode(text).unwrap_or_default()));
        let bytes: Option<[u8; 32]> = bytes.expose_secret().as_slice().try_into().ok();
        bytes.map(KeyBytes::new).ok_or_else(|| Refusal::new("the value is not a key", ADVICE))
    };
    text.split([',', '\n']).map(str::trim).filter(|line| !line.is_empty()).map(parse).collect()
}

/// The mode of a file that too many may read or change. A group may read it: that is how orchestrators hand secrets over.
#[cfg(unix)]
fn exposed(metadata: &fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o037 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn exposed(_metadata: &fs::Metadata) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{MapEnv, Settings};

    fn refusal(name: &str, value: &str) -> String {
        Settings::from_env(&MapEnv::from([(name, value)])).unwrap_err().to_string()
    }

    #[test]
    fn without_variables_sessions_are_in_memory_for_eight_hours() {
        let settings = SessionSettings::from_env(&MapEnv::default()).unwrap();
        assert_eq!((settings.max, settings.idle), (5_000, Duration::from_hours(8)));
        assert!(settings.store.is_none() && settings.store_password.is_empty());
    }

    #[test]
    fn a_time_without_use_has_a_unit_or_counts_seconds() {
        for (text, seconds) in [("60", 60), ("90s", 90), (" 30 m ", 1_800), ("8h", 28_800), ("30d", 2_592_000)] {
            assert_eq!(idle("x", text).unwrap(), Duration::from_secs(seconds), "{text}");
        }
        for bad in ["", "59", "31d", "1w", "-8h", "h", "1.5h", "99999999999999999999h", "9223372036854775807d"] {
            assert!(idle("x", bad).is_err(), "{bad}");
        }
        insta::assert_snapshot!(refusal("MCP_SESSION_IDLE", "8 hours"), @r#"MCP_SESSION_IDLE: "8 hours" is not a time without use; use 60s to 30d, e.g. 30m or 8h; a bare number counts seconds"#);
        insta::assert_snapshot!(refusal("MCP_MAX_SESSIONS", "0"), @r#"MCP_MAX_SESSIONS: "0" is not a number of sessions; use 1 to 1000000"#);
    }

    #[test]
    fn the_address_of_a_store_is_checked_and_its_password_not_repeated() {
        let env = MapEnv::from([("MCP_SESSION_STORE", "rediss://app:hunter2@cache:6380/2")]);
        let settings = Settings::from_env(&env).unwrap();
        assert_eq!(settings.sessions.store.as_ref().unwrap().to_string(), "rediss://cache:6380/2");
        assert!(!format!("{settings:?}").contains("hunter2"));
        for bad in [
            "http://:hunter2@cache",
            "redis://",
            "cache:6379 hunter2",
            "redis://:hunter2@cache/two",
            "redis://c/?hunter2",
        ] {
            let refused = refusal("MCP_SESSION_STORE", bad);
            assert!(refused.starts_with("MCP_SESSION_STORE: ") && refused.contains("redis://"), "{refused}");
            assert!(!refused.contains("hunter2"), "{refused}");
        }
    }

    #[test]
    fn a_focus_key_has_thirty_two_bytes_and_a_bad_one_is_not_printed() {
        let good = STANDARD.encode([7; 32]);
        let env = MapEnv::from([("MCP_FOCUS_KEY", format!("{good}, {good}"))]);
        let settings = Settings::from_env(&env).unwrap();
        assert_eq!(settings.focus_keys.iter().map(|key| *key.expose()).collect::<Vec<_>>(), [[7; 32], [7; 32]]);
        assert!(!format!("{settings:?}").contains(&good));
        insta::assert_snapshot!(refusal("MCP_FOCUS_KEY", "c2hvcnQ="), @"MCP_FOCUS_KEY: the value is not a key; use 32 random bytes in base64, e.g. from `openssl rand -base64 32`");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_of_keys_has_a_line_for_each_and_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("focus.keys");
        let lines = format!("{}\n{}\n", STANDARD.encode([2; 32]), STANDARD.encode([1; 32]));
        fs::write(&path, lines).unwrap();
        let with = |mode| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let env = MapEnv::from([("MCP_FOCUS_KEY_FILE", path.to_str().unwrap())]);
            Settings::from_env(&env).map(|settings| settings.focus_keys)
        };
        for mode in [0o600, 0o400, 0o640, 0o440] {
            let keys: Vec<_> = with(mode).unwrap().iter().map(|key| *key.expose()).collect();
            assert_eq!(keys, [[2; 32], [1; 32]], "{mode:o}");
        }
        for mode in [0o644, 0o660, 0o604, 0o601] {
            let refused = with(mode).unwrap_err().to_string();
            assert!(refused.contains("focus.keys") && refused.contains("chmod 600"), "{refused}");
        }
        for (text, problem) in [("\n", "no key"), ("hunter2\n", "not a key")] {
            fs::write(&path, text).unwrap();
            let refused = with(0o600).unwrap_err().to_string();
            assert!(refused.contains(problem) && !refused.contains("hunter2"), "{refused}");
        }
        let both = MapEnv::from([("MCP_FOCUS_KEY", "x"), ("MCP_FOCUS_KEY_FILE", "/x")]);
        insta::assert_snapshot!(Settings::from_env(&both).unwrap_err(), @"MCP_FOCUS_KEY_FILE: MCP_FOCUS_KEY is set too; use one of them");
    }
}
