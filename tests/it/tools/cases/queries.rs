//! Tools that run, build and explain queries.

use serde_json::json;

use crate::tools::contract::{Contract, last};

pub(crate) fn arango_query() -> Contract {
    Contract::of("arango_query")
        .gives(
            json!({"query": "FOR p IN @@c FILTER p.age > @age SORT p.age RETURN p.name", "bind_vars": {"@c": "people", "age": 36}}),
            json!(["Bob", "Dan"]),
        )
        .gives(json!({"query": "FOR i IN 1..5 RETURN i", "max_rows": 2}), json!([1, 2]))
        .gives(json!({"query": "RETURN 1 / 0"}), json!([null]))
        .gives(json!({"query": "REMOVE 'dan' IN people RETURN OLD.name"}), json!(["Dan"]))
        .gives(json!({"query": "INSERT {_key: 'eve'} INTO people RETURN NEW._key"}), json!(["eve"]))
        .refuses(json!({"query": "SELECT * FROM people"}), "QueryError", 1501)
        .refuses(json!({"query": "FOR p IN people WHERE p.age = 5 RETURN p"}), "QueryError", 1501)
        .refuses(json!({"query": "FOR p IN nothing RETURN p"}), "CollectionNotFound", 1203)
        .refuses(json!({"query": "RETURN @missing"}), "QueryError", 1551)
        .refuses(json!({"query": "RETURN 1", "bind_vars": {"unused": 1}}), "QueryError", 1552)
        .refuses(json!({"query": "RETURN NO_SUCH_FUNCTION()"}), "QueryError", 1540)
        .refuses(json!({"query": "INSERT {_key: 'ada'} INTO people"}), "ArangoError", 1210)
}

pub(crate) fn arango_query_builder() -> Contract {
    Contract::of("arango_query_builder")
        .gives(
            json!({"collection": "people", "filters": [{"field": "age", "op": ">=", "value": 36}],
                "sort": [{"field": "age", "direction": "DESC"}], "return_fields": ["name"], "limit": 2}),
            json!([{"name": "Dan"}, {"name": "Bob"}]),
        )
        .gives(
            json!({"collection": "people", "filters": [{"field": "name", "op": "LIKE", "value": "a%"}]}),
            json!([{"_key": "ada"}]),
        )
        .gives(
            json!({"collection": "people", "filters": [{"field": "address.city", "op": "IN", "value": ["Rome"]}],
                "return_fields": ["address.city"]}),
            json!([{"address.city": "Rome"}]),
        )
        .refuses(json!({"collection": "nothing"}), "CollectionNotFound", 1203)
        .invalid(json!({"collection": "people", "filters": [{"field": "age", "op": "~", "value": 1}]}))
        .invalid(json!({"collection": "people", "filters": [{"field": "age", "op": "IN", "value": 1}]}))
        .invalid(json!({"collection": "people", "filters": [{"field": "a) RETURN 1 //", "op": "==", "value": 1}]}))
        .invalid(json!({"collection": "people", "sort": [{"field": "age", "direction": "UP"}]}))
}

pub(crate) fn arango_explain_query() -> Contract {
    Contract::of("arango_explain_query")
        .gives(
            json!({"query": "FOR p IN people FILTER p.age == @age RETURN p", "bind_vars": {"age": 3}}),
            json!({"warnings": []}),
        )
        .gives(
            json!({"query": "FOR p IN people REMOVE p IN people", "suggest_indexes": false, "max_plans": 2}),
            json!({"warnings": []}),
        )
        .refuses(json!({"query": "FOR p IN"}), "QueryError", 1501)
        .refuses(json!({"query": "FOR p IN nothing RETURN p"}), "CollectionNotFound", 1203)
}

pub(crate) fn arango_query_profile() -> Contract {
    let remove = "FOR p IN people FILTER p.name == 'Dan' REMOVE p IN people";
    Contract::of("arango_query_profile")
        .gives(json!({"query": "FOR p IN people RETURN p"}), json!({"warnings": []}))
        .gives(json!({"query": "FOR p IN people RETURN p", "execute": true}), json!({"rows": 4}))
        .gives(json!({"query": remove}), json!({"warnings": []}))
        .gives(
            json!({"query": remove, "execute": true, "allow_writes": true}),
            json!({"stats": {"writesExecuted": 1}, "rows": 0}),
        )
        .invalid(json!({"query": remove, "execute": true}))
        .refuses(json!({"query": "FOR p IN"}), "QueryError", 1501)
}

/// A query that runs until it is killed.
const ENDLESS: &str = "FOR i IN 1..100000 FILTER SLEEP(1) RETURN i";

pub(crate) fn arango_list_queries() -> Contract {
    Contract::of("arango_list_queries")
        .gives(json!({}), json!([{"query": ENDLESS}]))
        .gives(json!({"slow": true}), json!([]))
        .while_running(ENDLESS)
}

pub(crate) fn arango_kill_query() -> Contract {
    Contract::of("arango_kill_query")
        .gives_after(vec![("arango_list_queries", json!({}))], json!({"id": last("/items/0/id")}), json!({}))
        .refuses(json!({"id": "1"}), "ArangoError", 1591)
        .invalid(json!({"id": "no number"}))
        .while_running(ENDLESS)
        .ends_it()
        .shown_elsewhere(1500)
}

pub(crate) fn arango_fetch_more() -> Contract {
    let cut = || vec![("arango_query", json!({"query": "FOR i IN 1..5 RETURN i", "max_rows": 2}))];
    Contract::of("arango_fetch_more")
        .gives_after(cut(), json!({"handle": last("/next")}), json!([3, 4]))
        .gives_after(cut(), json!({"handle": last("/next"), "max_rows": 10}), json!([3, 4, 5]))
        .refuses_after(cut(), json!({"handle": last("/next"), "database": "system"}), "ValidationError", None)
        .invalid(json!({"handle": "no handle"}))
        .refuses(json!({"handle": "rows_AAAAAAAAAAAAAAAAAAAAAA.2"}), "HandleError", None)
}
