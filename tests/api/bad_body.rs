//! Bodies that are no request at all: not JSON, of another media type, too large, or never complete.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::bad_input::post;
use crate::support::{TestApp, problem};

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_json_is_malformed() {
    let app = TestApp::start().await;

    for body in [
        "",
        "{",
        "goal=x",
        "{\"goal\": \"learn rust\"",
        "{\"goal\": \"learn\u{0}\"}",
        "{'goal': 'x'}",
        "nul",
        &"[".repeat(60_000),
    ] {
        let (status, problem) = post(&app, "application/json", body.to_owned()).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::BAD_REQUEST, &json!("malformed_request")),
            "{body:.40}"
        );
    }
    let with_charset = app
        .request(Method::POST, "/api/v1/generate-plan")
        .header("Content-Type", "Application/JSON; charset=utf-8");
    assert_eq!(
        with_charset
            .body(r#"{"goal": "learn rust"}"#)
            .send()
            .await
            .unwrap()
            .status(),
        StatusCode::OK
    );
    let (status, _) = post(
        &app,
        "application/json",
        b"{\"goal\": \"\xff\xfe\"}".to_vec(),
    )
    .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_plain_json_is_a_supported_media_type() {
    let app = TestApp::start().await;
    let unsupported = (
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        json!("unsupported_media_type"),
    );

    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "application/problem+json",
        "text/json",
        "application/json, text/plain",
        "",
    ] {
        let (status, problem) = post(&app, content_type, r#"{"goal": "learn rust"}"#).await;
        assert_eq!(
            (status, problem["code"].clone()),
            unsupported,
            "{content_type}"
        );
    }
    for path in ["/api/v1/generate-plan", "/api/v1/estimate"] {
        for coding in ["gzip", "br", "deflate", "gzip, identity", "nonsense"] {
            let request = app
                .request(Method::POST, path)
                .header("Content-Encoding", coding)
                .json(&json!({"goal": "learn rust"}));
            let (status, problem) = problem(request.send().await.unwrap()).await;
            assert_eq!((status, problem["code"].clone()), unsupported, "{coding}");
        }
        let untyped = app.request(Method::POST, path).body("{}");
        let (status, _) = problem(untyped.send().await.unwrap()).await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_64_kib_is_rejected_with_and_without_a_content_length() {
    let app = TestApp::start().await;
    let large = json!({"goal": "learn rust", "context": "y".repeat(70_000)}).to_string();

    let (announced, _) = post(&app, "application/json", large.clone()).await;
    let chunks = futures_util::stream::iter(
        large
            .into_bytes()
            .chunks(1000)
            .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
            .collect::<Vec<_>>(),
    );
    let (streamed, problem) =
        post(&app, "application/json", reqwest::Body::wrap_stream(chunks)).await;

    assert_eq!(
        (announced, streamed),
        (StatusCode::PAYLOAD_TOO_LARGE, StatusCode::PAYLOAD_TOO_LARGE)
    );
    assert_eq!(problem["code"], "body_too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_stalls_does_not_keep_its_connection_open() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let app = TestApp::start().await;

    let mut connection = tokio::net::TcpStream::connect(app.address.trim_start_matches("http://"))
        .await
        .unwrap();
    let head = "POST /api/v1/generate-plan HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 38\r\n\r\n{\"goal\":";
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 1024];
    let read = tokio::time::timeout(
        std::time::Duration::from_secs(20),
        connection.read(&mut answer),
    )
    .await
    .unwrap()
    .unwrap();

    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    assert!(
        answer.starts_with("HTTP/1.1 408") && answer.contains("request_timeout"),
        "{answer}"
    );
}
