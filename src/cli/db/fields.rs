//! From options to the fields of an entry, and from those to words.

use std::path::Path;

use crate::{
    cli::{arguments::db::EntryOptions, error::CliError},
    config::{
        DatabaseKey,
        edit::{Field, Fields, Setting},
    },
};

/// The fields that options ask for. An empty text removes what may be missing without another meaning; a user, a password or
/// an address is not removed by what may be a variable that is not set.
pub(super) fn of(options: &EntryOptions) -> Result<Fields, CliError> {
    let mut fields = Fields::new();
    match options.url.as_slice() {
        [] => {}
        [url] => fields.extend([(Field::Url, Some(text(url))), (Field::Urls, None)]),
        urls => fields.extend([(Field::Urls, Some(Setting::List(urls.to_vec()))), (Field::Url, None)]),
    }
    let mut given = |field, value: Option<&String>| fields.extend(value.map(|value| (field, Some(text(value)))));
    given(Field::Database, options.database.as_ref());
    given(Field::Username, options.username.as_ref());
    if let Some(variable) = &options.password_env {
        fields.extend([(Field::PasswordEnv, Some(text(variable))), (Field::PasswordFile, None)]);
    }
    if let Some(file) = &options.password_file {
        fields.extend([(Field::PasswordFile, Some(absolute(file)?)), (Field::PasswordEnv, None)]);
    }
    if options.no_password {
        fields.extend([(Field::PasswordEnv, None), (Field::PasswordFile, None)]);
    }
    let mut removable = |field, value: Option<&String>, setting: fn(String) -> Setting| {
        fields.extend(value.map(|value| (field, (!value.is_empty()).then(|| setting(value.clone())))));
    };
    removable(Field::Timeout, options.timeout.as_ref(), Setting::Bare);
    removable(Field::Description, options.description.as_ref(), Setting::Text);
    removable(Field::MaxConnections, options.max_connections.as_ref(), Setting::Bare);
    removable(Field::MaxCalls, options.max_calls.as_ref(), Setting::Bare);
    removable(Field::RateLimit, options.rate_limit.as_ref(), Setting::Bare);
    removable(Field::MaxRows, options.max_rows.as_ref(), Setting::Bare);
    removable(Field::MaxBytes, options.max_bytes.as_ref(), Setting::Bare);
    removable(Field::MaxRuntime, options.max_runtime.as_ref(), Setting::Bare);
    removable(Field::MemoryLimit, options.memory_limit.as_ref(), Setting::Bare);
    fields.extend(options.read_only.map(|on| (Field::ReadOnly, Some(Setting::Bare(on.to_string())))));
    fields.extend(options.confirm.as_ref().map(|confirm| (Field::Confirm, Some(text(confirm)))));
    fields.extend(options.auth.as_ref().map(|auth| (Field::Auth, Some(text(auth)))));
    if let Some(file) = &options.ca_file {
        fields.push((Field::CaFile, if file.as_os_str().is_empty() { None } else { Some(absolute(file)?) }));
    }
    match options.tags.as_slice() {
        [] => {}
        [none] if none.is_empty() => fields.push((Field::Tags, None)),
        tags => fields.push((Field::Tags, Some(Setting::List(tags.to_vec())))),
    }
    Ok(fields)
}

fn text(value: &str) -> Setting {
    Setting::Text(value.to_owned())
}

/// Paths are meant from here; in the file they would be read from where it is.
fn absolute(path: &Path) -> Result<Setting, CliError> {
    let path = std::path::absolute(path).map_err(|error| CliError::while_doing(&path.display().to_string(), error))?;
    let text = path.into_os_string().into_string();
    text.map(Setting::Text).map_err(|path| CliError::new(format!("{} is not valid Unicode", path.display())))
}

/// A new entry in one line.
pub(in crate::cli) fn entry_line(key: &DatabaseKey, fields: &Fields) -> String {
    let said: Vec<_> = fields
        .iter()
        .filter_map(|(field, setting)| Some(format!("{} {}", field.name(), words(setting.as_ref()?))))
        .collect();
    format!("{key}: {}", said.join(", "))
}

/// The changes of an entry, each in one line; none for a field that only makes room for another.
pub(super) fn lines(key: &DatabaseKey, fields: &Fields) -> Vec<String> {
    let in_a_file = fields.iter().any(|(field, setting)| *field == Field::PasswordFile && setting.is_some());
    let line = |(field, setting): &(Field, Option<Setting>)| match (field, setting) {
        (_, Some(setting)) => Some(format!("{key}: {} {}", field.name(), words(setting))),
        (Field::PasswordEnv, None) if !in_a_file => Some(format!("{key}: no password")),
        (Field::Url | Field::Urls | Field::PasswordEnv | Field::PasswordFile, None) => None,
        (_, None) => Some(format!("{key}: {} removed", field.name())),
    };
    fields.iter().filter_map(line).collect()
}

/// A value on one line, whatever it holds.
fn words(setting: &Setting) -> String {
    match setting {
        Setting::Text(text) | Setting::Bare(text) => word(text),
        Setting::List(texts) => texts.iter().map(|text| word(text)).collect::<Vec<_>>().join(" "),
    }
}

fn word(text: &str) -> String {
    let plain = !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    if plain { text.to_owned() } else { format!("{text:?}") }
}
