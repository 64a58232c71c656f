//! All that a call could change, taken apart into single facts, so that what went, came or changed has a name.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::{Value, json};

use super::{client::Client, database::Database};

/// The focused database of the client's session.
const FOCUS: &str = "focus";

/// The workflow, the stage and the unloaded tools of the client's session.
const WORKFLOW: &str = "workflow";

/// Facts by name: documents with their revisions, properties of collections, indexes, graphs, views, running
/// queries, files, the focus.
#[derive(Clone, PartialEq)]
pub(crate) struct Snapshot(BTreeMap<String, Value>);

impl Snapshot {
    pub(crate) async fn of(database: &Database, client: &Client) -> Self {
        let mut facts = BTreeMap::new();
        for name in database.collections().await {
            let about = database.get(&format!("/_api/collection/{name}/properties")).await;
            facts.insert(
                format!("collection {name}"),
                json!([about["type"], about["schema"], about["waitForSync"], about["computedValues"]]),
            );
            for mut index in
                database.get(&format!("/_api/index?collection={name}")).await["indexes"].as_array().unwrap().clone()
            {
                // An estimate moves by itself.
                index.as_object_mut().unwrap().remove("selectivityEstimate");
                facts.insert(format!("index {name}/{}", index["name"].as_str().unwrap()), index);
            }
        }
        for document in documents(database).await {
            facts.insert(format!("document {}", document["_id"].as_str().unwrap()), document);
        }
        for graph in database.get("/_api/gharial").await["graphs"].as_array().unwrap() {
            let name = graph["_key"].as_str().unwrap();
            facts.insert(format!("graph {name}"), Value::Null);
            for definition in graph["edgeDefinitions"].as_array().unwrap() {
                let of = definition["collection"].as_str().unwrap();
                facts.insert(format!("graph {name}, edges {of}"), definition.clone());
            }
            for orphan in graph["orphanCollections"].as_array().unwrap() {
                facts.insert(format!("graph {name}, vertices {}", orphan.as_str().unwrap()), Value::Null);
            }
        }
        for view in database.get("/_api/view").await["result"].as_array().unwrap() {
            facts.insert(format!("view {}", view["name"].as_str().unwrap()), view.clone());
        }
        for (id, query) in database.running().await {
            facts.insert(format!("query {id}"), query.into());
        }
        files(&client.backups(), &mut facts);
        let focus = client.result("get_focused_database", &json!({})).await;
        let workflow = client.result("arango_get_active_workflow", &json!({})).await;
        let chosen = ["active_context", "current_stage", "unloaded"].map(|name| &workflow[name]);
        facts.insert(FOCUS.to_owned(), focus["focused_database"].clone());
        facts.insert(WORKFLOW.to_owned(), json!(chosen));
        Self(facts)
    }

    /// Without revisions: writing the same once more gives a document a new one.
    pub(crate) fn without_revisions(mut self) -> Self {
        for fact in self.0.values_mut().filter_map(Value::as_object_mut) {
            fact.remove("_rev");
        }
        self
    }

    /// What is there no more, or not as it was. What the
    /// session remembers does not count: it is the client's own, and nobody's data.
    pub(crate) fn lost(&self, later: &Self) -> Vec<String> {
        self.unlike(later).filter(|name| name != FOCUS && name != WORKFLOW).collect()
    }

    fn unlike(&self, other: &Self) -> impl Iterator<Item = String> {
        self.0.iter().filter(|(name, fact)| other.0.get(*name) != Some(fact)).map(|(name, _)| name.clone())
    }

    /// Everything that differs.
    pub(crate) fn differing(&self, later: &Self) -> Vec<String> {
        self.unlike(later).chain(later.unlike(self)).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// The documents of all collections, in one query.
async fn documents(database: &Database) -> Vec<Value> {
    let names = database.collections().await;
    let parts: Vec<String> = (0..names.len()).map(|at| format!("(FOR d IN @@c{at} RETURN d)")).collect();
    let bound = names.into_iter().enumerate().map(|(at, name)| (format!("@c{at}"), Value::from(name)));
    database.rows(&format!("FOR d IN FLATTEN([{}]) RETURN d", parts.join(", ")), bound.collect()).await
}

/// The files below a folder, which need not exist.
fn files(folder: &Path, facts: &mut BTreeMap<String, Value>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            facts.insert(format!("folder {}", path.display()), Value::Null);
            files(&path, facts);
        } else {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            facts.insert(format!("file {}", path.display()), text.into());
        }
    }
}
