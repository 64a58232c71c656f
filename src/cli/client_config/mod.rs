//! `client-config`: how an MCP client is told about this server, printed or merged into the client's own file. Each client is
//! data ([`clients`]); what is said about the server is the same for all ([`entry`]).

mod clients;
mod entry;
mod merge;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use tokio::task::spawn_blocking;

use super::{
    arguments::client_config::ClientConfigOptions,
    confirm::{self, Actions, Verb},
    error::CliError,
    output,
};
use crate::{
    clock::{Clock as _, SystemClock, rfc3339},
    config::{
        SystemEnv,
        replace::{self, Mode},
    },
};
use clients::{Client, Reference, System};
use entry::Entry;
use merge::Outcome;

/// A file of a client larger than this is no configuration.
const MAX_FILE_LEN: u64 = 64 << 20;

pub(crate) async fn run(options: ClientConfigOptions) -> Result<ExitCode, CliError> {
    let client = Client::of(options.client);
    let entry = Entry::new(client, &options)?;
    let command = format!("client-config {}", name_of(&options));
    if options.write || options.caution.dry_run {
        let path = path(client, &options)?;
        let call = Write { command, client, path, caution: options.caution };
        return call.run(entry).await;
    }
    let text = serde_json::to_string_pretty(&entry.document()).map_err(|error| CliError::from_error(&error))?;
    output::print_line(&text)?;
    let place = path(client, &options).map_or_else(|_| "its file".to_owned(), |path| path.display().to_string());
    output::note(&format!("For {}: put this into {place}, or have it merged with --write.\n", client.title));
    note_what_is_missing(client, &entry);
    Ok(ExitCode::SUCCESS)
}

fn name_of(options: &ClientConfigOptions) -> String {
    use clap::ValueEnum as _;
    options.client.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// The client's file that is meant.
fn path(client: &Client, options: &ClientConfigOptions) -> Result<PathBuf, CliError> {
    let path = match &options.file {
        Some(file) => Ok(file.clone()),
        None if options.project => client.project_file(Path::new("")),
        None => client.user_file(System::THIS, &SystemEnv),
    };
    path.and_then(|path| std::path::absolute(path).map_err(|error| error.to_string())).map_err(CliError::new)
}

/// What the person still has to do for the server to get its passwords.
fn note_what_is_missing(client: &Client, entry: &Entry) {
    if entry.nothing_configured {
        output::note("Note: no database is configured yet; `db add` adds one, --embedded needs none.\n");
    }
    if entry.secrets.is_empty() {
        return;
    }
    let told = match client.reference {
        Reference::Between(..) => format!("Set them where {} is started.", client.title),
        Reference::Input => format!("{} asks for them when it starts the server, and encrypts them.", client.title),
        Reference::Missing(instead) => instead.to_owned(),
    };
    let variables = entry.secrets.join(", ");
    output::note(&format!(
        "Note: no password is written here, and the server needs these variables: {variables}. {told}\n"
    ));
}

/// The entry on its way into a file.
struct Write {
    /// The command, as the report repeats it.
    command: String,
    client: &'static Client,
    path: PathBuf,
    caution: super::arguments::common::Caution,
}

/// A file before and after.
struct Merged {
    /// The file itself: where a symbolic link leads.
    path: PathBuf,
    before: Option<String>,
    after: String,
    outcome: Outcome,
    backup: Option<PathBuf>,
}

impl Write {
    async fn run(self, entry: Entry) -> Result<ExitCode, CliError> {
        let (path, line) = (self.path.clone(), entry.line.clone());
        let (planned, entry) = blocking(move || Ok((plan(&path, &entry)?, entry))).await?;
        let verb = match planned.outcome {
            Outcome::Same => {
                let place = planned.path.display();
                output::print_line(&format!("{} has this entry already: {place}", self.client.title))?;
                note_what_is_missing(self.client, &entry);
                return Ok(ExitCode::SUCCESS);
            }
            Outcome::Added => Verb::Add,
            Outcome::Replaced => Verb::Update,
        };
        let actions: Actions = vec![(verb, line)];
        if self.caution.dry_run {
            output::print_styled(&confirm::dry_run_report(&self.command, &actions))?;
            let shown = |text: &str| merge::without_secrets(text, &entry);
            let before = shown(planned.before.as_deref().unwrap_or_default());
            output::print_styled(&confirm::difference(&planned.path, &before, &shown(&planned.after)))?;
            output::print_line("Dry run: nothing was changed.")?;
            return Ok(ExitCode::SUCCESS);
        }
        let asked = planned.outcome == Outcome::Replaced && !self.caution.yes;
        if asked && !confirm::agreed(&planned.path.display().to_string(), &actions).await? {
            return Ok(confirm::cancelled());
        }
        let agreed = planned.outcome;
        let (saved, entry) = blocking(move || Ok((save(&planned.path, &entry, agreed)?, entry))).await?;
        output::print_styled(&confirm::report(&self.command, &actions))?;
        output::print_line(&format!("Saved to: {}", saved.path.display()))?;
        if let Some(backup) = &saved.backup {
            output::print_line(&format!("As it was before: {}", backup.display()))?;
        }
        output::note(&format!("{}\n", self.client.reload));
        note_what_is_missing(self.client, &entry);
        Ok(ExitCode::SUCCESS)
    }
}

/// Locks and disks make one wait.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CliError> + Send + 'static,
) -> Result<T, CliError> {
    spawn_blocking(work).await.map_err(|error| CliError::from_error(&error))?
}

/// What the entry does to the file; writes nothing. Blocking.
fn plan(path: &Path, entry: &Entry) -> Result<Merged, CliError> {
    let fault = |problem: String| CliError::new(format!("{}: {problem}; nothing was changed", path.display()));
    let unreadable = |error: std::io::Error| fault(format!("the file cannot be read: {error}"));
    let path = replace::target(path).map_err(unreadable)?;
    let before = match fs::metadata(&path) {
        Ok(metadata) if metadata.len() > MAX_FILE_LEN => {
            return Err(fault("the file is larger than 64 MiB".to_owned()));
        }
        Ok(_) => Some(fs::read_to_string(&path).map_err(unreadable)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(unreadable(error)),
    };
    let (after, outcome) = merge::merge(before.as_deref().unwrap_or_default(), entry).map_err(fault)?;
    Ok(Merged { path, before, after, outcome, backup: None })
}

/// Merges the entry into the file, as was agreed. Blocking.
fn save(path: &Path, entry: &Entry, agreed: Outcome) -> Result<Merged, CliError> {
    let fault = |error: std::io::Error| {
        CliError::new(format!("{}: the file cannot be written: {error}; nothing was changed", path.display()))
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    replace::make_folder(folder).map_err(fault)?;
    let lock = replace::lock_folder(folder).map_err(fault)?;
    // Read again under the lock, so that nothing that was written meanwhile is lost.
    let mut merged = plan(path, entry)?;
    if merged.outcome != agreed {
        let problem = "the file was changed by somebody else meanwhile; run the command again";
        return Err(CliError::new(format!("{}: {problem}", path.display())));
    }
    if merged.before.is_some() {
        let stamp = rfc3339(SystemClock.now_millis() / 1000 * 1000).replace(['-', ':'], "");
        merged.backup = Some(replace::backup(path, &stamp).map_err(fault)?);
    }
    replace::replace(path, &merged.after, Mode::Kept).map_err(fault)?;
    drop(lock);
    Ok(merged)
}
