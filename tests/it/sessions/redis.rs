//! A Redis of a test's own, in a folder of its own. The program `redis-server` has to be there: in CI its absence is a
//! failure; elsewhere the tests that need it say so and do nothing, so that `cargo test` asks for nothing but Rust.

use std::{
    io::{BufRead as _, BufReader, ErrorKind, Read as _},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use mcp_arangodb_async::{config::SessionSettings, observability::SafeUrl, tenancy::RedisSessions};
use tempfile::TempDir;

const MISSING: &str = "redis-server is not installed, so sessions in a shared store are not tested here; \
                       install it (Debian, Ubuntu: apt-get install redis-server) and run the tests again";

/// A running Redis that forgets nothing when it is killed.
pub(crate) struct Redis {
    child: Child,
    folder: TempDir,
    arguments: Vec<String>,
    pub(crate) url: String,
}

impl Redis {
    /// A Redis behind a socket in its folder, if there is a program to start.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// The same with further settings.
    pub(crate) fn start_with(arguments: &[&str]) -> Option<Self> {
        if !is_installed() {
            say_what_is_missing();
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let url = format!("redis+unix://{}", folder.path().join("socket").display());
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let child = launch(folder.path(), &arguments);
        Some(Self { child, folder, arguments, url })
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn start_again(&mut self) {
        self.child = launch(self.folder.path(), &self.arguments);
    }

    /// Sends it a signal, by name.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// Sessions in it.
    pub(crate) fn sessions(&self, settings: &SessionSettings) -> RedisSessions {
        RedisSessions::new(&SafeUrl::parse(&self.url).unwrap(), settings).unwrap()
    }

    /// Asks it directly.
    pub(crate) async fn ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        let client = redis::Client::open(self.url.as_str()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]).query_async(&mut connection).await.unwrap()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have been killed already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn launch(folder: &Path, arguments: &[String]) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--port", "0", "--unixsocket", "socket", "--save", "", "--appendonly", "yes"]);
    // What was written is not lost with the process, only with the machine.
    command.args(["--appendfsync", "no", "--daemonize", "no"]).args(arguments).current_dir(folder);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    while !said.contains("eady to accept connections") {
        assert!(output.read_line(&mut said).unwrap() > 0, "redis-server ended: {said}");
    }
    // Keeps the pipe from filling up.
    thread::spawn(move || output.read_to_end(&mut Vec::new()));
    child
}

#[expect(clippy::print_stderr, reason = "for the person who runs the tests")]
fn say_what_is_missing() {
    eprintln!("{MISSING}");
}

fn is_installed() -> bool {
    let asked = Command::new("redis-server").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    match asked {
        Ok(status) => status.success(),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::NotFound, "redis-server cannot be started: {error}");
            false
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "tells the tests where they run; no setting of the program")]
fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

#[test]
fn redis_is_there_to_test_with_or_this_is_not_ci() {
    assert!(is_installed() || !in_ci(), "{MISSING}");
}
