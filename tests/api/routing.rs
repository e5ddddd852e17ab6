//! Routes: which are public, which methods they allow, and what an unknown path costs.

use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::issuer::{Issuer, Key, claims};
use crate::support::{TestApp, problem};

const GET_ROUTES: [&str; 7] = [
    "/health",
    "/health/live",
    "/health/ready",
    "/docs",
    "/docs/",
    "/docs/swagger-ui.css",
    "/api-docs/openapi.json",
];
const POST_ROUTES: [&str; 2] = ["/api/v1/generate-plan", "/api/v1/estimate"];

/// Returns the allowed methods of a 405 response, after checking that it is a problem.
async fn allowed(response: reqwest::Response) -> String {
    let allow = response.headers().get("allow").cloned();
    let (status, problem) = problem(response).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::METHOD_NOT_ALLOWED, &json!("method_not_allowed"))
    );
    allow.unwrap().to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_tells_its_methods_when_it_gets_another_one() {
    let app = TestApp::start().await;
    let metrics = format!("{}/metrics", app.management);
    let mut routes: Vec<(String, &str)> = vec![(metrics, "GET, HEAD")];
    routes.extend(GET_ROUTES.map(|path| (format!("{}{path}", app.address), "GET, HEAD")));
    routes.extend(POST_ROUTES.map(|path| (format!("{}{path}", app.address), "POST")));

    for (url, methods) in routes {
        for method in [
            "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW", "POST", "GET", "HEAD",
        ] {
            if methods.split(", ").any(|allowed| allowed == method) {
                continue;
            }
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let response = app
                .client
                .request(method.clone(), &url)
                .send()
                .await
                .unwrap();
            if method == Method::HEAD {
                assert_eq!(
                    (response.status().as_u16(), &response.headers()["allow"]),
                    (405, &methods.parse().unwrap())
                );
            } else {
                assert_eq!(allowed(response).await, methods, "{method} {url}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_answers_with_the_headers_of_get_and_without_a_body() {
    let app = TestApp::start().await;

    for path in GET_ROUTES.iter().chain(&["/metrics"]) {
        let base = if *path == "/metrics" {
            &app.management
        } else {
            &app.address
        };
        let (head, body_of_head) = raw(base, "HEAD", path).await;
        let (get, body_of_get) = raw(base, "GET", path).await;
        assert_eq!(body_of_head, "", "{path}");
        assert_eq!(head, get, "{path}");
        assert_eq!(*path == "/docs", body_of_get.is_empty(), "{path}");
    }
    assert_eq!(
        app.request(Method::HEAD, "/nowhere")
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
}

/// Sends a request, and returns the status line and the headers that do not differ between two requests, and the body.
async fn raw(base: &str, method: &str, path: &str) -> (Vec<String>, String) {
    let address = base.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let differs = ["date: ", "x-request-id: ", "content-length: "];
    let headers = head.lines().map(str::to_lowercase);
    let is_metrics = path == "/metrics";
    let mut headers: Vec<_> = headers
        .filter(|line| {
            // The metrics of two requests differ in length.
            let differs = if is_metrics {
                &differs[..]
            } else {
                &differs[..2]
            };
            !differs.iter().any(|name| line.starts_with(name))
        })
        .collect();
    headers.sort();
    (headers, body.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_listed_routes_are_public_and_an_unknown_path_costs_no_token_check() {
    let key = Key::rsa("r");
    let issuer = Issuer::start(&[&key]);
    let app = issuer.trusting_app(&[]).await;
    // The keys are fetched at the start, to warn early if they cannot be.
    while issuer.fetches() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let with_token = |path: &str, token: &str| {
        let request = app.request(Method::GET, path).bearer_auth(token);
        async { problem(request.send().await.unwrap()).await }
    };

    let stranger = Key::rsa("unknown").sign(&claims());
    for path in [
        "/nowhere",
        "/healthz-something",
        "/health/live/x",
        "/healthy",
        "/docs-evil",
        "/api-docs",
        "/api-docs/openapi.json/x",
        "/api-docs/openapi.yaml",
        "/api/v1",
        "/api/v1/",
        "/api/v1/unknown",
        "/api/v1/generate-plan/",
        "/api/v1/generate-plan/x",
        "/api/v2/generate-plan",
        "//api/v1/generate-plan",
        "/metrics",
    ] {
        for token in [stranger.as_str(), "nonsense"] {
            let (status, problem) = with_token(path, token).await;
            assert_eq!(
                (status.as_u16(), &problem["code"]),
                (404, &json!("not_found")),
                "{path}"
            );
        }
        // Without a token the answer is the same, so that it tells nothing.
        assert_eq!(problem(app.get(path).await).await.0, 404, "{path}");
    }
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_a_private_path_avoids_the_check_of_credentials() {
    let key = Key::rsa("r");
    let issuer = Issuer::start(&[&key]);
    let app = issuer.trusting_app(&[]).await;

    for path in [
        "/api/v1/estimate",
        "/api/v1/%65stimate",
        "/%61pi/v1/estimate",
        "/api/v1/estimat%65?x=1",
        "/api/v1/./estimate",
        "/health/../api/v1/estimate",
        "/docs/%2e%2e/api/v1/estimate",
        "/docs/..%2fapi/v1/estimate",
        "/api%2fv1/estimate",
        "/api/v1/estimate;x",
    ] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n{{\"goal\": \"Learn chess\"}}"
        );
        let address = app.address.trim_start_matches("http://");
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let status = &answer[9..12];
        assert!(["401", "404", "405"].contains(&status), "{path}: {answer}");
        assert!(!answer.contains("max_cost_usd"), "{path}: {answer}");
    }
}
