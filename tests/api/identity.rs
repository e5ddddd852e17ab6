//! The identity of clients: by API key, or by address behind trusted proxies; and the responses to those without one.

use goal_router::access::identity::api_key::KeyDigest;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{TestApp, problem};

const GOAL: &str = "Learn to bake sourdough bread";

async fn post_with_headers(app: &TestApp, headers: &[(&str, &str)]) -> Response {
    let mut request = app.request(Method::POST, "/api/v1/generate-plan");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.json(&json!({ "goal": GOAL })).send().await.unwrap()
}

/// Returns the client of the last row.
async fn client_of_row(app: &TestApp) -> Value {
    app.rows().await.last().unwrap()["client_id"].clone()
}

async fn with_keys() -> TestApp {
    let clients = json!({"clients": [
        {"client": "web", "sha256": [KeyDigest::of("gr_web").to_string(), KeyDigest::of("gr_web_new").to_string()]},
        {"client": "batch", "sha256": [KeyDigest::of("gr_batch").to_string()], "rate_limit_per_minute": 2}
    ]});
    TestApp::with(&[("AUTH_MODE", "api_key"), ("API_KEYS", &clients.to_string())]).await
}

#[tokio::test]
async fn a_key_is_accepted_in_either_header_and_identifies_the_client_of_the_row() {
    let app = with_keys().await;
    for headers in [
        vec![("X-API-Key", "gr_web")],
        vec![("Authorization", "Bearer gr_web_new")],
        vec![("Authorization", "bearer  gr_web")],
        vec![("X-API-Key", "gr_web"), ("Authorization", "Bearer gr_web")],
    ] {
        assert_eq!(
            post_with_headers(&app, &headers).await.status(),
            200,
            "{headers:?}"
        );
        assert_eq!(client_of_row(&app).await, "key:web");
    }
    assert_eq!(
        post_with_headers(&app, &[("X-API-Key", "gr_batch")])
            .await
            .status(),
        200
    );
    assert_eq!(client_of_row(&app).await, "key:batch");
}

#[tokio::test]
async fn a_request_without_a_valid_key_gets_a_challenge_and_leaves_no_row() {
    let app = with_keys().await;
    let long = "k".repeat(8192);
    for headers in [
        vec![],
        vec![("X-API-Key", "gr_wrong")],
        vec![("X-API-Key", "")],
        vec![("X-API-Key", long.as_str())],
        vec![("X-API-Key", "gr_w\u{e9}b")],
        vec![("Authorization", "Basic Z3JfZGVt")],
        vec![("Authorization", "Bearer")],
        vec![
            ("X-API-Key", "gr_web"),
            ("Authorization", "Bearer gr_batch"),
        ],
        vec![("X-API-Key", "gr_web"), ("X-API-Key", "gr_web")],
    ] {
        let response = post_with_headers(&app, &headers).await;
        let challenge = response.headers()["www-authenticate"]
            .to_str()
            .unwrap()
            .to_owned();
        let (status, problem) = problem(response).await;
        assert_eq!(
            (status.as_u16(), &problem["code"]),
            (401, &json!("unauthenticated"))
        );
        assert!(challenge.starts_with("Bearer realm="), "{challenge}");
        assert_eq!(challenge.contains("invalid_token"), !headers.is_empty());
        let text = problem.to_string();
        assert!(!text.contains("gr_w") && !text.contains("gr_b"), "{text}");
    }
    assert!(app.rows().await.is_empty());
}

#[tokio::test]
async fn health_documentation_and_unknown_paths_need_no_credentials() {
    let app = with_keys().await;
    for path in [
        "/health",
        "/health/ready",
        "/docs/",
        "/api-docs/openapi.json",
    ] {
        assert_eq!(app.get(path).await.status(), 200, "{path}");
    }
    assert_eq!(app.get("/nowhere").await.status(), 404);
    assert_eq!(app.get("/api/v1/nowhere").await.status(), 404);
}

#[tokio::test]
async fn the_budget_of_a_client_limits_only_that_client() {
    let keys = json!({"clients": [
        {"client": "poor", "sha256": [KeyDigest::of("poor").to_string()], "daily_budget_usd": "0.000001"},
        {"client": "rich", "sha256": [KeyDigest::of("rich").to_string()]}
    ]});
    let fake = crate::support::fake(fake_bedrock::script::Script::default());
    let app = TestApp::with_model(
        &fake,
        &[("AUTH_MODE", "api_key"), ("API_KEYS", &keys.to_string())],
    )
    .await;

    let (status, refused) = problem(post_with_headers(&app, &[("X-API-Key", "poor")]).await).await;
    assert_eq!(
        (status.as_u16(), &refused["code"]),
        (429, &json!("budget_exceeded"))
    );
    assert_eq!(
        post_with_headers(&app, &[("X-API-Key", "rich")])
            .await
            .status(),
        200
    );
}

#[tokio::test]
async fn a_differently_spelled_path_does_not_bypass_authentication() {
    let app = with_keys().await;
    for path in [
        "/%61pi/v1/generate-plan",
        "/api/v1/%67enerate-plan",
        "/api/%76%31/generate-plan",
        "//api/v1/generate-plan",
        "/api//v1/generate-plan",
        "/api/v1/generate-plan/",
        "/docs/../api/v1/generate-plan",
        "/health/%2e%2e/api/v1/generate-plan",
        "/API/v1/generate-plan",
    ] {
        let mut stream = tokio::net::TcpStream::connect(app.address.trim_start_matches("http://"))
            .await
            .unwrap();
        let body = json!({ "goal": GOAL }).to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        let status = &response[9..12];
        assert!(
            ["401", "404", "405"].contains(&status),
            "{path}: {response:.200}"
        );
    }
    assert!(app.rows().await.is_empty());
}

#[tokio::test]
async fn credentials_are_ignored_if_authentication_is_off() {
    let app = TestApp::start().await;
    for headers in [
        vec![("Authorization", "Basic Z3JfZGVt")],
        vec![("Authorization", "Bearer x"), ("Authorization", "Bearer y")],
        vec![("X-API-Key", "gr_web")],
    ] {
        assert_eq!(
            post_with_headers(&app, &headers).await.status(),
            200,
            "{headers:?}"
        );
        assert_eq!(client_of_row(&app).await, "ip:127.0.0.1");
    }
}

#[tokio::test]
async fn the_client_address_is_the_one_that_the_trusted_proxy_saw() {
    let direct = TestApp::start().await;
    post_with_headers(&direct, &[("X-Forwarded-For", "203.0.113.9")]).await;
    assert_eq!(client_of_row(&direct).await, "ip:127.0.0.1");

    let behind = TestApp::with(&[("TRUSTED_PROXY_HOPS", "1")]).await;
    for (forwarded, client) in [
        (vec!["6.6.6.6, 203.0.113.9"], "ip:203.0.113.9"),
        (vec!["6.6.6.6", "203.0.113.9"], "ip:203.0.113.9"),
        (vec!["203.0.113.9:4711"], "ip:203.0.113.9"),
        (vec!["2001:db8:7:1:aaaa::1"], "ip:2001:db8:7:1::/64"),
        (vec!["garbage"], "ip:127.0.0.1"),
        (vec![], "ip:127.0.0.1"),
    ] {
        let headers: Vec<(&str, &str)> = forwarded
            .iter()
            .map(|value| ("X-Forwarded-For", *value))
            .collect();
        assert_eq!(post_with_headers(&behind, &headers).await.status(), 200);
        let rows = behind.rows().await;
        assert!(
            rows.iter().any(|row| row["client_id"] == client),
            "{forwarded:?}"
        );
    }
}
