//! Logs go to standard error, always: standard output belongs to the protocol.

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Starts logging at `level`: a level's name in any case, or a tracing filter such as `info,audit=off`. Something that
/// is neither counts as `info`. A second call changes nothing.
pub fn start(level: &str) {
    let filter = EnvFilter::try_new(translated(level)).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    if tracing_subscriber::registry().with(filter).with(lines).try_init().is_err() {
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
