//! The server under test and the official SDK's client, over pipes, in either era of the protocol.

use std::{path::PathBuf, process::Stdio};

use rmcp::{
    ClientServiceExt as _, RoleClient,
    model::{CallToolRequestParams, ProtocolVersion},
    service::{ClientLifecycleMode, RunningService},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::database::Database;
use crate::support::{PATIENCE, program, success};

/// The two ways to begin a conversation.
#[derive(Clone, Copy)]
pub(crate) enum Era {
    Initialize,
    Discover,
}

/// A client with a server of its own, whose database `suite` is the one under test.
pub(crate) struct Client {
    service: RunningService<RoleClient, ()>,
    // Killed when dropped.
    _server: Child,
    home: TempDir,
}

impl Client {
    pub(crate) async fn connect(database: &Database, era: Era) -> Self {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("config.yaml");
        std::fs::write(&file, configuration(database)).unwrap();
        let mut command = program(home.path());
        command.env("SUITE_PASSWORD", database.password()).stderr(Stdio::null());
        command.arg("--config-file").arg(&file).arg("--backup-dir").arg(home.path().join("backups"));
        let mut command = Command::from(command);
        let mut server = command.stdin(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let pipes = (server.stdout.take().unwrap(), server.stdin.take().unwrap());
        let lifecycle = match era {
            Era::Initialize => ClientLifecycleMode::Initialize,
            Era::Discover => ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] },
        };
        let service = ().serve_with_lifecycle(pipes, lifecycle).await.unwrap();
        Self { service, _server: server, home }
    }

    /// Where the server writes backups.
    pub(crate) fn backups(&self) -> PathBuf {
        self.home.path().join("backups")
    }

    /// The tools as the client understands them.
    pub(crate) async fn tool(&self, name: &str) -> Value {
        let tools = self.service.list_all_tools().await.unwrap();
        let tool = tools.iter().find(|tool| tool.name == name).unwrap_or_else(|| panic!("{name} is not listed"));
        serde_json::to_value(tool).unwrap()
    }

    /// Calls a tool: the whole result.
    pub(crate) async fn call(&self, tool: &str, arguments: &Value) -> Value {
        let arguments = arguments.as_object().unwrap().clone();
        let call = self.service.call_tool(CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments));
        let result = tokio::time::timeout(PATIENCE, call).await.unwrap_or_else(|_| panic!("{tool}: no answer"));
        let result = result.unwrap_or_else(|error| panic!("{tool}: {error}"));
        json!({ "result": result })
    }

    /// Calls a tool that has to succeed.
    pub(crate) async fn result(&self, tool: &str, arguments: &Value) -> Value {
        success(&self.call(tool, arguments).await)
    }
}

/// The database under test, and a second one to choose.
fn configuration(database: &Database) -> String {
    let entry = |name: &str| {
        json!({
            "url": database.url(), "database": name, "username": database.username(), "password_env": "SUITE_PASSWORD",
        })
    };
    // JSON is YAML.
    json!({
        "default_database": "suite",
        "databases": { "suite": entry(database.name()), "system": entry("_system") },
    })
    .to_string()
}
