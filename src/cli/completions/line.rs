//! What the words before the cursor already say: which configuration holds, which tool is called.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::ArgMatches;

use super::super::arguments::Cli;
use crate::config::{Config, Env, FileEnv, SystemEnv};

/// The words so far, as far as they can be understood.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    config_file: Option<PathBuf>,
    environment_file: Option<PathBuf>,
    embedded: bool,
    /// The tool of `call`.
    pub(super) tool: Option<String>,
}

impl Line {
    /// Reads an unfinished line by the grammar itself, so that every spelling counts here that counts there.
    pub(super) fn read(words: &[OsString]) -> Self {
        let Ok(matches) = Cli::grammar().ignore_errors(true).try_get_matches_from(words) else {
            return Self::default();
        };
        let mut line = Self::default();
        let mut level = Some(&matches);
        while let Some(matches) = level {
            line.take(matches);
            level = matches.subcommand().map(|(_, deeper)| deeper);
        }
        line
    }

    fn take(&mut self, matches: &ArgMatches) {
        let path = |name| matches.try_get_one::<PathBuf>(name).ok().flatten().map(|path| at_home(path));
        self.config_file = path("config_file").or(self.config_file.take());
        self.environment_file = path("environment_file").or(self.environment_file.take());
        self.embedded |= matches.try_contains_id("embedded").unwrap_or_default();
        self.tool = matches.try_get_one::<String>("tool").ok().flatten().cloned().or(self.tool.take());
    }

    /// The configuration that the finished line would read.
    pub(super) fn config(&self) -> Option<Config> {
        let env: Box<dyn Env> = match &self.environment_file {
            Some(path) => Box::new(FileEnv::read(path).ok()?),
            None => Box::new(SystemEnv),
        };
        if self.embedded { None } else { Config::load(self.config_file.as_deref(), &*env).ok() }
    }
}

/// A path as the shell would hand it over: some scripts see it as it was typed.
fn at_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), SystemEnv.get("HOME")) {
        (Ok(below), Some(home)) => Path::new(&home).join(below),
        _ => path.to_owned(),
    }
}
