//! What a token is not good for is refused, and not shown: in both eras, and by whatever way one asks.

use serde_json::{Value, json};

use super::Home;
use crate::support::{failure, names, success};

#[tokio::test]
async fn a_limited_token_sees_and_does_what_it_is_good_for_and_nothing_else() {
    let home = Home::new();
    let words = ["reports", "--database", "sales", "--toolset", "data_analysis", "--read-only"];
    let token = home.token(&words);
    let server = home.asking();
    let caller = server.caller(&token);
    for list in caller.in_both("tools/list", json!({})).await {
        let names = names(&list);
        assert!(names.contains(&"arango_query".to_owned()) && names.contains(&"arango_search_tools".to_owned()));
        assert!(!names.iter().any(|name| name.contains("insert") || name.contains("backup")), "{names:?}");
    }
    for found in caller.call_in_both("arango_search_tools", json!({"keywords": ["insert", "query"]})).await {
        let found = success(&found).to_string();
        assert!(found.contains("arango_query") && !found.contains("arango_insert"), "{found}");
    }
    for refused in caller.call_in_both("arango_insert", json!({"collection": "c", "document": {}})).await {
        assert_eq!(failure(&refused)["type"], "PermissionDenied");
    }
    for refused in caller.call_in_both("arango_query", json!({"query": "INSERT {} INTO c"})).await {
        let refused = failure(&refused).to_string();
        assert!(refused.contains("you have the right to read only"), "{refused}");
    }
    for answered in caller.call_in_both("arango_query", json!({"query": "RETURN CURRENT_DATABASE()"})).await {
        // The default of the configuration is out of reach, so it does not count.
        assert_eq!(success(&answered), json!(["sales_db"]));
    }
    for key in ["hr", "hr_db", "stock"] {
        for refused in caller.call_in_both("arango_query", json!({"query": "RETURN 1", "database": key})).await {
            assert_eq!(failure(&refused)["available_databases"], json!(["sales"]));
        }
        for refused in caller.call_in_both("set_focused_database", json!({"database": key})).await {
            assert!(!refused.to_string().contains("salaries"), "{refused}");
            assert_ne!(refused["result"]["structuredContent"]["focused_database"], key);
        }
    }
    for tool in ["list_available_databases", "arango_database_resolution_status", "arango_database_status"] {
        for told in caller.call_in_both(tool, json!({})).await {
            let told = success(&told).to_string();
            assert!(!told.contains("\"hr") && !told.contains("salaries") && !told.contains("stock"), "{told}");
        }
    }
}

#[tokio::test]
async fn resources_prompts_and_completions_show_what_may_be_used() {
    let home = Home::new();
    let team = home.token(&["team", "--database", "sales", "--database", "stock"]);
    let single = home.token(&["single", "--tool", "arango_query"]);
    let server = home.asking();
    let (team, single) = (server.caller(&team), server.caller(&single));
    let uris = |list: &Value| -> Vec<String> {
        let all = list["result"]["resources"].as_array().unwrap_or_else(|| panic!("{list}"));
        let uris = all.iter().map(|each| each["uri"].as_str().unwrap().to_owned());
        uris.filter(|uri| !uri.contains("/manual/")).collect()
    };
    for list in team.in_both("resources/list", json!({})).await {
        let uris = uris(&list);
        assert!(uris.len() == 4 && uris.iter().all(|uri| !uri.contains("hr")), "{uris:?}");
    }
    for list in single.in_both("resources/list", json!({})).await {
        assert!(uris(&list).is_empty(), "{list}");
    }
    for list in single.in_both("resources/templates/list", json!({})).await {
        assert_eq!(list["result"]["resourceTemplates"].as_array().unwrap().len(), 1, "{list}");
    }
    for list in single.in_both("prompts/list", json!({})).await {
        assert_eq!(list["result"]["prompts"], json!([]));
    }
    for (caller, uri) in [(&team, "arangodb://hr/collections"), (&single, "arangodb://sales/collections")] {
        for refused in caller.in_both("resources/read", json!({"uri": uri})).await {
            assert!(refused["error"]["message"].is_string() && !refused.to_string().contains("salaries"), "{refused}");
        }
    }
    for refused in single.in_both("prompts/get", json!({"name": "explore_database"})).await {
        assert!(refused["error"]["message"].as_str().unwrap().contains("right"), "{refused}");
    }
    let params = json!({
        "ref": {"type": "ref/resource", "uri": "arangodb://{database}/graphs"},
        "argument": {"name": "database", "value": ""},
    });
    for completed in team.in_both("completion/complete", params).await {
        assert_eq!(completed["result"]["completion"]["values"], json!(["sales", "stock"]), "{completed}");
    }
}

#[tokio::test]
async fn a_pinned_token_is_in_its_database_without_saying_so_and_nowhere_else() {
    let home = Home::new();
    let token = home.token(&["tenant", "--pin", "hr"]);
    let server = home.asking();
    let caller = server.caller(&token);
    for answered in caller.call_in_both("arango_query", json!({"query": "RETURN CURRENT_DATABASE()"})).await {
        assert_eq!(success(&answered), json!(["hr_db"]));
    }
    for refused in caller.call_in_both("arango_query", json!({"query": "RETURN 1", "database": "sales"})).await {
        assert_eq!(failure(&refused)["type"], "DatabaseNotConfigured");
    }
}

#[tokio::test]
async fn what_one_caller_was_given_is_nothing_in_the_hands_of_another() {
    let home = Home::new();
    let (ann, bob) = (home.token(&["ann"]), home.token(&["bob", "--database", "stock"]));
    let server = home.asking();
    let (ann, bob) = (server.caller(&ann), server.caller(&bob));
    let handle = success(&ann.call("set_focused_database", json!({"database": "hr"})).await)["focus"].clone();
    let stolen = bob.call("arango_query", json!({"query": "RETURN 1", "focus": handle})).await;
    assert_eq!(failure(&stolen)["type"], "FocusError");
    let session = ann.session().await;
    success(&ann.call_in(&session, "set_focused_database", json!({"database": "hr"})).await);
    let params = json!({"name": "arango_query", "arguments": {"query": "RETURN CURRENT_DATABASE()"}});
    let message = json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": params});
    let response = bob.post_in(&session, &message).await;
    let unknown = bob.post_in("00000000-0000-4000-8000-000000000000", &message).await;
    assert_eq!((response.status().as_u16(), unknown.status().as_u16()), (404, 404));
    assert_eq!(response.text().await.unwrap(), unknown.text().await.unwrap(), "nothing is learned from the answer");
    let answered = ann.call_in(&session, "arango_query", json!({"query": "RETURN CURRENT_DATABASE()"})).await;
    assert_eq!(success(&answered), json!(["hr_db"]));
}
