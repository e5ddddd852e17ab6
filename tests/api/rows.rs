//! The usage row: what it contains, what it never contains, and when it is written.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{TestApp, fake};
use fake_bedrock::script::Script;

#[tokio::test(flavor = "multi_thread")]
async fn a_row_has_every_attribute_of_the_contract_and_no_word_of_the_goal() {
    let app = TestApp::start().await;
    let body = json!({"goal": "Divorce quietly in Novosibirsk", "context": "xylophone"});

    let response = app
        .request(Method::POST, "/api/v1/generate-plan")
        .header("X-Request-Id", "my-id.1")
        .json(&body)
        .send()
        .await
        .unwrap();

    assert_eq!(response.status(), StatusCode::OK);
    let row = app.rows().await.remove(0);
    for (name, value) in [
        ("request_id", json!("my-id.1")),
        ("timestamp", json!("2026-11-23T10:30:00.000000Z")),
        ("date", json!("2026-11-23")),
        ("hour", json!(10)),
        ("client_id", json!("ip:127.0.0.1")),
        ("category", json!("other")),
        ("status", json!("settled")),
        ("success", json!(true)),
        ("model", json!("offline")),
        ("input_tokens", json!(0)),
        ("output_tokens", json!(0)),
        ("tokens_used", json!(0)),
        ("cost_nano_usd", json!(0)),
        ("held_nano_usd", json!(0)),
        ("latency_ms", json!(0)),
        ("llm_calls", json!(0)),
        ("goal_length", json!(30)),
    ] {
        assert_eq!(row[name], value, "{name}");
    }
    assert!(
        row["date_shard"]
            .as_str()
            .unwrap()
            .starts_with("2026-11-23#"),
        "{row}"
    );
    let year = 400 * 24 * 3600;
    assert_eq!(row["expires_at"], 1_795_429_800 + year);
    assert!(row.get("open_shard").is_none(), "a settled row is not open");
    let text = row.to_string().to_lowercase();
    assert!(
        !text.contains("divorce") && !text.contains("novosibirsk") && !text.contains("xylophone"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_held_with_a_lease_while_the_model_writes() {
    let fake = fake(Script::latency(1500));
    let app = std::sync::Arc::new(TestApp::with_model(&fake, &[]).await);

    let request = tokio::spawn({
        let app = std::sync::Arc::clone(&app);
        async move { app.plan_for("Learn to sew a shirt").await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    let held = app.rows().await.remove(0);
    request.await.unwrap();
    let settled = app.rows().await.remove(0);

    assert_eq!(
        (&held["status"], &held["lease_until"]),
        (&json!("held"), &json!("2026-11-23T10:33:00.000000Z"))
    );
    assert!(
        held["held_nano_usd"].as_u64() > Some(0)
            && held["open_shard"].as_str().unwrap().starts_with("open#")
    );
    assert_eq!(
        (&settled["status"], &settled["held_nano_usd"]),
        (&json!("settled"), &held["held_nano_usd"])
    );
    assert!(settled.get("open_shard").is_none() && settled.get("lease_until").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_with_the_same_id_and_timestamp_have_a_row_each() {
    let app = TestApp::start().await;
    let body = json!({"goal": "Learn to whistle"});

    for _ in 0..3 {
        app.request(Method::POST, "/api/v1/generate-plan")
            .header("X-Request-Id", "twice")
            .json(&body)
            .send()
            .await
            .unwrap();
    }

    let rows = app.rows().await;
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row["request_id"] == "twice"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_the_cost_guard_rejects_has_a_rejected_row_and_calls_no_model() {
    let fake = fake(Script::default());
    for (variable, value, code) in [
        ("MAX_INPUT_TOKENS", "5", "input_too_large"),
        ("MAX_REQUEST_COST_USD", "0.001", "request_too_expensive"),
    ] {
        let app = TestApp::with_model(&fake, &[(variable, value)]).await;

        let (status, problem) = app
            .problem(&json!({"goal": "Prepare for the bar exam in two states at once"}))
            .await;

        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::PAYLOAD_TOO_LARGE, &json!(code))
        );
        assert!(
            problem["detail"]
                .as_str()
                .unwrap()
                .contains(value.trim_end_matches('0')),
            "{problem}"
        );
        let row = app.rows().await.remove(0);
        assert_eq!(
            (&row["status"], &row["error"], &row["cost_nano_usd"]),
            (&json!("rejected"), &json!(code), &json!(0))
        );
        assert_eq!(
            app.metric(&format!(
                "goal_router_cost_guard_rejections_total{{reason=\"{code}\"}}"
            ))
            .await,
            1.0
        );
        app.stop().await;
    }
    assert_eq!(fake.invoice().calls.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_rejected_before_the_cost_guard_has_no_row() {
    let app = TestApp::start().await;

    app.problem(&json!({"goal": "no"})).await;

    assert_eq!(app.rows().await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_store_the_service_returns_503_and_makes_no_call() {
    let fake = fake(Script::default());
    let app = TestApp::with_model(
        &fake,
        &[
            ("USE_MOCK_AWS", "false"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9"),
            ("STORE_TIMEOUT_MS", "100"),
        ],
    )
    .await;

    let (status, problem) = app.problem(&json!({"goal": "Learn to sew a shirt"})).await;
    let ready = app.get("/health/ready").await.status();
    let live = app.get("/health/live").await.status();

    assert_eq!(
        (status, &problem["code"]),
        (
            StatusCode::SERVICE_UNAVAILABLE,
            &json!("ledger_unavailable")
        )
    );
    assert_eq!(
        fake.invoice().calls.len(),
        0,
        "no cost arises that cannot be recorded"
    );
    assert_eq!(
        (ready, live),
        (StatusCode::SERVICE_UNAVAILABLE, StatusCode::OK)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_settled_even_if_its_client_disconnects() {
    use tokio::io::AsyncWriteExt as _;
    let fake = fake(Script::latency(500));
    let app = TestApp::with_model(&fake, &[]).await;
    let body = json!({"goal": "Learn to sew a shirt"}).to_string();
    let head = format!(
        "POST /api/v1/generate-plan HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );

    let mut connection = tokio::net::TcpStream::connect(app.address.trim_start_matches("http://"))
        .await
        .unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    // A reset, which drops the handler before it ends.
    socket2::SockRef::from(&connection)
        .set_linger(Some(std::time::Duration::ZERO))
        .unwrap();
    drop(connection);

    let mut rows = app.rows().await;
    for _ in 0..50 {
        if rows.first().is_some_and(|row| row["status"] == "settled") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        rows = app.rows().await;
    }
    assert_eq!((rows.len(), &rows[0]["status"]), (1, &json!("settled")));
    assert_eq!(rows[0]["input_tokens"], fake.invoice().input_tokens);
}
