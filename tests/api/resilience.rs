//! Bounds and breakers: what is shed, who is left alone, and what a service says that is about to stop.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{MODEL, TestApp, fake, problem};
use fake_bedrock::script::{Fault, Script};

const GOAL: &str = "Learn to play the accordion";

#[tokio::test(flavor = "multi_thread")]
async fn more_plans_than_the_service_takes_at_once_are_shed_and_served_again_when_there_is_room() {
    let fake = fake(Script::latency(1500));
    let app = Arc::new(TestApp::with_model(&fake, &[("MAX_IN_FLIGHT", "3")]).await);
    let running: Vec<_> = (0..3)
        .map(|place| {
            let app = Arc::clone(&app);
            let body = json!({"goal": GOAL, "context": format!("the {place}th")});
            tokio::spawn(async move { app.plan(&body).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(600)).await;

    let (status, refusal) = app.problem(&json!({"goal": GOAL})).await;
    let health = app.get("/health/ready").await.status();
    let estimate = app
        .request(Method::POST, "/api/v1/estimate")
        .json(&json!({"goal": GOAL}))
        .send()
        .await
        .unwrap();

    assert_eq!(
        (status, &refusal["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("overloaded"))
    );
    assert_eq!(
        (health, estimate.status()),
        (StatusCode::OK, StatusCode::OK),
        "what costs nothing is served"
    );
    for plan in running {
        plan.await.unwrap();
    }
    app.plan_for(GOAL).await;
    assert_eq!(app.rows().await.len(), 4, "what is shed has no row");
    let series = "goal_router_plans_total{category=\"unknown\",outcome=\"overloaded\"}";
    assert_eq!(app.metric(series).await, 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_fails_ten_times_in_a_row_is_left_alone_and_the_next_one_answers_at_once() {
    let fake = fake(Script::always(Fault::Unavailable));
    let models = format!("{MODEL},offline");
    let app = TestApp::with_model(&fake, &[("LLM_MODELS", &models)]).await;
    let state = "goal_router_breaker_state{model=\"us.anthropic.claude-haiku-4-5-20251001-v1:0\"}";
    assert_eq!(app.metric(state).await, 0.0);

    // Each asks four times.
    for _ in 0..3 {
        assert_eq!(app.plan_for(GOAL).await["metadata"]["provider"], "offline");
    }
    assert_eq!(app.metric(state).await, 2.0);
    fake.set_script(Script::default());
    let started = std::time::Instant::now();
    let plan = app.plan_for(GOAL).await;

    assert_eq!(plan["metadata"]["provider"], "offline");
    assert!(started.elapsed() < Duration::from_millis(500));
    assert_eq!(fake.invoice().calls.len(), 0, "it was not asked");
    tokio::time::sleep(Duration::from_millis(10_200)).await;
    let plan = app.plan_for(GOAL).await;
    assert_eq!(
        plan["metadata"]["provider"], "bedrock",
        "the probe was well"
    );
    assert_eq!(app.metric(state).await, 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_that_is_used_up_is_a_429_until_midnight_with_a_rejected_row() {
    let fake = fake(Script::default());
    let app = TestApp::with_model(&fake, &[("DAILY_BUDGET_USD", "0.001")]).await;

    let refused = app.post_plan(&json!({"goal": GOAL})).await;
    let wait = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .to_owned();
    let (status, refusal) = problem(refused).await;

    assert_eq!(
        (status, &refusal["code"]),
        (StatusCode::TOO_MANY_REQUESTS, &json!("budget_exceeded"))
    );
    // The test's clock stands at 10:30.
    assert_eq!(wait, (13 * 3600 + 1800).to_string());
    assert_eq!(fake.invoice().calls.len(), 0);
    let row = app.rows().await.remove(0);
    assert_eq!(
        (&row["status"], &row["error"], &row["cost_nano_usd"]),
        (&json!("rejected"), &json!("budget_exceeded"), &json!(0))
    );
    let series = "goal_router_cost_guard_rejections_total{reason=\"budget_exceeded\"}";
    assert_eq!(app.metric(series).await, 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_the_budget_is_on_the_metrics() {
    let fake = fake(Script::default());
    let app = TestApp::with_model(
        &fake,
        &[("DAILY_BUDGET_USD", "3"), ("LEDGER_SWEEP_SECONDS", "1")],
    )
    .await;
    app.plan_for(GOAL).await;
    let cost = app.rows().await[0]["cost_nano_usd"].as_u64().unwrap() as f64 / 1e9;

    let series = "goal_router_budget_remaining_usd{scope=\"service\"}";
    let mut left = 0.0;
    for _ in 0..60 {
        left = app.metric(series).await;
        if (left - (3.0 - cost)).abs() < 1e-9 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    assert!(
        (left - (3.0 - cost)).abs() < 1e-9,
        "{left} of 3 after {cost}"
    );
    assert_eq!(app.metric("goal_router_spool_rows").await, 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_spool_begins_nothing_more_while_the_store_is_away() {
    let fake = fake(Script::default());
    let folder = tempfile::tempdir().unwrap();
    // As an outage left it: more than the one megabyte that is allowed, in lines that no crash tore.
    let line = "00000000 {}\n".repeat(100_000);
    std::fs::write(folder.path().join("000000000000.spool"), line).unwrap();
    let app = TestApp::with_model(
        &fake,
        &[
            ("USE_MOCK_AWS", "false"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9"),
            ("STORE_TIMEOUT_MS", "100"),
            ("OUTAGE_ALLOWANCE_USD", "100"),
            ("SPOOL_DIR", folder.path().to_str().unwrap()),
            ("SPOOL_MAX_MB", "1"),
        ],
    )
    .await;

    let (status, refusal) = app.problem(&json!({"goal": GOAL})).await;

    assert_eq!(
        (status, &refusal["code"]),
        (
            StatusCode::SERVICE_UNAVAILABLE,
            &json!("ledger_unavailable")
        )
    );
    assert_eq!(fake.invoice().calls.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_paid_from_its_allowance_and_ends_with_it() {
    let fake = fake(Script::default());
    let app = TestApp::with_model(
        &fake,
        &[
            ("USE_MOCK_AWS", "false"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9"),
            ("STORE_TIMEOUT_MS", "100"),
            // Room for two worst cases or so, though the plans cost far less.
            ("OUTAGE_ALLOWANCE_USD", "0.1"),
        ],
    )
    .await;

    let mut planned = 0;
    loop {
        let answer = app
            .post_plan(&json!({"goal": GOAL, "duration_weeks": 4}))
            .await;
        if answer.status() != StatusCode::OK {
            assert_eq!(problem(answer).await.1["code"], "ledger_unavailable");
            break;
        }
        planned += 1;
        assert!(planned < 60, "the allowance has to end");
    }

    let invoice = fake.invoice();
    let billed = invoice.input_tokens * 1000 + invoice.output_tokens * 5000;
    assert!(
        planned > 5 && billed <= 100_000_000,
        "{planned} plans for {billed}"
    );
    // Each outcome is a record, and so is each hold; and one of a hold that nobody knows whether it had arrived.
    let rows = app.metric("goal_router_spool_rows").await;
    assert!(rows >= f64::from(planned) * 2.0, "{rows} rows");
}
