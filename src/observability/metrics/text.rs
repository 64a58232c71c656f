//! The text format of Prometheus, version 0.0.4.

use std::fmt::Write as _;

use super::{
    exposition::{Distribution, Exposition, Sample, Value},
    names::FAMILIES,
};

/// The type of the text.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The text. A sample of a metric that is not in the table is left out.
pub fn text(exposition: &Exposition) -> String {
    let mut text = String::new();
    for family in FAMILIES {
        let samples = exposition.samples(family.name);
        if !samples.is_empty() {
            let (name, kind, help) = (family.name, family.kind.name(), family.help);
            // Writing to a string does not fail, here and below.
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for sample in samples {
                write_sample(&mut text, name, sample);
            }
        }
    }
    text
}

fn write_sample(text: &mut String, name: &str, sample: &Sample) {
    let line = |text: &mut String, suffix: &str, more: Option<(&str, &str)>, value: &dyn std::fmt::Display| {
        let _ = write!(text, "{name}{suffix}");
        let labels = sample.labels.iter().map(|(label, text)| (*label, text.as_str())).chain(more);
        for (position, (label, value)) in labels.enumerate() {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(text, "{}{label}=\"{value}\"", if position == 0 { '{' } else { ',' });
        }
        let end = if sample.labels.is_empty() && more.is_none() { "" } else { "}" };
        let _ = writeln!(text, "{end} {value}");
    };
    match &sample.value {
        Value::Count(count) => line(text, "", None, count),
        Value::Amount(amount) => line(text, "", None, amount),
        Value::Distribution(Distribution { bounds, classes, count, sum }) => {
            let mut below = 0;
            for (bound, class) in bounds.iter().zip(classes) {
                below += class;
                line(text, "_bucket", Some(("le", &bound.to_string())), &below);
            }
            line(text, "_bucket", Some(("le", "+Inf")), count);
            line(text, "_sum", None, sum);
            line(text, "_count", None, count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_a_metric_stand_together_and_labels_are_escaped() {
        let mut all = Exposition::default();
        all.sample("mcp_arangodb_sessions", &[], 3_u64);
        all.sample("mcp_arangodb_database_up", &[("database", "a\"b\\c\nd")], 1_u64);
        all.sample("mcp_arangodb_database_up", &[("database", "e")], 0_u64);
        all.sample("made_up", &[], 1_u64);
        insta::assert_snapshot!(text(&all), @r#"
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
