//! Tokens of an authorization server: good ones, and what hostile clients make of them.

use futures::future::join_all;
use reqwest::header;
use ring::hmac;
use serde_json::{Value, json};

use super::{
    Home, Server, challenge,
    issuer::{Issuer, RESOURCE, body, encoded},
    problem,
};
use crate::support::{failure, names, program, success};

fn serving(home: &Home, issuer: &Issuer) -> Server {
    home.serve(&["--oauth-issuer", &issuer.url, "--oauth-resource", RESOURCE])
}

#[tokio::test]
async fn a_client_finds_the_issuer_and_its_token_is_good_in_both_eras() {
    let (home, issuer) = (Home::new(), Issuer::start().await);
    let server = serving(&home, &issuer);
    let refused = server.anyone().send("tools/list", json!({})).await;
    assert_eq!(refused.status(), 401);
    assert_eq!(
        challenge(&refused),
        "Bearer realm=\"mcp-arangodb-async\", \
         resource_metadata=\"https://mcp.example.com/.well-known/oauth-protected-resource/mcp\", \
         scope=\"arangodb:read arangodb:write\""
    );
    for path in ["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"] {
        let metadata: Value = serde_json::from_str(&server.get(path).await.text().await.unwrap()).unwrap();
        assert_eq!(
            (&metadata["resource"], &metadata["authorization_servers"]),
            (&json!(RESOURCE), &json!([issuer.url]))
        );
        assert_eq!(metadata["bearer_methods_supported"], json!(["header"]));
    }
    for token in [issuer.token("arangodb:read"), issuer.signed_with_curve(&issuer.claims("arangodb:read"))] {
        let caller = server.caller(&token);
        for answered in caller.call_in_both("arango_query", json!({"query": "RETURN 1"})).await {
            assert_eq!(success(&answered), json!([1]));
        }
        for refused in caller.call_in_both("arango_query", json!({"query": "INSERT {} INTO c"})).await {
            assert_eq!(failure(&refused)["type"], "ReadOnlyError");
        }
    }
    assert_eq!(issuer.asked(), 1);
    let log = server.end();
    assert!(log.contains(&format!("oauth:{}#ann", issuer.url)), "{log}");
}

#[tokio::test]
async fn hostile_tokens_are_refused() {
    let (home, issuer) = (Home::new(), Issuer::start().await);
    let server = serving(&home, &issuer);
    let good = issuer.claims("arangodb:write");
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        issuer.signed(&claims)
    };
    let header = |header: Value| issuer.signed_as(&header, &good);
    let unsigned = format!("{}.", body(&json!({"alg": "none"}), &good));
    let shared = body(&json!({"alg": "HS256", "kid": "ed"}), &good);
    let secret = hmac::Key::new(hmac::HMAC_SHA256, issuer.public_key());
    let shared = format!("{shared}.{}", encoded(hmac::sign(&secret, shared.as_bytes()).as_ref()));
    let stranger = Issuer::start().await;
    let tokens = [
        ("none", unsigned),
        ("none with a signature", header(json!({"alg": "none", "kid": "ed"}))),
        ("the public key as secret", shared),
        ("another algorithm", header(json!({"alg": "ES256", "kid": "ec"}))),
        ("an unknown key", header(json!({"alg": "EdDSA", "kid": "new"}))),
        ("extensions", header(json!({"alg": "EdDSA", "kid": "ed", "crit": ["x"], "x": 1}))),
        ("a key of its own", header(json!({"alg": "EdDSA", "kid": "ed2", "jwk": {"kty": "oct"}, "jku": stranger.url}))),
        ("an ID token's kind", header(json!({"alg": "EdDSA", "kid": "ed", "typ": "logout+jwt"}))),
        ("another audience", with("aud", json!("https://other.example.com/mcp"))),
        ("no audience", with("aud", json!(null))),
        ("another issuer", stranger.signed(&stranger.claims("arangodb:write"))),
        ("a stranger's signature", stranger.signed(&good)),
        ("expired", with("exp", json!(1_500_000_000))),
        ("not yet valid", with("nbf", json!(4_000_000_000_u64))),
        ("huge", with("padding", json!("x".repeat(20_000)))),
        ("rubbish", "a.b.c".to_owned()),
    ];
    for (what, token) in tokens {
        let refused = server.caller(&token).send("tools/list", json!({})).await;
        assert_eq!(refused.status(), 401, "{what}");
        assert!(challenge(&refused).contains("invalid_token"), "{what}");
        assert!(!problem(refused).await.is_empty());
    }
    assert_eq!(stranger.asked(), 0);
    let worthless = server.caller(&issuer.token("openid email")).send("tools/list", json!({})).await;
    assert_eq!(worthless.status(), 403);
    assert!(challenge(&worthless).contains("error=\"insufficient_scope\""), "{}", challenge(&worthless));
}

#[tokio::test]
async fn many_unknown_keys_are_one_question_to_the_issuer() {
    let (home, issuer) = (Home::new(), Issuer::start().await);
    let server = serving(&home, &issuer);
    let claims = issuer.claims("arangodb:read");
    let tokens: Vec<String> = (0..50)
        .map(|number| issuer.signed_as(&json!({"alg": "EdDSA", "kid": format!("k{number}")}), &claims))
        .collect();
    let callers: Vec<_> = tokens.iter().map(|token| server.caller(token)).collect();
    let statuses = join_all(callers.iter().map(super::Caller::status)).await;
    assert!(statuses.iter().all(|status| *status == 401), "{statuses:?}");
    assert_eq!(issuer.asked(), 1);
    assert_eq!(server.caller(&issuer.signed(&claims)).status().await, 200);
}

#[tokio::test]
async fn nobody_is_let_in_while_the_issuer_cannot_be_asked() {
    let (home, issuer) = (Home::new(), Issuer::start().await);
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let server = home.serve(&["--oauth-issuer", &away, "--oauth-resource", RESOURCE]);
    let mut claims = issuer.claims("arangodb:write");
    claims["iss"] = json!(away);
    let refused = server.caller(&issuer.signed(&claims)).send("tools/list", json!({})).await;
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key(header::RETRY_AFTER));
    assert!(problem(refused).await.contains("does not answer"));
}

#[tokio::test]
async fn the_configuration_says_what_scopes_are_worth_and_which_claim_names_the_tenant() {
    let issuer = Issuer::start().await;
    let section = format!(
        r#"
access:
  oauth:
    issuer: {}
    audience: {RESOURCE}
    database_claim: tenant
    scopes:
      "arango:all": {{}}
      "arango:read": {{read_only: true}}
      "arango:analysis": {{databases: [sales, hr], toolset: data_analysis}}
"#,
        issuer.url
    );
    let home = Home::with(&section);
    let server = home.serve(&[]);
    let token = |scope: &str, tenant: Value| {
        let mut claims = issuer.claims(scope);
        claims["tenant"] = tenant;
        issuer.signed(&claims)
    };
    assert_eq!(server.caller(&issuer.token("arango:all")).status().await, 403);
    assert_eq!(server.caller(&token("arangodb:write", json!("hr"))).status().await, 403);
    let analyst = token("arango:analysis", json!("hr"));
    let analyst = server.caller(&analyst);
    for list in analyst.in_both("tools/list", json!({})).await {
        assert!(!names(&list).contains(&"arango_insert".to_owned()));
    }
    for answered in analyst.call_in_both("arango_query", json!({"query": "RETURN CURRENT_DATABASE()"})).await {
        assert_eq!(success(&answered), json!(["hr_db"]));
    }
    for refused in analyst.call_in_both("arango_query", json!({"query": "RETURN 1", "database": "sales"})).await {
        assert_eq!(failure(&refused)["available_databases"], json!(["hr"]));
    }
    // Its tenant is not among the databases of its scope.
    let nowhere = token("arango:analysis", json!("stock"));
    for refused in server.caller(&nowhere).call_in_both("arango_query", json!({"query": "RETURN 1"})).await {
        assert_eq!(refused["result"]["isError"], true);
    }
    let reader = token("arango:all arango:read", json!("stock"));
    for refused in server.caller(&reader).call_in_both("arango_query", json!({"query": "INSERT {} INTO c"})).await {
        assert_eq!(failure(&refused)["type"], "ReadOnlyError");
    }
}

#[test]
fn a_server_that_could_not_tell_tokens_apart_does_not_start() {
    let home = Home::new();
    for (words, why) in [
        (&["--oauth-issuer", "https://login.example.com"][..], "--oauth-resource"),
        (&["--oauth-issuer", "http://login.example.com", "--oauth-resource", RESOURCE], "https"),
        (&["--oauth-issuer", "https://login.example.com", "--oauth-resource", "mcp"], "public URL"),
    ] {
        let start = ["server", "--transport", "http", "--port", "0", "-C", "config.yaml"];
        let output = program(home.0.path()).args(start).args(words).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && told.contains(why), "{told}");
    }
}
