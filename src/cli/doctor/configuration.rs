//! The configuration: where it comes from, who else can read or change it, whether the passwords are there, and which
//! database a call uses. Nothing is asked of a server, and no password is read.

use std::{
    fs::{File, Metadata},
    path::Path,
};

use super::{
    commands::{Commands, quoted},
    report::{Group, Subject},
};
use crate::{
    cli::permissions,
    config::{Config, ConfigError, DatabaseKey, Env, PasswordSource, Source, file},
    tenancy::{Inputs, resolver},
};

/// The command that makes a first entry.
const ADD: [&str; 11] =
    ["db", "add", "KEY", "--url", "URL", "--database", "NAME", "--username", "USER", "--password-env", "VARIABLE"];

/// What is wrong when there is no configuration to go on with.
pub(super) fn unreadable(named: Option<&Path>, env: &dyn Env, error: &ConfigError) -> Group {
    let mut group = Group::new(Subject::Configuration);
    let check = if error.file().is_some() { "file" } else { "environment" };
    group.fail(check, error.to_string(), "mend this first: the server does not start, and nothing else was checked");
    if let Ok(Some(path)) = file::locate(named, env)
        && path.exists()
    {
        exposure(&mut group, &path);
    }
    group
}

/// Looks at a configuration as far as these databases are concerned.
pub(super) fn examine(config: &Config, keys: &[DatabaseKey], env: &dyn Env, commands: &Commands) -> Group {
    let mut group = Group::new(Subject::Configuration);
    source(&mut group, config, commands);
    for (key, entry) in keys.iter().filter_map(|key| Some((key, config.entry(key)?))) {
        password(&mut group, key, &entry.password, env);
    }
    default(&mut group, config, commands);
    group
}

fn source(group: &mut Group, config: &Config, commands: &Commands) {
    match config.source() {
        Source::File(path) => {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let databases = match config.databases().len() {
                1 => "1 database".to_owned(),
                count => format!("{count} databases"),
            };
            group.ok("file", format!("{} is valid: {databases}", path.display()));
            exposure(group, &path);
        }
        Source::Environment | Source::CommandLine => {
            group.ok("file", "none; the ARANGO_* variables describe the database");
        }
        Source::BuiltIn => group.warn(
            "file",
            format!(
                "none, and no ARANGO_* variables: root without a password on {} would be used",
                Config::BUILT_IN_URL
            ),
            format!("add a database: {}", commands.line(&ADD)),
        ),
    }
}

/// Who besides its owner can read or change the file. Whoever changes it can have passwords sent elsewhere.
fn exposure(group: &mut Group, path: &Path) {
    let Some((file, folder)) = permissions::of(path) else { return };
    let shown = path.display().to_string();
    let above = permissions::folder(path).display().to_string();
    let modes = format!("file {file}, folder {folder}");
    if folder.others_can_replace() {
        let advice = format!("chmod go-w {}", quoted(&above));
        group.fail("permissions", format!("{modes}: others can put another file in its place"), advice);
    }
    let advice = format!("chmod 600 {}", quoted(&shown));
    if file.others_can_write() {
        group.fail("permissions", format!("{modes}: others can change the file"), advice);
    } else if file.others_can_read() {
        group.warn("permissions", format!("{modes}: others can read the file"), advice);
    } else if !folder.others_can_replace() {
        group.ok("permissions", modes);
    }
}

/// Whether the password of an entry can be had.
fn password(group: &mut Group, key: &DatabaseKey, source: &PasswordSource, env: &dyn Env) {
    const CHECK: &str = "password";
    match source {
        PasswordSource::None => {}
        PasswordSource::Env(name) => match env.get(name) {
            Some(value) if !value.is_empty() => group.ok(CHECK, format!("of {key}: ${name} is set")),
            Some(_) => group.warn(
                CHECK,
                format!("of {key}: ${name} is set to nothing"),
                format!("set {name} to the password of {key}"),
            ),
            None => group.fail(
                CHECK,
                format!("of {key}: ${name} is not set"),
                format!(
                    "set {name} where this command and the server are started, or name a file that sets it with \
                     --environment-file FILE"
                ),
            ),
        },
        PasswordSource::File(path) => {
            let shown = path.display().to_string();
            match File::open(path).and_then(|file| file.metadata()) {
                Ok(metadata) => password_file(group, key, path, &metadata),
                Err(error) => group.fail(
                    CHECK,
                    format!("of {key}: {shown} cannot be read: {error}"),
                    "put the password into the first line of that file, readable by the user who starts the server",
                ),
            }
        }
    }
}

fn password_file(group: &mut Group, key: &DatabaseKey, path: &Path, metadata: &Metadata) {
    const CHECK: &str = "password";
    let shown = path.display().to_string();
    let mode = permissions::Mode::of(metadata);
    if metadata.is_dir() {
        group.fail(CHECK, format!("of {key}: {shown} is a folder"), "name a file whose first line is the password");
    } else if metadata.is_file() && metadata.len() == 0 {
        group.fail(CHECK, format!("of {key}: {shown} is empty"), "put the password into its first line");
    } else if let Some(mode) = mode.filter(|mode| mode.others_can_read() || mode.others_can_write()) {
        let message = format!("of {key}: others can read or change {shown} (mode {mode})");
        group.warn(CHECK, message, format!("chmod 600 {}", quoted(&shown)));
    } else {
        group.ok(CHECK, format!("of {key}: {shown} can be read"));
    }
}

/// Which database a call uses that names none.
fn default(group: &mut Group, config: &Config, commands: &Commands) {
    const CHECK: &str = "default";
    match resolver::resolve(&Inputs { argument: None, focus: None, config }) {
        Ok(resolution) => {
            let (key, level) = (resolution.key, resolution.level.description());
            group.ok(CHECK, format!("a call that names no database uses {key} ({level})"));
            for unknown in config.unknown_defaults() {
                group.warn(CHECK, unknown, "name a configured database, or unset the variable");
            }
        }
        Err(error) => group.fail(
            CHECK,
            format!("a call that names no database fails: {error}"),
            format!("choose one that is configured: {}", commands.line(&["db", "default", "KEY"])),
        ),
    }
}
