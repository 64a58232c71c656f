//! The words of `admin`, which makes and drops databases on a server.

use clap::{Args, Subcommand};

use super::common::{Caution, Permission, RootPassword, ServerChoice};

#[derive(Debug, Args)]
pub(crate) struct AdminOptions {
    #[command(subcommand)]
    pub(crate) command: Option<AdminCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Databases on a server: create, drop, list.
    #[command(after_help = "Examples:
  mcp-arangodb-async admin database list --database production
  mcp-arangodb-async admin database create shop --url https://db1.example.com:8529
  mcp-arangodb-async admin database drop shop --dry-run")]
    Database(DatabaseGroup),
}

#[derive(Debug, Args)]
pub(crate) struct DatabaseGroup {
    #[command(subcommand)]
    pub(crate) command: Option<DatabaseCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DatabaseCommand {
    /// Create a database, and with --with-user let a user in. What was done is undone when a later step fails.
    #[command(
        visible_alias = "add",
        after_help = "Examples:
  mcp-arangodb-async admin database create shop --url https://db1.example.com:8529
  mcp-arangodb-async admin database create shop --with-user app --permission rw --password-env APP_PASSWORD"
    )]
    Create(CreateOptions),
    /// Drop a database with everything in it, and the permissions for it.
    #[command(visible_aliases = ["remove", "rm"], after_help = "Examples:
  mcp-arangodb-async admin database drop shop --dry-run
  mcp-arangodb-async admin database drop shop --database production")]
    Drop(DropOptions),
    /// List the databases of a server.
    #[command(visible_alias = "ls", after_help = "Examples:\n  mcp-arangodb-async admin database list --json")]
    List(ListOptions),
}

#[derive(Debug, Args)]
pub(crate) struct CreateOptions {
    /// The name of the new database.
    pub(crate) name: String,
    /// A user who is let in; made when there is none of this name.
    #[arg(long, value_name = "USER")]
    pub(crate) with_user: Option<String>,
    /// What that user may do.
    #[arg(long, short, value_enum, default_value_t = Permission::Rw, alias = "perm", requires = "with_user")]
    pub(crate) permission: Permission,
    /// The name of the environment variable that holds the password of that user when it is made; never the password.
    #[arg(long, short = 'P', value_name = "VARIABLE", default_value = "ARANGO_PASSWORD",
        aliases = ["arango-password-env", "pw-env"])]
    pub(crate) password_env: String,
    #[command(flatten)]
    pub(crate) server: ServerChoice,
    #[command(flatten)]
    pub(crate) root: RootPassword,
    #[command(flatten)]
    pub(crate) caution: Caution,
}

#[derive(Debug, Args)]
pub(crate) struct DropOptions {
    /// The name of the database.
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) server: ServerChoice,
    #[command(flatten)]
    pub(crate) root: RootPassword,
    #[command(flatten)]
    pub(crate) caution: Caution,
}

#[derive(Debug, Args)]
pub(crate) struct ListOptions {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) server: ServerChoice,
    #[command(flatten)]
    pub(crate) root: RootPassword,
}
