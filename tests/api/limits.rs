//! Rate limits, and the headers that report them.

use std::collections::HashSet;

use goal_router::access::identity::api_key::KeyDigest;
use reqwest::{Method, Response, StatusCode};
use serde_json::json;

use crate::support::{TestApp, problem};

async fn estimate(app: &TestApp, headers: &[(&str, String)]) -> Response {
    let mut request = app.request(Method::POST, "/api/v1/estimate");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    request
        .json(&json!({"goal": "Learn to bake sourdough bread"}))
        .send()
        .await
        .unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

#[tokio::test]
async fn sixty_of_two_hundred_simultaneous_requests_pass_regardless_of_forged_addresses() {
    let app = TestApp::with(&[("RATE_LIMIT_PER_MINUTE", "60"), ("TRUSTED_PROXY_HOPS", "1")]).await;
    let requests = (0..200).map(|index| {
        // The trusted proxy has added the last entry; the others are forged.
        let forged = format!("10.0.{index}.1, {index}.2.3.4, 203.0.113.9");
        let headers = [
            ("X-Forwarded-For", forged),
            ("X-Real-IP", format!("1.1.1.{index}")),
        ];
        let app = &app;
        async move { estimate(app, &headers).await.status() }
    });
    let statuses = futures_util::future::join_all(requests).await;

    let passed = statuses
        .iter()
        .filter(|status| **status == StatusCode::OK)
        .count();
    assert!((59..=61).contains(&passed), "{passed}");
    assert!(
        statuses
            .iter()
            .all(|status| [200, 429].contains(&status.as_u16()))
    );
    let limited = app.metric("goal_router_rate_limited_total").await;
    #[expect(clippy::cast_precision_loss, reason = "two hundred")]
    let refused = (200 - passed) as f64;
    assert!((limited - refused).abs() < 0.5, "{limited}");
}

#[tokio::test]
async fn every_response_of_the_api_reports_the_remaining_limit() {
    let app = TestApp::with(&[("RATE_LIMIT_PER_MINUTE", "30"), ("RATE_LIMIT_BURST", "4")]).await;
    let first = estimate(&app, &[]).await;
    assert_eq!(header(&first, "ratelimit-policy"), "\"default\";q=4;w=8");
    assert_eq!(header(&first, "ratelimit"), "\"default\";r=3;t=2");
    assert_eq!(
        header(&app.get("/api/v1/generate-plan").await, "ratelimit"),
        "\"default\";r=2;t=4"
    );
    let invalid = app.post_plan(&json!({})).await;
    assert_eq!(
        (invalid.status().as_u16(), header(&invalid, "ratelimit")),
        (422, "\"default\";r=1;t=6")
    );
    assert!(!app.get("/health").await.headers().contains_key("ratelimit"));
    estimate(&app, &[]).await;

    let refused = estimate(&app, &[]).await;
    assert_eq!(header(&refused, "ratelimit"), "\"default\";r=0;t=8");
    assert_eq!(header(&refused, "retry-after"), "2");
    let (status, problem) = problem(refused).await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (429, &json!("rate_limited"))
    );
}

#[tokio::test]
async fn a_rate_limited_request_calls_no_model_and_writes_no_row() {
    let fake = crate::support::fake(fake_bedrock::script::Script::default());
    let app = TestApp::with_model(&fake, &[("RATE_LIMIT_PER_MINUTE", "1")]).await;
    for expected in [200, 429, 429] {
        assert_eq!(
            app.post_plan(&json!({"goal": "Learn to juggle"}))
                .await
                .status(),
            expected
        );
    }
    assert_eq!((fake.invoice().calls.len(), app.rows().await.len()), (1, 1));
}

#[tokio::test]
async fn clients_do_not_share_a_limit_and_each_has_the_limit_of_its_tier() {
    let keys = json!({"clients": [
        {"client": "a", "sha256": [KeyDigest::of("a").to_string()]},
        {"client": "b", "sha256": [KeyDigest::of("b").to_string()]},
        {"client": "c", "sha256": [KeyDigest::of("c").to_string()], "tier": "pro"}
    ]});
    let tiers = json!({"tiers": [{"name": "pro", "rate_limit_per_minute": 5}]});
    let app = TestApp::with(&[
        ("AUTH_MODE", "api_key"),
        ("API_KEYS", &keys.to_string()),
        ("TIERS", &tiers.to_string()),
        ("RATE_LIMIT_PER_MINUTE", "2"),
    ])
    .await;
    let mut policies = HashSet::new();
    for (key, allowed) in [("a", 2), ("b", 2), ("c", 5)] {
        for index in 0..=allowed {
            let response = estimate(&app, &[("X-API-Key", key.to_owned())]).await;
            assert_eq!(response.status() == 200, index < allowed, "{key} {index}");
            policies.insert(header(&response, "ratelimit-policy").to_owned());
        }
    }
    assert_eq!(policies.len(), 2, "{policies:?}");
    assert!(policies.contains("\"pro\";q=5;w=60"));
}

#[tokio::test]
async fn wrong_keys_count_against_the_address_that_sends_them() {
    let digest = KeyDigest::of("right").to_string();
    let keys = format!("a:{digest}");
    let app = TestApp::with(&[
        ("AUTH_MODE", "api_key"),
        ("API_KEYS", &keys),
        ("RATE_LIMIT_PER_MINUTE", "3"),
    ])
    .await;
    for expected in [401, 401, 401, 429] {
        let response = estimate(&app, &[("X-API-Key", "wrong".to_owned())]).await;
        assert_eq!(response.status(), expected);
    }
    // A valid key identifies its own client, which is not limited by the failures of this address.
    assert_eq!(
        estimate(&app, &[("X-API-Key", "right".to_owned())])
            .await
            .status(),
        200
    );
}
