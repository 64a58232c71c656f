//! The dashboard and the page on observability name metrics that exist.

use std::{collections::BTreeSet, fs, path::Path};

use mcp_arangodb_async::observability::metrics::FAMILIES;
use serde_json::Value;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The metrics that a text names.
fn named(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("mcp_arangodb_") || word.starts_with("process_"))
        .collect()
}

fn exists(name: &str) -> bool {
    let histogram = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix));
    FAMILIES.iter().any(|family| family.name == name || Some(family.name) == histogram)
}

#[test]
fn every_metric_of_the_dashboard_exists() {
    let text = read("docs/observability/grafana-dashboard.json");
    let dashboard: Value = serde_json::from_str(&text).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let queries: Vec<&str> = panels
        .iter()
        .flat_map(|panel| panel["targets"].as_array().map_or(&[][..], Vec::as_slice))
        .map(|target| target["expr"].as_str().unwrap())
        .collect();
    assert!(queries.len() > 10, "{queries:?}");
    for query in &queries {
        let metrics = named(query);
        assert!(!metrics.is_empty() && metrics.iter().all(|name| exists(name)), "{query}");
    }
}

#[test]
fn every_metric_is_documented_and_every_documented_one_exists() {
    let page = read("docs/observability.md");
    let documented = named(&page);
    for family in FAMILIES {
        assert!(
            page.contains(&format!("| `{}` | {} | {} |", family.name, family.kind.name(), family.help)),
            "{}",
            family.name
        );
    }
    assert!(documented.iter().all(|name| exists(name)), "{documented:?}");
}
