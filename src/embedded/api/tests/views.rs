//! Definitions of views.

use serde_json::{Value as Json, json};

use super::Server;

impl Server {
    /// With an inverted index `by_title` on `things`, and one called `by_body`.
    fn with_inverted_indexes() -> Self {
        let server = Self::with_collections();
        for (name, field) in [("by_title", "title"), ("by_body", "body")] {
            let body = json!({"type": "inverted", "name": name, "fields": [field]});
            server.post("/_api/index?collection=things", &body.to_string()).is(201);
        }
        server
    }

    #[track_caller]
    fn make_view(&self, definition: &Json) -> Json {
        self.post("/_api/view", &definition.to_string()).is(201).body
    }

    fn properties(&self, view: &str) -> Json {
        self.get(&format!("/_api/view/{view}/properties")).is(200).body
    }
}

#[test]
fn a_view_is_made_described_renamed_and_dropped() {
    let server = Server::with_collections();
    let made = server.make_view(&json!({"name": "seen", "type": "arangosearch"}));
    let id = made["id"].as_str().unwrap().to_owned();
    server.make_view(&json!({"name": "alias", "type": "search-alias"}));
    let list = server.get("/_api/view").is(200).body["result"].clone();
    assert_eq!((&list[0]["name"], &list[0]["type"]), (&json!("alias"), &json!("search-alias")));
    assert_eq!(list[1]["id"], id.as_str());
    assert_eq!(list[1].as_object().unwrap().len(), 4);
    for name in ["seen", &id] {
        assert_eq!(server.get(&format!("/_api/view/{name}")).is(200).body["type"], "arangosearch");
    }
    server.put("/_api/view/seen/rename", r#"{"name":"found"}"#).is(200);
    assert_eq!(server.get(&format!("/_api/view/{id}")).body["name"], "found");
    assert_eq!(server.delete("/_api/view/found", "").is(200).body["result"], true);
    for path in ["/_api/view/found", "/_api/view/found/properties", "/_api/view/seen"] {
        server.get(path).fails(404, 1203);
    }
    server.delete("/_api/view/found", "").fails(404, 1203);
    server.put("/_api/view/found/rename", r#"{"name":"a"}"#).fails(404, 1203);
    server.get("/_api/collection/things").is(200);
}

#[test]
fn an_arangosearch_view_shows_its_defaults_and_its_links() {
    let server = Server::with_collections();
    let fields = json!({"title": {"analyzers": ["text_en"], "includeAllFields": false}, "tags": {}});
    let links = json!({"things": {"includeAllFields": false, "fields": fields}, "links": {"inBackground": true}});
    server.make_view(&json!({"name": "seen", "type": "arangosearch", "links": links, "nonsense": 1}));
    let mut shown = server.properties("seen");
    let shown = shown.as_object_mut().unwrap();
    for changing in ["id", "globallyUniqueId", "error", "code"] {
        assert!(shown.remove(changing).is_some());
    }
    let link = |fields: Json| {
        json!({"analyzers": ["identity"], "fields": fields, "includeAllFields": false, "storeValues": "none",
               "trackListPositions": false})
    };
    let expected = json!({
        "name": "seen", "type": "arangosearch", "cleanupIntervalStep": 2, "commitIntervalMsec": 1000,
        "consolidationIntervalMsec": 5000, "optimizeTopK": [], "primarySort": [], "primarySortCompression": "lz4",
        "consolidationPolicy": {"type": "tier", "segmentsBytesMax": 8_589_934_592_i64, "maxSkewThreshold": 0.4,
            "minDeletionRatio": 0.5},
        "storedValues": [], "writebufferActive": 0, "writebufferIdle": 64, "writebufferSizeMax": 33_554_432,
        "links": {"things": link(json!({"title": {"analyzers": ["text_en"]}, "tags": {}})), "links": link(json!({}))},
    });
    assert_eq!(Json::Object(shown.clone()), expected);
}

#[test]
fn properties_of_an_arangosearch_view_are_replaced_or_merged_and_some_never_change() {
    let server = Server::with_collections();
    server.make_view(&json!({"name": "seen", "type": "arangosearch", "commitIntervalMsec": 5,
        "primarySort": [{"field": "a", "direction": "DESC"}], "storedValues": ["a", ["b", "c"]],
        "consolidationPolicy": {"type": "bytes_accum"}, "links": {"things": {}}}));
    let patch = json!({"cleanupIntervalStep": 9, "primarySort": [], "links": {"links": {}, "things": null}});
    let patched = server.patch("/_api/view/seen/properties", &patch.to_string()).is(200).body;
    assert!(patched.get("error").is_none());
    assert_eq!((&patched["commitIntervalMsec"], &patched["cleanupIntervalStep"]), (&json!(5), &json!(9)));
    assert_eq!(patched["links"].as_object().unwrap().keys().collect::<Vec<_>>(), ["links"]);
    assert_eq!(patched["primarySort"], json!([{"field": "a", "asc": false}]));
    assert_eq!(patched["consolidationPolicy"], json!({"type": "bytes_accum", "threshold": 0.1}));
    let replaced = server.put("/_api/view/seen/properties", r#"{"links":{"things":{}}}"#).is(200).body;
    assert_eq!((&replaced["commitIntervalMsec"], &replaced["cleanupIntervalStep"]), (&json!(1000), &json!(2)));
    assert_eq!(replaced["links"].as_object().unwrap().keys().collect::<Vec<_>>(), ["things"]);
    let stored = json!([{"fields": ["a"], "compression": "lz4"}, {"fields": ["b", "c"], "compression": "lz4"}]);
    assert_eq!(replaced["storedValues"], stored);
}

#[test]
fn a_search_alias_lists_inverted_indexes_that_can_be_added_and_taken_out() {
    let server = Server::with_inverted_indexes();
    let entry = |index: &str| json!({"collection": "things", "index": index});
    let made = server.make_view(&json!({"name": "alias", "type": "search-alias", "indexes": [entry("by_title")]}));
    assert_eq!(made["indexes"], json!([entry("by_title")]));
    let body = json!({"indexes": [entry("by_body")]}).to_string();
    let both = server.patch("/_api/view/alias/properties", &body).is(200).body;
    assert_eq!(both["indexes"], json!([entry("by_title"), entry("by_body")]));
    let without = json!({"indexes": [{"collection": "things", "index": "by_title", "operation": "del"}]}).to_string();
    assert_eq!(
        server.patch("/_api/view/alias/properties", &without).is(200).body["indexes"],
        json!([entry("by_body")])
    );
    server.patch("/_api/view/alias/properties", &without).fails(400, 10);
    let body = json!({"indexes": [entry("by_title")]}).to_string();
    assert_eq!(server.put("/_api/view/alias/properties", &body).is(200).body["indexes"], json!([entry("by_title")]));
    server.delete("/_api/index/things/by_title", "").is(200);
    assert_eq!(server.properties("alias")["indexes"], json!([]));
}

#[test]
fn definitions_that_cannot_be_are_refused_and_change_nothing() {
    let server = Server::with_inverted_indexes();
    server.post("/_api/index?collection=things", r#"{"type":"persistent","name":"plain","fields":["a"]}"#).is(201);
    let again = json!({"type": "inverted", "name": "again", "fields": ["title", "other"]});
    server.post("/_api/index?collection=things", &again.to_string()).is(201);
    let german = json!({"type": "inverted", "name": "german", "fields": [{"name": "title", "analyzer": "text_de"}]});
    server.post("/_api/index?collection=links", &german.to_string()).is(201);
    let sorted = json!({"type": "inverted", "name": "sorted", "fields": ["x"],
        "primarySort": {"fields": [{"field": "x", "direction": "asc"}]}});
    server.post("/_api/index?collection=links", &sorted.to_string()).is(201);
    let search = |given: Json| {
        let mut body = json!({"name": "v", "type": "arangosearch"});
        body.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
        body
    };
    let alias = |indexes: Json| json!({"name": "v", "type": "search-alias", "indexes": indexes});
    for bad in [
        json!(null),
        json!([]),
        json!({"type": "arangosearch"}),
        json!({"name": "v"}),
        json!({"name": "v", "type": "iresearch"}),
        search(json!({"links": 1})),
        search(json!({"links": {"things": 1}})),
        search(json!({"links": {"things": {"analyzers": ["text_xx"]}}})),
        search(json!({"links": {"things": {"fields": {"a": {"fields": {"b": {"analyzers": 1}}}}}}})),
        search(json!({"links": {"things": {"storeValues": "all"}}})),
        search(json!({"commitIntervalMsec": -1})),
        search(json!({"consolidationPolicy": {"type": "none"}})),
        search(json!({"primarySort": [{"field": "a"}]})),
        search(json!({"storedValues": [null]})),
        search(json!({"primarySortCompression": "zip"})),
        alias(json!({})),
        alias(json!([1])),
        alias(json!([{"collection": "none", "index": "by_title"}])),
        alias(json!([{"collection": "things", "index": "none"}])),
        alias(json!([{"collection": "things", "index": "plain"}])),
        alias(json!([{"collection": "things", "index": "by_title", "operation": "swap"}])),
        alias(json!([{"collection": "things", "index": "by_title"}, {"collection": "things", "index": "again"}])),
        alias(json!([{"collection": "things", "index": "by_title"}, {"collection": "links", "index": "german"}])),
        alias(json!([{"collection": "things", "index": "by_title"}, {"collection": "links", "index": "sorted"}])),
    ] {
        server.post("/_api/view", &bad.to_string()).fails(400, 10);
    }
    server.post("/_api/view", &search(json!({"links": {"none": {}}})).to_string()).fails(404, 1203);
    assert_eq!(server.get("/_api/view").is(200).body["result"], json!([]));
    server.make_view(&search(json!({"links": {"things": {}}})));
    let half = json!({"commitIntervalMsec": 3, "links": {"things": null, "none": {}}});
    server.patch("/_api/view/v/properties", &half.to_string()).fails(404, 1203);
    server.patch("/_api/view/v/properties", "[]").fails(400, 10);
    let kept = server.properties("v");
    assert_eq!((&kept["commitIntervalMsec"], kept["links"].as_object().unwrap().len()), (&json!(1000), 1));
}

#[test]
fn views_and_collections_share_their_names() {
    let server = Server::with_collections();
    let view = |name: &str| json!({"name": name, "type": "search-alias"}).to_string();
    server.post("/_api/view", &view("things")).fails(409, 1207);
    server.post("/_api/view", &view("_mine")).fails(400, 1208);
    server.post("/_api/view", &view("no/good")).fails(400, 1208);
    server.post("/_api/view", &view("seen")).is(201);
    server.post("/_api/view", &view("seen")).fails(409, 1207);
    server.post("/_api/collection", r#"{"name":"seen"}"#).fails(409, 1207);
    server.put("/_api/collection/things/rename", r#"{"name":"seen"}"#).fails(409, 1207);
    server.put("/_api/view/seen/rename", r#"{"name":"links"}"#).fails(409, 1207);
    server.put("/_api/view/seen/rename", r#"{"name":"_seen"}"#).fails(400, 1208);
    server.put("/_api/view/seen/rename", "{}").fails(400, 10);
    server.put("/_api/view/seen/rename", r#"{"name":"seen"}"#).is(200);
}

#[test]
fn a_link_follows_its_collection_and_goes_with_it() {
    let server = Server::with_collections();
    server.make_view(&json!({"name": "seen", "type": "arangosearch", "links": {"things": {}, "links": {}}}));
    server.put("/_api/collection/things/rename", r#"{"name":"stuff"}"#).is(200);
    let links = server.properties("seen")["links"].clone();
    assert_eq!(links.as_object().unwrap().keys().collect::<Vec<_>>(), ["stuff", "links"]);
    server.delete("/_api/collection/stuff", "").is(200);
    server.post("/_api/collection", r#"{"name":"stuff"}"#).is(200);
    let links = server.properties("seen")["links"].clone();
    assert_eq!(links.as_object().unwrap().keys().collect::<Vec<_>>(), ["links"]);
}

#[test]
fn who_may_not_read_a_collection_neither_sees_its_views_nor_makes_any() {
    let mut server = Server::with_collections();
    server.post("/_api/user", r#"{"user":"ann","passwd":"x"}"#).is(201);
    server.put("/_api/user/ann/database/_system", r#"{"grant":"rw"}"#).is(200);
    server.put("/_api/user/ann/database/_system/things", r#"{"grant":"none"}"#).is(200);
    server.make_view(&json!({"name": "secret", "type": "arangosearch", "links": {"things": {}}}));
    server.make_view(&json!({"name": "open", "type": "arangosearch", "links": {"links": {}}}));
    server.caller = super::Caller::User("ann".to_owned());
    let list = server.get("/_api/view").is(200).body["result"].clone();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["name"]), (1, &json!("open")));
    server.get("/_api/view/secret/properties").fails(403, 11);
    server.put("/_api/view/secret/rename", r#"{"name":"mine"}"#).fails(403, 11);
    server.delete("/_api/view/secret", "").fails(403, 11);
    server.patch("/_api/view/open/properties", r#"{"links":{"things":{}}}"#).fails(403, 11);
    server.post("/_api/view", r#"{"name":"v","type":"arangosearch","links":{"things":{}}}"#).fails(403, 11);
}
