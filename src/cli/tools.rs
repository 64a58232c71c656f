//! `tools`: what a model would see.

use std::process::ExitCode;

use serde_json::json;

use super::{arguments::ToolsOptions, error::CliError, output};
use crate::tools::{Entry, Registry};

pub(crate) fn run(options: &ToolsOptions) -> Result<ExitCode, CliError> {
    let registry = Registry::standard();
    let text = if options.json { as_json(&registry)? } else { as_text(&registry) };
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn as_json(registry: &Registry) -> Result<String, CliError> {
    let tools: Vec<_> = registry
        .entries()
        .iter()
        .map(|entry| {
            let hints = entry.effect.hints();
            json!({
                "name": entry.name,
                "title": entry.title,
                "description": entry.description,
                "category": entry.category.name(),
                "aliases": entry.aliases,
                "inputSchema": &*entry.input_schema,
                "outputSchema": entry.output_schema.as_deref(),
                "annotations": {
                    "readOnlyHint": hints.read_only,
                    "destructiveHint": hints.destructive,
                    "idempotentHint": hints.idempotent,
                    "openWorldHint": hints.open_world,
                },
            })
        })
        .collect();
    let text = serde_json::to_string_pretty(&tools).map_err(|error| CliError::from_error(&error))?;
    Ok(text + "\n")
}

fn as_text(registry: &Registry) -> String {
    let width = registry.entries().iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    let line = |entry: &Entry| {
        let first = entry.description.split_inclusive(". ").next().unwrap_or_default().trim_end();
        format!("{:width$}  {first}\n", entry.name)
    };
    registry.entries().iter().map(line).collect()
}
