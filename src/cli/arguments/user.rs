//! The words of `user`, which administers the users of a server.

use clap::{Args, Subcommand};

use super::common::{Caution, Permission, RootPassword, ServerChoice};

#[derive(Debug, Args)]
pub(crate) struct UserOptions {
    #[command(subcommand)]
    pub(crate) command: Option<UserCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Make a user.
    #[command(after_help = "Examples:\n  mcp-arangodb-async user add app --password-env APP_PASSWORD")]
    Add(AddOptions),
    /// Remove a user, and what was granted to it.
    #[command(visible_alias = "rm", after_help = "Examples:\n  mcp-arangodb-async user remove app --dry-run")]
    Remove(RemoveOptions),
    /// List the users of a server.
    #[command(visible_alias = "ls", after_help = "Examples:\n  mcp-arangodb-async user list --json")]
    List(ListOptions),
    /// Let a user into a database.
    #[command(after_help = "Examples:
  mcp-arangodb-async user grant app shop
  mcp-arangodb-async user grant reporter shop --permission ro

The database `*` stands for all that have no permission of their own.")]
    Grant(GrantOptions),
    /// Take back what was granted to a user; the default for all databases holds again.
    #[command(after_help = "Examples:\n  mcp-arangodb-async user revoke app shop")]
    Revoke(RevokeOptions),
    /// List the databases that you may use, as `$ARANGO_USERNAME`.
    #[command(after_help = "Examples:\n  mcp-arangodb-async user databases --database production --json")]
    Databases(DatabasesOptions),
    /// Change your own password, as `$ARANGO_USERNAME`, on the chosen server and no other.
    #[command(after_help = "Examples:
  mcp-arangodb-async user password --url https://db1.example.com:8529 --new-password-env NEW_PASSWORD")]
    Password(PasswordOptions),
}

#[derive(Debug, Args)]
pub(crate) struct AddOptions {
    /// The name of the new user.
    pub(crate) name: String,
    /// Whether the user can log in.
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_value = "true",
        default_missing_value = "true", action = clap::ArgAction::Set)]
    pub(crate) active: bool,
    /// The name of the environment variable that holds the password of the user; never the password.
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
pub(crate) struct RemoveOptions {
    /// The name of the user.
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

#[derive(Debug, Args)]
pub(crate) struct GrantOptions {
    /// The name of the user.
    #[arg(value_name = "USER")]
    pub(crate) user: String,
    /// The name of the database on the server, or `*`.
    #[arg(value_name = "DB")]
    pub(crate) name: String,
    /// What the user may do there.
    #[arg(long, short, value_enum, default_value_t = Permission::Rw, alias = "perm")]
    pub(crate) permission: Permission,
    #[command(flatten)]
    pub(crate) server: ServerChoice,
    #[command(flatten)]
    pub(crate) root: RootPassword,
    #[command(flatten)]
    pub(crate) caution: Caution,
}

#[derive(Debug, Args)]
pub(crate) struct RevokeOptions {
    /// The name of the user.
    #[arg(value_name = "USER")]
    pub(crate) user: String,
    /// The name of the database on the server, or `*`.
    #[arg(value_name = "DB")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) server: ServerChoice,
    #[command(flatten)]
    pub(crate) root: RootPassword,
    #[command(flatten)]
    pub(crate) caution: Caution,
}

/// How somebody logs in who is not root.
#[derive(Debug, Clone, Args)]
pub(crate) struct OwnPassword {
    /// The name of the environment variable that holds your password; never the password [default: that of the entry
    /// with --database, else `$ARANGO_PASSWORD`].
    #[arg(long, short = 'P', value_name = "VARIABLE", aliases = ["arango-password-env", "pw-env"])]
    pub(crate) password_env: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DatabasesOptions {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) server: ServerChoice,
    #[command(flatten)]
    pub(crate) own: OwnPassword,
}

#[derive(Debug, Args)]
pub(crate) struct PasswordOptions {
    /// The name of the environment variable that holds the new password; never the password.
    #[arg(long, short = 'N', value_name = "VARIABLE", default_value = "ARANGO_NEW_PASSWORD",
        aliases = ["arango-new-password-env", "new-pw-env"])]
    pub(crate) new_password_env: String,
    #[command(flatten)]
    pub(crate) server: ServerChoice,
    #[command(flatten)]
    pub(crate) own: OwnPassword,
    #[command(flatten)]
    pub(crate) caution: Caution,
}
