//! Every way in which a token can be invalid, and random tokens.

use std::sync::Arc;

use chrono::TimeDelta;
use goal_router::access::identity::IdentityError;
use goal_router::access::identity::jwks::JwksClient;
use goal_router::access::identity::jwt::{TokenSettings, TokenVerifier};
use goal_router::clock::ManualClock;
use jsonwebtoken::EncodingKey;
use proptest::prelude::*;
use serde_json::json;

use crate::issuer::{AUDIENCE, ISSUER, Issuer, Key, claims, claims_with, document, encoded};
use crate::support::today;
use crate::tokens::{outcome, post_with_token};

#[tokio::test]
async fn an_invalid_token_never_passes_and_always_gives_401() {
    let keys = Keys {
        rsa: Key::rsa("r"),
        ec: Key::ec("e"),
        stranger: Key::rsa("r"),
    };
    let issuer = Issuer::start(&[&keys.rsa, &keys.ec]);
    let app = issuer.trusting_app(&[]).await;
    let valid = keys.rsa.sign(&claims());
    assert_eq!(post_with_token(&app, &valid).await.status(), 200);

    let tokens = [
        malformed_tokens(&valid),
        tokens_with_a_wrong_signature(&keys, &valid),
        tokens_with_an_unsafe_algorithm(&keys, &valid),
        tokens_with_an_unknown_key(&keys),
        tokens_with_an_unacceptable_header(&keys),
        tokens_with_invalid_claims(&keys),
    ]
    .concat();
    for token in &tokens {
        let (status, code) = outcome(&app, token).await;
        assert_eq!(
            (status, &code),
            (401, &json!("unauthenticated")),
            "{token:.200}"
        );
    }
    // The issuer is not called for each unknown key.
    assert!(issuer.fetches() <= 2, "{}", issuer.fetches());
    assert_eq!(app.rows().await.len(), 1);
}

/// The keys of the issuer, and a stranger's key with the id of one of them.
struct Keys {
    rsa: Key,
    ec: Key,
    stranger: Key,
}

/// Returns the header, the payload and the signature of a token.
fn parts(token: &str) -> [&str; 3] {
    let parts: Vec<&str> = token.split('.').collect();
    parts.try_into().unwrap()
}

fn malformed_tokens(valid: &str) -> Vec<String> {
    let [header, payload, signature] = parts(valid);
    vec![
        String::new(),
        "x".to_owned(),
        "..".to_owned(),
        "a.b.c".to_owned(),
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{valid}.{signature}"),
    ]
}

/// Another payload under a valid signature, or the signature of a stranger.
fn tokens_with_a_wrong_signature(keys: &Keys, valid: &str) -> Vec<String> {
    let [header, payload, signature] = parts(valid);
    let admin = encoded(&claims_with(&json!({"sub": "admin"})).to_string());
    let own_key = json!({"alg": "RS256", "kid": "r", "jwk": keys.stranger.public(), "jku": "https://evil.example/jwks.json"});
    vec![
        format!("{header}.{admin}.{signature}"),
        format!("{header}.{payload}.{}", "A".repeat(342)),
        keys.stranger.sign(&claims()),
        keys.stranger
            .sign_with_header(&own_key.to_string(), &claims()),
    ]
}

/// No signature, one of another algorithm, or one whose secret is public data.
fn tokens_with_an_unsafe_algorithm(keys: &Keys, valid: &str) -> Vec<String> {
    let [_, payload, signature] = parts(valid);
    let public = keys.rsa.public();
    let modulus = public["n"].as_str().unwrap();
    let with_secret = |secret: &[u8]| {
        let mut header = keys.rsa.header();
        header.alg = jsonwebtoken::Algorithm::HS256;
        jsonwebtoken::encode(&header, &claims(), &EncodingKey::from_secret(secret)).unwrap()
    };
    let header = |alg: &str| encoded(&json!({"alg": alg, "kid": "r"}).to_string());
    vec![
        format!("{}.{payload}.", header("none")),
        format!("{}.{payload}.{signature}", header("none")),
        format!("{}.{payload}.{signature}", header("None")),
        format!("{}.{payload}.{signature}", header("ES256")),
        format!("{}.{payload}.{signature}", header("RS512")),
        with_secret(modulus.as_bytes()),
        with_secret(document(&[&keys.rsa, &keys.ec]).as_bytes()),
        with_secret(b""),
    ]
}

/// Key ids that no key has, some of which would be paths or queries elsewhere; and the id of a key of another algorithm.
fn tokens_with_an_unknown_key(keys: &Keys) -> Vec<String> {
    [
        r#"{"alg": "RS256", "kid": "../../dev/null"}"#,
        r#"{"alg": "RS256", "kid": "r' OR '1'='1"}"#,
        r#"{"alg": "RS256", "kid": "e"}"#,
        r#"{"alg": "RS256", "kid": ["r"]}"#,
    ]
    .map(|header| keys.rsa.sign_with_header(header, &claims()))
    .to_vec()
}

/// Headers that are critical, too long, too deep, or not an object.
fn tokens_with_an_unacceptable_header(keys: &Keys) -> Vec<String> {
    let critical = r#"{"alg": "RS256", "kid": "r", "crit": ["exp"], "exp": 1}"#.to_owned();
    let long = "x".repeat(9000);
    let deep = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
    [
        critical,
        format!(r#"{{"alg": "RS256", "kid": "r", "x": "{long}"}}"#),
        format!(r#"{{"alg": "RS256", "kid": "r", "x": {deep}}}"#),
        "[]".to_owned(),
    ]
    .map(|header| keys.rsa.sign_with_header(&header, &claims()))
    .to_vec()
}

fn tokens_with_invalid_claims(keys: &Keys) -> Vec<String> {
    let now = today().timestamp();
    [
        json!({"iss": "https://evil.example"}),
        json!({"iss": format!("{ISSUER}/")}),
        json!({"iss": null}),
        json!({"iss": [ISSUER, "https://evil.example"]}),
        json!({"aud": "another"}),
        json!({"aud": []}),
        json!({"aud": null}),
        json!({"aud": null, "client_id": "another"}),
        json!({"exp": now - 31}),
        json!({"exp": null}),
        json!({"exp": "tomorrow"}),
        json!({"exp": {"$gt": 0}}),
        json!({"nbf": now + 31}),
        json!({"sub": null}),
        json!({"sub": ""}),
        json!({"sub": {"id": 1}}),
        json!({"token_use": "refresh"}),
    ]
    .map(|changes| keys.rsa.sign(&claims_with(&changes)))
    .to_vec()
}

/// One part of a token: valid, changed in one character, or random.
fn part(valid: &str) -> impl Strategy<Value = String> + use<> {
    let (same, changed) = (valid.to_owned(), valid.to_owned());
    prop_oneof![
        3 => Just(same),
        2 => (any::<prop::sample::Index>(), "[A-Za-z0-9_-]").prop_map(move |(index, char)| {
            let mut text = changed.clone();
            let index = index.index(text.len());
            text.replace_range(index..=index, &char);
            text
        }),
        1 => "[A-Za-z0-9_=.-]{0,80}",
        1 => "\\PC{0,40}",
        1 => ("\\{\"(alg|kid|typ|iss|exp)\": ?(\"[A-Za-z0-9]{0,8}\"|[0-9]{1,20}|null|\\[\\])\\}").prop_map(|json| encoded(&json)),
    ]
}

#[test]
fn ten_thousand_random_tokens_neither_pass_nor_cause_a_panic() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let key = Key::rsa("r");
    let _context = runtime.enter();
    let issuer = Issuer::start(&[&key]);
    let settings = TokenSettings {
        issuer: ISSUER.to_owned(),
        audiences: vec![AUDIENCE.to_owned()],
        required_scope: None,
        jwks_url: issuer.url.as_str().into(),
    };
    let keys = JwksClient::new(&settings.jwks_url, runtime.handle().clone()).unwrap();
    let clock = ManualClock::at(today() + TimeDelta::minutes(1));
    let verifier = TokenVerifier::new(settings, keys, Arc::new(clock));
    let good = key.sign(&claims());
    assert!(runtime.block_on(verifier.verify(&good)).is_ok());

    let parts: Vec<String> = good.split('.').map(str::to_owned).collect();
    let strategy = (part(&parts[0]), part(&parts[1]), part(&parts[2]));
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 10_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&strategy, |(header, payload, signature)| {
            let token = format!("{header}.{payload}.{signature}");
            let verified = runtime.block_on(verifier.verify(&token));
            // The last character of a signature has unused bits, so that different characters can encode the same signature.
            let same = header == parts[0] && payload == parts[1];
            match verified {
                Ok(_) => prop_assert!(same && signature.get(..341) == parts[2].get(..341)),
                // Under an unknown key id, the token may be signed with a key that is not fetched yet.
                Err(error) => prop_assert!(
                    matches!(
                        error,
                        IdentityError::Invalid(_) | IdentityError::Unavailable
                    ),
                    "{error}"
                ),
            }
            Ok(())
        })
        .unwrap();
}
