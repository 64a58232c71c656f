//! `admin database create`: a new database, and with `--with-user` somebody who is let in. What was done is undone when a later
//! step fails.

use std::process::ExitCode;

use super::{change, server::Server};
use crate::{
    arango::{Access, Database, Error},
    cli::{
        arguments::admin::CreateOptions,
        confirm::{self, Actions, Verb},
        error::CliError,
    },
    observability::Secret,
    wire::DatabaseName,
};

const COMMAND: &str = "admin database create";

/// What is to be there in the end.
struct Plan {
    database: DatabaseName,
    guest: Option<Guest>,
}

/// Who is let in.
struct Guest {
    name: String,
    access: Access,
    /// For a user who is not there yet.
    password: Option<Secret>,
}

/// What a plan has made so far.
#[derive(Clone, Copy)]
enum Made {
    Database,
    User,
}

pub(super) async fn run(options: CreateOptions) -> Result<ExitCode, CliError> {
    let database = super::name(&options.name)?;
    let access = change::access(options.permission);
    if options.caution.dry_run {
        let mut actions = vec![(Verb::Add, format!("database {database}"))];
        if let Some(user) = &options.with_user {
            actions.push((Verb::Add, format!("user {user}, unless there is one")));
            actions.push((Verb::Grant, change::permission_line(user, database.as_str(), access)));
        }
        return change::only_shown(COMMAND, &actions);
    }
    let server = Server::as_root(&options.server, &options.root).await?;
    let what = format!("create the database {database}");
    let failed = |error: Error| server.failed(&what, &error);
    let known = server.system.databases().await.map_err(failed)?;
    if known.iter().any(|known| known == database.as_str()) {
        let hint = options.with_user.map(|user| format!("; to let {user} in, use `user grant {user} {database}`"));
        let there = format!("there is a database {database} on {} already", server.url());
        return Err(CliError::new(format!("{there}{}", hint.unwrap_or_default())));
    }
    let guest = match options.with_user {
        None => None,
        Some(name) => {
            let there = server.system.user(&name).await.map_err(failed)?.is_some();
            let ask = || {
                server.password(&options.password_env, &format!("password of the new user {name}"), "--password-env")
            };
            let password = if there { None } else { Some(ask()?) };
            Some(Guest { name, access, password })
        }
    };
    let plan = Plan { database, guest };
    let actions = plan.actions();
    if !change::agreed(&server, &actions, options.caution).await? {
        return Ok(confirm::cancelled());
    }
    plan.carry_out(&server.system).await.map_err(|fault| {
        let failure = server.failed(&fault.step, &fault.error);
        let after = if fault.after.is_empty() { String::new() } else { format!("\n{}", fault.after.join("\n")) };
        CliError::new(format!("{failure}{after}"))
    })?;
    change::done(COMMAND, &actions)
}

/// A step that failed, and what became of those before it.
struct Fault {
    step: String,
    error: Error,
    after: Vec<String>,
}

impl Plan {
    fn actions(&self) -> Actions {
        let mut actions = vec![(Verb::Add, format!("database {}", self.database))];
        if let Some(Guest { name, access, password }) = &self.guest {
            let verb = if password.is_some() { Verb::Add } else { Verb::Exists };
            actions.push((verb, format!("user {name}")));
            actions.push((Verb::Grant, change::permission_line(name, self.database.as_str(), *access)));
        }
        actions
    }

    /// Does all of it or, as far as the server lets it, nothing.
    async fn carry_out(&self, system: &Database) -> Result<(), Fault> {
        let mut made = Vec::new();
        let Err((step, error)) = self.steps(system, &mut made).await else { return Ok(()) };
        let mut after = Vec::new();
        for each in made.into_iter().rev() {
            let (what, undone) = match each {
                Made::Database => (format!("database {}", self.database), system.drop_database(&self.database).await),
                Made::User => {
                    let name = self.guest.as_ref().map_or("", |guest| guest.name.as_str());
                    (format!("user {name}"), system.remove_user(name).await)
                }
            };
            after.push(match undone {
                Ok(()) => format!("Undone: the {what} was removed again."),
                Err(error) => format!("NOT undone: the {what} is still there: {error}"),
            });
        }
        Err(Fault { step, error, after })
    }

    async fn steps(&self, system: &Database, made: &mut Vec<Made>) -> Result<(), (String, Error)> {
        let database = &self.database;
        let during = |step: String| move |error| (step, error);
        system.create_database(database).await.map_err(during(format!("create the database {database}")))?;
        made.push(Made::Database);
        let Some(Guest { name, access, password }) = &self.guest else { return Ok(()) };
        if let Some(password) = password {
            system.create_user(name, password, true).await.map_err(during(format!("add the user {name}")))?;
            made.push(Made::User);
        }
        let grant = system.grant(name, database.as_str(), *access).await;
        grant.map_err(during(format!("let {name} into {database}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arango::testing::{Fake, reply};

    /// A server that fails where the method and the path begin so.
    async fn after_failing(broken: &'static [&'static str], password: Option<Secret>) -> (Vec<String>, Fault) {
        let fake = Fake::new(move |request| {
            let asked = format!("{} {}", request.method(), request.uri());
            let fails = broken.iter().any(|broken| asked.starts_with(broken));
            let body = r#"{"error":true,"errorNum":4,"errorMessage":"no disk","code":500}"#;
            Ok(if fails { reply(500, body) } else { reply(200, "{}") })
        });
        let guest = Guest { name: "app".to_owned(), access: Access::Write, password };
        let plan = Plan { database: DatabaseName::parse("shop").unwrap(), guest: Some(guest) };
        let Err(fault) = plan.carry_out(&fake.database()).await else { panic!("it did not fail") };
        (fake.seen(), fault)
    }

    #[tokio::test]
    async fn what_was_made_is_removed_again_newest_first() {
        let (seen, fault) = after_failing(&["PUT /_api/user/app/database/shop"], Some(Secret::new("x"))).await;
        let undone = ["DELETE /_api/user/app", "DELETE /_api/database/shop"];
        assert_eq!(seen[3..], undone);
        let told = ["Undone: the user app was removed again.", "Undone: the database shop was removed again."];
        assert_eq!((fault.step.as_str(), &fault.after[..]), ("let app into shop", &told.map(str::to_owned)[..]));
    }

    #[tokio::test]
    async fn a_user_who_was_there_before_stays() {
        let (seen, _) = after_failing(&["PUT /_api/user/app/database/shop"], None).await;
        assert_eq!(seen, ["POST /_api/database", "PUT /_api/user/app/database/shop", "DELETE /_api/database/shop"]);
    }

    #[tokio::test]
    async fn what_cannot_be_undone_is_told() {
        let (_, fault) = after_failing(&["POST /_api/user", "DELETE"], Some(Secret::new("x"))).await;
        assert_eq!(fault.after, ["NOT undone: the database shop is still there: no disk [HTTP 500, error 4]"]);
    }

    #[tokio::test]
    async fn where_nothing_was_made_nothing_is_removed() {
        let (seen, fault) = after_failing(&["POST /_api/database"], Some(Secret::new("x"))).await;
        assert_eq!((seen.len(), fault.after.len()), (1, 0));
    }
}
