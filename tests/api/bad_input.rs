//! Bad input: each kind gets its problem from the catalogue, and none causes a panic.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{TestApp, fields, problem};

async fn post(
    app: &TestApp,
    content_type: &str,
    body: impl Into<reqwest::Body>,
) -> (StatusCode, Value) {
    let request = app
        .request(Method::POST, "/api/v1/generate-plan")
        .header("Content-Type", content_type)
        .body(body);
    problem(request.send().await.unwrap()).await
}

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
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "",
    ] {
        let (status, problem) = post(&app, content_type, r#"{"goal": "learn rust"}"#).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::BAD_REQUEST, &json!("malformed_request")),
            "{content_type}"
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
async fn every_invalid_field_is_reported_at_once_with_its_allowed_values() {
    let app = TestApp::start().await;

    let body = json!({
        "goal": "x", "context": "y".repeat(1001), "hours_per_week": 81, "duration_weeks": 0, "start_date": "tomorrow",
        "deadline": "2026-02-30", "language": "klingonese", "budget": 5
    });
    let (status, problem) = app.problem(&body).await;

    assert_eq!(
        (status, &problem["code"]),
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            &json!("validation_failed")
        )
    );
    let mut named = fields(&problem);
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "budget",
            "context",
            "deadline",
            "duration_weeks",
            "goal",
            "hours_per_week",
            "language",
            "start_date"
        ]
    );
    let text = problem.to_string();
    for part in [
        "3 to 500",
        "1000",
        "0.5 to 80, not 81",
        "1 to 52, not 0",
        "YYYY-MM-DD",
        "BCP 47",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_of_the_wrong_type_is_reported_by_name() {
    let app = TestApp::start().await;

    for (body, field) in [
        (json!({"goal": 5}), "goal"),
        (json!({"goal": ["learn rust"]}), "goal"),
        (json!({"goal": null}), "goal"),
        (json!({}), "goal"),
        (
            json!({"goal": "learn rust", "hours_per_week": "5"}),
            "hours_per_week",
        ),
        (
            json!({"goal": "learn rust", "duration_weeks": 2.5}),
            "duration_weeks",
        ),
        (
            json!({"goal": "learn rust", "duration_weeks": -1}),
            "duration_weeks",
        ),
        (
            json!({"goal": "learn rust", "hours_per_week": 1e300}),
            "hours_per_week",
        ),
        (
            json!({"goal": "learn rust", "start_date": 20_261_123}),
            "start_date",
        ),
        (
            json!({"goal": "learn rust", "start_date": "0000-00-00"}),
            "start_date",
        ),
        (
            json!({"goal": "learn rust", "start_date": "+262142-01-01"}),
            "start_date",
        ),
        (json!([{"goal": "learn rust"}]), ""),
        (json!("learn rust"), ""),
        (
            json!({"goal": "learn rust", "x".repeat(500): 1}),
            &"x".repeat(64),
        ),
    ] {
        let (status, problem) = app.problem(&body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(fields(&problem), [field], "{body}");
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
async fn hidden_characters_are_rejected_and_all_scripts_are_accepted() {
    let app = TestApp::start().await;

    for goal in [
        "learn\u{7}rust",
        "learn \u{202e}tsur",
        "learn\u{2066}rust",
        "learn\u{e0041} rust",
        "\u{200b}\u{200b}\u{200b}",
    ] {
        let (status, problem) = app.problem(&json!({ "goal": goal })).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec!["goal"]),
            "{goal:?}"
        );
    }
    for goal in [
        "أريد أن أتعلم العزف على البيانو",
        "לרוץ מרתון",
        "想学会做几道地道的川菜",
        "👩‍💻 → 🏃",
        "می‌خواهم بدوم",
        "Ω≈ç√∫˜µ≤≥÷",
        "<script>alert(1)</script> learn",
    ] {
        let plan = app.plan_for(goal).await;
        assert_eq!(plan["goal"], goal);
        crate::guarantees::assert_guarantees(&plan, &crate::guarantees::Requested::default());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contradiction_is_reported_for_both_statements() {
    let app = TestApp::start().await;

    for (body, named) in [
        (
            json!({"goal": "learn rust", "duration_weeks": 12, "deadline": "2026-12-20"}),
            vec!["duration_weeks", "deadline"],
        ),
        (
            json!({"goal": "12-week plan to learn rust, exam on 20 December"}),
            vec!["goal", "goal"],
        ),
        (
            json!({"goal": "learn rust by 20 December", "duration_weeks": 30}),
            vec!["duration_weeks", "goal"],
        ),
        (
            json!({"goal": "learn rust", "deadline": "2026-11-23"}),
            vec!["deadline"],
        ),
        (
            json!({"goal": "learn rust", "deadline": "2026-11-30", "start_date": "2026-12-01"}),
            vec!["deadline"],
        ),
        (json!({"goal": "learn rust by 1 March 2020"}), vec!["goal"]),
    ] {
        let (status, problem) = app.problem(&body).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, named),
            "{body}"
        );
    }
    let (_, problem) = app
        .problem(&json!({"goal": "learn rust", "duration_weeks": 12, "deadline": "2026-12-20"}))
        .await;
    let text = problem.to_string();
    assert!(
        text.contains("2027-02-14") && text.contains("2026-12-20"),
        "both dates are in the message: {text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_paths_and_methods_get_problems_too() {
    let app = TestApp::start().await;

    for (method, path, status, code) in [
        (Method::GET, "/nothing", StatusCode::NOT_FOUND, "not_found"),
        (
            Method::POST,
            "/api/v1/generate-plan/",
            StatusCode::NOT_FOUND,
            "not_found",
        ),
        (Method::GET, "/metrics", StatusCode::NOT_FOUND, "not_found"),
        (
            Method::GET,
            "/api/v1/generate-plan",
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
        ),
        (
            Method::DELETE,
            "/api/v1/estimate",
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
        ),
        (
            Method::POST,
            "/health",
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
        ),
        (
            Method::from_bytes(b"BREW").unwrap(),
            "/health",
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
        ),
    ] {
        let response = app.request(method.clone(), path).send().await.unwrap();
        let allow = response
            .headers()
            .get("allow")
            .map(|allow| allow.to_str().unwrap().to_owned());
        let (found, problem) = problem(response).await;
        assert_eq!(
            (found, &problem["code"]),
            (status, &json!(code)),
            "{method} {path}"
        );
        assert_eq!(
            allow.is_some(),
            status == StatusCode::METHOD_NOT_ALLOWED,
            "{method} {path}: {allow:?}"
        );
        assert_eq!(problem["instance"], path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_valid_request_id_is_echoed_and_any_other_is_replaced() {
    let app = TestApp::start().await;

    for (given, echoed) in [
        ("abc-123_x.Y", true),
        ("", false),
        ("a b", false),
        ("<script>", false),
        (&*"x".repeat(64), true),
        (&*"x".repeat(65), false),
    ] {
        let response = app
            .request(Method::GET, "/health")
            .header("X-Request-Id", given)
            .send()
            .await
            .unwrap();
        let id = response.headers()["x-request-id"].to_str().unwrap();
        assert_eq!(id == given, echoed, "{given}");
        assert!(!id.is_empty() && id.len() <= 64);
    }
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
        answer.starts_with("HTTP/1.1 400") && answer.contains("malformed_request"),
        "{answer}"
    );
}
