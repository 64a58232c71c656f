//! A client over pipes: one JSON-RPC message a line, no SDK.

use std::{
    collections::{HashMap, VecDeque},
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{PATIENCE, initialize_with, modern_with, program};

/// How a client answers the server's questions.
pub(crate) enum Reaction {
    Result(Value),
    Error,
}

/// A running server and the pipes to it.
pub(crate) struct Client {
    pub(crate) child: Child,
    input: Option<ChildStdin>,
    answers: Receiver<Value>,
    early: HashMap<u64, Value>,
    notices: VecDeque<Value>,
    next: u64,
    /// The capabilities of a client of the stateless protocol.
    modern: Option<Value>,
    reaction: Reaction,
    asked: usize,
    _home: TempDir,
}

impl Client {
    /// Starts the server with these arguments and variables. No message is sent yet.
    pub(crate) fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = program(home.path());
        command.args(arguments).envs(variables.iter().copied());
        Self::over(command, home)
    }

    /// Starts the server with this command. No message is sent yet.
    pub(crate) fn over(mut command: Command, home: TempDir) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (tell, answers) = channel();
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let message = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON on stdout: {line}"));
                if tell.send(message).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take();
        Self {
            child,
            input,
            answers,
            early: HashMap::new(),
            notices: VecDeque::new(),
            next: 0,
            modern: None,
            reaction: Reaction::Error,
            asked: 0,
            _home: home,
        }
    }

    /// A client of an older protocol over an embedded database with the sample.
    pub(crate) fn legacy() -> Self {
        Self::legacy_with(&["--embedded", "--sample"], json!({}))
    }

    /// A client of an older protocol with these capabilities.
    pub(crate) fn legacy_with(arguments: &[&str], capabilities: Value) -> Self {
        let mut client = Self::start(arguments, &[]);
        let answer = client.request("initialize", initialize_with("2025-06-18", &capabilities));
        assert_eq!(answer["result"]["protocolVersion"], "2025-06-18");
        client.notify("notifications/initialized");
        client
    }

    /// A client of the stateless protocol over the same.
    pub(crate) fn modern() -> Self {
        Self::modern_with(&["--embedded", "--sample"], json!({}))
    }

    /// A client of the stateless protocol with these capabilities.
    pub(crate) fn modern_with(arguments: &[&str], capabilities: Value) -> Self {
        let mut client = Self::start(arguments, &[]);
        client.modern = Some(capabilities);
        client
    }

    /// Answers the server's questions like this from now on.
    pub(crate) fn react(&mut self, reaction: Reaction) {
        self.reaction = reaction;
    }

    /// How many questions the server has asked.
    pub(crate) fn asked(&self) -> usize {
        self.asked
    }

    pub(crate) fn write(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    pub(crate) fn notify(&mut self, method: &str) {
        self.write(&json!({ "jsonrpc": "2.0", "method": method }).to_string());
    }

    /// Sends a request and does not wait for its answer.
    pub(crate) fn send(&mut self, method: &str, params: Value) -> u64 {
        self.next += 1;
        let params = match &self.modern {
            Some(capabilities) => modern_with(params, capabilities),
            None => params,
        };
        self.write(&json!({ "jsonrpc": "2.0", "id": self.next, "method": method, "params": params }).to_string());
        self.next
    }

    /// Waits for the answer to a request.
    pub(crate) fn answer(&mut self, id: u64) -> Value {
        loop {
            if let Some(answer) = self.early.remove(&id) {
                return answer;
            }
            self.take_one(&format!("answer to {id}"));
        }
    }

    /// Waits for a notification.
    pub(crate) fn notification(&mut self, method: &str) -> Value {
        loop {
            let found = self.notices.iter().position(|notice| notice["method"] == method);
            if let Some(notice) = found.and_then(|at| self.notices.remove(at)) {
                return notice;
            }
            self.take_one(method);
        }
    }

    /// The notifications that have come and were not waited for.
    pub(crate) fn notices(&self) -> impl Iterator<Item = &Value> {
        self.notices.iter()
    }

    fn take_one(&mut self, awaited: &str) {
        let message = self.answers.recv_timeout(PATIENCE).unwrap_or_else(|error| panic!("no {awaited}: {error}"));
        if message["method"] == "elicitation/create" {
            self.react_to(&message["id"]);
            return;
        }
        match message["id"].as_u64() {
            Some(id) => drop(self.early.insert(id, message)),
            None => self.notices.push_back(message),
        }
    }

    fn react_to(&mut self, id: &Value) {
        self.asked += 1;
        let answer = match &self.reaction {
            Reaction::Result(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Reaction::Error => json!({ "jsonrpc": "2.0", "id": id, "error": { "code": -32603, "message": "no" } }),
        };
        self.write(&answer.to_string());
    }

    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params);
        self.answer(id)
    }

    pub(crate) fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.request("tools/call", json!({ "name": tool, "arguments": arguments }))
    }

    /// Sends a tool call and does not wait for its answer.
    pub(crate) fn send_call(&mut self, tool: &str, arguments: Value) -> u64 {
        self.send("tools/call", json!({ "name": tool, "arguments": arguments }))
    }

    /// Ends the input, as a client that goes away does.
    pub(crate) fn hang_up(&mut self) {
        self.input = None;
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // The server may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
