//! Signatures made elsewhere or in the test, and everything that must not pass for one.

use ring::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};
use serde_json::json;

use super::*;

/// Made with OpenSSL, whose private key is gone.
const RSA_MODULUS: &str = "xEMxzcJkYst3icEYj9qTnWmK3pzgoL4R_swn4sEAvPbXTYzQnGEZw1MF_TEgGRrH4C5V62cNRdobH1QnN9VOOQ75mCZke2Qc1xg9oJ2O8EFff9Jj2AHN1i572-kzg5uPxnxgCTN84yjb6d2QRqxe8GgiPA5sByh6CdKcXO0bGWRRpcAgQ1pJKPmYxOtcOklTQA3XveBeVvLLMIDuh9YRRj9boqMQ_Ei0_54ks3xD_Iuas0Yv3hXh38IGayyoRxwDbp6ndfiDZynDkJAdbrADi-6TtJrkM4mEnYweGaIGsrNzLr4giUvjXw-Mw1hSs-QovSJO57_9EJ9izlagp4W6Nw";
const RSA_TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXVkIjoiaHR0cHM6Ly9tY3AuZXhhbXBsZS5jb20vbWNwIiwic3ViIjoiYW5uIiwiZXhwIjo0MTAyNDQ0ODAwLCJzY29wZSI6ImFyYW5nb2RiOnJlYWQifQ.KXZf7yfSCzazuBMpOPKDki9t5DuDwYURdkG8Wf5CpBQCnWaKBDHHNofHsdhXjSyMawMd7bhuvKwd9FWiPik4LOnRm0CJmN8WRu2EAtA9TdSyxKEivOA2nKbzZHjjHWXk7efb3ReFE6tREFSg3hq2XQfP71UUQeLOTQlWy9jC4UaVQSVLmxM6k8h-Uhg2I4qxaw0Fp1fwo7kntB_sJPixydBHesUBry69FDMfN1pqjrhUUhMoGIRZ3hEtrG3BavfARWGJUhltK-rAfWu24YW79UlnkWeCQ6jsx6Zp8BTqhkShsLtwUpix40-ucASOeRimnywQdYDkioa9MyREwa6SEQ";

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn keys(keys: &Value) -> Keys {
    Keys::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

fn rsa_key() -> Value {
    json!({ "kty": "RSA", "kid": "rsa", "use": "sig", "alg": "RS256", "n": RSA_MODULUS, "e": "AQAB" })
}

/// The token under another header.
fn with_header(token: &str, header: &Value) -> String {
    let rest = token.split_once('.').unwrap().1;
    format!("{}.{rest}", encoded(header.to_string().as_bytes()))
}

fn is_good(token: &str, keys: &Keys) -> bool {
    let Ok(unchecked) = Unchecked::parse(token) else { return false };
    keys.find(unchecked.key_id.as_deref(), unchecked.algorithm).is_some_and(|key| unchecked.is_signed_by(key))
}

#[test]
fn a_token_that_openssl_signed_is_good_and_no_bit_of_it_may_change() {
    let keys = keys(&json!([rsa_key()]));
    assert!(is_good(RSA_TOKEN, &keys));
    let claims = RSA_TOKEN.split('.').nth(1).unwrap();
    let other = encoded(br#"{"iss":"https://issuer.example","sub":"bob"}"#);
    assert!(!is_good(&RSA_TOKEN.replace(claims, &other), &keys));
    let (signed, signature) = RSA_TOKEN.rsplit_once('.').unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    bytes[10] ^= 1;
    assert!(!is_good(&format!("{signed}.{}", encoded(&bytes)), &keys));
    assert!(!is_good(&format!("{signed}."), &keys));
}

#[test]
fn the_other_two_algorithms_are_good_with_keys_of_their_own_kind_only() {
    let chance = SystemRandom::new();
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &chance).unwrap();
    let ec = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &chance).unwrap();
    let made = Ed25519KeyPair::generate_pkcs8(&chance).unwrap();
    let ed = Ed25519KeyPair::from_pkcs8(made.as_ref()).unwrap();
    let signed = |alg: &str| {
        let header = encoded(json!({ "alg": alg, "kid": "k" }).to_string().as_bytes());
        format!("{header}.{}", encoded(b"{}"))
    };
    let es = signed("ES256");
    let es = format!("{es}.{}", encoded(ec.sign(&chance, es.as_bytes()).unwrap().as_ref()));
    let eddsa = signed("EdDSA");
    let eddsa = format!("{eddsa}.{}", encoded(ed.sign(eddsa.as_bytes()).as_ref()));
    let point = ec.public_key().as_ref();
    let ec_key =
        json!({ "kty": "EC", "crv": "P-256", "kid": "k", "x": encoded(&point[1..33]), "y": encoded(&point[33..]) });
    let ed_key = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "k", "x": encoded(ed.public_key().as_ref()) });
    let both = keys(&json!([ec_key, ed_key]));
    assert!(is_good(&es, &both) && is_good(&eddsa, &both));
    assert!(!is_good(&es, &keys(&json!([ed_key]))) && !is_good(&eddsa, &keys(&json!([ec_key]))));
    // The algorithm the token claims does not make another key fit.
    assert!(!is_good(&with_header(&es, &json!({ "alg": "EdDSA", "kid": "k" })), &both));
}

#[test]
fn what_is_not_signed_with_a_public_key_is_not_even_taken_apart() {
    let refused = |header: Value| Unchecked::parse(&with_header(RSA_TOKEN, &header)).err();
    for algorithm in ["none", "None", "NONE", "", "HS256", "HS512", "RS1", "rs256", "PS256", "ES384"] {
        let problem = refused(json!({ "alg": algorithm, "kid": "rsa" })).unwrap();
        assert!(problem.contains("RS256"), "{algorithm}: {problem}");
    }
    // The old trick: the public key as the shared secret.
    let body = format!("{}.{}", encoded(br#"{"alg":"HS256","kid":"rsa"}"#), encoded(b"{}"));
    let secret = hmac::Key::new(hmac::HMAC_SHA256, &URL_SAFE_NO_PAD.decode(RSA_MODULUS).unwrap());
    let forged = format!("{body}.{}", encoded(hmac::sign(&secret, body.as_bytes()).as_ref()));
    assert!(Unchecked::parse(&forged).is_err());
    assert!(refused(json!({ "alg": "RS256", "crit": ["b64"], "b64": false })).unwrap().contains("extensions"));
    assert!(refused(json!({ "alg": "RS256", "typ": "logout+jwt" })).unwrap().contains("access token"));
    assert!(refused(json!({ "alg": "RS256", "typ": "JWT" })).is_none());
}

#[test]
fn rubbish_is_refused_and_never_more() {
    let long = format!("{}.a.b", "a".repeat(LONGEST));
    for bad in ["", ".", "..", "...", "a.b.c", "é.é.é", "e30.e30.e30", "W10.W10.", &long, &format!("{RSA_TOKEN}.x")]
    {
        assert!(Unchecked::parse(bad).is_err(), "{}", bad.chars().take(30).collect::<String>());
    }
}

#[test]
fn keys_for_other_purposes_and_of_other_kinds_are_left_out() {
    let without = |change: &dyn Fn(&mut Value)| {
        let mut key = rsa_key();
        change(&mut key);
        is_good(RSA_TOKEN, &keys(&json!([key])))
    };
    assert!(!without(&|key| key["use"] = "enc".into()));
    assert!(!without(&|key| key["alg"] = "RS512".into()));
    assert!(!without(&|key| key["kid"] = "other".into()));
    assert!(!without(&|key| key["n"] = "AQAB".into()));
    assert!(!without(&|key| key["kty"] = "oct".into()));
    assert!(Keys::parse(b"[]").is_none() && Keys::parse(b"").is_none());
    let mixed = keys(&json!([null, 5, { "kty": "EC", "crv": "P-521" }, { "kty": "OKP", "x": "AA" }, rsa_key()]));
    assert!(is_good(RSA_TOKEN, &mixed));
}

#[test]
fn without_a_name_only_a_single_key_can_be_meant() {
    let one = keys(&json!([rsa_key()]));
    assert!(one.find(None, Algorithm::Rs256).is_some());
    assert!(one.find(None, Algorithm::Es256).is_none());
    assert!(keys(&json!([rsa_key(), rsa_key()])).find(None, Algorithm::Rs256).is_none());
}
