//! `/_api/analyzer`: the analyzers ArangoDB always has. Others cannot be made.

use crate::wire::ErrorNum;

use super::{
    super::{
        store::view::ANALYZER_LANGUAGES,
        value::{Object, Value},
    },
    access::Right,
    call::Call,
    error::Failure,
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
};

/// The endpoints.
pub(super) const ROUTES: &[Route] = &[
    route(Verb::Get, "", Right::Read, list),
    route(Verb::Get, "*", Right::Read, describe),
    route(Verb::Post, "", Right::Write, create),
    route(Verb::Delete, "*", Right::Write, remove),
];

fn built_in() -> impl Iterator<Item = Object> {
    let identity = fields([
        ("name", Value::from("identity")),
        ("type", Value::from("identity")),
        ("properties", fields([]).into()),
    ]);
    let texts = ANALYZER_LANGUAGES.into_iter().map(|language| {
        let properties = fields([
            ("locale", Value::from(language)),
            ("case", Value::from("lower")),
            ("stopwords", Value::array(Vec::new())),
            ("accent", Value::Bool(false)),
            ("stemming", Value::Bool(true)),
        ]);
        fields([
            ("name", Value::from(format!("text_{language}").as_str())),
            ("type", Value::from("text")),
            ("properties", properties.into()),
        ])
    });
    std::iter::once((identity, &["frequency", "norm"][..]))
        .chain(texts.map(|text| (text, &["frequency", "position", "norm"][..])))
        .map(|(mut analyzer, features)| {
            let features = features.iter().map(|feature| Value::from(*feature)).collect();
            analyzer.insert("features".into(), Value::array(features));
            analyzer
        })
}

fn list(_: &Call<'_>) -> Answer {
    Ok(Reply::result(200, built_in().map(Value::from).collect::<Vec<Value>>()))
}

fn find(name: &str) -> Option<Object> {
    let name = name.rsplit("::").next().unwrap_or(name);
    built_in().find(|analyzer| analyzer.get("name").and_then(Value::as_str) == Some(name))
}

fn not_found(name: &str) -> Failure {
    let message = format!("unable to find analyzer '{name}'");
    Failure::new(ErrorNum::DOCUMENT_NOT_FOUND, message)
}

fn describe(call: &Call<'_>) -> Answer {
    let name = call.segment(0);
    Ok(Reply::ok(200, find(name).ok_or_else(|| not_found(name))?))
}

fn create(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    let known = body.get("name").as_str().and_then(find);
    // Making what is there already succeeds, as in ArangoDB.
    match known.filter(|known| known.get("type").and_then(Value::as_str) == body.get("type").as_str()) {
        Some(known) => Ok(Reply::bare(200, known)),
        None => Err(Failure::unsupported("making analyzers")),
    }
}

fn remove(call: &Call<'_>) -> Answer {
    let name = call.segment(0);
    match find(name) {
        Some(_) => Err(Failure::new(ErrorNum::FORBIDDEN, "built-in analyzers cannot be removed")),
        None => Err(not_found(name)),
    }
}
