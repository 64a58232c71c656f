//! `token add`: a new token, shown once.

use std::{collections::BTreeSet, process::ExitCode};

use super::{blocking, name, path};
use crate::{
    access::token,
    cli::{arguments::token::AddOptions, error::CliError, output},
    clock::{Clock as _, SystemClock, SystemRandom, rfc3339},
    config::{
        DatabaseKey, Grant,
        tokens::{self, TokenEntry},
    },
    tools::Registry,
};

/// Longest life that can be said: a hundred years.
const LONGEST_MINUTES: i64 = 100 * 366 * 24 * 60;

pub(super) async fn run(options: AddOptions) -> Result<ExitCode, CliError> {
    let (name, path) = (name(&options.name)?, path(&options.file)?);
    let created = SystemClock.now_millis();
    let lifetime = options.expires.as_deref().map(lifetime).transpose()?;
    let expires = lifetime.map(|lifetime| created.saturating_add(lifetime));
    let token = token::generate(&SystemRandom);
    let entry = TokenEntry { digest: token::digest_of(token.expose()), created, expires, grant: grant(&options)? };
    let added = name.clone();
    let path = blocking(move || tokens::add(&path, &added, &entry)).await?;
    let until = expires.map(|at| format!(" until {}", rfc3339(at))).unwrap_or_default();
    output::note(&format!(
        "Token {:?} is good{until}; this is the only time it is shown. Its hash is in {}\n",
        name.as_str(),
        path.display()
    ));
    // Alone on standard output, so that a script can take it.
    output::print_line(token.expose())?;
    Ok(ExitCode::SUCCESS)
}

fn grant(options: &AddOptions) -> Result<Grant, CliError> {
    let key = |text: &String| {
        DatabaseKey::parse(text)
            .map_err(|rule| CliError::new(format!("{text:?} cannot be the key of a database: {rule}")))
    };
    let registry = Registry::standard();
    let tool = |text: &String| {
        let entry = registry.find(text).ok_or_else(|| {
            let near = registry.nearest(text).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            CliError::new(format!("there is no tool {text:?}{near}"))
        })?;
        Ok(entry.name.to_owned())
    };
    let toolset = |text: &String| Ok(text.clone());
    Ok(Grant {
        databases: named(&options.databases, key)?,
        tools: named(&options.tools, tool)?,
        toolsets: named(&options.toolsets, toolset)?,
        read_only: options.read_only.then_some(true),
        pin: options.pin.as_ref().map(key).transpose()?,
    })
}

/// What is named; nothing named limits nothing.
fn named<T: Ord>(
    texts: &[String],
    parse: impl Fn(&String) -> Result<T, CliError>,
) -> Result<Option<BTreeSet<T>>, CliError> {
    if texts.is_empty() { Ok(None) } else { texts.iter().map(parse).collect::<Result<_, _>>().map(Some) }
}

/// Milliseconds, from a number with a unit.
fn lifetime(text: &str) -> Result<i64, CliError> {
    let refuse =
        || CliError::new(format!("--expires {text:?} is not a time; use a number with m, h, d or w, e.g. 90d"));
    let unit = text.chars().next_back().ok_or_else(refuse)?;
    let minutes = match unit {
        'm' => 1,
        'h' => 60,
        'd' => 24 * 60,
        'w' => 7 * 24 * 60,
        _ => return Err(refuse()),
    };
    let number: u32 = text.strip_suffix(unit).and_then(|number| number.parse().ok()).ok_or_else(refuse)?;
    let minutes = i64::from(number) * minutes;
    if minutes == 0 || minutes > LONGEST_MINUTES { Err(refuse()) } else { Ok(minutes * 60_000) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_a_number_with_a_unit() {
        assert_eq!(lifetime("90d").unwrap(), 90 * 86_400_000);
        assert_eq!((lifetime("1m").unwrap(), lifetime("2w").unwrap()), (60_000, 14 * 86_400_000));
        for bad in ["", "d", "90", "0d", "-1d", "1.5h", "1y", "9999999999w", "4294967295w", "1é"] {
            assert!(lifetime(bad).is_err(), "{bad}");
        }
    }
}
