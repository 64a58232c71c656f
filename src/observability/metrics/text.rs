//! The text format of Prometheus, version 0.0.4.

use std::{collections::HashMap, fmt::Display, fmt::Write as _};

use super::names::FAMILIES;

/// The type of the text.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Samples on their way to a text: those of one metric have to stand together.
#[derive(Debug, Default)]
pub struct Exposition(HashMap<&'static str, String>);

impl Exposition {
    /// Adds a sample.
    pub fn sample(&mut self, name: &'static str, labels: &[(&str, &str)], value: impl Display) {
        self.part(name, "", labels, value);
    }

    /// Adds a sample whose name is longer than that of its metric.
    pub(super) fn part(&mut self, name: &'static str, suffix: &str, labels: &[(&str, &str)], value: impl Display) {
        let lines = self.0.entry(name).or_default();
        lines.push_str(name);
        lines.push_str(suffix);
        for (position, (label, text)) in labels.iter().enumerate() {
            lines.push(if position == 0 { '{' } else { ',' });
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            // Writing to a string does not fail, here and below.
            let _ = write!(lines, "{label}=\"{text}\"");
        }
        if !labels.is_empty() {
            lines.push('}');
        }
        let _ = writeln!(lines, " {value}");
    }

    /// The text. A sample of a metric that is not in the table is left out.
    pub fn finish(self) -> String {
        let mut text = String::new();
        for family in FAMILIES {
            if let Some(lines) = self.0.get(family.name) {
                let (name, kind, help) = (family.name, family.kind.name(), family.help);
                let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{lines}");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_a_metric_stand_together_and_labels_are_escaped() {
        let mut text = Exposition::default();
        text.sample("mcp_arangodb_sessions", &[], 3);
        text.sample("mcp_arangodb_database_up", &[("database", "a\"b\\c\nd")], 1);
        text.sample("mcp_arangodb_database_up", &[("database", "e")], 0);
        text.sample("made_up", &[], 1);
        insta::assert_snapshot!(text.finish(), @r#"
        # HELP mcp_arangodb_sessions Sessions of clients of the older protocols.
        # TYPE mcp_arangodb_sessions gauge
        mcp_arangodb_sessions 3
        # HELP mcp_arangodb_database_up 1 when the database answered lately, 0 when it did not.
        # TYPE mcp_arangodb_database_up gauge
        mcp_arangodb_database_up{database="a\"b\\c\nd"} 1
        mcp_arangodb_database_up{database="e"} 0
        "#);
    }
}
