//! `migrate`: what the Python version was configured with becomes our configuration file. What changes on the way is said; no
//! password is printed or written.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use tokio::task::spawn_blocking;

use super::{
    arguments::migrate::MigrateOptions,
    confirm::{self, Actions, Verb},
    db::entry_line,
    error::CliError,
    output,
    setup::environment,
    table,
};
use crate::{
    clock::{Clock as _, SystemClock, rfc3339},
    config::{
        Config, ConfigError, Env, PasswordSource, SystemEnv,
        env::non_empty,
        file,
        original::{self, Original},
        replace,
        save::{self, Edited},
    },
};

/// Names the file, of the Python version as here.
const FILE_VARIABLE: &str = "ARANGO_DATABASES_CONFIG_FILE";

pub(crate) async fn run(options: MigrateOptions) -> Result<ExitCode, CliError> {
    let env = environment(&options.environment)?;
    let target = target(&options)?;
    let (source, mut original) = source(&options, &*env)?;
    if source.as_ref().is_some_and(|source| is_same_file(source, &target)) {
        let advice = "name another file to write with --config-file FILE";
        return Err(CliError::new(format!("{} would be written over itself; {advice}", target.display())));
    }
    original.findings.extend(original::findings_of_environment(&*env));
    original.findings.extend(leftovers(&options, &*env, &target));
    let migration = Migration { original, merge: options.merge };
    let (migration, planned) = migration.blocking(&target, save::plan_with).await?;
    migration.finish(&options, &target, planned, &*env).await
}

/// The file to write, which need not be there yet.
fn target(options: &MigrateOptions) -> Result<PathBuf, CliError> {
    let missing = || CliError::new("there is no home directory to write to; name a file with --config-file FILE");
    let path = options.config_file.clone().or_else(|| file::default_path(&SystemEnv)).ok_or_else(missing)?;
    std::path::absolute(&path).map_err(|error| CliError::while_doing(&path.display().to_string(), error))
}

/// What there is to take over, and the file it is in.
fn source(options: &MigrateOptions, env: &dyn Env) -> Result<(Option<PathBuf>, Original), CliError> {
    if options.from_env {
        return Ok((None, Original::from_env(env).map_err(|error| CliError::from_error(&error))?));
    }
    let named = options.source.clone().or_else(|| non_empty(env, FILE_VARIABLE).map(PathBuf::from));
    if named.is_none() && !Path::new(original::FILE).exists() {
        return Err(CliError::new(format!(
            "{} is not there; name the file of the Python version, run the command where that version was run, or take \
             over the ARANGO_* variables with --from-env",
            original::FILE
        )));
    }
    let path = named.unwrap_or_else(|| PathBuf::from(original::FILE));
    let original = Original::read(&path).map_err(|error| CliError::from_error(&error))?;
    Ok((Some(path), original))
}

fn is_same_file(left: &Path, right: &Path) -> bool {
    left.canonicalize().is_ok_and(|left| right.canonicalize().is_ok_and(|right| left == right))
}

/// Variables that would get in the way of the new file.
fn leftovers(options: &MigrateOptions, env: &dyn Env, target: &Path) -> Vec<String> {
    let mut findings = Vec::new();
    if let Some(named) = non_empty(env, FILE_VARIABLE).filter(|named| !is_same_file(Path::new(named), target)) {
        findings.push(format!("{FILE_VARIABLE}: names {named}; unset it, or have it name the new file"));
    }
    if !options.from_env && non_empty(env, "ARANGO_URL").is_some() {
        let what = "before, it did not count beside a file; now it adds the entry `_env_default`";
        findings.push(format!("ARANGO_URL: {what}; unset it if you do not want that"));
    }
    if let Some(file) = &options.environment.environment_file {
        let file = file.display();
        findings.push(format!("{file}: read by this command only; set its variables where the server is started"));
    }
    findings
}

/// Plans or makes a rewrite of a file.
type Step = fn(&Path, save::Rewrite<'_>) -> Result<Edited, ConfigError>;

struct Migration {
    original: Original,
    merge: bool,
}

impl Migration {
    /// Locks and disks make one wait.
    async fn blocking(self, path: &Path, step: Step) -> Result<(Self, Edited), CliError> {
        let path = path.to_owned();
        let work = move || {
            let edited = step(&path, &|text, path| {
                if self.merge { self.original.merged_into(text, path) } else { self.original.as_new(path) }
            })?;
            Ok((self, edited))
        };
        let done: Result<_, ConfigError> = spawn_blocking(work).await.map_err(|error| CliError::from_error(&error))?;
        done.map_err(|error| CliError::from_error(&error))
    }

    /// What becomes of each entry.
    fn actions(&self, planned: &Edited) -> Actions {
        let there = self.merge.then(|| file::parse(&planned.before, &planned.path).ok()).flatten();
        let there = there.as_ref();
        let verb = |exists: bool| if exists { Verb::Exists } else { Verb::Add };
        let entries = self.original.entries.iter();
        let mut actions: Actions = entries
            .map(|(key, fields)| {
                (verb(there.is_some_and(|config| config.entry(key).is_some())), entry_line(key, fields))
            })
            .collect();
        if let Some(default) = planned.config.default_database() {
            let exists = there.is_some_and(|config| config.default_database().is_some());
            actions.push((verb(exists), format!("default_database: {default}")));
        }
        actions
    }

    async fn finish(
        self,
        options: &MigrateOptions,
        target: &Path,
        planned: Edited,
        env: &dyn Env,
    ) -> Result<ExitCode, CliError> {
        let actions = self.actions(&planned);
        let differences = self.differences(&planned.config, env);
        if options.caution.dry_run {
            output::print_styled(&confirm::dry_run_report("migrate", &actions))?;
            output::print(&differences)?;
            // A file that is replaced may be broken, and hold passwords: it is not shown.
            output::print_styled(&if self.merge && !planned.before.is_empty() {
                confirm::difference(&planned.path, &planned.before, &planned.after)
            } else {
                format!("{}:\n{}", planned.path.display(), planned.after)
            })?;
            output::print_line("Dry run: nothing was changed.")?;
            return Ok(ExitCode::SUCCESS);
        }
        let replaces = !self.merge && planned.path.exists() && planned.before != planned.after;
        if replaces && !options.caution.yes {
            let what = "the whole file is written anew, and a backup is kept; --merge would only add to it";
            let mut asked = vec![(Verb::Update, what.to_owned())];
            asked.extend(actions.iter().cloned());
            if !confirm::agreed(&planned.path.display().to_string(), &asked).await? {
                return Ok(confirm::cancelled());
            }
        }
        let backup = if replaces { Some(backup(planned.path).await?) } else { None };
        let (_, saved) = self.blocking(target, save::save_with).await?;
        output::print_styled(&confirm::report("migrate", &actions))?;
        output::print(&differences)?;
        output::print_line(&format!("Configuration saved to: {}", saved.path.display()))?;
        if let Some(backup) = backup {
            output::print_line(&format!("As it was before: {}", backup.display()))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// What is not as it was, one line each.
    fn differences(&self, config: &Config, env: &dyn Env) -> String {
        let mut lines = self.original.findings.clone();
        let entries = self.original.entries.iter().filter_map(|(key, _)| config.entry(key));
        let variables = entries.filter_map(|entry| match &entry.password {
            PasswordSource::Env(variable) => Some(variable),
            PasswordSource::None | PasswordSource::File(_) => None,
        });
        for variable in variables.filter(|variable| env.get(variable).is_none()) {
            let line = format!(
                "{variable}: not set here; before, that was an empty password; now it is an error, so set it where the \
                 server is started"
            );
            let named = format!("set {variable} to it");
            if !lines.iter().any(|told| *told == line || told.ends_with(&named)) {
                lines.push(line);
            }
        }
        if lines.is_empty() {
            return String::new();
        }
        let list: Vec<_> = lines.iter().map(|line| format!("- {}", table::visible(line))).collect();
        format!("What is different:\n{}\n", list.join("\n"))
    }
}

async fn backup(path: PathBuf) -> Result<PathBuf, CliError> {
    let stamp = rfc3339(SystemClock.now_millis() / 1000 * 1000).replace(['-', ':'], "");
    let copied = spawn_blocking(move || {
        replace::backup(&path, &stamp).map_err(|error| {
            CliError::new(format!("{}: a backup cannot be made: {error}; nothing was changed", path.display()))
        })
    });
    copied.await.map_err(|error| CliError::from_error(&error))?
}
