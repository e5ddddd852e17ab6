//! The HTTP edge: cross-origin requests, security headers, compression, and clients that send too much or too slowly.

use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{TestApp, problem};

const SITE: &str = "https://app.example.com";

async fn preflight(app: &TestApp, origin: &str, headers: &str) -> reqwest::Response {
    app.request(Method::OPTIONS, "/api/v1/generate-plan")
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", headers)
        .send()
        .await
        .unwrap()
}

async fn estimate_headers_from(app: &TestApp, origin: &str) -> HeaderMap {
    let answer = app
        .request(Method::POST, "/api/v1/estimate")
        .header("Origin", origin)
        .json(&json!({"goal": "Learn chess"}))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    answer.headers().clone()
}

#[tokio::test]
async fn pages_of_other_sites_get_no_access_unless_their_origin_is_allowed() {
    let closed = TestApp::start().await;
    assert!(
        !estimate_headers_from(&closed, SITE)
            .await
            .contains_key("access-control-allow-origin")
    );
    let (status, refused) = problem(preflight(&closed, SITE, "content-type").await).await;
    assert_eq!(
        (status.as_u16(), &refused["code"]),
        (405, &json!("method_not_allowed"))
    );

    let origins = format!("{SITE}, http://localhost:3000");
    let app = TestApp::with(&[("CORS_ALLOWED_ORIGINS", &origins), ("AUTH_MODE", "none")]).await;
    let allowed = preflight(
        &app,
        SITE,
        "content-type, idempotency-key, x-api-key, authorization, x-request-id, traceparent, accept",
    )
    .await;
    assert_eq!(allowed.status(), 200);
    assert_eq!(allowed.headers()["access-control-allow-origin"], SITE);
    assert_eq!(allowed.headers()["access-control-max-age"], "600");
    assert!(allowed.headers().contains_key("x-request-id"));
    let headers = estimate_headers_from(&app, "http://localhost:3000").await;
    assert_eq!(
        headers["access-control-allow-origin"],
        "http://localhost:3000"
    );
    let exposed = headers["access-control-expose-headers"].to_str().unwrap();
    for name in [
        "allow",
        "idempotency-replayed",
        "location",
        "ratelimit",
        "ratelimit-policy",
        "retry-after",
        "server-timing",
        "www-authenticate",
        "x-request-id",
    ] {
        assert!(exposed.split(", ").any(|given| given == name), "{exposed}");
    }
    assert!(!headers.contains_key("access-control-allow-credentials"));
    for origin in [
        "https://evil.example",
        "https://app.example.com.evil.example",
        "null",
    ] {
        assert!(
            !estimate_headers_from(&app, origin)
                .await
                .contains_key("access-control-allow-origin"),
            "{origin}"
        );
        assert_eq!(preflight(&app, origin, "content-type").await.status(), 400);
    }
    assert_eq!(preflight(&app, SITE, "x-evil").await.status(), 400);
}

#[tokio::test]
async fn the_wildcard_origin_never_allows_credentials() {
    let app = TestApp::with(&[("CORS_ALLOWED_ORIGINS", "*")]).await;
    let headers = estimate_headers_from(&app, "https://anybody.example").await;
    assert_eq!(headers["access-control-allow-origin"], "*");
    assert!(!headers.contains_key("access-control-allow-credentials"));
}

#[tokio::test]
async fn a_preflight_needs_no_credentials_and_is_not_rate_limited() {
    let keys = format!(
        "a:{}",
        goal_router::access::identity::api_key::KeyDigest::of("a")
    );
    let app = TestApp::with(&[
        ("CORS_ALLOWED_ORIGINS", SITE),
        ("AUTH_MODE", "api_key"),
        ("API_KEYS", &keys),
        ("RATE_LIMIT_PER_MINUTE", "1"),
    ])
    .await;
    for _ in 0..3 {
        assert_eq!(preflight(&app, SITE, "x-api-key").await.status(), 200);
    }
    // A page must be able to read why its request was rejected.
    let refused = app
        .request(Method::POST, "/api/v1/estimate")
        .header("Origin", SITE)
        .json(&json!({"goal": "Learn chess"}))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.headers()["access-control-allow-origin"], SITE);
}

#[tokio::test]
async fn every_response_has_security_headers_and_none_names_the_server() {
    let app = TestApp::start().await;
    for path in [
        "/health",
        "/docs/",
        "/api-docs/openapi.json",
        "/api/v1/generate-plan",
        "/nowhere",
        "/docs/nowhere",
    ] {
        let answer = app.get(path).await;
        let headers = answer.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        let policy = headers["content-security-policy"].to_str().unwrap();
        let scripts = policy
            .split(';')
            .find(|part| part.contains("script-src"))
            .unwrap_or_default();
        assert!(
            policy.starts_with("default-src 'none'") && !scripts.contains("unsafe"),
            "{policy}"
        );
        assert!(!headers.contains_key("server") && !headers.contains_key("x-powered-by"));
        assert!(!headers.contains_key("strict-transport-security"));
        let is_open = ["/health", "/docs", "/api-docs"]
            .iter()
            .any(|open| path.starts_with(open));
        let may_be_cached = headers
            .get("cache-control")
            .is_none_or(|value| value != "no-store");
        assert_eq!(is_open, may_be_cached, "{path}");
    }
    let over_tls = app
        .request(Method::GET, "/health")
        .header("X-Forwarded-Proto", "https");
    assert!(
        over_tls
            .send()
            .await
            .unwrap()
            .headers()
            .contains_key("strict-transport-security")
    );
    let (status, missing) = problem(app.get("/docs/nowhere").await).await;
    assert_eq!(
        (status.as_u16(), &missing["code"]),
        (404, &json!("not_found"))
    );
}

#[tokio::test]
async fn large_responses_are_compressed_if_the_client_accepts_it_and_small_ones_are_not() {
    let app = TestApp::start().await;
    let plain = app.get("/api-docs/openapi.json").await;
    assert!(!plain.headers().contains_key("content-encoding"));
    let size = plain.bytes().await.unwrap().len();
    for (accepted, encoding) in [
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("zstd;q=0.5, gzip;q=1.0", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
    ] {
        let request = app
            .request(Method::POST, "/api/v1/generate-plan")
            .header("Accept-Encoding", accepted);
        let answer = request
            .json(&json!({"goal": "Learn chess for a year", "duration_weeks": 52}))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.headers()["content-encoding"], encoding, "{accepted}");
        assert!(
            answer.headers()["vary"]
                .to_str()
                .unwrap()
                .to_lowercase()
                .contains("accept-encoding")
        );
        let document = app
            .request(Method::GET, "/api-docs/openapi.json")
            .header("Accept-Encoding", accepted);
        assert!(document.send().await.unwrap().bytes().await.unwrap().len() * 3 < size);
        let small = app
            .request(Method::POST, "/api/v1/generate-plan")
            .header("Accept-Encoding", accepted);
        let small = small.json(&json!({"goal": "Learn chess", "duration_weeks": 4}));
        let small = small.send().await.unwrap();
        assert!(!small.headers().contains_key("content-encoding"));
        assert!(small.text().await.unwrap().len() > 2000);
    }
    let none = app
        .request(Method::GET, "/health")
        .header("Accept-Encoding", "identity;q=0, *;q=0");
    assert_eq!(problem(none.send().await.unwrap()).await.0, 400);
}

/// Sends these bytes and nothing more. Returns the response, and how long it took until the connection closed.
async fn send_raw(app: &TestApp, bytes: &[u8]) -> (String, Duration) {
    let started = Instant::now();
    let mut stream = TcpStream::connect(app.address.trim_start_matches("http://"))
        .await
        .unwrap();
    // The service may respond and close the connection before everything is sent.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer))
        .await
        .unwrap();
    (
        String::from_utf8_lossy(&answer).into_owned(),
        started.elapsed(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_and_oversized_request_heads_are_rejected_and_the_service_continues() {
    let app = TestApp::start().await;
    let long_line = format!(
        "GET /{} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "x".repeat(200_000)
    );
    let headers: Vec<String> = (0..200).map(|index| format!("X-{index}: a\r\n")).collect();
    let headers = headers.concat();
    let many = format!("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n");
    let large = format!(
        "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Large: {}\r\n\r\n",
        "x".repeat(200_000)
    );
    for bytes in [
        long_line.as_bytes(),
        many.as_bytes(),
        large.as_bytes(),
        b"GET /health HTTP/1.1\r\nIdempotency-Key: a\x01b\r\n\r\n",
        b"GET /health HTTP/1.1\r\nBad Header: a\r\n\r\n",
        b"POST /api/v1/estimate HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/estimate HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ] {
        let (answer, took) = send_raw(&app, bytes).await;
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{start}: {answer:.100}");
        assert!(took < Duration::from_secs(10), "{start}: {took:?}");
        assert_eq!(app.get("/health").await.status(), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_lose_their_connection_and_delay_no_other_client() {
    let app = TestApp::start().await;
    let slow: Vec<_> = (0..200)
        .map(|_| {
            let address = app.address.trim_start_matches("http://").to_owned();
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await.unwrap();
                stream
                    .write_all(b"POST /api/v1/estimate HTTP/1.1\r\nHost: a\r\n")
                    .await
                    .unwrap();
                let (started, mut answer) = (Instant::now(), String::new());
                // One header line every half second, until the service closes the connection.
                while started.elapsed() < Duration::from_secs(15) {
                    if stream.write_all(b"X-More: a\r\n").await.is_err() {
                        break;
                    }
                    let mut bytes = [0; 512];
                    let half_a_second = Duration::from_millis(500);
                    match tokio::time::timeout(half_a_second, stream.read(&mut bytes)).await {
                        Ok(Ok(0) | Err(_)) => break,
                        Ok(Ok(read)) => answer.push_str(&String::from_utf8_lossy(&bytes[..read])),
                        Err(_elapsed) => {}
                    }
                }
                (started.elapsed(), answer)
            })
        })
        .collect();
    let body = b"POST /api/v1/estimate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"goal\":";
    let slow_body = send_raw(&app, body);
    let fast = async {
        for _ in 0..20 {
            let started = Instant::now();
            app.plan_for("Learn chess").await;
            assert!(
                started.elapsed() < Duration::from_secs(2),
                "{:?}",
                started.elapsed()
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let ((answer, took), ()) = tokio::join!(slow_body, fast);
    assert!(
        answer.starts_with("HTTP/1.1 408") && answer.contains("did not arrive"),
        "{answer:.200}"
    );
    assert!((9..15).contains(&took.as_secs()), "{took:?}");
    for client in slow {
        let (held, answer) = client.await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(held < Duration::from_secs(9), "{held:?}");
    }
}

/// Returns how long the service keeps a connection open after a response on it, while the client sends this once a second.
async fn closed_after(app: &TestApp, drip: &'static [u8]) -> Duration {
    let address = app.address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut bytes = [0; 2048];
    assert!(stream.read(&mut bytes).await.unwrap() > 0);
    let started = Instant::now();
    while started.elapsed() < Duration::from_mins(1) {
        if !drip.is_empty() && stream.write_all(drip).await.is_err() {
            break;
        }
        let second = Duration::from_secs(1);
        if let Ok(Ok(0) | Err(_)) = tokio::time::timeout(second, stream.read(&mut bytes)).await {
            break;
        }
    }
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_that_a_connection_stays_open_follows_from_the_deadline() {
    let app = TestApp::with(&[
        ("REQUEST_DEADLINE_SECONDS", "2"),
        ("LLM_ATTEMPT_TIMEOUT_SECONDS", "1"),
    ])
    .await;

    let (idle, slow) = tokio::join!(closed_after(&app, b""), closed_after(&app, b"G"));

    // Without a request for the deadline + 15 s + 15 s; with a request that never ends for the deadline + 15 s.
    assert!((31..40).contains(&idle.as_secs()), "{idle:?}");
    assert!((16..25).contains(&slow.as_secs()), "{slow:?}");
}
