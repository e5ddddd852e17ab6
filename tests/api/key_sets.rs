//! Key sets of issuers: rotation during a flood of unknown key ids, and sets without ids, with equal ids, or with foreign keys.

use std::time::{Duration, Instant};

use goal_router::access::identity::jwks::{Fetched, JwksClient};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use tokio::runtime::Handle;

use crate::issuer::{Issuer, Key, claims, claims_with, document};
use crate::support::{TestApp, problem};
use crate::tokens::{outcome, post_with_token};

/// Returns the set of these public keys.
fn set(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

/// Returns a public key with changes; `null` removes a member.
fn public_with(key: &Key, changes: &Value) -> Value {
    let mut public = key.public();
    for (name, value) in changes.as_object().unwrap() {
        public[name] = value.clone();
    }
    let members = public.as_object_mut().unwrap();
    members.retain(|_, value| !value.is_null());
    public
}

fn without_id(key: &Key) -> Value {
    public_with(key, &json!({ "kid": null }))
}

/// Returns a valid token whose header has this key id.
fn token(key: &Key, id: Option<&str>) -> String {
    let alg = match key.algorithm {
        jsonwebtoken::Algorithm::ES256 => "ES256",
        _ => "RS256",
    };
    let header = match id {
        Some(id) => json!({"alg": alg, "kid": id}),
        None => json!({ "alg": alg }),
    };
    key.sign_with_header(&header.to_string(), &claims())
}

async fn trusting(document: &str) -> (Issuer, TestApp) {
    let issuer = Issuer::start(&[]);
    issuer.respond_with(200, document, Duration::ZERO);
    let app = issuer.trusting_app(&[]).await;
    (issuer, app)
}

#[tokio::test]
async fn keys_that_arrive_while_a_token_is_checked_are_looked_at_again_without_another_fetch() {
    let issuer = Issuer::start(&[&Key::rsa("r")]);
    let keys = JwksClient::new(&issuer.url, Handle::current()).unwrap();
    let known = keys.candidates(Some("r"), Algorithm::RS256);
    // A readiness probe fetches the keys.
    assert!(keys.is_ready().await);
    // A key that was not known is none that the token failed to name.
    assert_eq!(known.whatever_their_id(Algorithm::RS256).count(), 0);
    assert_eq!(keys.fetch(&known).await, Fetched::MaybeOutdated);
    let known = keys.candidates(Some("r"), Algorithm::RS256);
    assert_eq!(known.decoding_keys().count(), 1);
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn a_new_key_is_unavailable_during_a_flood_of_unknown_ids_and_accepted_after_the_next_fetch()
{
    let (old, new, stranger) = (Key::rsa("old"), Key::rsa("new"), Key::rsa("stranger"));
    let (issuer, app) = trusting(&document(&[&old])).await;
    let started = Instant::now();
    let flood = |id: usize| token(&stranger, Some(&format!("unknown-{id}")));
    // The issuer was asked after this token came, so it has no such key.
    assert_eq!(
        outcome(&app, &flood(0)).await,
        (401, json!("unauthenticated"))
    );
    issuer.serve(&[&old, &new]);
    let rotated = new.sign(&claims());

    let response = post_with_token(&app, &rotated).await;
    let wait: u64 = response.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
    let (status, problem) = problem(response).await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (503, &json!("identity_unavailable"))
    );
    assert_eq!(outcome(&app, &old.sign(&claims())).await.0, 200);
    // Tokens that no key could make valid are still rejected, and so are known keys under another name.
    let expired = stranger.sign(&claims_with(&json!({"exp": 1})));
    assert_eq!(outcome(&app, &expired).await.0, 401);
    assert_eq!(outcome(&app, &token(&old, Some("unknown"))).await.0, 401);

    for id in 1.. {
        post_with_token(&app, &flood(id)).await;
        if post_with_token(&app, &rotated).await.status() == 200 {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(13));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // The first was at the start.
    assert_eq!(issuer.fetches(), 3);
}

#[tokio::test]
async fn keys_without_ids_verify_tokens_with_and_without_an_id() {
    let (one, two, ec) = (Key::rsa("1"), Key::rsa("2"), Key::ec("3"));
    let keys = [without_id(&one), without_id(&two), without_id(&ec)];
    let (_issuer, app) = trusting(&set(&keys)).await;
    for key in [&one, &two, &ec] {
        for id in [None, Some("any")] {
            assert_eq!(outcome(&app, &token(key, id)).await, (200, Value::Null));
        }
    }

    let stranger = Key::rsa("1");
    for id in [None, Some("any")] {
        let (status, _) = outcome(&app, &token(&stranger, id)).await;
        assert_ne!(status, 200);
    }
}

#[tokio::test]
async fn a_token_without_an_id_is_verified_by_any_key_of_its_algorithm() {
    let (one, two) = (Key::rsa("1"), Key::rsa("2"));
    let (issuer, app) = trusting(&document(&[&one, &two])).await;
    for key in [&one, &two] {
        assert_eq!(outcome(&app, &token(key, None)).await, (200, Value::Null));
    }
    assert_eq!(issuer.fetches(), 1);

    let fresh = trusting(&document(&[&one, &two])).await.1;
    assert_eq!(
        outcome(&fresh, &token(&Key::rsa("1"), None)).await,
        (401, json!("unauthenticated"))
    );
}

#[tokio::test]
async fn keys_with_equal_ids_are_all_tried_and_foreign_keys_are_skipped() {
    let (one, two, encryption) = (Key::rsa("same"), Key::rsa("same"), Key::rsa("enc"));
    let keys = [
        json!({"kty": "new", "kid": "same"}),
        json!({"kty": "oct", "kid": "same", "k": "c2VjcmV0"}),
        json!(7),
        public_with(&encryption, &json!({"use": "enc"})),
        one.public(),
        two.public(),
    ];
    let (_issuer, app) = trusting(&set(&keys)).await;

    for key in [&one, &two] {
        assert_eq!(outcome(&app, &key.sign(&claims())).await.0, 200);
    }
    assert_ne!(outcome(&app, &encryption.sign(&claims())).await.0, 200);
    assert_eq!(
        outcome(&app, &Key::rsa("same").sign(&claims())).await.0,
        401
    );
}
