//! The server itself, started as a client starts it, with the same configuration: does it answer in both protocols, list its
//! tools, and end when its client goes away?

use std::{path::Path, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    task::JoinHandle,
    time::{Instant, timeout_at},
};

use super::{
    commands::Commands,
    report::{Group, Subject},
};
use crate::config::{Env, env::VARIABLES};

/// How long it may take to do everything.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of what it says on standard error is kept.
const SAID: u64 = 64 << 10;
/// The protocols that are tried.
const LEGACY: &str = "2025-11-25";
const MODERN: &str = "2026-07-28";

/// Starts the server and speaks to it.
pub(super) async fn examine(config_file: Option<&Path>, env: &dyn Env, commands: &Commands) -> Group {
    let mut group = Group::new(Subject::Server);
    match Peer::start(config_file, env) {
        Ok(mut peer) => {
            if let Err((check, problem)) = peer.converse(&mut group).await {
                let said = peer.last_words().await;
                let said = said.map(|said| format!("; it said: {said}")).unwrap_or_default();
                let by_hand = commands.line(&["server", "--transport", "stdio"]);
                let advice = format!("start it by hand and read what it says: {by_hand}");
                group.fail(check, format!("{problem}{said}"), advice);
            }
        }
        Err(error) => {
            let advice = "check that this program may start other programs, and was not removed meanwhile";
            group.fail("start", format!("the server cannot be started: {error}"), advice);
        }
    }
    group
}

/// The check that failed, and why.
type Failed = (&'static str, String);

/// A running server and the pipes to it. It is ended when dropped.
struct Peer {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
    said: Option<JoinHandle<String>>,
    deadline: Instant,
    next: u64,
}

impl Peer {
    fn start(config_file: Option<&Path>, env: &dyn Env) -> std::io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["server", "--transport", "stdio"]);
        if let Some(path) = config_file {
            command.arg("--config-file").arg(path);
        }
        // What --environment-file sets.
        command.envs(VARIABLES.iter().filter_map(|variable| Some((variable.name, env.get(variable.name)?))));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let missing = || std::io::Error::other("its pipes are missing");
        let output = BufReader::new(child.stdout.take().ok_or_else(missing)?).lines();
        let errors = child.stderr.take().ok_or_else(missing)?;
        let said = tokio::spawn(async move {
            let mut said = Vec::new();
            // Not reading on would stop a server that says more; it is ended soon anyway.
            drop(errors.take(SAID).read_to_end(&mut said).await);
            String::from_utf8_lossy(&said).into_owned()
        });
        let input = child.stdin.take();
        Ok(Self { child, input, output, said: Some(said), deadline: Instant::now() + PATIENCE, next: 0 })
    }

    async fn converse(&mut self, group: &mut Group) -> Result<(), Failed> {
        let about = json!({ "name": "doctor", "version": env!("CARGO_PKG_VERSION") });
        let params = json!({ "protocolVersion": LEGACY, "capabilities": {}, "clientInfo": about });
        let answer = self.ask("initialize", "initialize", params).await?;
        let of = |answer: &Value, path: &str| answer.pointer(path).and_then(Value::as_str).unwrap_or("?").to_owned();
        let [name, version, protocol] =
            ["/serverInfo/name", "/serverInfo/version", "/protocolVersion"].map(|path| of(&answer, path));
        group.ok("initialize", format!("{name} {version} answers, protocol {protocol}"));
        self.send("initialize", &json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await?;

        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientInfo": about,
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let answer = self.ask("discover", "server/discover", json!({ "_meta": meta })).await?;
        let versions = answer.get("supportedVersions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if !versions.iter().any(|version| version == MODERN) {
            return Err(("discover", format!("{MODERN} is not among the protocols it names")));
        }
        group.ok("discover", format!("it answers without a session too, protocol {MODERN}"));

        let answer = self.ask("tools", "tools/list", json!({})).await?;
        match answer.get("tools").and_then(Value::as_array).map_or(0, Vec::len) {
            0 => return Err(("tools", "it lists no tools".to_owned())),
            count => group.ok("tools", format!("it lists {count}")),
        }

        self.input = None;
        match timeout_at(self.deadline, self.child.wait()).await {
            Ok(Ok(status)) if status.success() => {
                group.ok("end", "it ends when its client goes away");
                Ok(())
            }
            Ok(Ok(status)) => Err(("end", format!("when its client went away it ended with {status}"))),
            Ok(Err(error)) => Err(("end", format!("it cannot be waited for: {error}"))),
            Err(_) => Err(("end", "it does not end when its client goes away".to_owned())),
        }
    }

    async fn ask(&mut self, check: &'static str, method: &str, params: Value) -> Result<Value, Failed> {
        self.next += 1;
        let id = self.next;
        self.send(check, &json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await?;
        loop {
            let line = match timeout_at(self.deadline, self.output.next_line()).await {
                Ok(Ok(Some(line))) => line,
                Ok(Ok(None)) => return Err((check, format!("it ended before it answered {method}"))),
                Ok(Err(error)) => return Err((check, format!("its answer to {method} cannot be read: {error}"))),
                Err(_) => return Err((check, format!("no answer to {method} within {} seconds", PATIENCE.as_secs()))),
            };
            let Ok(mut message) = serde_json::from_str::<Value>(&line) else {
                return Err((check, "it writes to standard output what is not JSON".to_owned()));
            };
            if message.get("id") != Some(&id.into()) {
                continue;
            }
            return match message.get_mut("result") {
                Some(result) => Ok(result.take()),
                None => Err((check, format!("it refuses {method}: {}", message.get("error").unwrap_or(&Value::Null)))),
            };
        }
    }

    async fn send(&mut self, check: &'static str, message: &Value) -> Result<(), Failed> {
        let Some(input) = &mut self.input else { return Ok(()) };
        let line = format!("{message}\n");
        let sending = async {
            input.write_all(line.as_bytes()).await?;
            input.flush().await
        };
        match timeout_at(self.deadline, sending).await {
            Ok(Ok(())) => Ok(()),
            // It is gone: its last words say why.
            Ok(Err(_)) => Err((check, "it ended before it was spoken to".to_owned())),
            Err(_) => Err((check, "it does not read what it is sent".to_owned())),
        }
    }

    /// The last line on standard error, once the server has ended.
    async fn last_words(&mut self) -> Option<String> {
        self.input = None;
        drop(self.child.kill().await);
        let said = self.said.take()?.await.ok()?;
        said.lines().map(str::trim).rfind(|line| !line.is_empty()).map(str::to_owned)
    }
}
