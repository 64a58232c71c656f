//! Logs go to standard error, always: standard output belongs to the protocol.

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// An object a line.
    Json,
}

/// Starts logging at `level`: a level's name in any case, or a tracing filter such as `info,audit=off`. Something that
/// is neither counts as `info`. A second call changes nothing.
pub fn start(level: &str, format: Format) {
    let filter = EnvFilter::try_new(translated(level)).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let registry = tracing_subscriber::registry().with(filter);
    let started = match format {
        Format::Text => registry.with(lines).try_init(),
        Format::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
    if started.is_err() {
        tracing::debug!("logging had been started already");
    }
}

/// Python's names of levels in tracing's words. Chatty libraries stay at warnings unless asked for by name.
fn translated(level: &str) -> String {
    let plain = match level.to_ascii_lowercase().as_str() {
        "debug" => "debug",
        "info" | "" => "info",
        "warning" | "warn" => "warn",
        "error" | "critical" | "fatal" => "error",
        "trace" => "trace",
        "off" => "off",
        _ => return level.to_owned(),
    };
    match plain {
        "debug" | "info" => format!("{plain},rmcp=error,hyper=warn,reqwest=warn,rustls=warn"),
        _ => plain.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_original_levels_are_understood() {
        assert!(translated("INFO").starts_with("info,"));
        assert_eq!(translated("WARNING"), "warn");
        assert_eq!(translated("critical"), "error");
        assert_eq!(translated("audit=off"), "audit=off");
    }
}
