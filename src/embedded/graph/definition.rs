//! Named graphs as `_graphs` keeps them: which edge collections connect which vertex collections.

use std::collections::BTreeSet;

use crate::{
    embedded::{
        error::Error,
        store::{Collection, Snapshot},
        value::{Object, Str, Value},
    },
    wire::{CollectionName, ErrorNum, GraphName},
};

/// The collection with the definitions.
pub const GRAPHS: &str = "_graphs";

/// Which vertices the edges of a collection connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeDefinition {
    /// The edge collection.
    pub collection: Str,
    /// Where edges begin, sorted.
    pub from: Vec<Str>,
    /// Where edges end, sorted.
    pub to: Vec<Str>,
}

impl EdgeDefinition {
    /// Reads `{collection, from, to}`.
    ///
    /// # Errors
    /// 1923 when something is missing or no collection name.
    pub fn parse(value: &Value) -> Result<Self, Error> {
        let malformed = |why: &str| {
            let text = ErrorNum::GRAPH_CREATE_MALFORMED_EDGE_DEFINITION.text();
            Error::new(ErrorNum::GRAPH_CREATE_MALFORMED_EDGE_DEFINITION, format!("{text}: {why}"))
        };
        let name = |value: &Value| match value {
            Value::String(text) if CollectionName::parse(&**text).is_ok() => Ok(Str::clone(text)),
            _ => Err(malformed("a collection name is expected")),
        };
        let names = |attribute: &str| {
            let items = value.get(attribute).as_array().ok_or_else(|| malformed("`from` and `to` must be arrays"))?;
            if items.is_empty() {
                return Err(malformed("`from` and `to` must not be empty"));
            }
            let sorted = items.iter().map(name).collect::<Result<BTreeSet<Str>, Error>>()?;
            Ok(sorted.into_iter().collect())
        };
        Ok(Self { collection: name(value.get("collection"))?, from: names("from")?, to: names("to")? })
    }

    fn to_value(&self) -> Value {
        let names = |names: &[Str]| Value::array(names.iter().cloned().map(Value::String).collect());
        Value::object(Object::from_iter([
            (Str::from("collection"), Value::String(Str::clone(&self.collection))),
            (Str::from("from"), names(&self.from)),
            (Str::from("to"), names(&self.to)),
        ]))
    }

    /// The vertex collections at either end.
    pub fn vertices(&self) -> impl Iterator<Item = &Str> {
        self.from.iter().chain(&self.to)
    }
}

/// A named graph.
#[derive(Debug, Clone)]
pub struct Graph {
    /// The name.
    pub name: Str,
    /// The revision of the definition.
    pub rev: Str,
    /// The edge collections and what they connect.
    pub edges: Vec<EdgeDefinition>,
    /// Vertex collections without edges.
    pub orphans: Vec<Str>,
    /// Attributes that only clusters act on (`isSmart`, `numberOfShards`, …), kept and shown as they were given.
    pub(super) options: Object,
}

impl Graph {
    /// Reads a document of `_graphs`.
    ///
    /// # Errors
    /// 1941 when it is no definition.
    pub fn from_document(document: &Value) -> Result<Self, Error> {
        let corrupt = || Error::from(ErrorNum::GRAPH_INTERNAL_DATA_CORRUPT);
        let text = |name: &str| document.get(name).as_str().map(Str::from).ok_or_else(corrupt);
        let edges = document.get("edgeDefinitions").as_array().unwrap_or_default();
        let orphans = document.get("orphanCollections").as_array().unwrap_or_default();
        let known =
            |name: &str| name.starts_with('_') || matches!(name, "edgeDefinitions" | "orphanCollections" | "name");
        let attributes = document.as_object().ok_or_else(corrupt)?.iter();
        Ok(Self {
            name: text("_key")?,
            rev: text("_rev")?,
            edges: edges
                .iter()
                .map(|value| EdgeDefinition::parse(value).map_err(|_| corrupt()))
                .collect::<Result<_, _>>()?,
            orphans: orphans.iter().filter_map(|name| name.as_str().map(Str::from)).collect(),
            options: attributes
                .filter(|(name, _)| !known(name))
                .map(|(name, value)| (Str::clone(name), value.clone()))
                .collect(),
        })
    }

    /// Reads the body of `POST /_api/gharial`.
    ///
    /// # Errors
    /// 1922 without a name, 1208 for a bad one, 1923 and 1943 for bad lists, 1920 for an edge collection that comes twice.
    pub fn from_request(request: &Object) -> Result<Self, Error> {
        let name = match request.get("name") {
            Some(Value::String(name)) if !name.is_empty() => Str::clone(name),
            Some(_) | None => return Err(ErrorNum::GRAPH_CREATE_MISSING_NAME.into()),
        };
        if GraphName::parse(&*name).is_err() || crate::wire::DocumentKey::parse(&*name).is_err() {
            return Err(ErrorNum::ILLEGAL_NAME.into());
        }
        let given: &[Value] = match request.get("edgeDefinitions") {
            None | Some(Value::Null) => &[],
            Some(Value::Array(items)) => items,
            Some(_) => return Err(ErrorNum::GRAPH_CREATE_MALFORMED_EDGE_DEFINITION.into()),
        };
        let mut edges: Vec<EdgeDefinition> = Vec::with_capacity(given.len());
        for value in given {
            let definition = EdgeDefinition::parse(value)?;
            if edges.iter().any(|other| other.collection == definition.collection) {
                return Err(multi_use(&definition.collection));
            }
            edges.push(definition);
        }
        let mut graph = Self { name, rev: Str::from(""), edges, orphans: Vec::new(), options: Object::default() };
        let orphans: &[Value] = match request.get("orphanCollections") {
            None | Some(Value::Null) => &[],
            Some(Value::Array(items)) => items,
            Some(_) => return Err(ErrorNum::GRAPH_CREATE_MALFORMED_ORPHAN_LIST.into()),
        };
        for orphan in orphans {
            let orphan = orphan.as_str().filter(|name| CollectionName::parse(*name).is_ok());
            let orphan = orphan.ok_or(ErrorNum::GRAPH_CREATE_MALFORMED_ORPHAN_LIST)?;
            if !graph.has_vertex_collection(orphan) {
                graph.orphans.push(Str::from(orphan));
            }
        }
        graph.read_options(request);
        Ok(graph)
    }

    /// Keeps what only clusters act on, for graphs that say they are smart.
    fn read_options(&mut self, request: &Object) {
        let options = request.get("options").unwrap_or(&Value::Null);
        let smart_attribute = options.get("smartGraphAttribute").as_str();
        let is_smart = matches!(request.get("isSmart"), Some(Value::Bool(true))) || smart_attribute.is_some();
        if !is_smart {
            return;
        }
        let mut put = |name: &str, value: Value| self.options.insert(Str::from(name), value);
        for (name, default) in [("numberOfShards", 1), ("replicationFactor", 1), ("writeConcern", 1)] {
            let given = options.get(name);
            put(name, if given.is_null() { Value::Int(default) } else { given.clone() });
        }
        put("minReplicationFactor", Value::Int(1));
        put("isSmart", Value::Bool(true));
        put("isSatellite", Value::Bool(false));
        put("isDisjoint", Value::Bool(matches!(request.get("isDisjoint"), Some(Value::Bool(true)))));
        if let Some(attribute) = smart_attribute {
            put("smartGraphAttribute", Value::from(attribute));
        }
        if let Some(first) = self.edges.first().and_then(|definition| definition.from.first()) {
            put("initial", Value::String(Str::clone(first)));
        }
    }

    /// The document for `_graphs`, without what the store adds.
    pub(super) fn to_document(&self) -> Value {
        let mut document = Object::from_iter([(Str::from("_key"), Value::String(Str::clone(&self.name)))]);
        document.extend(self.options.clone());
        self.put_collections(&mut document);
        Value::object(document)
    }

    /// The graph as `GET /_api/gharial/{graph}` shows it.
    pub fn show(&self) -> Object {
        let mut shown = Object::from_iter([(Str::from("_key"), Value::String(Str::clone(&self.name)))]);
        shown.extend(self.options.clone());
        self.put_collections(&mut shown);
        shown.insert(Str::from("_rev"), Value::String(Str::clone(&self.rev)));
        shown.insert(Str::from("_id"), Value::string(format!("{GRAPHS}/{}", self.name)));
        shown.insert(Str::from("name"), Value::String(Str::clone(&self.name)));
        shown
    }

    fn put_collections(&self, object: &mut Object) {
        let edges = self.edges.iter().map(EdgeDefinition::to_value).collect();
        let orphans = self.orphans.iter().cloned().map(Value::String).collect();
        object.insert(Str::from("edgeDefinitions"), Value::array(edges));
        object.insert(Str::from("orphanCollections"), Value::array(orphans));
    }

    /// The edge collections, in the order of the definitions.
    pub fn edge_collections(&self) -> impl Iterator<Item = &Str> {
        self.edges.iter().map(|definition| &definition.collection)
    }

    /// The vertex collections, orphans included, each once and sorted.
    pub fn vertex_collections(&self) -> BTreeSet<Str> {
        self.edges.iter().flat_map(EdgeDefinition::vertices).chain(&self.orphans).cloned().collect()
    }

    /// Whether a collection holds vertices of this graph.
    pub fn has_vertex_collection(&self, name: &str) -> bool {
        self.is_at_an_end(name) || self.orphans.iter().any(|orphan| **orphan == *name)
    }

    /// Whether edges of this graph can begin or end in a collection.
    pub(super) fn is_at_an_end(&self, name: &str) -> bool {
        self.edges.iter().flat_map(EdgeDefinition::vertices).any(|vertex| **vertex == *name)
    }

    /// The definition of an edge collection.
    pub fn edge_definition(&self, collection: &str) -> Option<&EdgeDefinition> {
        self.edges.iter().find(|definition| *definition.collection == *collection)
    }

    /// Whether a collection is part of this graph at all.
    pub fn uses(&self, collection: &str) -> bool {
        self.edge_definition(collection).is_some() || self.has_vertex_collection(collection)
    }
}

pub(super) fn multi_use(collection: &str) -> Error {
    let text = ErrorNum::GRAPH_COLLECTION_MULTI_USE.text();
    Error::new(ErrorNum::GRAPH_COLLECTION_MULTI_USE, format!("{text}: {collection}"))
}

/// All named graphs, by name. Documents that are no definitions are left out.
pub fn list(snapshot: &Snapshot) -> Vec<Graph> {
    in_collection(snapshot.collection(GRAPHS))
}

pub(super) fn in_collection(graphs: Option<&Collection>) -> Vec<Graph> {
    let documents = graphs.into_iter().flat_map(Collection::scan);
    let mut graphs: Vec<Graph> = documents.filter_map(|document| Graph::from_document(&document).ok()).collect();
    graphs.sort_by(|left, right| left.name.cmp(&right.name));
    graphs
}

/// A named graph.
///
/// # Errors
/// 1924 when there is none of this name.
pub fn get(snapshot: &Snapshot, name: &str) -> Result<Graph, Error> {
    let document = snapshot.collection(GRAPHS).and_then(|graphs| graphs.get(name));
    document.map_or_else(|| Err(Error::about(ErrorNum::GRAPH_NOT_FOUND, name)), Graph::from_document)
}

/// The names of the graphs a collection is part of: such a collection must not be dropped on its own (error 1942).
pub fn graphs_with(snapshot: &Snapshot, collection: &str) -> Vec<Str> {
    list(snapshot).into_iter().filter(|graph| graph.uses(collection)).map(|graph| graph.name).collect()
}
