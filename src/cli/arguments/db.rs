//! The words of `db`, which edits the configuration file and looks at what it describes.

use std::path::PathBuf;

use clap::{
    ArgAction, Args, Subcommand, ValueHint,
    builder::{OsStringValueParser, TypedValueParser as _},
};

use super::common::{Caution, ConfigFile, EnvironmentFile};

#[derive(Debug, Args)]
pub(crate) struct DbOptions {
    #[command(subcommand)]
    pub(crate) command: Option<DbCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    #[command(flatten)]
    Own(ConfigCommand),
    /// The same commands, as the Python version called them.
    #[command(hide = true)]
    Config(ConfigOptions),
}

#[derive(Debug, Args)]
pub(crate) struct ConfigOptions {
    #[command(subcommand)]
    pub(crate) command: Option<ConfigCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Add a database to the configuration.
    #[command(after_help = "Examples:
  mcp-arangodb-async db add production --url https://db1.example.com:8529 --database shop \\
      --username app --password-env PROD_DB_PASSWORD
  mcp-arangodb-async db add scratch --url embedded:")]
    Add(Box<AddOptions>),
    /// Remove a database from the configuration; the database itself stays.
    #[command(visible_alias = "rm", after_help = "Examples:\n  mcp-arangodb-async db remove staging --dry-run")]
    Remove(RemoveOptions),
    /// List the configured databases.
    #[command(visible_alias = "ls", after_help = "Examples:\n  mcp-arangodb-async db list --json")]
    List(ListOptions),
    /// Change an entry of the configuration, or its key.
    #[command(after_help = "Examples:
  mcp-arangodb-async db update production --timeout 60 --description \"Live data\"
  mcp-arangodb-async db update production --read-only --confirm never
  mcp-arangodb-async db update production --key live

An empty text (\"\") removes the description, the timeout, a limit, the CA file or the tags.")]
    Update(Box<UpdateOptions>),
    /// Show or choose the default database.
    #[command(after_help = "Examples:\n  mcp-arangodb-async db default\n  mcp-arangodb-async db default production")]
    Default(DefaultOptions),
    /// Reach a database, log in and open it; says its version and whether the user may write.
    #[command(after_help = "Examples:
  mcp-arangodb-async db test production
  mcp-arangodb-async db test --all --json")]
    Test(TestOptions),
    /// Show the file, its permissions, how a call's database is chosen, and whether each database answers.
    #[command(after_help = "Examples:\n  mcp-arangodb-async db status")]
    Status(StatusOptions),
}

/// The headings that options of an entry stand under in the help.
const SERVER: &str = "Server and user";
const SAFETY: &str = "What may be done";
const LIMITS: &str = "Limits";
const ABOUT: &str = "For people and agents";

/// What an entry says.
#[derive(Debug, Default, Args)]
pub(crate) struct EntryOptions {
    /// Where the server is, e.g. `https://db1.example.com:8529`, or `embedded:`. Repeat it for the coordinators of a cluster.
    #[arg(long, short, value_name = "URL", help_heading = SERVER)]
    pub(crate) url: Vec<String>,
    /// The database on that server.
    #[arg(long, short, value_name = "DATABASE", help_heading = SERVER)]
    pub(crate) database: Option<String>,
    /// The user to log in as.
    #[arg(long, short = 'U', value_name = "USER", help_heading = SERVER)]
    pub(crate) username: Option<String>,
    /// The name of the environment variable that holds the password; never the password.
    #[arg(long, short = 'P', value_name = "VARIABLE", aliases = ["arango-password-env", "pw-env"],
        conflicts_with = "password_file", help_heading = SERVER)]
    pub(crate) password_env: Option<String>,
    /// The file that holds the password in its first line.
    #[arg(long, value_name = "FILE", help_heading = SERVER)]
    pub(crate) password_file: Option<PathBuf>,
    /// The server asks for no password.
    #[arg(long, conflicts_with_all = ["password_env", "password_file"], help_heading = SERVER)]
    pub(crate) no_password: bool,
    /// How to log in: with the password each time, or with a token it is exchanged for.
    #[arg(long, value_name = "METHOD", value_parser = ["basic", "jwt"], help_heading = SERVER)]
    pub(crate) auth: Option<String>,
    /// A PEM file with the only authorities to trust for this server.
    // An empty one removes it; the parser of paths would refuse that.
    #[arg(long, value_name = "FILE", value_parser = OsStringValueParser::new().map(PathBuf::from),
        value_hint = ValueHint::FilePath, help_heading = SERVER)]
    pub(crate) ca_file: Option<PathBuf>,
    /// Refuse to write to it.
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        help_heading = SAFETY)]
    pub(crate) read_only: Option<bool>,
    /// What a person has to confirm: nothing, or what removes or replaces documents.
    #[arg(long, value_name = "WHAT", value_parser = ["never", "destructive"], help_heading = SAFETY)]
    pub(crate) confirm: Option<String>,
    /// How many seconds a request may take.
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true, help_heading = LIMITS)]
    pub(crate) timeout: Option<String>,
    /// How many seconds a query may run on the server; the timeout unless given.
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true, help_heading = LIMITS)]
    pub(crate) max_runtime: Option<String>,
    /// The most memory a query may use on the server: bytes, or e.g. 128MB.
    #[arg(long, value_name = "SIZE", help_heading = LIMITS)]
    pub(crate) memory_limit: Option<String>,
    /// The most rows a call returns.
    #[arg(long, value_name = "NUMBER", help_heading = LIMITS)]
    pub(crate) max_rows: Option<String>,
    /// The most bytes of rows a call returns, e.g. 2MB.
    #[arg(long, value_name = "SIZE", help_heading = LIMITS)]
    pub(crate) max_bytes: Option<String>,
    /// The most requests under way at once.
    #[arg(long, value_name = "NUMBER", help_heading = LIMITS)]
    pub(crate) max_connections: Option<String>,
    /// The most calls of tools at once; more are refused for the moment.
    #[arg(long, value_name = "NUMBER", help_heading = LIMITS)]
    pub(crate) max_calls: Option<String>,
    /// The most calls of tools a second, in bursts of up to twice as many.
    #[arg(long, value_name = "NUMBER", help_heading = LIMITS)]
    pub(crate) rate_limit: Option<String>,
    /// What people and agents should know about it.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, help_heading = ABOUT)]
    pub(crate) description: Option<String>,
    /// A word to find it by. May be repeated.
    #[arg(long = "tag", value_name = "WORD", help_heading = ABOUT)]
    pub(crate) tags: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AddOptions {
    /// The key of the new entry: what agents call the database.
    #[arg(required_unless_present = "named")]
    pub(crate) name: Option<String>,
    /// The same, as an option.
    #[arg(long = "name", value_name = "NAME", conflicts_with = "name")]
    pub(crate) named: Option<String>,
    #[command(flatten)]
    pub(crate) entry: EntryOptions,
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    #[command(flatten)]
    pub(crate) caution: Caution,
    /// What `db add` of the Python version took, when it created databases on a server.
    #[arg(long, hide = true, num_args = 0..=1, action = ArgAction::Append)]
    pub(crate) with_user: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveOptions {
    /// The key of the entry.
    pub(crate) key: String,
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    #[command(flatten)]
    pub(crate) caution: Caution,
}

#[derive(Debug, Args)]
pub(crate) struct ListOptions {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) file: ConfigFile,
}

#[derive(Debug, Args)]
pub(crate) struct UpdateOptions {
    /// The key of the entry.
    #[arg(value_name = "KEY")]
    pub(crate) old: String,
    /// Another key for it; `default_database` follows.
    #[arg(long, short, value_name = "NEW_KEY", alias = "rename")]
    pub(crate) key: Option<String>,
    #[command(flatten)]
    pub(crate) entry: EntryOptions,
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    #[command(flatten)]
    pub(crate) caution: Caution,
}

#[derive(Debug, Args)]
pub(crate) struct DefaultOptions {
    /// The key of the entry that becomes the default; without it the default is shown.
    #[arg(value_name = "KEY")]
    pub(crate) name: Option<String>,
    /// Have no default.
    #[arg(long, conflicts_with = "name")]
    pub(crate) unset: bool,
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    /// Show what would change, and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Taken as elsewhere; nothing is asked here.
    #[arg(long, short, hide = true)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TestOptions {
    /// The key of the entry; without it, the database that a call would use.
    #[arg(value_name = "KEY", conflicts_with = "all")]
    pub(crate) name: Option<String>,
    /// Test all databases, at once.
    #[arg(long)]
    pub(crate) all: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    #[command(flatten)]
    pub(crate) environment: EnvironmentFile,
}

#[derive(Debug, Args)]
pub(crate) struct StatusOptions {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    #[command(flatten)]
    pub(crate) environment: EnvironmentFile,
}

impl AddOptions {
    /// The key of the new entry, given one way or the other.
    pub(crate) fn key(&self) -> &str {
        self.name.as_deref().or(self.named.as_deref()).unwrap_or_default()
    }

    /// What is missing or does not belong here, beyond what the grammar can say.
    pub(super) fn fault(&self) -> Option<String> {
        if !self.with_user.is_empty() {
            let key = self.key();
            return Some(format!(
                "`db add` adds a database to the configuration; to create one on a server, use\n  \
                 mcp-arangodb-async admin database create {key} --with-user USER"
            ));
        }
        let entry = &self.entry;
        let password = entry.no_password || entry.password_env.is_some() || entry.password_file.is_some();
        let embedded = entry.url.first().is_some_and(|url| url.starts_with("embedded"));
        let missing: Vec<&str> = [
            (entry.url.is_empty(), "--url <URL>"),
            (!embedded && entry.database.is_none(), "--database <DATABASE>"),
            (!embedded && entry.username.is_none() && !entry.no_password, "--username <USER>"),
            (!embedded && !password, "--password-env <VARIABLE> (or --password-file <FILE>, or --no-password)"),
        ]
        .into_iter()
        .filter_map(|(missing, option)| missing.then_some(option))
        .collect();
        let list = missing.join("\n  ");
        (!missing.is_empty()).then(|| format!("the following required arguments were not provided:\n  {list}"))
    }
}
