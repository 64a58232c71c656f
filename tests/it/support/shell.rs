//! A person at a shell: a home of their own, the files in it, and everything a command says.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

use super::program;

/// A home of its own.
pub(crate) struct Shell {
    pub(crate) home: TempDir,
}

impl Shell {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.home.path().join(path)
    }

    /// Puts a file into the home, with the folders it is in.
    pub(crate) fn put(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// The names in a folder, sorted.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = program(self.home.path());
        command.args(words);
        command
    }

    /// Everything a command says, and its exit code.
    pub(crate) fn run(&self, words: &[&str]) -> String {
        self.run_with(words, &[])
    }

    /// The same with these variables.
    pub(crate) fn run_with(&self, words: &[&str], variables: &[(&str, &str)]) -> String {
        self.told(&self.command(words).envs(variables.iter().copied()).output().unwrap())
    }

    /// The same of a person who answers.
    pub(crate) fn answered(&self, answer: &str, words: &[&str]) -> String {
        let mut child = self.command(words).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
        self.told(&child.wait_with_output().unwrap())
    }

    /// What was said, with the same names for home, program and moment in every run.
    fn told(&self, output: &Output) -> String {
        let text = |bytes: &[u8]| self.plain(std::str::from_utf8(bytes).unwrap());
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        let err = if err.is_empty() { err } else { format!("--- stderr\n{err}") };
        format!("{out}{err}--- exit {}", output.status.code().unwrap())
    }

    pub(crate) fn plain(&self, text: &str) -> String {
        const BACKUP: &str = ".backup-";
        let text = text.replace(self.home.path().to_str().unwrap(), "~");
        let text = text.replace(env!("CARGO_BIN_EXE_mcp-arangodb-async"), "<program>");
        let mut plain = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find(BACKUP) {
            let (before, stamp) = rest.split_at(at + BACKUP.len());
            plain.push_str(before);
            plain.push_str("<moment>");
            rest = stamp.trim_start_matches(|c: char| c.is_ascii_digit() || c == 'T' || c == 'Z');
        }
        plain + rest
    }
}

/// The mode of a file.
#[cfg(unix)]
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
