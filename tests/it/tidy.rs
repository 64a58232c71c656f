//! House rules that the compiler cannot hold: layers, crates per layer, module docs, sizes, the map.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Who may import whom. A module not listed on the left may not exist; `lib.rs` and `main.rs` are free.
const LAYERS: &[(&str, &[&str])] = &[
    ("wire", &[]),
    ("clock", &["wire"]),
    ("progress", &[]),
    ("observability", &["wire", "clock"]),
    ("aql", &["wire"]),
    ("manual", &[]),
    ("config", &["wire", "clock", "observability"]),
    ("arango", &["wire", "observability", "clock"]),
    ("embedded", &["wire", "clock", "aql"]),
    ("tenancy", &["wire", "clock", "observability", "config", "arango", "embedded"]),
    ("dump", &["wire", "clock", "progress", "arango"]),
    ("tools", &["wire", "clock", "progress", "observability", "aql", "manual", "config", "arango", "tenancy", "dump"]),
    ("access", &["clock", "observability", "config", "tenancy", "tools"]),
    ("mcp", &["wire", "clock", "progress", "observability", "manual", "config", "tenancy", "tools", "access"]),
    (
        "cli",
        &[
            "wire",
            "clock",
            "progress",
            "observability",
            "aql",
            "config",
            "arango",
            "embedded",
            "tenancy",
            "dump",
            "tools",
            "access",
            "mcp",
        ],
    ),
];

/// The same inside the engine: what stands left knows nothing of what stands right of it.
const ENGINE_LAYERS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("value", &["error"]),
    ("functions", &["error", "value"]),
    ("store", &["error", "value"]),
    ("users", &["error", "value", "store"]),
    ("graph", &["error", "value", "store"]),
    ("plan", &["error", "value", "functions", "store", "graph"]),
    ("eval", &["error", "value", "functions", "store", "graph", "plan"]),
    ("exec", &["error", "value", "functions", "store", "graph", "plan", "eval"]),
    ("query", &["error", "value", "functions", "store", "graph", "plan", "eval", "exec"]),
    ("engine", &["error", "value", "functions", "store", "users", "graph", "query", "api"]),
    ("api", &["error", "value", "functions", "store", "users", "graph", "query", "engine"]),
    ("listen", &["error", "value", "engine", "api"]),
];

/// Parts of the engine that must stay free of AQL.
const ENGINE_WITHOUT_AQL: &[&str] = &["error", "value", "functions", "store", "users", "graph"];

/// Crates that belong to a place: crate, then the path prefixes under `src/` that may name it.
const CRATES: &[(&str, &[&str])] = &[
    ("rmcp", &["mcp/", "tools/reply.rs", "tools/registry/"]),
    ("axum", &["mcp/"]),
    ("tower_http", &["mcp/http/"]),
    ("tokio_rustls", &["mcp/http/"]),
    ("x509_cert", &["mcp/http/"]),
    ("rustix", &["mcp/http/descriptors.rs"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/completions/"]),
    ("clap_mangen", &["cli/man.rs"]),
    ("indicatif", &["cli/call/bar.rs"]),
    ("reqwest", &["access/oauth/fetch.rs", "arango/http/", "cli/call", "observability/otlp/send.rs"]),
    ("hyper", &["arango/http/", "embedded/listen/", "mcp/http/"]),
    ("serde_saphyr", &["config/"]),
    ("granit_parser", &["config/edit/"]),
    ("dotenvy", &["config/env.rs"]),
    ("jsonc_parser", &["cli/client_config/merge/"]),
    ("anstream", &["cli/output.rs"]),
    ("similar", &["cli/confirm.rs"]),
    ("imbl", &["embedded/store/"]),
    ("jsonschema", &["wire/json_schema.rs"]),
    ("cap_std", &["dump/"]),
    ("redis", &["tenancy/session/"]),
    ("async_trait", &["mcp/sessions.rs"]),
    ("jiff", &["clock.rs", "embedded/functions/", "embedded/exec/", "observability/", "dump/"]),
    ("tracing_subscriber", &["observability/"]),
];

/// Files that may be longer than [`MAX_LINES`], each with its reason.
const LONG_FILES: &[(&str, &str)] = &[];

const MAX_LINES: usize = 600;

struct Source {
    /// Path under `src/`, with forward slashes.
    path: String,
    /// Module path, e.g. `["embedded", "store", "index"]`.
    module: Vec<String>,
    /// The text without comments and without test modules.
    code: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut todo = vec![root.clone()];
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(read(&root, &path));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn read(root: &Path, file: &PathBuf) -> Source {
    let text = fs::read_to_string(file).unwrap();
    let relative = file.strip_prefix(root).unwrap();
    let path = relative.to_str().unwrap().replace('\\', "/");
    let mut module: Vec<String> =
        relative.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if module.last().is_some_and(|last| last == "mod" || last == "lib" || last == "main") {
        module.pop();
    }
    Source { code: code_of(&text), path, module, text }
}

/// What is left without line comments and without what follows `#[cfg(test)] mod`.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim_start();
        if trimmed == "#[cfg(test)]" && lines.peek().is_some_and(|next| next.starts_with("mod ") && next.ends_with('{'))
        {
            break;
        }
        if !trimmed.starts_with("//") {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
}

fn is_test_file(source: &Source) -> bool {
    source.module.iter().any(|part| part == "tests" || part == "test_support")
}

/// The first path segments that follow each `crate::` or `super::…` in the code, as module paths.
fn imports(source: &Source) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    for (keyword, absolute) in [("crate::", true), ("super::", false)] {
        for (at, _) in source.code.match_indices(keyword) {
            let before = source.code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let mut base = if absolute { Vec::new() } else { parent(&source.module) };
            let mut rest = &source.code[at + keyword.len()..];
            while let Some(further) = rest.strip_prefix("super::") {
                base.pop();
                rest = further;
            }
            for names in heads(rest) {
                found.insert(base.iter().cloned().chain(names).collect());
            }
        }
    }
    found
}

fn parent(module: &[String]) -> Vec<String> {
    module.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default()
}

/// The first two segments of each path in `a::b`, or in `{a::b, c::{d, e}}`.
fn heads(rest: &str) -> Vec<Vec<String>> {
    let Some(group) = rest.strip_prefix('{') else {
        let path: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect();
        return vec![path.split("::").filter(|part| !part.is_empty()).take(2).map(str::to_owned).collect()];
    };
    let (mut depth, mut items, mut item) = (1, Vec::new(), String::new());
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if c == ',' && depth == 1 {
            items.push(std::mem::take(&mut item));
        } else {
            item.push(c);
        }
    }
    items.push(item);
    items.iter().map(|item| item.trim()).filter(|item| !item.is_empty()).flat_map(heads_of_item).collect()
}

fn heads_of_item(item: &str) -> Vec<Vec<String>> {
    match item.split_once("::{") {
        Some((head, group)) if !head.contains("::") => heads(&format!("{{{group}"))
            .into_iter()
            .map(|tail| std::iter::once(head.to_owned()).chain(tail).take(2).collect())
            .collect(),
        _ => heads(item),
    }
}

#[test]
fn every_layer_imports_only_what_stands_below_it() {
    let layers: BTreeMap<_, _> = LAYERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !is_test_file(source) && !source.module.is_empty()) {
        let own = source.module[0].as_str();
        let Some(allowed) = layers.get(own) else {
            wrong.push(format!("{}: `{own}` is no layer", source.path));
            continue;
        };
        for import in imports(source) {
            let Some(target) = import.first().map(String::as_str) else { continue };
            if layers.contains_key(target) && target != own && !allowed.contains(&target) {
                wrong.push(format!("{}: `{own}` may not use `{target}`", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn inside_the_engine_lower_parts_do_not_know_higher_ones() {
    let layers: BTreeMap<_, _> = ENGINE_LAYERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !is_test_file(source) && source.module.len() > 1) {
        let [top, own, ..] = source.module.as_slice() else { continue };
        if top != "embedded" {
            continue;
        }
        let Some(allowed) = layers.get(own.as_str()) else {
            wrong.push(format!("{}: `embedded::{own}` is no part of the engine", source.path));
            continue;
        };
        for import in imports(source) {
            let target = match import.as_slice() {
                [first, second, ..] if first == "embedded" => second.as_str(),
                [first, ..] if first == "aql" && ENGINE_WITHOUT_AQL.contains(&own.as_str()) => "aql",
                _ => continue,
            };
            let known = layers.contains_key(target) || target == "aql";
            if known && target != own && !allowed.contains(&target) {
                wrong.push(format!("{}: `{own}` may not use `{target}`", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_stay_in_their_places() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !is_test_file(source)) {
        for (name, places) in CRATES {
            let named = source
                .code
                .match_indices(&format!("{name}::"))
                .any(|(at, _)| !source.code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'));
            if named && !places.iter().any(|place| source.path.starts_with(place)) {
                wrong.push(format!("{}: `{name}` belongs in {}", source.path, places.join(", ")));
            }
        }
        if source.path.starts_with("embedded/")
            && !source.path.starts_with("embedded/listen/")
            && source.code.contains("tokio::")
        {
            wrong.push(format!("{}: the engine is synchronous", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_and_stays_readable() {
    let mut wrong = Vec::new();
    for source in sources() {
        if !source.text.starts_with("//!") {
            wrong.push(format!("{}: begins without a module comment", source.path));
        }
        let lines = source.text.lines().count();
        if lines > MAX_LINES && !LONG_FILES.iter().any(|(path, _)| *path == source.path) {
            wrong.push(format!("{}: {lines} lines, more than {MAX_LINES}", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_names_every_layer() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let map = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let missing: Vec<_> =
        LAYERS.iter().map(|(name, _)| name).filter(|name| !map.contains(&format!("`{name}"))).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md does not name {missing:?}");
}

#[test]
fn every_integration_test_file_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = fs::read_to_string(folder.join("main.rs")).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(name == "main" || main.contains(&format!("mod {name};")), "tests/it/main.rs does not list {name}");
    }
}
