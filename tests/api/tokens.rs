//! Tokens of an issuer: whose they are, every way in which they do not hold, and an issuer that changes its keys or goes away.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use goal_router::access::identity::IdentityError;
use goal_router::access::identity::jwks::JwksClient;
use goal_router::access::identity::jwt::{TokenSettings, TokenVerifier};
use goal_router::clock::ManualClock;
use jsonwebtoken::EncodingKey;
use proptest::prelude::*;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::issuer::{AUDIENCE, ISSUER, Issuer, Key, claims, claims_with, document, encoded};
use crate::support::{TestApp, problem, today};

async fn ask(app: &TestApp, token: &str) -> Response {
    app.request(Method::POST, "/api/v1/generate-plan")
        .bearer_auth(token)
        .json(&json!({"goal": "Learn to bake sourdough bread"}))
        .send()
        .await
        .unwrap()
}

async fn outcome(app: &TestApp, token: &str) -> (u16, Value) {
    let answer = ask(app, token).await;
    if answer.status() == 200 {
        return (200, Value::Null);
    }
    let (status, problem) = problem(answer).await;
    (status.as_u16(), problem["code"].clone())
}

#[tokio::test]
async fn tokens_of_both_algorithms_and_of_both_kinds_name_the_client_of_the_row() {
    let (rsa, ec) = (Key::rsa("r"), Key::ec("e"));
    let issuer = Issuer::start(&[&rsa, &ec]);
    let app = issuer.trusted(&[]).await;
    let cognito = |more: Value| claims_with(&more);
    for (key, claims, client) in [
        (&rsa, claims(), "jwt:user-1"),
        (&ec, claims(), "jwt:user-1"),
        (
            &rsa,
            cognito(json!({"aud": ["other", AUDIENCE]})),
            "jwt:user-1",
        ),
        (&rsa, cognito(json!({"token_use": "id"})), "jwt:user-1"),
        (
            &rsa,
            cognito(json!({"aud": null, "client_id": AUDIENCE, "token_use": "access"})),
            "jwt:user-1",
        ),
        (
            &rsa,
            cognito(json!({"sub": null, "client_id": "machine"})),
            "jwt:machine",
        ),
        (
            &rsa,
            cognito(json!({"sub": "Zoë #1"})),
            "jwt:sha256:650b60bf73da49bea75396be8e0fa4c75dac25cb7df4e50a89de186fab6d42eb",
        ),
    ] {
        assert_eq!(
            outcome(&app, &key.sign(&claims)).await,
            (200, Value::Null),
            "{claims}"
        );
        let rows = app.rows().await;
        assert!(
            rows.iter().any(|row| row["client_id"] == client),
            "{client}"
        );
    }
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn groups_and_scopes_lead_to_a_tier_and_a_required_scope_is_required() {
    let key = Key::rsa("r");
    let issuer = Issuer::start(&[&key]);
    let tiers = json!({"tiers": [
        {"name": "staff", "rate_limit_per_minute": 500, "groups": ["staff"]},
        {"name": "pro", "rate_limit_per_minute": 300, "scopes": ["plans/pro"]}
    ]});
    let app = issuer
        .trusted(&[
            ("TIERS", &tiers.to_string()),
            ("JWT_REQUIRED_SCOPE", "plans"),
        ])
        .await;
    for (more, tier) in [
        (json!({"scope": "openid plans"}), "default"),
        (json!({"scope": "plans plans/pro"}), "pro"),
        (json!({"scp": ["plans", "plans/pro"]}), "pro"),
        (
            json!({"scope": "plans", "cognito:groups": ["staff", "x"]}),
            "staff",
        ),
        (
            json!({"scp": "plans plans/pro", "groups": ["staff"]}),
            "staff",
        ),
    ] {
        let answer = ask(&app, &key.sign(&claims_with(&more))).await;
        assert_eq!(answer.status(), 200, "{more}");
        let policy = answer.headers()["ratelimit-policy"].to_str().unwrap();
        assert!(
            policy.starts_with(&format!("\"{tier}\";")),
            "{more}: {policy}"
        );
    }
    let without = key.sign(&claims_with(&json!({"scope": "plansx openid"})));
    assert_eq!(outcome(&app, &without).await, (403, json!("forbidden")));
}

#[tokio::test]
async fn no_token_that_does_not_hold_passes_and_each_is_a_401() {
    let (rsa, ec, stranger) = (Key::rsa("r"), Key::ec("e"), Key::rsa("r"));
    let issuer = Issuer::start(&[&rsa, &ec]);
    let app = issuer.trusted(&[]).await;
    let good = rsa.sign(&claims());
    assert_eq!(ask(&app, &good).await.status(), 200);
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("{good}")
    };
    let public = rsa.public();
    let modulus = public["n"].as_str().unwrap();
    let with_secret = |secret: &[u8]| {
        let mut header = rsa.header();
        header.alg = jsonwebtoken::Algorithm::HS256;
        jsonwebtoken::encode(&header, &claims(), &EncodingKey::from_secret(secret)).unwrap()
    };
    let admin = encoded(&claims_with(&json!({"sub": "admin"})).to_string());
    let none = |alg: &str| encoded(&json!({"alg": alg, "kid": "r"}).to_string());
    let own_key = json!({"alg": "RS256", "kid": "r", "jwk": stranger.public(), "jku": "https://evil.example/jwks.json"});
    let mut tokens = vec![
        String::new(),
        "x".to_owned(),
        "..".to_owned(),
        "a.b.c".to_owned(),
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{good}.{signature}"),
        // Another payload, or another's signature.
        format!("{header}.{admin}.{signature}"),
        format!("{header}.{payload}.{}", "A".repeat(342)),
        stranger.sign(&claims()),
        stranger.sign_under(&own_key.to_string(), &claims()),
        // No signature, or one made with what is public.
        format!("{}.{payload}.", none("none")),
        format!("{}.{payload}.{signature}", none("none")),
        format!("{}.{payload}.{signature}", none("None")),
        format!("{}.{payload}.{signature}", none("ES256")),
        format!("{}.{payload}.{signature}", none("RS512")),
        with_secret(modulus.as_bytes()),
        with_secret(document(&[&rsa, &ec]).as_bytes()),
        with_secret(b""),
        // Keys that are not there, under names that would be paths or queries elsewhere.
        rsa.sign_under(r#"{"alg": "RS256", "kid": "../../dev/null"}"#, &claims()),
        rsa.sign_under(r#"{"alg": "RS256", "kid": "r' OR '1'='1"}"#, &claims()),
        rsa.sign_under(r#"{"alg": "RS256", "kid": "e"}"#, &claims()),
        rsa.sign_under(r#"{"alg": "RS256", "kid": ["r"]}"#, &claims()),
        // Headers that are too much.
        rsa.sign_under(
            r#"{"alg": "RS256", "kid": "r", "crit": ["exp"], "exp": 1}"#,
            &claims(),
        ),
        rsa.sign_under(
            &format!(
                r#"{{"alg": "RS256", "kid": "r", "x": "{}"}}"#,
                "x".repeat(9000)
            ),
            &claims(),
        ),
        rsa.sign_under(
            &format!(
                r#"{{"alg": "RS256", "kid": "r", "x": {}{}}}"#,
                "[".repeat(2000),
                "]".repeat(2000)
            ),
            &claims(),
        ),
        rsa.sign_under("[]", &claims()),
    ];
    let now = today().timestamp();
    for more in [
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
    ] {
        tokens.push(rsa.sign(&claims_with(&more)));
    }
    for token in &tokens {
        let (status, code) = outcome(&app, token).await;
        assert_eq!(
            (status, &code),
            (401, &json!("unauthenticated")),
            "{token:.200}"
        );
    }
    // However many keys they name, the issuer is left alone.
    assert!(issuer.fetches() <= 2, "{}", issuer.fetches());
    assert_eq!(app.rows().await.len(), 1);
}

#[tokio::test]
async fn clocks_may_differ_by_half_a_minute() {
    let key = Key::rsa("r");
    let issuer = Issuer::start(&[&key]);
    let app = issuer.trusted(&[]).await;
    let now = today().timestamp();
    for (more, status) in [
        (json!({"exp": now - 29}), 200),
        (json!({"exp": now - 30}), 401),
        (json!({"nbf": now + 30}), 200),
        (json!({"nbf": now + 31}), 401),
        (json!({"exp": 9.9e18}), 200),
    ] {
        assert_eq!(
            ask(&app, &key.sign(&claims_with(&more))).await.status(),
            status,
            "{more}"
        );
    }
}

#[tokio::test]
async fn keys_outlive_an_issuer_that_goes_away_or_talks_nonsense() {
    let key = Key::rsa("r");
    let issuer = Issuer::start(&[&key]);
    let app = issuer.trusted(&[]).await;
    let token = key.sign(&claims());
    assert_eq!(ask(&app, &token).await.status(), 200);

    tokio::time::sleep(Duration::from_secs(10)).await;
    issuer.behave(200, "{\"keys\": []}", Duration::ZERO);
    let unknown = Key::rsa("new").sign(&claims());
    // The unknown key makes it ask again: what it hears is no key set, so that it cannot tell who that is.
    assert_eq!(
        outcome(&app, &unknown).await,
        (503, json!("identity_unavailable"))
    );
    assert_eq!(issuer.fetches(), 2);
    assert_eq!(ask(&app, &token).await.status(), 200);
    assert_eq!(app.get("/health/ready").await.status(), 200);
}

#[tokio::test]
async fn a_rotated_key_is_fetched_once_for_all_who_wait_and_the_withdrawn_one_is_gone() {
    let (old, new) = (Key::rsa("old"), Key::ec("new"));
    let issuer = Issuer::start(&[&old]);
    let app = issuer.trusted(&[]).await;
    assert_eq!(ask(&app, &old.sign(&claims())).await.status(), 200);

    tokio::time::sleep(Duration::from_secs(10)).await;
    issuer.behave(200, &document(&[&new]), Duration::from_millis(500));
    let token = new.sign(&claims());
    let answers = futures_util::future::join_all((0..20).map(|_| ask(&app, &token))).await;
    assert!(answers.iter().all(|answer| answer.status() == 200));
    assert_eq!(issuer.fetches(), 2);
    assert_eq!(outcome(&app, &old.sign(&claims())).await.0, 401);
}

#[tokio::test]
async fn without_any_keys_the_service_is_not_ready_and_says_that_it_cannot_tell() {
    let key = Key::rsa("r");
    let token = key.sign(&claims());
    let good = document(&[&key]);
    let oversized = good.replace(']', &format!("{}]", " ".repeat(300_000)));
    for (status, body, delay) in [
        (500, "", 0),
        (302, "", 0),
        (200, "", 0),
        (200, "{\"keys\": []}", 0),
        (200, "<html>", 0),
        (200, oversized.as_str(), 0),
        (200, good.as_str(), 3500),
    ] {
        let issuer = Issuer::start(&[]);
        issuer.behave(status, body, Duration::from_millis(delay));
        let app = issuer.trusted(&[]).await;
        let what = format!("{status} {body:.20} {delay}");
        assert_eq!(
            outcome(&app, &token).await,
            (503, json!("identity_unavailable")),
            "{what}"
        );
        assert_eq!(app.get("/health/ready").await.status(), 503, "{what}");
        assert_eq!(app.get("/health/live").await.status(), 200);
        assert_eq!(issuer.fetches(), 1, "{what}");
    }
}

#[tokio::test]
async fn once_the_issuer_is_back_the_service_becomes_ready_by_itself() {
    let key = Key::rsa("r");
    let issuer = Issuer::start(&[]);
    issuer.behave(503, "", Duration::ZERO);
    let app = issuer.trusted(&[]).await;
    assert_eq!(app.get("/health/ready").await.status(), 503);
    issuer.serve(&[&key]);
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if app.get("/health/ready").await.status() == 200 {
            assert_eq!(ask(&app, &key.sign(&claims())).await.status(), 200);
            return;
        }
    }
    panic!("not ready after 12 s");
}

/// A part of a token: taken from one that holds, or made up.
fn part(good: &str) -> impl Strategy<Value = String> + use<> {
    let good = good.to_owned();
    let (same, changed) = (good.clone(), good);
    prop_oneof![
        3 => Just(same),
        2 => (any::<prop::sample::Index>(), "[A-Za-z0-9_-]").prop_map(move |(place, char)| {
            let mut text = changed.clone();
            let place = place.index(text.len());
            text.replace_range(place..=place, &char);
            text
        }),
        1 => "[A-Za-z0-9_=.-]{0,80}",
        1 => "\\PC{0,40}",
        1 => ("\\{\"(alg|kid|typ|iss|exp)\": ?(\"[A-Za-z0-9]{0,8}\"|[0-9]{1,20}|null|\\[\\])\\}").prop_map(|json| encoded(&json)),
    ]
}

#[test]
fn ten_thousand_random_tokens_neither_pass_nor_panic() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let key = Key::rsa("r");
    let _inside = runtime.enter();
    let issuer = Issuer::start(&[&key]);
    let settings = TokenSettings {
        issuer: ISSUER.to_owned(),
        audiences: vec![AUDIENCE.to_owned()],
        required_scope: None,
        jwks_url: issuer.url.clone(),
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
            // The last character of a signature has bits that stand for nothing; another there is the same signature.
            let same = header == parts[0] && payload == parts[1];
            match verified {
                Ok(_) => prop_assert!(same && signature.get(..341) == parts[2].get(..341)),
                Err(error) => prop_assert!(matches!(error, IdentityError::Invalid(_)), "{error}"),
            }
            Ok(())
        })
        .unwrap();
}
