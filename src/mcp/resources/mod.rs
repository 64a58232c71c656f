//! Resources: what there is in the configured databases, and the AQL manual, to be read without calling a tool.
//!
//! Listing connects to nothing, so it works while every database is down. A resource names its database by its key, and
//! only by that: the address of a resource must not change its meaning with a focus or a default.

mod uri;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rmcp::{
    ErrorData,
    model::{
        ListResourceTemplatesResult, ListResourcesResult, PaginatedRequestParams, ReadResourceResult, Resource,
        ResourceContents, ResourceTemplate,
    },
};
use serde_json::json;

pub(crate) use uri::ResourceUri;

use super::completions::Completes;
use crate::{
    config::{DatabaseEntry, DatabaseKey},
    manual,
    tools::{CallContext, Describer, Kind, Subject, ToolError},
};

/// Resources in one answer.
const PAGE: usize = 100;

/// Larger ones are not sent: they would fill a model's context, and the tools can be asked for less.
const LARGEST: usize = 256 * 1024;

/// Characters of an address in an error.
const SHOWN: usize = 300;

/// The manual changes only with a new version of the server.
const MANUAL_TTL_MILLIS: u64 = 3_600_000;

/// Names of topics that are suggested in place of one that does not exist.
const SUGGESTED: usize = 3;

/// Characters of a topic's name that are compared with those there are.
const LONGEST_TOPIC: usize = 80;

const JSON: &str = "application/json";
const MARKDOWN: &str = "text/markdown";

/// A form of addresses.
pub(crate) struct Template {
    /// The form, after RFC 6570.
    pub(crate) uri: &'static str,
    name: &'static str,
    title: &'static str,
    description: &'static str,
    mime_type: &'static str,
    /// The tool it is read through; whoever may not use that is not shown the form.
    tool: Option<&'static str>,
    /// The variables of the form, and what they stand for.
    pub(crate) variables: &'static [(&'static str, Completes)],
}

/// Every form there is.
pub(crate) const TEMPLATES: &[Template] = &[
    Template {
        uri: "arangodb://{database}/collections",
        name: "collections",
        title: "What is in a database",
        description: "Collections with types and counts, named graphs, views and indexes. `database` is a configured key.",
        mime_type: JSON,
        tool: Some("arango_describe_database"),
        variables: &[("database", Completes::Database)],
    },
    Template {
        uri: "arangodb://{database}/collection/{name}",
        name: "collection",
        title: "What a collection looks like",
        description: "Attribute paths with types, frequency and examples from a sample; indexes; schema rule.",
        mime_type: JSON,
        tool: Some("arango_describe_collection"),
        variables: &[("database", Completes::Database), ("name", Completes::Collection)],
    },
    Template {
        uri: "arangodb://{database}/graphs",
        name: "graphs",
        title: "The graphs of a database",
        description: "The named graphs with their edge definitions.",
        mime_type: JSON,
        tool: Some("arango_list_graphs"),
        variables: &[("database", Completes::Database)],
    },
    Template {
        uri: "arangodb://manual/aql/{topic}",
        name: "manual",
        title: "The AQL manual",
        description: "A clause, an idea or a function of AQL: its syntax, what it does, an example with its result.",
        mime_type: MARKDOWN,
        tool: None,
        variables: &[("topic", Completes::Topic)],
    },
];

/// One page of what there is for this caller.
pub(crate) fn list(
    call: &CallContext,
    page: Option<&PaginatedRequestParams>,
) -> Result<ListResourcesResult, ErrorData> {
    let databases = call.config.databases().iter().flat_map(|(key, entry)| of_database(call, key, entry));
    let all: Vec<Resource> = databases.chain(manual::topics().map(of_topic)).collect();
    let from = start(page, all.len())?;
    let until = from.saturating_add(PAGE);
    let more = until < all.len();
    let mut result = ListResourcesResult::with_all_items(all.into_iter().skip(from).take(PAGE).collect());
    result.next_cursor = more.then(|| URL_SAFE_NO_PAD.encode(format!("resources:{until}")));
    Ok(result)
}

/// The forms that this caller may use.
pub(crate) fn templates(
    call: &CallContext,
    page: Option<&PaginatedRequestParams>,
) -> Result<ListResourceTemplatesResult, ErrorData> {
    start(page, 0)?;
    let readable = TEMPLATES.iter().filter(|each| each.tool.is_none_or(|tool| call.caller.rights.include(tool)));
    let listed = readable.map(|each| {
        ResourceTemplate::new(each.uri, each.name)
            .with_title(each.title)
            .with_description(each.description)
            .with_mime_type(each.mime_type)
    });
    Ok(ListResourceTemplatesResult::with_all_items(listed.collect()))
}

/// Reads one.
pub(crate) async fn read(
    describer: &Describer,
    call: &CallContext,
    uri: &str,
) -> Result<ReadResourceResult, ErrorData> {
    let parsed = ResourceUri::parse(uri).map_err(|problem| not_found(uri, &problem))?;
    let (key, subject) = match &parsed {
        ResourceUri::Collections(key) => (key, Subject::Database),
        ResourceUri::Graphs(key) => (key, Subject::Graphs),
        ResourceUri::Collection(key, name) => (key, Subject::Collection(name.clone())),
        ResourceUri::Topic(name) => return topic(uri, name),
    };
    if call.config.entry(key).is_none() {
        let keys: Vec<&str> = call.config.databases().keys().map(DatabaseKey::as_str).collect();
        let problem = format!("no database is configured as {:?}; the keys are {}", key.as_str(), keys.join(", "));
        return Err(not_found(uri, &problem));
    }
    let text = describer.describe(call, Some(key.as_str()), &subject).await.map_err(|error| failed(uri, &error))?;
    if text.len() > LARGEST {
        let problem = format!(
            "the resource has {} bytes, more than the {LARGEST} that are sent; {} returns the same",
            text.len(),
            subject.tool()
        );
        return Err(ErrorData::internal_error(problem, Some(json!({ "uri": shown(uri) }))));
    }
    Ok(ReadResourceResult::new(vec![ResourceContents::text(text, uri).with_mime_type(JSON)]))
}

fn topic(uri: &str, name: &str) -> Result<ReadResourceResult, ErrorData> {
    let Some(topic) = manual::find(name) else {
        // The names of topics are short; what is long is compared by its beginning, and costs no more.
        let asked: String = name.chars().take(LONGEST_TOPIC).collect();
        let near: Vec<&str> = manual::suggest(&asked, SUGGESTED).into_iter().map(|topic| topic.name).collect();
        let near = near.join(", ");
        let advice = if near.is_empty() { "resources/list shows the topics".to_owned() } else { format!("try {near}") };
        return Err(not_found(uri, &format!("the manual has no such topic; {advice}")));
    };
    let page = ResourceContents::text(topic.to_markdown(), uri).with_mime_type(MARKDOWN);
    Ok(ReadResourceResult::new(vec![page]).with_ttl_ms(MANUAL_TTL_MILLIS))
}

fn of_topic(topic: &manual::Topic) -> Resource {
    Resource::new(ResourceUri::Topic(topic.name.to_owned()).to_string(), format!("AQL {}", topic.name))
        .with_title(format!("AQL: {}", topic.name))
        .with_description(format!("{}, {}", topic.section, topic.kind.name()))
        .with_mime_type(MARKDOWN)
}

fn of_database(call: &CallContext, key: &DatabaseKey, entry: &DatabaseEntry) -> impl Iterator<Item = Resource> {
    let about = entry.description.as_deref().map(|text| format!(" ({text})")).unwrap_or_default();
    let resource = |uri: ResourceUri, what: &str, description: String| {
        Resource::new(uri.to_string(), format!("{key} {what}"))
            .with_title(format!("{key}: {what}"))
            .with_description(description)
            .with_mime_type(JSON)
    };
    let subjects = [
        (
            Subject::Database,
            ResourceUri::Collections(key.clone()),
            "collections",
            "Collections, graphs, views and indexes",
        ),
        (Subject::Graphs, ResourceUri::Graphs(key.clone()), "graphs", "The named graphs"),
    ];
    let readable = subjects.into_iter().filter(|(subject, ..)| call.caller.rights.include(subject.tool()));
    let listed: Vec<Resource> = readable
        .map(|(_, uri, what, holds)| resource(uri, what, format!("{holds} of the database {key}{about}.")))
        .collect();
    listed.into_iter()
}

/// Where a page begins. A cursor is opaque to clients, and only one that was handed out is taken.
fn start(page: Option<&PaginatedRequestParams>, length: usize) -> Result<usize, ErrorData> {
    let Some(cursor) = page.and_then(|page| page.cursor.as_deref()) else { return Ok(0) };
    let offset = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        text.strip_prefix("resources:")?.parse::<usize>().ok()
    };
    offset()
        .filter(|from| *from > 0 && *from < length && from.is_multiple_of(PAGE))
        .ok_or_else(|| ErrorData::invalid_params("unknown cursor: list again without one", None))
}

fn shown(uri: &str) -> String {
    uri.chars().take(SHOWN).collect()
}

fn not_found(uri: &str, problem: &str) -> ErrorData {
    let shown = shown(uri);
    ErrorData::resource_not_found(format!("resource {shown:?} not found: {problem}"), Some(json!({ "uri": shown })))
}

fn failed(uri: &str, error: &ToolError) -> ErrorData {
    if matches!(error.kind(), Kind::CollectionNotFound | Kind::DatabaseNotConfigured | Kind::Forbidden) {
        return not_found(uri, &sentence(error));
    }
    let mut data = error.body("resources/read", None);
    data.insert("uri".to_owned(), shown(uri).into());
    ErrorData::internal_error(sentence(error), Some(data.into()))
}

/// What happened, the particulars, and what to do next.
pub(crate) fn sentence(error: &ToolError) -> String {
    let body = error.body("", None);
    let mut sentence = error.to_string().trim_end_matches('.').to_owned();
    for text in ["details", "hint"].into_iter().filter_map(|name| body.get(name)?.as_str()) {
        sentence.push_str("; ");
        sentence.push_str(text);
    }
    sentence
}
