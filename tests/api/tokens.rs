//! Tokens of an issuer: which client they identify, and an issuer that rotates its keys or becomes unavailable.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::issuer::{AUDIENCE, Issuer, Key, claims, claims_with, document};
use crate::support::{TestApp, problem, today};

pub async fn post_with_token(app: &TestApp, token: &str) -> Response {
    app.request(Method::POST, "/api/v1/generate-plan")
        .bearer_auth(token)
        .json(&json!({"goal": "Learn to bake sourdough bread"}))
        .send()
        .await
        .unwrap()
}

/// Returns the status and the problem code of a request with this token; the code is `null` for a plan.
pub async fn outcome(app: &TestApp, token: &str) -> (u16, Value) {
    let response = post_with_token(app, token).await;
    if response.status() == 200 {
        return (200, Value::Null);
    }
    let (status, problem) = problem(response).await;
    (status.as_u16(), problem["code"].clone())
}

#[tokio::test]
async fn access_and_id_tokens_of_both_algorithms_identify_the_client_of_the_row() {
    let (rsa, ec) = (Key::rsa("r"), Key::ec("e"));
    let issuer = Issuer::start(&[&rsa, &ec]);
    let app = issuer.trusting_app(&[]).await;
    let with = |changes: Value| claims_with(&changes);
    for (key, claims, client) in [
        (&rsa, claims(), "jwt:user-1"),
        (&ec, claims(), "jwt:user-1"),
        (
            &rsa,
            with(json!({"aud": ["other", AUDIENCE]})),
            "jwt:user-1",
        ),
        (&rsa, with(json!({"token_use": "id"})), "jwt:user-1"),
        (
            &rsa,
            with(json!({"aud": null, "client_id": AUDIENCE, "token_use": "access"})),
            "jwt:user-1",
        ),
        (
            &rsa,
            with(json!({"sub": null, "client_id": "machine"})),
            "jwt:machine",
        ),
        (
            &rsa,
            with(json!({"sub": "Zoë #1"})),
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
async fn groups_and_scopes_select_a_tier_and_a_token_without_the_required_scope_is_forbidden() {
    let key = Key::rsa("r");
    let issuer = Issuer::start(&[&key]);
    let tiers = json!({"tiers": [
        {"name": "staff", "rate_limit_per_minute": 500, "groups": ["staff"]},
        {"name": "pro", "rate_limit_per_minute": 300, "scopes": ["plans/pro"]}
    ]});
    let app = issuer
        .trusting_app(&[
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
        let response = post_with_token(&app, &key.sign(&claims_with(&more))).await;
        assert_eq!(response.status(), 200, "{more}");
        let policy = response.headers()["ratelimit-policy"].to_str().unwrap();
        assert!(
            policy.starts_with(&format!("\"{tier}\";")),
            "{more}: {policy}"
        );
    }
    let without = key.sign(&claims_with(&json!({"scope": "plansx openid"})));
    assert_eq!(outcome(&app, &without).await, (403, json!("forbidden")));
}

#[tokio::test]
async fn expiry_allows_a_clock_skew_of_thirty_seconds() {
    let key = Key::rsa("r");
    let issuer = Issuer::start(&[&key]);
    let app = issuer.trusting_app(&[]).await;
    let now = today().timestamp();
    for (more, status) in [
        (json!({"exp": now - 29}), 200),
        (json!({"exp": now - 30}), 401),
        (json!({"nbf": now + 30}), 200),
        (json!({"nbf": now + 31}), 401),
        (json!({"exp": 9.9e18}), 200),
    ] {
        assert_eq!(
            post_with_token(&app, &key.sign(&claims_with(&more)))
                .await
                .status(),
            status,
            "{more}"
        );
    }
}

#[tokio::test]
async fn cached_keys_outlast_an_issuer_that_serves_no_usable_keys() {
    let key = Key::rsa("r");
    let issuer = Issuer::start(&[&key]);
    let app = issuer.trusting_app(&[]).await;
    let token = key.sign(&claims());
    assert_eq!(post_with_token(&app, &token).await.status(), 200);

    tokio::time::sleep(Duration::from_secs(10)).await;
    issuer.respond_with(200, "{\"keys\": []}", Duration::ZERO);
    let unknown = Key::rsa("new").sign(&claims());
    // The unknown key causes another fetch. The response has no keys, so that the token can be neither accepted nor rejected.
    assert_eq!(
        outcome(&app, &unknown).await,
        (503, json!("identity_unavailable"))
    );
    assert_eq!(issuer.fetches(), 2);
    assert_eq!(post_with_token(&app, &token).await.status(), 200);
    assert_eq!(app.get("/health/ready").await.status(), 200);
}

#[tokio::test]
async fn a_rotated_key_is_fetched_once_for_all_waiting_requests_and_the_old_key_is_rejected() {
    let (old, new) = (Key::rsa("old"), Key::ec("new"));
    let issuer = Issuer::start(&[&old]);
    let app = issuer.trusting_app(&[]).await;
    assert_eq!(
        post_with_token(&app, &old.sign(&claims())).await.status(),
        200
    );

    tokio::time::sleep(Duration::from_secs(10)).await;
    issuer.respond_with(200, &document(&[&new]), Duration::from_millis(500));
    let token = new.sign(&claims());
    let responses =
        futures_util::future::join_all((0..20).map(|_| post_with_token(&app, &token))).await;
    assert!(responses.iter().all(|response| response.status() == 200));
    assert_eq!(issuer.fetches(), 2);
    assert_eq!(outcome(&app, &old.sign(&claims())).await.0, 401);
}

#[tokio::test]
async fn without_any_keys_the_service_is_not_ready_and_identities_are_unavailable() {
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
        issuer.respond_with(status, body, Duration::from_millis(delay));
        let app = issuer.trusting_app(&[]).await;
        let case = format!("{status} {body:.20} {delay}");
        assert_eq!(
            outcome(&app, &token).await,
            (503, json!("identity_unavailable")),
            "{case}"
        );
        assert_eq!(app.get("/health/ready").await.status(), 503, "{case}");
        assert_eq!(app.get("/health/live").await.status(), 200);
        assert_eq!(issuer.fetches(), 1, "{case}");
    }
}

#[tokio::test]
async fn the_service_becomes_ready_by_itself_once_the_issuer_recovers() {
    let key = Key::rsa("r");
    let issuer = Issuer::start(&[]);
    issuer.respond_with(503, "", Duration::ZERO);
    let app = issuer.trusting_app(&[]).await;
    assert_eq!(app.get("/health/ready").await.status(), 503);
    issuer.serve(&[&key]);
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if app.get("/health/ready").await.status() == 200 {
            assert_eq!(
                post_with_token(&app, &key.sign(&claims())).await.status(),
                200
            );
            return;
        }
    }
    panic!("the service is not ready after 12 s");
}
