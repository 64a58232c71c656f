//! One database: the way to it, encryption, logging in, whether it is there, what the user may do, the server's version and
//! clock. The checks build on each other, so the first failure is the last line.

use std::{cmp::Ordering, time::Duration};

use super::{
    commands::Commands,
    network,
    report::{Group, Subject},
};
use crate::{
    arango::{Error, TransportErrorKind},
    cli::look::{self, Look, Rights, Trouble},
    config::{Address, AuthMethod, DatabaseEntry, DatabaseKey, Origin, PasswordSource},
    observability::SafeUrl,
    tenancy::{ConnectError, Databases},
    wire::ErrorNum,
};

/// The oldest version of ArangoDB that is supported.
const OLDEST: (u32, u32) = (3, 11);
/// How far two clocks may be apart.
const CLOSE: Duration = Duration::from_mins(1);

/// Looks at one database.
pub(super) async fn examine(
    databases: &Databases,
    key: &DatabaseKey,
    entry: &DatabaseEntry,
    commands: &Commands,
) -> Group {
    let about = format!("{} on {}, as {}", entry.database, entry.address, entry.username);
    let group = Group::new(Subject::Database(key.clone(), about));
    let mut exam = Exam { key, entry, commands, group };
    match &entry.address {
        Address::Embedded(_) => match look::at(databases, key, entry, entry.timeout).await {
            Ok(_) => exam.group.ok("engine", "the engine in this program; what is in it is gone when the server ends"),
            Err(trouble) => exam.group.fail("engine", trouble.to_string(), "use `url: \"embedded:\"`"),
        },
        Address::Server(urls) => {
            if network::examine(&mut exam.group, urls, entry.timeout).await {
                // Each request has the timeout to itself; what is slow all along ends here.
                match look::at(databases, key, entry, entry.timeout * 2).await {
                    Ok(look) => exam.healthy(urls, &look),
                    Err(trouble) => exam.broken(urls, &trouble),
                }
            }
        }
    }
    exam.group
}

/// A database that is looked at.
struct Exam<'a> {
    key: &'a DatabaseKey,
    entry: &'a DatabaseEntry,
    commands: &'a Commands,
    group: Group,
}

impl Exam<'_> {
    fn healthy(&mut self, urls: &[SafeUrl], look: &Look) {
        self.encryption(urls);
        self.logged_in();
        self.exists();
        self.rights(look.rights);
        self.version(look);
        if let Some(ahead) = look.ahead {
            self.clock(ahead);
        }
    }

    /// What came before the trouble went well.
    fn broken(&mut self, urls: &[SafeUrl], trouble: &Trouble) {
        match trouble {
            Trouble::Late(_) => self.group.fail("answer", trouble.to_string(), self.late_advice()),
            Trouble::NotOpened(error) => self.not_opened(error),
            Trouble::NotAnswered(error) => self.not_answered(urls, error),
            Trouble::NoRights { .. } => {
                self.encryption(urls);
                self.logged_in();
                self.group.fail("rights", trouble.to_string(), self.grant("rw"));
            }
        }
    }

    fn not_opened(&mut self, error: &ConnectError) {
        match error {
            ConnectError::PasswordUnset { .. } | ConnectError::PasswordUnreadable { .. } => {
                let advice = "see `password` above: it is what has to be mended";
                self.group.fail("authentication", "not tried without the password", advice);
            }
            // Nothing was sent yet: what is configured for TLS cannot be used.
            ConnectError::Client(error) => {
                let correct = self.correct(&["--ca-file", "FILE"], "ARANGO_VERIFY_CERTIFICATE");
                self.group.fail("tls", error.to_string(), format!("name the file of an authority: {correct}"));
            }
            ConnectError::Unknown(_) | ConnectError::Unsupported(_) | ConnectError::Closed => {
                self.group.fail("answer", error.to_string(), "correct the entry");
            }
        }
    }

    fn not_answered(&mut self, urls: &[SafeUrl], error: &Error) {
        let message = error.to_string();
        if let Error::Transport(transport) = error {
            return match transport.kind {
                TransportErrorKind::Tls => self.group.fail("tls", message, TLS_ADVICE),
                TransportErrorKind::Timeout => self.group.fail("answer", message, self.late_advice()),
                TransportErrorKind::Connect
                | TransportErrorKind::Broken
                | TransportErrorKind::TooLarge
                | TransportErrorKind::Closed => self.group.fail("answer", message, ANSWER_ADVICE),
            };
        }
        self.encryption(urls);
        match (error.status(), error.num()) {
            (Some(401), _) => {
                let message = format!("{} is not let in: {message}", self.entry.username);
                self.group.fail("authentication", message, self.login_advice());
            }
            (Some(403), _) => {
                self.logged_in();
                self.group.fail("rights", message, self.grant("rw"));
            }
            (Some(404), Some(ErrorNum::DATABASE_NOT_FOUND)) => {
                self.logged_in();
                let message = format!("there is no database {} on this server", self.entry.database);
                let (key, database) = (self.key.as_str(), self.entry.database.as_str());
                let create = self.commands.line(&["admin", "database", "create", database, "--database", key]);
                let correct = self.correct(&["--database", "NAME"], "ARANGO_DB");
                let advice = format!("name another: {correct}; or create it: {create}");
                self.group.fail("database", message, advice);
            }
            (_, Some(_)) => self.group.fail("answer", message, "look into the log of the server"),
            (_, None) => self.group.fail("answer", message, ANSWER_ADVICE),
        }
    }

    fn encryption(&mut self, urls: &[SafeUrl]) {
        const CHECK: &str = "tls";
        let is_plain = |url: &&SafeUrl| url.expose().scheme() == "http";
        if urls.iter().filter(is_plain).any(|url| !network::is_local(url)) {
            let advice = "use an https:// URL, unless the network between is yours alone";
            self.group.warn(CHECK, "not encrypted: passwords and data can be read on their way", advice);
        } else if urls.iter().all(|url| is_plain(&url)) {
            self.group.ok(CHECK, "not encrypted, and need not be: the server is on this machine");
        } else if !self.entry.verify_certificate {
            let advice = "unset ARANGO_VERIFY_CERTIFICATE; an entry of the file can name its authority under `ca_file`";
            self.group.warn(CHECK, "encrypted, but the certificate is not checked: it may be anybody's", advice);
        } else {
            let by = match &self.entry.ca_file {
                Some(file) => file.display().to_string(),
                None => "the authorities of this machine".to_owned(),
            };
            self.group.ok(CHECK, format!("encrypted; the certificate is accepted by {by}"));
        }
    }

    fn logged_in(&mut self) {
        let how = match (&self.entry.password, self.entry.auth) {
            (PasswordSource::None, _) => "without a password",
            (PasswordSource::Env(_) | PasswordSource::File(_), AuthMethod::Basic) => "with the password",
            (PasswordSource::Env(_) | PasswordSource::File(_), AuthMethod::Jwt) => "with a token",
        };
        self.group.ok("authentication", format!("{} is let in {how}", self.entry.username));
    }

    fn login_advice(&self) -> String {
        let user = &self.entry.username;
        match &self.entry.password {
            PasswordSource::Env(name) => {
                format!("check that ${name} is the password of {user}, and that the server has this user")
            }
            PasswordSource::File(path) => {
                let path = path.display();
                format!(
                    "check that the first line of {path} is the password of {user}, and that the server has this user"
                )
            }
            PasswordSource::None => {
                let correct = self.correct(&["--password-env", "VARIABLE"], "ARANGO_PASSWORD");
                format!("name a password: {correct}")
            }
        }
    }

    /// How to say something else about this database: by a command, or by a variable where that is what describes it.
    fn correct(&self, options: &[&str], variable: &str) -> String {
        match self.entry.origin {
            Origin::File => self.commands.line(&[&["db", "update", self.key.as_str()], options].concat()),
            Origin::Environment | Origin::CommandLine | Origin::BuiltIn => format!("set {variable}"),
        }
    }

    /// How to change what the user may do.
    fn grant(&self, permission: &str) -> String {
        let (user, database, key) = (&*self.entry.username, self.entry.database.as_str(), self.key.as_str());
        let words = ["user", "grant", user, database, "--permission", permission, "--database", key];
        format!("change it as an administrator: {}", self.commands.line(&words))
    }

    fn late_advice(&self) -> String {
        let correct = self.correct(&["--timeout", "SECONDS"], "ARANGO_TIMEOUT_SEC");
        format!(
            "look at the load and the log of the server, and that this is its port; or give it more time: {correct}"
        )
    }

    fn exists(&mut self) {
        self.group.ok("database", format!("{} is there", self.entry.database));
    }

    fn rights(&mut self, rights: Rights) {
        const CHECK: &str = "rights";
        let user = &self.entry.username;
        match (rights, self.entry.read_only) {
            (Rights::Write, false) => self.group.ok(CHECK, format!("{user} may read and write")),
            (Rights::Read, true) => self.group.ok(CHECK, format!("{user} may only read, and so says the entry")),
            (Rights::Write | Rights::Frozen, true) => {
                let advice = match user.as_str() {
                    "root" => "use a user other than root, one that may only read".to_owned(),
                    _ => self.grant("ro"),
                };
                let message = format!("the entry is read-only, but {user} may write; only this program holds it back");
                self.group.warn(CHECK, message, advice);
            }
            (Rights::Read, false) => {
                let correct = self.correct(&["--read-only"], "MCP_READ_ONLY=true");
                let advice = format!("say so: {correct}; or {}", self.grant("rw"));
                self.group.warn(CHECK, format!("{user} may only read: whatever writes will fail"), advice);
            }
            (Rights::Frozen, false) => {
                let advice = "an administrator of the server can end its read-only mode";
                self.group.warn(CHECK, format!("{user} may write, but the server takes no writes at present"), advice);
            }
            (Rights::Unknown, _) => {
                let advice = "ask an administrator of the server";
                self.group.warn(CHECK, format!("the server does not say whether {user} may write"), advice);
            }
        }
    }

    fn version(&mut self, look: &Look) {
        const CHECK: &str = "version";
        let Look { version, role, latency, .. } = look;
        let role = role.as_ref().map(|role| format!(", {role}")).unwrap_or_default();
        let millis = latency.as_secs_f64() * 1000.0;
        let message = format!("ArangoDB {} ({}{role}), {millis:.1} ms", version.version, version.license);
        let (major, minor) = OLDEST;
        match release(&version.version).map(|release| release.cmp(&OLDEST)) {
            Some(Ordering::Equal | Ordering::Greater) => self.group.ok(CHECK, message),
            Some(Ordering::Less) => self.group.warn(
                CHECK,
                format!("{message}: older than {major}.{minor}, the oldest version that is supported"),
                "update the server; until then some calls may fail",
            ),
            None => {
                let advice = format!("{major}.{minor} and newer are supported");
                self.group.warn(CHECK, format!("{message}: not a version that is known here"), advice);
            }
        }
    }

    fn clock(&mut self, ahead: i64) {
        const CHECK: &str = "clock";
        let apart = Duration::from_millis(ahead.unsigned_abs());
        if apart <= CLOSE {
            return self.group.ok(CHECK, "the server's agrees with that of this machine to the minute");
        }
        let direction = if ahead > 0 { "ahead of" } else { "behind" };
        self.group.warn(
            CHECK,
            format!("the server's is {} seconds {direction} that of this machine", apart.as_secs()),
            "set both by NTP: certificates, tokens and dates in queries go by them",
        );
    }
}

const TLS_ADVICE: &str = "check that the URL names the host as the certificate does, that the port speaks TLS (else use \
                          http://), and that the certificate has not expired";
const ANSWER_ADVICE: &str =
    "check that this is the port of ArangoDB's HTTP API, and not https:// where `url` says http://";

/// The first two numbers of a version.
fn release(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split(['.', '-']).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_compared_as_numbers() {
        assert!(release("3.9.12") < Some(OLDEST) && release("3.10.0-devel") < Some(OLDEST));
        assert!(release("3.11.0-rc.1") >= Some(OLDEST) && release("3.12.5") >= Some(OLDEST));
        assert_eq!(release("4.0"), Some((4, 0)));
        assert_eq!((release("devel"), release("")), (None, None));
    }
}
