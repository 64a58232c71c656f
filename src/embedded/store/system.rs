//! The collections a database has from the beginning.

use super::collection::{CollectionKind, CollectionSpec};
use crate::{
    embedded::value::{Object, Str, Value},
    wire::CollectionName,
};

const EVERYWHERE: [&str; 8] =
    ["_analyzers", "_appbundles", "_apps", "_aqlfunctions", "_frontend", "_graphs", "_jobs", "_queues"];
const SYSTEM_ONLY: [&str; 4] = ["_statistics", "_statistics15", "_statisticsRaw", "_users"];

/// The system collections of a database of this name.
pub(super) fn collections(database: &str) -> impl Iterator<Item = CollectionSpec> {
    let only_here: &[&str] = if database == super::tick::SYSTEM { &SYSTEM_ONLY } else { &[] };
    EVERYWHERE.iter().chain(only_here).filter_map(|name| {
        let properties = Object::from_iter([(Str::from("isSystem"), Value::Bool(true))]);
        let name = CollectionName::parse(*name).ok()?;
        Some(CollectionSpec { name, kind: CollectionKind::Document, properties })
    })
}
