//! An authorization server for the tests: its metadata, its keys, and tokens signed with them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, routing::get};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};
use serde_json::{Value, json};

/// What tokens are made for.
pub(super) const RESOURCE: &str = "https://mcp.example.com/mcp";

/// A running authorization server.
pub(super) struct Issuer {
    pub(super) url: String,
    asked: Arc<AtomicUsize>,
    edwards: Ed25519KeyPair,
    curve: EcdsaKeyPair,
}

impl Issuer {
    pub(super) async fn start() -> Self {
        let chance = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &chance).unwrap();
        let curve = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &chance).unwrap();
        let edwards = Ed25519KeyPair::from_pkcs8(Ed25519KeyPair::generate_pkcs8(&chance).unwrap().as_ref()).unwrap();
        let point = curve.public_key().as_ref();
        let keys = json!({ "keys": [
            { "kty": "OKP", "crv": "Ed25519", "kid": "ed", "use": "sig", "x": encoded(edwards.public_key().as_ref()) },
            { "kty": "EC", "crv": "P-256", "kid": "ec", "x": encoded(&point[1..33]), "y": encoded(&point[33..]) },
        ] });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let metadata = json!({ "issuer": url, "jwks_uri": format!("{url}/keys") });
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let answer = move || {
            count.fetch_add(1, Ordering::SeqCst);
            let keys = keys.to_string();
            async move { keys }
        };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(move || async move { metadata.to_string() }))
            .route("/keys", get(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, asked, edwards, curve }
    }

    /// How often its keys were asked for.
    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// The claims of a good token with these scopes.
    pub(super) fn claims(&self, scope: &str) -> Value {
        json!({ "iss": self.url, "aud": RESOURCE, "sub": "ann", "exp": 4_102_444_800_u64, "scope": scope })
    }

    /// A token with these scopes.
    pub(super) fn token(&self, scope: &str) -> String {
        self.signed(&self.claims(scope))
    }

    /// A token with these claims.
    pub(super) fn signed(&self, claims: &Value) -> String {
        self.signed_as(&json!({ "alg": "EdDSA", "kid": "ed", "typ": "at+jwt" }), claims)
    }

    /// A token with this header, signed with the key of Edwards' curve whatever the header says.
    pub(super) fn signed_as(&self, header: &Value, claims: &Value) -> String {
        let body = body(header, claims);
        format!("{body}.{}", encoded(self.edwards.sign(body.as_bytes()).as_ref()))
    }

    /// The same with the other key.
    pub(super) fn signed_with_curve(&self, claims: &Value) -> String {
        let body = body(&json!({ "alg": "ES256", "kid": "ec" }), claims);
        format!("{body}.{}", encoded(self.curve.sign(&SystemRandom::new(), body.as_bytes()).unwrap().as_ref()))
    }

    /// The public half of the key that signs.
    pub(super) fn public_key(&self) -> &[u8] {
        self.edwards.public_key().as_ref()
    }
}

pub(super) fn body(header: &Value, claims: &Value) -> String {
    format!("{}.{}", encoded(header.to_string().as_bytes()), encoded(claims.to_string().as_bytes()))
}

pub(super) fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
