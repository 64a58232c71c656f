//! What a client's file says about this server: the program with its words and variables, or the address. Passwords are never in
//! it, only the names of the variables that hold them.

use std::path::Path;

use clap::ValueEnum as _;
use serde_json::{Map, Value, json};

use super::clients::{Client, Http, Reference};
use crate::{
    cli::{
        arguments::{DatabaseOptions, client_config::ClientConfigOptions},
        error::CliError,
    },
    config::{
        Config, Origin, PasswordSource, SystemEnv,
        env::{is_variable_name, non_empty},
        file,
    },
    observability::SafeUrl,
};

/// What the entry of a database in the environment is made of, beside its password.
const ENVIRONMENT: [&str; 6] =
    ["ARANGO_URL", "ARANGO_DB", "ARANGO_USERNAME", "ARANGO_USER", "ARANGO_TIMEOUT_SEC", "ARANGO_VERIFY_CERTIFICATE"];

/// What is to stand in a client's file.
#[derive(Debug)]
pub(super) struct Entry {
    /// The key all servers stand under.
    pub(super) servers: &'static str,
    /// The server's name.
    pub(super) name: String,
    /// What is said about it.
    pub(super) value: Value,
    /// The same for people, in one line.
    pub(super) line: String,
    /// What the client asks a person for.
    pub(super) inputs: Vec<Value>,
    /// The variables whose values the server needs and this entry does not hold.
    pub(super) secrets: Vec<String>,
    /// Whether no database is configured yet.
    pub(super) nothing_configured: bool,
}

impl Entry {
    /// The entry that options ask for.
    pub(super) fn new(client: &Client, options: &ClientConfigOptions) -> Result<Self, CliError> {
        let name = server_name(&options.name)?;
        let mut entry = Self {
            servers: client.servers,
            line: format!("{name}:"),
            name,
            value: Value::Null,
            inputs: Vec::new(),
            secrets: Vec::new(),
            nothing_configured: false,
        };
        entry.value = match &options.url {
            Some(url) => entry.running(client, url, options.token_env.as_deref())?,
            None => entry.started(client, options)?,
        };
        Ok(entry)
    }

    /// A server the client starts.
    fn started(&mut self, client: &Client, options: &ClientConfigOptions) -> Result<Value, CliError> {
        let (program, words) = (program(options.command.as_deref())?, words(&options.databases)?);
        self.line = format!("{} {program} {}", self.line, words.join(" "));
        let mut value = typed(client.stdio);
        value.insert("command".to_owned(), program.into());
        value.insert("args".to_owned(), words.into());
        let variables = self.variables(client, &options.databases)?;
        if !variables.is_empty() {
            value.insert("env".to_owned(), variables.into());
        }
        Ok(value.into())
    }

    /// The variables the server needs: those of the environment's own database as they are, passwords by name.
    fn variables(&mut self, client: &Client, options: &DatabaseOptions) -> Result<Map<String, Value>, CliError> {
        let mut variables = Map::new();
        if options.embedded.is_some() {
            return Ok(variables);
        }
        let config =
            Config::load(options.config_file.as_deref(), &SystemEnv).map_err(|error| CliError::from_error(&error))?;
        let entries = || config.databases().values();
        self.nothing_configured = entries().all(|entry| entry.origin == Origin::BuiltIn);
        if entries().any(|entry| entry.origin == Origin::Environment) {
            let set =
                ENVIRONMENT.iter().filter_map(|name| Some(((*name).to_owned(), non_empty(&SystemEnv, name)?.into())));
            variables.extend(set);
        }
        for entry in entries() {
            if let PasswordSource::Env(variable) = &entry.password
                && !self.secrets.contains(variable)
            {
                self.secrets.push(variable.clone());
            }
        }
        for variable in self.secrets.clone() {
            if let Some(reference) = self.refer(client, &variable) {
                variables.insert(variable, reference.into());
            }
        }
        Ok(variables)
    }

    /// A server that runs already.
    fn running(&mut self, client: &Client, url: &str, token: Option<&str>) -> Result<Value, CliError> {
        let (pairs, key) = match client.http {
            Http::Entry(pairs, key) => (pairs, key),
            Http::Elsewhere(advice) => {
                return Err(CliError::new(format!("--url: the file of {} takes no addresses; {advice}", client.title)));
            }
        };
        let mut value = typed(pairs);
        value.insert(key.to_owned(), address(url)?.into());
        self.line = format!("{} {url}", self.line);
        if let Some(variable) = token {
            if !is_variable_name(variable) {
                // Not repeated: most likely it is the token itself.
                let advice = "give the name of the variable that holds the token, e.g. MCP_TOKEN";
                return Err(CliError::new(format!("--token-env: this is not the name of a variable; {advice}")));
            }
            let reference = self.refer(client, variable).ok_or_else(|| {
                let fault = format!("--token-env: {} cannot name a variable in its file", client.title);
                CliError::new(format!("{fault}; leave it away and write the header into the file yourself"))
            })?;
            value.insert("headers".to_owned(), json!({ "Authorization": format!("Bearer {reference}") }));
            self.secrets.push(variable.to_owned());
        }
        Ok(value.into())
    }

    /// How the client's file names a variable.
    fn refer(&mut self, client: &Client, variable: &str) -> Option<String> {
        match client.reference {
            Reference::Between(before, after) => Some(format!("{before}{variable}{after}")),
            Reference::Input => {
                self.inputs.push(json!({
                    "type": "promptString",
                    "id": variable,
                    "description": format!("{variable}, for ArangoDB"),
                    "password": true,
                }));
                Some(format!("${{input:{variable}}}"))
            }
            Reference::Missing(_) => None,
        }
    }

    /// A file that says nothing but this.
    pub(super) fn document(&self) -> Value {
        let mut root = Map::new();
        if !self.inputs.is_empty() {
            root.insert("inputs".to_owned(), self.inputs.clone().into());
        }
        root.insert(self.servers.to_owned(), json!({ self.name.as_str(): self.value }));
        root.into()
    }
}

fn typed(pairs: &[(&str, &str)]) -> Map<String, Value> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect()
}

/// An address that may stand in a file.
fn address(url: &str) -> Result<&str, CliError> {
    let fault = |problem: String| CliError::new(format!("--url: {problem}; use a URL like http://127.0.0.1:8000/mcp"));
    let parsed = SafeUrl::parse(url).map_err(|error| fault(format!("not a URL: {error}")))?;
    if parsed.has_user_info() {
        return Err(fault("the URL holds a user name or password, which would be kept in the file".to_owned()));
    }
    if parsed.expose().query().is_some() || parsed.expose().fragment().is_some() {
        return Err(fault("the URL has a query or a fragment, which would be kept in the file".to_owned()));
    }
    match parsed.expose().scheme() {
        "http" | "https" => Ok(url),
        scheme => Err(fault(format!("the scheme `{scheme}` is not supported"))),
    }
}

/// Clients use the name in the names of tools.
fn server_name(name: &str) -> Result<String, CliError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
        let rule = "use 1 to 64 letters, digits, hyphens, underscores and dots";
        return Err(CliError::new(format!("--name: {name:?} cannot be the name of a server; {rule}")));
    }
    Ok(name.to_owned())
}

/// The program to start. A bare name is left to be found in the PATH of the client.
fn program(given: Option<&Path>) -> Result<String, CliError> {
    match given {
        Some(name) if name.components().count() == 1 && !name.is_absolute() => text(name),
        Some(path) => absolute(path),
        None => {
            let this = std::env::current_exe();
            text(
                &this.map_err(|error| {
                    CliError::while_doing("cannot find this program; name it with --command", error)
                })?,
            )
        }
    }
}

/// The words after the program. Clients start it anywhere, so paths are absolute.
fn words(options: &DatabaseOptions) -> Result<Vec<String>, CliError> {
    // By name, so that a new option is not forgotten here.
    let DatabaseOptions { config_file, embedded, sample, backup_dir, read_only, confirm } = options;
    let mut words = vec!["server".to_owned()];
    let mut say = |option: &str, value: Option<String>| words.extend(std::iter::once(option.to_owned()).chain(value));
    let file = file::locate(config_file.as_deref(), &SystemEnv).map_err(|error| CliError::from_error(&error))?;
    if embedded.is_none()
        && let Some(file) = file.filter(|file| file::default_path(&SystemEnv).as_ref() != Some(file))
    {
        say("--config-file", Some(absolute(&file)?));
    }
    if let Some(directory) = embedded {
        say("--embedded", directory.as_deref().map(absolute).transpose()?);
    }
    if *sample {
        say("--sample", None);
    }
    if let Some(directory) = backup_dir {
        say("--backup-dir", Some(absolute(directory)?));
    }
    if *read_only {
        say("--read-only", None);
    }
    if let Some(what) = confirm {
        say("--confirm", what.to_possible_value().map(|value| value.get_name().to_owned()));
    }
    Ok(words)
}

fn absolute(path: &Path) -> Result<String, CliError> {
    text(&std::path::absolute(path).map_err(|error| CliError::while_doing(&path.display().to_string(), error))?)
}

fn text(path: &Path) -> Result<String, CliError> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| CliError::new(format!("{} is not valid Unicode", path.display())))
}
