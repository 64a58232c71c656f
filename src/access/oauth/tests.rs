//! Claims that are let in and claims that are not, with signatures made in the test.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use futures::future::BoxFuture;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::json;
use url::Url;

use super::*;
use crate::{clock::ManualClock, config::Grant, tools::Registry};

const ISSUER: &str = "https://issuer.example";
const RESOURCE: &str = "https://mcp.example.com/mcp";
const NOW: i64 = 1_800_000_000;

/// The key of the issuer, always the same.
fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

#[derive(Debug)]
struct Issuing;

impl Fetch for Issuing {
    fn get(&self, url: Url) -> BoxFuture<'_, Result<Bytes, FetchError>> {
        let document = if url.path() == "/keys" {
            let x = URL_SAFE_NO_PAD.encode(key().public_key().as_ref());
            json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "k", "x": x }] })
        } else {
            json!({ "issuer": ISSUER, "jwks_uri": format!("{ISSUER}/keys") })
        };
        Box::pin(std::future::ready(Ok(Bytes::from(document.to_string()))))
    }
}

fn issuing() -> Arc<dyn Fetch> {
    Arc::new(Issuing)
}

fn oauth(audiences: &[&str]) -> OAuth {
    let admission = Admission {
        token_file: None,
        issuers: vec![Issuer::parse(ISSUER).unwrap()],
        audiences: audiences.iter().map(|text| (*text).to_owned()).collect(),
        resource: Resource::parse(RESOURCE).ok(),
    };
    OAuth::new(admission, ManualClock::at(NOW * 1000), &issuing()).unwrap().unwrap()
}

fn good() -> Value {
    json!({ "iss": ISSUER, "aud": RESOURCE, "sub": "ann", "exp": NOW + 60, "scope": "openid arangodb:read" })
}

fn signed(claims: &Value) -> String {
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let body = format!("{}.{}", encoded(&json!({ "alg": "EdDSA", "kid": "k" })), encoded(claims));
    format!("{body}.{}", URL_SAFE_NO_PAD.encode(key().sign(body.as_bytes()).as_ref()))
}

async fn admitted(claims: &Value, access: &Access) -> Result<Identity, Refusal> {
    oauth(&[]).admit(&signed(claims), access, &Toolbox::of(&Registry::standard())).await
}

async fn refused(change: Value) -> String {
    let mut claims = good();
    for (name, value) in change.as_object().unwrap() {
        claims[name] = value.clone();
    }
    match admitted(&claims, &Access::default()).await {
        Err(Refusal::Invalid(why) | Refusal::Worthless(why)) => why,
        other => panic!("{change}: {other:?}"),
    }
}

#[tokio::test]
async fn a_good_token_becomes_a_principal_with_the_rights_of_its_scopes() {
    let identity = admitted(&good(), &Access::default()).await.unwrap();
    assert_eq!(identity.principal.as_str(), "oauth:https://issuer.example#ann");
    assert!(identity.rights.read_only && identity.rights.databases.is_none());
    let mut lists = good();
    lists["aud"] = json!(["https://other.example", RESOURCE]);
    lists["scope"] = Value::Null;
    lists["scp"] = json!(["arangodb:write", "arangodb:db:sales"]);
    let rights = admitted(&lists, &Access::default()).await.unwrap().rights;
    assert!(!rights.read_only && rights.databases.as_ref().unwrap().len() == 1);
}

#[tokio::test]
async fn a_token_of_another_issuer_time_or_audience_is_refused() {
    assert!(refused(json!({ "iss": "https://issuer.example/" })).await.contains("issuer"));
    assert!(refused(json!({ "iss": [ISSUER] })).await.contains("issuer"));
    for audience in [json!("https://mcp.example.com"), json!([]), json!(null), json!({ "a": RESOURCE })] {
        assert!(refused(json!({ "aud": audience })).await.contains("audience"));
    }
    assert!(refused(json!({ "exp": NOW - 30 })).await.contains("expired"));
    assert!(refused(json!({ "exp": "tomorrow" })).await.contains("not a number"));
    assert!(refused(json!({ "nbf": NOW + 31 })).await.contains("not valid yet"));
    assert!(refused(json!({ "sub": "" })).await.contains("subject"));
    assert!(refused(json!({ "sub": "a\nb" })).await.contains("subject"));
    assert!(refused(json!({ "sub": 5 })).await.contains("whose"));
    assert!(refused(json!({ "scope": "openid" })).await.contains("scope"));
    assert!(refused(json!({ "scope": { "arangodb:write": true } })).await.contains("scope"));
    let mut endless = good();
    endless.as_object_mut().unwrap().shift_remove("exp");
    assert!(matches!(admitted(&endless, &Access::default()).await, Err(Refusal::Invalid(_))));
}

#[tokio::test]
async fn clocks_may_differ_a_little() {
    let mut claims = good();
    claims["exp"] = json!(NOW - 29);
    claims["nbf"] = json!(f64::from(i32::try_from(NOW).unwrap()) + 29.5);
    assert!(admitted(&claims, &Access::default()).await.is_ok());
}

#[tokio::test]
async fn an_audience_of_its_own_takes_the_place_of_the_resource() {
    let oauth = oauth(&["api://arango"]);
    let mut claims = good();
    let toolbox = Toolbox::of(&Registry::standard());
    assert!(oauth.admit(&signed(&claims), &Access::default(), &toolbox).await.is_err());
    claims["aud"] = json!("api://arango");
    assert!(oauth.admit(&signed(&claims), &Access::default(), &toolbox).await.is_ok());
}

#[tokio::test]
async fn a_claim_pins_a_tenant_and_without_it_nothing_is_granted() {
    let mut access = Access::default();
    access.oauth.database_claim = Some("tenant".to_owned());
    access.oauth.scopes = Some([("all".to_owned(), Grant::default())].into_iter().collect());
    let mut claims = good();
    claims["scope"] = json!("all");
    for bad in [json!(null), json!(5), json!(""), json!(["a"])] {
        claims["tenant"] = bad;
        assert!(matches!(admitted(&claims, &access).await, Err(Refusal::Worthless(_))));
    }
    claims["tenant"] = json!("sales");
    let rights = admitted(&claims, &access).await.unwrap().rights;
    assert_eq!(rights.default_database.as_ref().map(DatabaseKey::as_str), Some("sales"));
    assert_eq!(rights.databases.as_ref().unwrap().len(), 1);
}

#[test]
fn it_has_to_be_said_what_tokens_are_made_for() {
    let issuers = vec![Issuer::parse(ISSUER).unwrap()];
    let of = |audiences: Vec<String>| {
        let admission = Admission { issuers: issuers.clone(), audiences, ..Admission::default() };
        OAuth::new(admission, ManualClock::at(0), &issuing())
    };
    assert!(of(Vec::new()).unwrap_err().to_string().contains("--oauth-resource"));
    assert!(of(vec!["api://x".to_owned()]).is_err());
    assert_eq!(of(vec![RESOURCE.to_owned()]).unwrap().unwrap().resource().as_str(), RESOURCE);
}
