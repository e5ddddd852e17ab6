//! Requests: problems by code, denied access by reason, probes, clients that left, and how much room there is.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use fake_bedrock::script::Script;
use goal_router::access::identity::api_key::KeyDigest;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use socket2::{Domain, SockRef, Socket, Type};

use super::unique;
use crate::issuer::{AUDIENCE, ISSUER, Issuer, Key, claims_with};
use crate::support::{TestApp, fake, today};
use crate::tokens::post_with_token;

fn problems(code: &str) -> String {
    format!("goal_router_problems_total{{code=\"{code}\"}}")
}

fn denied(reason: &str) -> String {
    format!("goal_router_access_denied_total{{reason=\"{reason}\"}}")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_code_of_the_catalogue_has_a_series_from_the_start() {
    let app = TestApp::start().await;
    let openapi = app.openapi().await;
    let codes = openapi["components"]["schemas"]["Code"]["enum"].clone();
    let codes = codes.as_array().unwrap().iter();
    let codes: BTreeSet<String> = codes.map(|code| code.as_str().unwrap().into()).collect();

    let scrape = app.metrics().await;
    let counted = scrape.lines().filter_map(|line| {
        let labels = line.strip_prefix("goal_router_problems_total{code=\"")?;
        labels.split('"').next().map(str::to_owned)
    });

    assert_eq!(counted.collect::<BTreeSet<_>>(), codes);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_is_counted_by_its_code_wherever_it_comes_from() {
    let key = json!({"clients": [{"client": "web", "sha256": [KeyDigest::of("gr_web").to_string()], "rate_limit_per_minute": 60}]});
    let app = TestApp::with(&[
        ("AUTH_MODE", "api_key"),
        ("API_KEYS", &key.to_string()),
        ("RATE_LIMIT_BURST", "12"),
        ("CORS_ALLOWED_ORIGINS", "https://app.example.com"),
    ])
    .await;
    let post = |body: &'static str| {
        app.request(Method::POST, "/api/v1/generate-plan")
            .header("X-API-Key", "gr_web")
            .header("Content-Type", "application/json")
            .body(body)
    };
    let requests: [(&str, RequestBuilder); 9] = [
        ("validation_failed", post(r#"{"goal": "x"}"#)),
        ("malformed_request", post("{")),
        (
            "unsupported_media_type",
            post("{}").header("Content-Encoding", "gzip"),
        ),
        ("body_too_large", post("{}").body("x".repeat(70_000))),
        (
            "needs_person",
            post(r#"{"goal": "I want to kill myself tonight"}"#),
        ),
        (
            "unauthenticated",
            app.request(Method::POST, "/api/v1/generate-plan"),
        ),
        ("not_found", app.request(Method::GET, "/nothing")),
        ("method_not_allowed", app.request(Method::PUT, "/health")),
        (
            // From the library that checks origins, and not from us.
            "malformed_request",
            app.request(Method::OPTIONS, "/api/v1/estimate")
                .header("Origin", "https://evil.example.com")
                .header("Access-Control-Request-Method", "POST"),
        ),
    ];

    for (code, request) in requests {
        let before = app.metric(&problems(code)).await;
        let response = request.send().await.unwrap();
        let (_, problem) = crate::support::problem(response).await;

        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(app.metric(&problems(code)).await, before + 1.0, "{code}");
    }
    // The management port is not the API.
    let missing = app.client.get(format!("{}/nothing", app.management));
    assert_eq!(missing.send().await.unwrap().status(), 404);
    assert_eq!(app.metric(&problems("not_found")).await, 1.0);
    while post("{}").send().await.unwrap().status() != 429 {}
    assert_eq!(app.metric(&problems("rate_limited")).await, 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_do_not_admit_a_request_are_counted_by_reason() {
    let keys = format!("web:{}", KeyDigest::of("gr_web"));
    let app = TestApp::with(&[("AUTH_MODE", "api_key"), ("API_KEYS", &keys)]).await;

    for (headers, reason) in [
        (vec![], "missing"),
        (vec![("X-API-Key", "gr_wrong")], "unknown_key"),
        (vec![("Authorization", "Basic Z3JfZGVt")], "malformed"),
        (
            vec![("X-API-Key", "gr_web"), ("X-API-Key", "gr_web")],
            "malformed",
        ),
    ] {
        let before = app.metric(&denied(reason)).await;
        let mut request = app.request(Method::POST, "/api/v1/estimate");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        assert_eq!(request.json(&unique(0)).send().await.unwrap().status(), 401);

        assert_eq!(app.metric(&denied(reason)).await, before + 1.0, "{reason}");
    }
    let codes = app.metric(&problems("unauthenticated")).await;
    assert_eq!(codes, 4.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_do_not_admit_a_request_are_counted_by_reason() {
    let (key, other) = (Key::rsa("k"), Key::rsa("k"));
    let issuer = Issuer::start(&[&key]);
    let app = issuer
        .trusting_app(&[("JWT_REQUIRED_SCOPE", "plans")])
        .await;
    let now = today().timestamp();
    let with = |changes: Value| key.sign(&claims_with(&changes));

    for (token, reason) in [
        (with(json!({})), "scope"),
        (with(json!({"iss": "https://other.example"})), "issuer"),
        (with(json!({"aud": "other"})), "audience"),
        (with(json!({"exp": now - 3600})), "expired"),
        (with(json!({"nbf": now + 3600})), "not_yet_valid"),
        (other.sign(&claims_with(&json!({}))), "signature"),
        ("nonsense".to_owned(), "malformed"),
    ] {
        let status = post_with_token(&app, &token).await.status().as_u16();

        assert!([401, 403].contains(&status), "{reason}: {status}");
        assert_eq!(app.metric(&denied(reason)).await, 1.0, "{reason}");
    }
    let admitted = with(json!({"scope": "plans"}));
    assert_eq!(post_with_token(&app, &admitted).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_issuers_keys_tokens_are_denied_and_the_service_is_not_ready() {
    let key = Key::rsa("k");
    let app = TestApp::with(&[
        ("AUTH_MODE", "jwt"),
        ("JWT_ISSUER", ISSUER),
        ("JWT_AUDIENCE", AUDIENCE),
        ("JWKS_URL", "http://127.0.0.1:9/keys"),
    ])
    .await;

    let token = key.sign(&claims_with(&json!({})));
    let status = post_with_token(&app, &token).await.status();

    assert_eq!(status, 503);
    assert_eq!(app.metric(&denied("keys_unavailable")).await, 1.0);
    assert_eq!(app.metric("goal_router_ready").await, 0.0);
    assert_eq!(app.get("/health/ready").await.status(), 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_are_counted_apart_from_requests() {
    let app = TestApp::start().await;

    app.wait_for_metric("goal_router_ready", 1.0).await;
    for path in ["/health", "/health/live", "/health/ready", "/health/live"] {
        assert_eq!(app.get(path).await.status(), 200);
    }
    let refused = app.request(Method::DELETE, "/health/ready").send().await;
    assert_eq!(refused.unwrap().status(), 405);
    assert_eq!(app.get("/health/nothing").await.status(), 404);

    for (route, status, expected) in [
        ("/health", 200, 1.0),
        ("/health/live", 200, 2.0),
        ("/health/ready", 200, 1.0),
        ("/health/ready", 405, 1.0),
    ] {
        let series = format!("goal_router_probes_total{{route=\"{route}\",status=\"{status}\"}}");
        assert_eq!(app.metric(&series).await, expected, "{series}");
    }
    let scrape = app.metrics().await;
    let mut probes = scrape
        .lines()
        .filter(|line| line.starts_with("goal_router_probes_total"));
    assert!(!probes.any(|line| line.contains("nothing")));
}

fn disconnects(phase: &str) -> String {
    format!("goal_router_client_disconnects_total{{phase=\"{phase}\"}}")
}

/// Opens a connection that receives into as little memory as the system allows, and sends a request.
fn send(app: &TestApp, request: &str) -> TcpStream {
    let address: SocketAddr = app
        .address
        .strip_prefix("http://")
        .unwrap()
        .parse()
        .unwrap();
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(1024).unwrap();
    socket.connect(&address.into()).unwrap();
    let mut client = TcpStream::from(socket);
    client.write_all(request.as_bytes()).unwrap();
    client
}

/// Resets a connection, so that what was sent to it is lost.
fn reset(client: TcpStream) {
    let socket = SockRef::from(&client);
    socket.set_linger(Some(Duration::ZERO)).unwrap();
    drop(client);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_before_its_response_is_counted() {
    let model = fake(Script::latency(1500));
    let app = TestApp::with_model(&model, &[]).await;
    let body = unique(0).to_string();
    let head = "POST /api/v1/generate-plan HTTP/1.1\r\nHost: a\r\nContent-Type: application/json";
    let request = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let client = send(&app, &request);
    app.wait_for_metric("goal_router_in_flight_plans", 1.0)
        .await;

    drop(client);

    app.wait_for_metric(&disconnects("waiting"), 1.0).await;
    assert_eq!(app.metric(&disconnects("receiving")).await, 0.0);
    let request = "http_server_request_duration_seconds_count{method=\"POST\",route=\"/api/v1/generate-plan\",status=\"499\"}";
    assert_eq!(app.metric(request).await, 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_while_it_receives_the_body_is_counted() {
    let app = TestApp::start().await;
    // Far more than the system buffers, so that one of the bodies cannot be sent to its end.
    let request = "GET /api-docs/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n";
    let client = send(&app, &request.repeat(200));
    let served = "http_server_request_duration_seconds_count{method=\"GET\",route=\"/api-docs/openapi.json\",status=\"200\"}";
    let mut before = -1.0;
    while app.metric(served).await > before {
        before = app.metric(served).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(app.metric("http_server_active_requests").await, 1.0);

    reset(client);

    app.wait_for_metric(&disconnects("receiving"), 1.0).await;
    assert_eq!(app.metric(&disconnects("waiting")).await, 0.0);
    assert_eq!(app.metric("http_server_active_requests").await, 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_there_beside_what_is_used_of_them() {
    let model = fake(Script::latency(1000));
    let app = TestApp::with_model(
        &model,
        &[("MAX_IN_FLIGHT", "7"), ("RATE_LIMIT_PER_MINUTE", "4321")],
    )
    .await;
    let app = Arc::new(app);

    let running: Vec<_> = (0..3)
        .map(|index| {
            let app = Arc::clone(&app);
            tokio::spawn(async move { app.post_plan(&unique(index)).await.status() })
        })
        .collect();

    app.wait_for_metric("goal_router_in_flight_plans", 3.0)
        .await;
    assert_eq!(app.metric("goal_router_in_flight_limit").await, 7.0);
    assert_eq!(
        app.metric("goal_router_rate_limit_per_minute").await,
        4321.0
    );
    for plan in running {
        assert_eq!(plan.await.unwrap(), 200);
    }
    app.wait_for_metric("goal_router_in_flight_plans", 0.0)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draining_service_is_not_ready_and_can_be_scraped_until_its_last_plan_is_settled() {
    let model = fake(Script::latency(2000));
    let mut app = TestApp::with_model(&model, &[]).await;
    app.wait_for_metric("goal_router_ready", 1.0).await;
    let request = app
        .request(Method::POST, "/api/v1/generate-plan")
        .json(&unique(0));
    let plan = tokio::spawn(async move { request.send().await.unwrap().status() });
    app.wait_for_metric("goal_router_open_holds", 1.0).await;

    app.start_to_stop();

    app.wait_for_metric("goal_router_ready", 0.0).await;
    assert_eq!(app.metric("goal_router_in_flight_plans").await, 1.0);
    assert_eq!(plan.await.unwrap(), 200);
    app.stop().await;
}
