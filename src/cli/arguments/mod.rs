//! What can be said on the command line. Only words, no meaning: the files of the subcommands give them one.

pub(crate) mod access;
pub(crate) mod admin;
pub(crate) mod client_config;
pub(crate) mod common;
pub(crate) mod db;
pub(crate) mod doctor;
mod help;
pub(crate) mod http;
pub(crate) mod migrate;
pub(crate) mod operate;
pub(crate) mod sessions;
pub(crate) mod shell;
pub(crate) mod token;
pub(crate) mod user;

use std::{ffi::OsString, path::PathBuf};

use clap::{
    Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum, builder::StyledStr, error::ErrorKind,
};

use access::AccessOptions;
use admin::AdminOptions;
use client_config::ClientConfigOptions;
use common::{ConfigFile, EnvironmentFile};
use db::{ConfigCommand, DbCommand, DbOptions};
use doctor::DoctorOptions;
use http::HttpFlags;
use migrate::MigrateOptions;
use operate::{AuditOptions, OperateOptions};
use sessions::SessionOptions;
use shell::{CompleteOptions, CompletionsOptions, ManOptions};
use token::TokenOptions;
use user::UserOptions;

/// MCP server for ArangoDB, with an embedded ArangoDB-compatible engine.
///
/// Without a command it is `server`, and takes the options of that: it serves MCP on its standard input and output.
#[derive(Debug, Parser)]
#[command(
    name = "mcp-arangodb-async",
    version,
    infer_long_args = true,
    args_conflicts_with_subcommands = true,
    override_usage = "mcp-arangodb-async [OPTIONS OF server]\n       mcp-arangodb-async <COMMAND>",
    after_help = "Examples:
  mcp-arangodb-async server --transport http --embedded --sample
  mcp-arangodb-async db add production --url https://db1.example.com:8529 --database shop \\
      --username app --password-env PROD_DB_PASSWORD
  mcp-arangodb-async call arango_query query='RETURN 1'

`mcp-arangodb-async COMMAND --help` says more; -h says it shorter."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) server: ServerOptions,
}

impl Cli {
    /// Reads the words of a command line; the first is the program's name.
    pub(crate) fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let cli = Self::from_arg_matches(&Self::grammar().try_get_matches_from(words)?)?;
        match cli.fault() {
            Some(fault) => {
                let mut grammar = Self::built();
                let add = grammar.find_subcommand_mut("db").and_then(|db| db.find_subcommand_mut("add"));
                let kind = ErrorKind::MissingRequiredArgument;
                Err(add.map_or_else(|| clap::Error::raw(kind, &fault), |add| add.error(kind, &fault)))
            }
            None => Ok(cli),
        }
    }

    /// What is wrong beyond what the grammar can say.
    fn fault(&self) -> Option<String> {
        match &self.command {
            Some(Command::Db(DbOptions { command: Some(DbCommand::Own(ConfigCommand::Add(options))) })) => {
                options.fault()
            }
            Some(Command::Db(DbOptions { command: Some(DbCommand::Config(group)) })) => match &group.command {
                Some(ConfigCommand::Add(options)) => options.fault(),
                _ => None,
            },
            _ => None,
        }
    }

    /// The help of a group of commands, by the words that lead to it.
    pub(crate) fn help_of(group: &str) -> StyledStr {
        let mut grammar = Self::built();
        let found = group.split(' ').try_fold(&mut grammar, |command, word| command.find_subcommand_mut(word));
        found.map(clap::Command::render_help).unwrap_or_default()
    }

    /// The derived command, but with `call` the directory of `--embedded` needs an equals sign: what follows is the tool.
    /// The options of `server` are understood without the word, and described with it.
    pub(crate) fn grammar() -> clap::Command {
        let grammar = Self::command()
            .mut_subcommand("call", |call| call.mut_arg("embedded", |embedded| embedded.require_equals(true)))
            .mut_args(|option| option.hide(true));
        help::arranged(grammar)
    }

    /// The same with everything worked out that clap works out itself: names, help, version.
    pub(crate) fn built() -> clap::Command {
        let mut grammar = Self::grammar();
        grammar.build();
        grammar
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve MCP (the default).
    #[command(after_help = "Examples:
  mcp-arangodb-async server
  mcp-arangodb-async server -C ./config.yaml --read-only
  mcp-arangodb-async server --transport http --port 8000
  mcp-arangodb-async server --embedded --sample")]
    Server(Box<ServerOptions>),
    /// Call one tool and print its result.
    #[command(after_help = "Examples:
  mcp-arangodb-async call arango_list_collections database=production
  mcp-arangodb-async call arango_query query='FOR o IN orders LIMIT 3 RETURN o' --read-only
  mcp-arangodb-async call arango_query '{\"query\": \"RETURN @a\", \"bind_vars\": {\"a\": 1}}'
  mcp-arangodb-async call arango_bulk_insert - < documents.json
  mcp-arangodb-async call --server http://127.0.0.1:8000/mcp arango_database_status

On a terminal, long calls show how far they are. The exit code is 1 when the tool failed.")]
    Call(CallOptions),
    /// Administer the databases of the configuration file: add, remove, list, update, default, test, status.
    #[command(after_help = "Examples:
  mcp-arangodb-async db list
  mcp-arangodb-async db add scratch --url embedded:
  mcp-arangodb-async db test --all

`mcp-arangodb-async db COMMAND --help` says more. `admin` and `user` change servers; `db` changes only the file.")]
    Db(DbOptions),
    /// Administer the databases on a server: create, drop, list.
    #[command(after_help = "Examples:
  mcp-arangodb-async admin database list
  mcp-arangodb-async admin database create shop --with-user app")]
    Admin(AdminOptions),
    /// Administer the users of a server: add, remove, list, grant, revoke, databases, password.
    #[command(after_help = "Examples:
  mcp-arangodb-async user list
  mcp-arangodb-async user add app --password-env APP_PASSWORD
  mcp-arangodb-async user grant app shop --permission ro")]
    User(UserOptions),
    /// Administer the tokens of those who may call over HTTP: add, list, revoke.
    #[command(after_help = "Examples:
  mcp-arangodb-async token add alice
  mcp-arangodb-async token list
  mcp-arangodb-async server --transport http --token-file ~/.mcp-arangodb-async/tokens.yaml")]
    Token(TokenOptions),
    /// Say whether databases answer, as JSON: on stdout with exit code 0, or on stderr with 1.
    #[command(after_help = "Examples:
  mcp-arangodb-async health
  mcp-arangodb-async health --database production
  mcp-arangodb-async health --all

A server that does not answer is tried $ARANGO_CONNECT_RETRIES times, $ARANGO_CONNECT_DELAY_SEC seconds apart.")]
    Health(HealthOptions),
    /// Look for what is wrong: the configuration, each database, and the server itself; says what to do.
    #[command(after_help = "Examples:
  mcp-arangodb-async doctor
  mcp-arangodb-async doctor --database production
  mcp-arangodb-async doctor --json

It ends with exit code 1 when a check fails, and with 0 when there are warnings only.")]
    Doctor(DoctorOptions),
    /// Tell an MCP client about this server: print its configuration, or merge it into its file.
    #[command(after_help = "Examples:
  mcp-arangodb-async client-config claude-desktop
  mcp-arangodb-async client-config cursor --write --read-only
  mcp-arangodb-async client-config vscode --write --project --dry-run
  mcp-arangodb-async client-config claude-code --write --url http://127.0.0.1:8000/mcp

No password is printed or written, only the names of the variables that hold them.")]
    ClientConfig(Box<ClientConfigOptions>),
    /// Take over the configuration of the Python version: its databases.yaml, or the ARANGO_* variables.
    #[command(after_help = "Examples:
  mcp-arangodb-async migrate --dry-run
  mcp-arangodb-async migrate old/config/databases.yaml --merge
  mcp-arangodb-async migrate --from-env --environment-file .env

A password is neither printed nor written: where there was one, a variable is named that has to be set to it.")]
    Migrate(MigrateOptions),
    /// Check an audit log: verify.
    #[command(after_help = "Examples:
  mcp-arangodb-async server --transport http --audit-log audit.jsonl
  mcp-arangodb-async audit verify audit.jsonl")]
    Audit(AuditOptions),
    /// List the tools.
    #[command(after_help = "Examples:
  mcp-arangodb-async tools
  mcp-arangodb-async tools --json")]
    Tools(ToolsOptions),
    /// Serve the embedded engine over ArangoDB's HTTP API, for any ArangoDB driver.
    #[command(after_help = "Examples:
  mcp-arangodb-async embedded --port 8529 --no-auth --sample
  mcp-arangodb-async embedded --port 8529 --root-password-env ARANGO_ROOT_PASSWORD")]
    Embedded(EmbeddedOptions),
    /// Print the script that lets a shell complete commands, options, tools and the keys of databases.
    #[command(after_help = "Examples:
  mcp-arangodb-async completions bash > ~/.local/share/bash-completion/completions/mcp-arangodb-async
  mcp-arangodb-async completions zsh > ~/.zfunc/_mcp-arangodb-async
  mcp-arangodb-async completions fish > ~/.config/fish/completions/mcp-arangodb-async.fish
  mcp-arangodb-async completions powershell >> $PROFILE
  mcp-arangodb-async completions elvish >> ~/.config/elvish/rc.elv

The directory has to exist. Bash reads its own with the package bash-completion; without it, put this into ~/.bashrc:
  source <(mcp-arangodb-async completions bash)

Zsh reads directories in $fpath; this in ~/.zshrc, before compinit, adds the one above:
  fpath+=~/.zfunc")]
    Completions(CompletionsOptions),
    /// What completion scripts ask.
    #[command(name = "__complete", hide = true)]
    Complete(CompleteOptions),
    /// Print a manual page, or write all of them.
    #[command(after_help = "Examples:
  mcp-arangodb-async man db add | man -l -
  mcp-arangodb-async man --dir ~/.local/share/man/man1")]
    Man(ManOptions),
    /// Print the version.
    #[command(after_help = "Examples:
  mcp-arangodb-async version")]
    Version,
}

/// How MCP is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Transport {
    /// Standard input and output, one client.
    Stdio,
    /// Streamable HTTP.
    Http,
}

/// What has to be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConfirmWhat {
    /// Nothing.
    Never,
    /// Whatever removes or replaces documents, or drops an index.
    Destructive,
}

/// Which databases there are, and what may be done to them.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct DatabaseOptions {
    /// The configuration file [default: `$ARANGO_DATABASES_CONFIG_FILE`, then ~/.mcp-arangodb-async/config.yaml].
    #[arg(long, short = 'C', value_name = "FILE", aliases = ["config-path", "cfgf", "cfgp"])]
    pub(crate) config_file: Option<PathBuf>,
    /// Use the engine inside this program instead of an ArangoDB server; without DIR in memory.
    #[arg(long, value_name = "DIR", num_args = 0..=1, conflicts_with = "config_file")]
    #[expect(clippy::option_option, reason = "clap's way to say: absent, present, present with a value")]
    pub(crate) embedded: Option<Option<PathBuf>>,
    /// With --embedded: fill it with a sample, the graph of the characters of Les Misérables.
    #[arg(long, requires = "embedded")]
    pub(crate) sample: bool,
    /// The directory backups are written to and read from [default: `$MCP_BACKUP_DIR`, then
    /// ~/.local/share/mcp-arangodb-async/backups].
    #[arg(long, value_name = "DIR")]
    pub(crate) backup_dir: Option<PathBuf>,
    /// Refuse everything that writes, whichever database it is for [default: `$MCP_READ_ONLY`, then false].
    #[arg(long)]
    pub(crate) read_only: bool,
    /// What a person has to confirm before it is done [default: `$MCP_CONFIRM`, then never].
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) confirm: Option<ConfirmWhat>,
}

#[derive(Debug, Args)]
pub(crate) struct ServerOptions {
    /// How MCP is spoken [default: `$MCP_TRANSPORT`, then stdio].
    #[arg(long, value_enum)]
    pub(crate) transport: Option<Transport>,
    /// Where to listen with --transport http [default: `$MCP_HTTP_HOST`, then 127.0.0.1].
    #[arg(long)]
    pub(crate) host: Option<String>,
    /// The port to listen on with --transport http [default: `$MCP_HTTP_PORT`, then 8000].
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// No sessions for clients of older protocols.
    #[arg(long)]
    pub(crate) stateless: bool,
    #[command(flatten)]
    pub(crate) sessions: SessionOptions,
    #[command(flatten)]
    pub(crate) access: AccessOptions,
    #[command(flatten)]
    pub(crate) databases: DatabaseOptions,
    #[command(flatten)]
    pub(crate) http: HttpFlags,
    #[command(flatten)]
    pub(crate) operate: OperateOptions,
}

#[derive(Debug, Args)]
pub(crate) struct CallOptions {
    /// The tool's name.
    pub(crate) tool: String,
    /// The arguments: one JSON object, any number of key=value, or `-` for a JSON object on standard input.
    pub(crate) arguments: Vec<String>,
    /// Call a running server at this URL instead of working in this process.
    #[arg(long, value_name = "URL", conflicts_with_all = ["config_file", "embedded", "sample", "backup_dir", "read_only", "confirm"])]
    pub(crate) server: Option<String>,
    /// With --server: the environment variable that holds the token to show; never the token.
    #[arg(long, value_name = "VARIABLE", requires = "server")]
    pub(crate) token_env: Option<String>,
    /// Say yes to everything that has to be confirmed.
    #[arg(long, conflicts_with = "server")]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) databases: DatabaseOptions,
}

#[derive(Debug, Args)]
pub(crate) struct HealthOptions {
    /// Ask a configured database, by the key of its entry, instead of that of the ARANGO_* variables.
    #[arg(long, value_name = "KEY", conflicts_with = "all")]
    pub(crate) database: Option<String>,
    /// Ask all configured databases, at once.
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    #[command(flatten)]
    pub(crate) environment: EnvironmentFile,
}

#[derive(Debug, Args)]
pub(crate) struct ToolsOptions {
    /// Print what MCP clients see, as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct EmbeddedOptions {
    /// The port to listen on; 0 takes any free one.
    #[arg(long)]
    pub(crate) port: u16,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: String,
    /// The environment variable that holds the password of root.
    #[arg(long, value_name = "VAR", conflicts_with = "no_auth")]
    pub(crate) root_password_env: Option<String>,
    /// Ask nobody for a password (on loopback only).
    #[arg(long)]
    pub(crate) no_auth: bool,
    /// Fill it with a sample, the graph of the characters of Les Misérables.
    #[arg(long)]
    pub(crate) sample: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Cli, clap::Error> {
        Cli::read(words.iter().map(OsString::from))
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::grammar().debug_assert();
    }

    #[test]
    fn server_is_the_default_and_its_options_need_not_follow_the_word() {
        let bare = read(&["x", "--transport", "http", "--port", "0"]).unwrap();
        assert_eq!(bare.server.transport, Some(Transport::Http));
        let said = read(&["x", "server", "--transport", "http", "--embedded", "--sample"]).unwrap();
        let Some(Command::Server(options)) = said.command else { panic!("not the server") };
        assert_eq!(options.databases.embedded, Some(None));
        assert!(read(&["x", "server", "--sample"]).is_err());
    }

    #[test]
    fn the_tool_of_a_call_is_not_taken_for_a_directory() {
        let cli = read(&["x", "call", "--embedded", "arango_query", "query=RETURN 1"]).unwrap();
        let Some(Command::Call(options)) = cli.command else { panic!("not a call") };
        assert_eq!((options.tool.as_str(), options.databases.embedded), ("arango_query", Some(None)));
    }

    #[test]
    fn all_spellings_of_the_configuration_file_are_taken() {
        for flag in ["-C", "--config-file", "--config-path", "--cfgf", "--cfgp"] {
            let cli = read(&["x", "server", flag, "a.yaml"]).unwrap();
            let Some(Command::Server(options)) = cli.command else { panic!("not the server") };
            assert_eq!(options.databases.config_file, Some(PathBuf::from("a.yaml")), "{flag}");
        }
    }
}
