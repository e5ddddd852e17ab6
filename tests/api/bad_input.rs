//! Bad input: each kind gets its problem from the catalogue, and none causes a panic. Bodies that are no request at all are in
//! [`super::bad_body`].

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{TestApp, fields, problem};

pub async fn post(
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
async fn a_body_of_unknown_names_gets_a_short_answer_that_counts_the_rest() {
    let app = TestApp::start().await;
    let names: Vec<String> = (0..6000).map(|index| format!("\"n{index}\":1")).collect();
    let body = format!("{{\"hours_per_week\":\"5\",{}}}", names.join(","));
    assert!(body.len() < 64 * 1024);

    let started = std::time::Instant::now();
    let (status, problem) = post(&app, "application/json", body).await;

    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = problem["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 21);
    assert_eq!(
        (&errors[0]["field"], &errors[1]["field"]),
        (&json!("hours_per_week"), &json!("goal"))
    );
    // Of 6,002 errors, 20 are listed.
    assert_eq!(
        errors[20],
        json!({"field": "", "message": "5982 more errors are not listed"})
    );
    assert!(problem.to_string().len() < 8 * 1024);
    assert!(started.elapsed() < std::time::Duration::from_secs(2));
}

/// Returns bodies with the field whose message is expected, and what it must contain.
fn messages() -> Vec<(Value, &'static str, &'static [&'static str])> {
    vec![
        (
            json!({"hoursPerWeek": 5}),
            "hoursPerWeek",
            &["\"hours_per_week\""],
        ),
        (json!({"gaol": "x"}), "gaol", &["\"goal\""]),
        (json!({"duration": 5}), "duration", &["\"duration_weeks\""]),
        (
            json!({"hours_per_week": "5"}),
            "hours_per_week",
            &["must be a number", "not a string (\"5\")"],
        ),
        (
            json!({"hours_per_week": true}),
            "hours_per_week",
            &["not a boolean (true)"],
        ),
        (
            json!({"hours_per_week": 1e300}),
            "hours_per_week",
            &["not 1e300"],
        ),
        (
            json!({"goal": 7}),
            "goal",
            &["must be a string", "not a number (7)"],
        ),
        (
            json!({"context": ["a"]}),
            "context",
            &["not an array ([\"a\"])"],
        ),
        (json!({"context": {"a": 1}}), "context", &["not an object"]),
        (
            json!({"start_date": "tomorrow"}),
            "start_date",
            &["YYYY-MM-DD", "not \"tomorrow\""],
        ),
        (
            json!({"language": "klingonese"}),
            "language",
            &["BCP 47", "not \"klingonese\""],
        ),
        (
            json!({"deadline": "x".repeat(60_000)}),
            "deadline",
            &["xxx…\""],
        ),
        (
            json!({"deadline": "\u{202e}\u{0}evil"}),
            "deadline",
            &["not \"evil\""],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_repeat_the_value_and_suggest_the_nearest_field() {
    let app = TestApp::start().await;

    for (body, field, parts) in messages() {
        let (status, problem) = app.problem(&body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        let errors = problem["errors"].as_array().unwrap();
        let error = errors.iter().find(|error| error["field"] == field).unwrap();
        let message = error["message"].as_str().unwrap();
        assert!(message.len() < 300, "{message}");
        for part in parts {
            assert!(message.contains(part), "{part}: {message}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_invalid_field_is_reported_at_once_with_its_allowed_values() {
    let app = TestApp::start().await;

    let body = json!({
        "goal": "x", "context": "y".repeat(1001), "hours_per_week": 81, "duration_weeks": 0, "start_date": "tomorrow",
        "deadline": "2026-02-30", "language": "klingonese", "budget": 5, "level": "expert", "unavailable_days": ["monday"]
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
            "level",
            "start_date",
            "unavailable_days"
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
async fn fields_that_contradict_each_other_are_both_reported() {
    let app = TestApp::start().await;

    for (body, named) in [
        (
            json!({"goal": "learn rust", "duration_weeks": 12, "deadline": "2026-12-20"}),
            vec!["duration_weeks", "deadline"],
        ),
        (
            json!({"goal": "learn rust", "deadline": "2026-11-25", "unavailable_days": ["mon", "tue", "wed"]}),
            vec!["unavailable_days", "deadline"],
        ),
        (
            json!({"goal": "learn rust", "deadline": "2026-11-23"}),
            vec!["deadline"],
        ),
        (
            json!({"goal": "learn rust", "deadline": "2026-11-30", "start_date": "2026-12-01"}),
            vec!["deadline"],
        ),
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
    let (_, problem) = app
        .problem(&json!({"goal": "learn rust", "duration_weeks": 2, "deadline": "2026-11-30"}))
        .await;
    let text = problem.to_string();
    assert!(text.contains("room for 1 week,"), "{text}");
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
