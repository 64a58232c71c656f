//! `token list`: the tokens there are, and what they are good for.

use std::{fmt::Display, process::ExitCode};

use serde_json::json;

use super::{blocking, path};
use crate::{
    cli::{arguments::token::ListOptions, error::CliError, output, table},
    clock::{Clock as _, SystemClock, rfc3339},
    config::{
        Grant,
        tokens::{self, TokenEntry, TokenName, Tokens},
    },
};

pub(super) async fn run(options: ListOptions) -> Result<ExitCode, CliError> {
    let path = path(&options.file)?;
    let shown = path.display().to_string();
    let tokens = blocking(move || if path.exists() { tokens::read(&path) } else { Ok(Tokens::new()) }).await?;
    let now = SystemClock.now_millis();
    if options.json {
        let listed: Vec<_> = tokens.iter().map(|(name, entry)| as_json(name, entry, now)).collect();
        output::print_line(&format!("{:#}", json!({ "file": shown, "tokens": listed })))?;
    } else if tokens.is_empty() {
        output::print_line(&format!("There are no tokens in {shown}; `token add NAME` makes one."))?;
    } else {
        let rows: Vec<_> = tokens.iter().map(|(name, entry)| row(name, entry, now)).collect();
        output::print(&table::render(["NAME", "CREATED", "EXPIRES", "DATABASES", "TOOLS", "WRITES"], &rows))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(name: &TokenName, entry: &TokenEntry, now: i64) -> serde_json::Value {
    json!({
        "name": name.as_str(),
        "created": rfc3339(entry.created),
        "expires": entry.expires.map(rfc3339),
        "expired": entry.is_expired(now),
        "grant": entry.grant,
    })
}

fn row(name: &TokenName, entry: &TokenEntry, now: i64) -> [String; 6] {
    let day = |millis: i64| rfc3339(millis).split('T').next().unwrap_or_default().to_owned();
    let expires = match entry.expires {
        Some(at) if entry.is_expired(now) => format!("{}, expired", day(at)),
        Some(at) => day(at),
        None => "never".to_owned(),
    };
    let Grant { databases, tools, toolsets, read_only, pin } = &entry.grant;
    let databases = match pin {
        Some(key) => format!("{key} (pinned)"),
        None => databases.as_ref().map_or_else(|| "all".to_owned(), joined),
    };
    let tools = match (tools, toolsets) {
        (None, None) => "all".to_owned(),
        (tools, toolsets) => joined(toolsets.iter().chain(tools).flatten()),
    };
    let writes = if *read_only == Some(true) { "no" } else { "yes" };
    [name.as_str().to_owned(), day(entry.created), expires, databases, tools, writes.to_owned()]
}

fn joined<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
