//! The file of tokens: names, rights, lifetimes, and a hash in place of each token. Whoever reads the file cannot call with it.
//!
//! SHA-256 alone is right here, and a slow hash for passwords would be wrong: a token is 256 bits of chance, which nobody can
//! try out, and it is checked with every request.

use std::{
    fs,
    path::{Path, PathBuf},
};

use indexmap::IndexMap;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{
    Config, ConfigError, Env,
    env::non_empty,
    file::{self, Text, checked},
    grant::{Grant, RawGrant},
    save,
    values::Refusal,
};
use crate::clock::{millis_of, rfc3339};

/// Name of the default file, beside the configuration.
const FILE_NAME: &str = "tokens.yaml";

/// What the file begins with.
const HEADING: &str = "# Who may call mcp-arangodb-async over HTTP. Written by `mcp-arangodb-async token`; it holds hashes, and no \
                       token can be had from it.\n";

/// The name of a token: 1 to 64 letters, digits and `. _ - @`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenName(String);

impl TokenName {
    /// Takes a name.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte);
        if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err("a name has 1 to 64 letters, digits and the signs . _ - @")
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The SHA-256 of a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    fn parse(text: &str) -> Option<Self> {
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        let bytes: Option<Vec<u8>> = pairs.iter().map(|pair| byte(pair)).collect();
        bytes?.try_into().ok().map(Self)
    }

    fn hex(&self) -> String {
        let digit = |value: u8| char::from_digit(value.into(), 16);
        self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).flatten().collect()
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest(…)")
    }
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenEntry {
    /// What is kept of the token itself.
    pub digest: Digest,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// From when on it is refused.
    pub expires: Option<i64>,
    /// What it is good for.
    pub grant: Grant,
}

impl TokenEntry {
    /// Whether its time is over.
    pub fn is_expired(&self, now: i64) -> bool {
        self.expires.is_some_and(|expires| now >= expires)
    }
}

/// All tokens of a file, in the order they were made.
pub type Tokens = IndexMap<TokenName, TokenEntry>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    version: Option<Text>,
    tokens: Option<IndexMap<String, Spanned<RawToken>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawToken {
    sha256: Option<Text>,
    created: Option<Text>,
    expires: Option<Text>,
    grant: Option<RawGrant>,
}

/// The file: `path`, else beside the default configuration.
pub fn locate(path: Option<&Path>, env: &dyn Env) -> Option<PathBuf> {
    let named = path.map(Path::to_owned).or_else(|| non_empty(env, "MCP_TOKEN_FILE").map(PathBuf::from));
    named.or_else(|| Some(file::default_path(env)?.with_file_name(FILE_NAME)))
}

/// Reads the file. Others may not be able to write to it: they could let themselves in. Blocking.
///
/// # Errors
/// The first fault found.
pub fn read(path: &Path) -> Result<Tokens, ConfigError> {
    let (text, metadata) = file::read_text(path)?;
    refuse_writable(&metadata).and_then(|()| parse(&text)).map_err(|error| error.in_file(path))
}

/// What is not wrong with the file but should be known.
pub fn warning(path: &Path) -> Option<String> {
    file::permission_warning(path, &fs::metadata(path).ok()?)
}

#[cfg(unix)]
fn refuse_writable(metadata: &fs::Metadata) -> Result<(), ConfigError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o022 == 0 {
        return Ok(());
    }
    let problem = format!("others can change this file (mode {mode:03o}), and so let themselves in");
    Err(ConfigError::new("", problem).advise("run chmod 600"))
}

#[cfg(not(unix))]
fn refuse_writable(_metadata: &fs::Metadata) -> Result<(), ConfigError> {
    Ok(())
}

fn parse(text: &str) -> Result<Tokens, ConfigError> {
    let raw: RawFile = file::read_strictly(text)?;
    if let Some(version) = raw.version
        && version.value != Config::VERSION
    {
        let refuse = |text: &str| Err(Refusal::new(format!("{text:?} is not a version of this format"), "use \"1.0\""));
        checked::<()>("version", &version, refuse)?;
    }
    let mut tokens = Tokens::new();
    for (name, raw) in raw.tokens.unwrap_or_default() {
        let (at, place) = (format!("tokens.{name}"), raw.referenced);
        let fault = |problem: &str| ConfigError::new(&at, problem).at(place.line(), place.column());
        let name = TokenName::parse(&name).map_err(fault)?;
        let RawToken { sha256, created, expires, grant } = raw.value;
        let sha256 = sha256.ok_or_else(|| fault("`sha256` is missing; make the token anew with `token add`"))?;
        let digest = checked(&format!("{at}.sha256"), &sha256, |text| {
            Digest::parse(text).ok_or_else(|| Refusal::new("not a SHA-256", "use 64 hexadecimal digits"))
        })?;
        let time = |key: &str, text: Option<Text>| {
            text.map(|text| checked(&format!("{at}.{key}"), &text, parse_time)).transpose()
        };
        let entry = TokenEntry {
            digest,
            created: time("created", created)?.unwrap_or_default(),
            expires: time("expires", expires)?,
            grant: grant.unwrap_or_default().check(&format!("{at}.grant"))?,
        };
        tokens.insert(name, entry);
    }
    Ok(tokens)
}

fn parse_time(text: &str) -> Result<i64, Refusal> {
    millis_of(text).ok_or_else(|| Refusal::new(format!("{text:?} is not a time"), "use e.g. 2027-01-31T12:00:00Z"))
}

fn written(tokens: &Tokens) -> String {
    let entry = |(name, entry): (&TokenName, &TokenEntry)| {
        let TokenEntry { digest, created, expires, grant } = entry;
        // JSON is YAML, whatever stands in a key.
        let grant = serde_json::to_string(grant).unwrap_or_default();
        let expires = expires.map(|at| format!("    expires: \"{}\"\n", rfc3339(at))).unwrap_or_default();
        let (name, hex, created) = (name.as_str(), digest.hex(), rfc3339(*created));
        format!("  \"{name}\":\n    sha256: \"{hex}\"\n    created: \"{created}\"\n{expires}    grant: {grant}\n")
    };
    let none = if tokens.is_empty() { " {}" } else { "" };
    let entries: String = tokens.iter().map(entry).collect();
    format!("{HEADING}version: {:?}\ntokens:{none}\n{entries}", Config::VERSION)
}

/// Adds a token. Blocking.
///
/// # Errors
/// When the name is taken, or the file cannot be read or written.
pub fn add(path: &Path, name: &TokenName, entry: &TokenEntry) -> Result<PathBuf, ConfigError> {
    change(path, |tokens| {
        if tokens.contains_key(name) {
            let advice = format!("choose another name, or run `token revoke {}` first", name.as_str());
            return Err(ConfigError::new(format!("tokens.{}", name.as_str()), "the name is taken").advise(advice));
        }
        tokens.insert(name.clone(), entry.clone());
        Ok(())
    })
}

/// Removes a token. Blocking.
///
/// # Errors
/// When there is none of that name, or the file cannot be read or written.
pub fn revoke(path: &Path, name: &TokenName) -> Result<PathBuf, ConfigError> {
    change(path, |tokens| {
        tokens.shift_remove(name).map(drop).ok_or_else(|| {
            let problem = format!("there is no token {:?}", name.as_str());
            ConfigError::new("tokens", problem).advise("`token list` shows those there are")
        })
    })
}

fn change(path: &Path, change: impl FnOnce(&mut Tokens) -> Result<(), ConfigError>) -> Result<PathBuf, ConfigError> {
    let edit = |target: &Path, before: &str| {
        // Whoever could write to the file so far may have put tokens into it: that is not to be made good silently.
        if let Ok(metadata) = fs::metadata(target) {
            refuse_writable(&metadata)?;
        }
        let mut tokens = parse(before)?;
        change(&mut tokens)?;
        Ok((written(&tokens), ()))
    };
    save::rewrite(path, edit).map(|rewritten| rewritten.path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DatabaseKey;

    fn entry(seed: u8) -> TokenEntry {
        let databases = Some([DatabaseKey::parse("we: \"ird\" # key").unwrap()].into());
        let grant = Grant { databases, read_only: Some(true), ..Grant::default() };
        TokenEntry { digest: Digest([seed; 32]), created: 1_700_000_000_000, expires: Some(1_800_000_000_000), grant }
    }

    fn name(text: &str) -> TokenName {
        TokenName::parse(text).unwrap()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("new/tokens.yaml");
        for (position, text) in ["ci", "12", "true", "a@b.c"].into_iter().enumerate() {
            add(&path, &name(text), &entry(u8::try_from(position).unwrap())).unwrap();
        }
        let tokens = read(&path).unwrap();
        assert_eq!(tokens.keys().map(TokenName::as_str).collect::<Vec<_>>(), ["ci", "12", "true", "a@b.c"]);
        assert_eq!(tokens[&name("12")], entry(1));
        revoke(&path, &name("12")).unwrap();
        assert_eq!(read(&path).unwrap().len(), 3);
        for left in ["ci", "true", "a@b.c"] {
            revoke(&path, &name(left)).unwrap();
        }
        assert!(read(&path).unwrap().is_empty());
    }

    #[test]
    fn faults_leave_the_file_alone_and_say_what_to_do() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("tokens.yaml");
        add(&path, &name("ci"), &entry(1)).unwrap();
        let before = fs::read_to_string(&path).unwrap();
        assert!(add(&path, &name("ci"), &entry(2)).unwrap_err().to_string().contains("token revoke ci"));
        assert!(revoke(&path, &name("x")).unwrap_err().to_string().contains("token list"));
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
        for bad in [
            "tokens: [",
            "tokens: {a: {}}",
            "tokens: {a: {sha256: abc}}",
            "tokens: {a: {sha: abc}}",
            "tokens: {'a b': {sha256: abc}}",
            "version: \"9\"",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_change_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("tokens.yaml");
        add(&path, &name("ci"), &entry(1)).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("chmod 600"));
        assert!(add(&path, &name("b"), &entry(1)).unwrap_err().to_string().contains("chmod 600"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(read(&path).is_ok() && warning(&path).is_some());
    }

    #[test]
    fn names_are_short_and_plain() {
        for bad in ["", "a b", "a/b", "a\n", "é", &"x".repeat(65)] {
            assert!(TokenName::parse(bad).is_err(), "{bad}");
        }
    }
}
