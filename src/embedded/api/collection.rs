//! `/_api/collection`: making, listing, describing, changing and dropping collections.

use crate::wire::{CollectionName, ErrorNum};

use super::{
    super::{
        graph::definition,
        store::{Collection, CollectionKind, CollectionSpec},
        value::{Object, Value, json},
    },
    LOCK_WAIT,
    access::{self, Right},
    call::{Call, find_collection},
    error::Failure,
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
};

/// The endpoints.
pub(super) const ROUTES: &[Route] = &[
    route(Verb::Get, "", Right::Read, list),
    route(Verb::Post, "", Right::Write, create),
    route(Verb::Get, "*", Right::Read, describe),
    route(Verb::Delete, "*", Right::Write, drop_collection),
    route(Verb::Get, "*/properties", Right::Read, properties),
    route(Verb::Put, "*/properties", Right::Write, set_properties),
    route(Verb::Get, "*/count", Right::Read, counted),
    route(Verb::Get, "*/figures", Right::Read, figures),
    route(Verb::Get, "*/revision", Right::Read, revision),
    route(Verb::Get, "*/checksum", Right::Read, checksum),
    route(Verb::Get, "*/shards", Right::Read, only_in_a_cluster),
    route(Verb::Put, "*/responsibleShard", Right::Read, only_in_a_cluster),
    route(Verb::Put, "*/load", Right::Read, load),
    route(Verb::Put, "*/unload", Right::Read, unload),
    route(Verb::Put, "*/truncate", Right::Read, truncate),
    route(Verb::Put, "*/rename", Right::Write, rename),
    route(Verb::Put, "*/loadIndexesIntoMemory", Right::Read, nothing_to_do),
    route(Verb::Put, "*/recalculateCount", Right::Read, recalculate),
    route(Verb::Put, "*/compact", Right::Read, describe),
];

/// `/_api/key-generators`
pub(super) const KEY_GENERATORS: &[Route] = &[route(Verb::Get, "", Right::Read, key_generators)];

fn key_generators(_: &Call<'_>) -> Answer {
    let names = ["autoincrement", "padded", "traditional", "uuid"].map(Value::from);
    Ok(Reply::ok(200, fields([("keyGenerators", Value::array(names.to_vec()))])))
}

fn list(call: &Call<'_>) -> Answer {
    let without_system = call.flag("excludeSystem").unwrap_or(false);
    let snapshot = call.snapshot();
    let shown = snapshot
        .collections()
        .filter(|collection| !(without_system && collection.is_system()))
        .filter(|collection| access::readable(call, collection.name().as_str()).is_ok())
        .map(|collection| basic(collection).into());
    Ok(Reply::result(200, shown.collect::<Vec<Value>>()))
}

/// The attributes every description of a collection has.
fn basic(collection: &Collection) -> Object {
    let properties = collection.properties();
    let kept = ["id", "name", "status", "type", "isSystem", "globallyUniqueId"];
    let entry = |name: &str| properties.get_key_value(name).map(|(name, value)| (name.clone(), value.clone()));
    kept.into_iter().filter_map(entry).collect()
}

/// All properties, with `statusString`, which only some of the endpoints show.
fn full(collection: &Collection) -> Object {
    let mut all = collection.properties();
    all.insert("statusString".into(), Value::from("loaded"));
    all
}

fn with_location(call: &Call<'_>, body: Object) -> Reply {
    let action = call.segment(0);
    Reply::ok(200, body).with_header("location", format!("/_db/{}/_api/collection/{action}", call.database.name()))
}

fn create(call: &Call<'_>) -> Answer {
    let body = call.json()?;
    let given = body.get("name").as_str().unwrap_or("");
    let illegal = || Failure::from(ErrorNum::ILLEGAL_NAME);
    let name = CollectionName::parse(given).map_err(|_| illegal())?;
    let kind = match (body.get("type"), body.get("type").as_str()) {
        (Value::Null | Value::Int(2), _) | (_, Some("document")) => CollectionKind::Document,
        (Value::Int(3), _) | (_, Some("edge")) => CollectionKind::Edge,
        _ => return Err(ErrorNum::COLLECTION_TYPE_INVALID.into()),
    };
    if given.starts_with('_') && !matches!(body.get("isSystem"), Value::Bool(true)) {
        return Err(illegal());
    }
    let mut properties = body.as_object().cloned().unwrap_or_default();
    properties.shift_remove("name");
    properties.shift_remove("type");
    let collection = call.database.create_collection(CollectionSpec { name, kind, properties })?;
    Ok(Reply::ok(200, full(&collection)))
}

fn described(call: &Call<'_>, describe: impl FnOnce(&Collection) -> Result<Object, Failure>) -> Answer {
    let snapshot = call.snapshot();
    let collection = find_collection(&snapshot, call.segment(0))?;
    access::readable(call, collection.name().as_str())?;
    Ok(with_location(call, describe(collection)?))
}

fn describe(call: &Call<'_>) -> Answer {
    described(call, |collection| Ok(basic(collection)))
}

fn load(call: &Call<'_>) -> Answer {
    described(call, |collection| {
        let mut body = basic(collection);
        body.insert("count".into(), Value::count(collection.len()));
        Ok(body)
    })
}

fn unload(call: &Call<'_>) -> Answer {
    describe(call)
}

fn properties(call: &Call<'_>) -> Answer {
    described(call, |collection| Ok(full(collection)))
}

fn counted(call: &Call<'_>) -> Answer {
    described(call, |collection| {
        let mut body = full(collection);
        body.insert("count".into(), Value::count(collection.len()));
        Ok(body)
    })
}

fn figures(call: &Call<'_>) -> Answer {
    described(call, |collection| {
        let size: usize = collection.scan().map(|document| document.memory()).sum();
        let indexes = collection.indexes();
        let mut figures = fields([
            ("indexes", fields([("count", Value::count(indexes.len())), ("size", Value::Int(0))]).into()),
            ("documentsSize", Value::count(size)),
            ("cacheInUse", Value::Bool(false)),
            ("cacheSize", Value::Int(0)),
            ("cacheUsage", Value::Int(0)),
        ]);
        if call.flag("details").unwrap_or(false) {
            let each = indexes.iter().map(|index| {
                let id = index.id.parse().map_or_else(|_| Value::from(index.id.clone()), Value::Int);
                fields([("type", index.kind.clone().into()), ("id", id), ("count", Value::count(collection.len()))])
                    .into()
            });
            let engine = [("documents", Value::count(collection.len())), ("indexes", Value::array(each.collect()))];
            figures.insert("engine".into(), fields(engine).into());
        }
        let mut body = full(collection);
        body.insert("count".into(), Value::count(collection.len()));
        body.insert("figures".into(), figures.into());
        Ok(body)
    })
}

fn revision(call: &Call<'_>) -> Answer {
    described(call, |collection| {
        let mut body = full(collection);
        body.insert("revision".into(), collection.revision().into());
        Ok(body)
    })
}

/// A number that is equal for equal sets of documents, whatever their order. Not ArangoDB's number.
fn checksum(call: &Call<'_>) -> Answer {
    let with_revisions = call.flag("withRevisions").unwrap_or(false);
    let with_data = call.flag("withData").unwrap_or(false);
    described(call, |collection| {
        let mut sum = 0_u64;
        for document in collection.scan() {
            let mut hash = fnv(0xCBF2_9CE4_8422_2325, document.get("_key").as_str().unwrap_or("").as_bytes());
            if with_revisions {
                hash = fnv(hash, document.get("_rev").as_str().unwrap_or("").as_bytes());
            }
            if with_data {
                hash = data_hash(hash, &document);
            }
            sum ^= hash;
        }
        let mut body = basic(collection);
        body.insert("revision".into(), collection.revision().into());
        body.insert("checksum".into(), Value::from(sum.to_string().as_str()));
        Ok(body)
    })
}

fn fnv(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3))
}

fn data_hash(start: u64, document: &Value) -> u64 {
    let mut attributes: Vec<_> = document.as_object().into_iter().flatten().collect();
    attributes.retain(|(name, _)| !matches!(name.as_ref(), "_key" | "_id" | "_rev"));
    attributes.sort_by_key(|(name, _)| (*name).clone());
    attributes.into_iter().fold(start, |hash, (name, value)| fnv(fnv(hash, name.as_bytes()), &json::to_vec(value)))
}

fn recalculate(call: &Call<'_>) -> Answer {
    described(call, |collection| Ok(fields([("result", Value::Bool(true)), ("count", Value::count(collection.len()))])))
}

fn nothing_to_do(call: &Call<'_>) -> Answer {
    described(call, |_| Ok(fields([("result", Value::Bool(true))])))
}

fn only_in_a_cluster(call: &Call<'_>) -> Answer {
    described(call, |_| Err(Failure::new(ErrorNum::NOT_IMPLEMENTED, "this operation is supported in a cluster only")))
}

fn set_properties(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    let name = resolve(call)?;
    access::writable(call, name.as_str())?;
    let empty = Object::default();
    let collection = call.database.set_properties(name.as_str(), body.as_object().unwrap_or(&empty))?;
    Ok(with_location(call, full(&collection)))
}

fn truncate(call: &Call<'_>) -> Answer {
    let name = resolve(call)?;
    access::writable(call, name.as_str())?;
    let mut transaction = call.database.begin(std::slice::from_ref(&name), LOCK_WAIT)?;
    transaction.truncate(name.as_str())?;
    transaction.commit()?;
    describe(call)
}

fn rename(call: &Call<'_>) -> Answer {
    let name = resolve(call)?;
    access::writable(call, name.as_str())?;
    if let Some(graph) = definition::graphs_with(&call.snapshot(), name.as_str()).first() {
        return Err(Failure::unsupported(&format!("renaming a collection that is part of the graph '{graph}'")));
    }
    let body = call.json_object()?;
    let new = body.get("name").as_str().and_then(|name| CollectionName::parse(name).ok());
    let new = new.filter(|name| !name.as_str().starts_with('_')).ok_or(ErrorNum::ILLEGAL_NAME)?;
    let collection = call.database.rename_collection(name.as_str(), new)?;
    Ok(with_location(call, basic(&collection)))
}

fn drop_collection(call: &Call<'_>) -> Answer {
    let snapshot = call.snapshot();
    let collection = find_collection(&snapshot, call.segment(0))?;
    access::writable(call, collection.name().as_str())?;
    if let Some(graph) = definition::graphs_with(&snapshot, collection.name().as_str()).first() {
        let text = ErrorNum::GRAPH_MUST_NOT_DROP_COLLECTION.text();
        return Err(Failure::new(ErrorNum::GRAPH_MUST_NOT_DROP_COLLECTION, format!("{text}: {graph}")));
    }
    let allow_system = call.flag("isSystem").unwrap_or(false);
    call.database.drop_collection(collection.name().as_str(), allow_system)?;
    Ok(Reply::ok(200, fields([("id", collection.id().into())])))
}

/// The name of the collection the path names, which may be an id there.
fn resolve(call: &Call<'_>) -> Result<CollectionName, Failure> {
    Ok(find_collection(&call.snapshot(), call.segment(0))?.name().clone())
}
