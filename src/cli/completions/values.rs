//! Which values an argument takes, by the name its value has in the help: `KEY` is a configured database wherever it
//! stands, `FILE` a file. So a new command is completed as soon as it is described.

use std::{ffi::OsStr, sync::Arc};

use clap::{Arg, ArgAction, Command, builder::Resettable, value_parser};
use clap_complete::{ArgValueCompleter, CompletionCandidate};
use serde_json::Value;

use super::line::Line;
use crate::{
    config::{DatabaseEntry, DatabaseKey, Origin},
    tools::Registry,
};

/// Tags of the candidates that stand for paths.
const FILES: &str = "files";
const DIRECTORIES: &str = "directories";

/// The grammar, with what this machine and this line know.
pub(super) fn taught(grammar: Command, line: &Line) -> Command {
    // The options of `server` are hidden in the help of the program, not from those who type them.
    teach(grammar.mut_args(|option| option.hide(false)), &Arc::new(line.clone()))
}

fn teach(command: Command, line: &Arc<Line>) -> Command {
    command.mut_args(|arg| teach_argument(arg, line)).mut_subcommands(|inner| teach(inner, line))
}

fn teach_argument(arg: Arg, line: &Arc<Line>) -> Arg {
    if arg.is_require_equals_set() && arg.get_num_args().is_some_and(|count| count.min_values() == 0) {
        // What stands after a blank is no value of these, though the completer would take it for one.
        let flag = arg.require_equals(false).num_args(0).action(ArgAction::SetTrue);
        return flag.value_parser(value_parser!(bool)).default_missing_value(Resettable::Reset);
    }
    let line = Arc::clone(line);
    match arg.get_value_names() {
        Some([name]) => match name.as_str() {
            "KEY" => arg.add(ArgValueCompleter::new(move |typed: &OsStr| matching(typed, databases(&line)))),
            "TOOL" => arg.add(ArgValueCompleter::new(move |typed: &OsStr| matching(typed, tools()))),
            "ARGUMENTS" => {
                arg.add(ArgValueCompleter::new(move |typed: &OsStr| matching(typed, arguments(&line, typed))))
            }
            "FILE" => arg.add(ArgValueCompleter::new(|typed: &OsStr| path(typed, FILES))),
            "DIR" => arg.add(ArgValueCompleter::new(|typed: &OsStr| path(typed, DIRECTORIES))),
            _ => arg,
        },
        _ => arg,
    }
}

fn matching(typed: &OsStr, candidates: Vec<CompletionCandidate>) -> Vec<CompletionCandidate> {
    let fits = |candidate: &CompletionCandidate| {
        candidate.get_value().as_encoded_bytes().starts_with(typed.as_encoded_bytes())
    };
    candidates.into_iter().filter(fits).collect()
}

/// The configured databases.
fn databases(line: &Line) -> Vec<CompletionCandidate> {
    let Some(config) = line.config() else { return Vec::new() };
    let configured = config.databases().iter().filter(|(_, entry)| entry.origin != Origin::BuiltIn);
    let candidate = |(key, entry): (&DatabaseKey, &DatabaseEntry)| {
        CompletionCandidate::new(key.as_str()).help(entry.description.clone().map(Into::into))
    };
    configured.map(candidate).collect()
}

fn tools() -> Vec<CompletionCandidate> {
    let registry = Registry::standard();
    let named = registry.entries().iter();
    named.map(|entry| CompletionCandidate::new(entry.name).help(Some(entry.title.into()))).collect()
}

/// The arguments of the tool on the line, and the values of the one being typed where they are known.
fn arguments(line: &Line, typed: &OsStr) -> Vec<CompletionCandidate> {
    let registry = Registry::standard();
    let Some(entry) = line.tool.as_deref().and_then(|tool| registry.find(tool)) else { return Vec::new() };
    let Some(properties) = entry.input_schema.get("properties").and_then(Value::as_object) else { return Vec::new() };
    let given = typed.to_str().and_then(|typed| typed.split_once('='));
    let Some((name, _)) = given else {
        let about =
            |schema: &Value| schema.get("description").and_then(Value::as_str).map(|text| text.to_owned().into());
        let named = properties.iter();
        return named.map(|(name, schema)| CompletionCandidate::new(format!("{name}=")).help(about(schema))).collect();
    };
    let values = match properties.get(name).and_then(|schema| schema.get("enum")).and_then(Value::as_array) {
        Some(values) => values.iter().filter_map(Value::as_str).map(CompletionCandidate::new).collect(),
        None if name == "database" => databases(line),
        None => Vec::new(),
    };
    values.into_iter().map(|value| value.add_prefix(format!("{name}="))).collect()
}

/// A path is wanted; a word that begins like an option is none.
fn path(typed: &OsStr, kind: &'static str) -> Vec<CompletionCandidate> {
    let option = typed.as_encoded_bytes().starts_with(b"-");
    if option { Vec::new() } else { vec![CompletionCandidate::new("").tag(Some(kind.into()))] }
}

/// Whether a candidate stands for the paths there are.
pub(super) fn is_path(candidate: &CompletionCandidate) -> bool {
    candidate.get_tag().is_some_and(|tag| [FILES, DIRECTORIES].contains(&tag.to_string().as_str()))
}
