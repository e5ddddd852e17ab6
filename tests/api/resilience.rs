//! Load shedding, circuit breakers, budgets, and outages of the store.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use goal_router::ledger::{Bill, Spool};
use goal_router::request_context::{RequestContext, RequestOutcome};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{MODEL, TestApp, fake, problem, today};
use fake_bedrock::script::{Fault, Script};

const GOAL: &str = "Learn to play the accordion";

#[tokio::test(flavor = "multi_thread")]
async fn requests_above_the_concurrency_limit_are_shed_and_later_ones_are_served() {
    let fake = fake(Script::latency(1500));
    let app = Arc::new(TestApp::with_model(&fake, &[("MAX_IN_FLIGHT", "3")]).await);
    let running: Vec<_> = (0..3)
        .map(|index| {
            let app = Arc::clone(&app);
            let body = json!({"goal": GOAL, "context": format!("the {index}th")});
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
        "requests without a cost are still served"
    );
    for plan in running {
        plan.await.unwrap();
    }
    app.plan_for(GOAL).await;
    assert_eq!(app.rows().await.len(), 4, "a shed request has no row");
    let series = "goal_router_plans_total{category=\"unknown\",outcome=\"overloaded\"}";
    assert_eq!(app.metric(series).await, 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_ten_failures_in_a_row_the_circuit_opens_and_the_next_model_answers_at_once() {
    let fake = fake(Script::always(Fault::Unavailable));
    let models = format!("{MODEL},offline");
    let app = TestApp::with_model(&fake, &[("LLM_MODELS", &models)]).await;
    let state =
        "goal_router_breaker_state{model=\"global.anthropic.claude-haiku-4-5-20251001-v1:0\"}";
    assert_eq!(app.metric(state).await, 0.0);

    // Each request makes four attempts.
    for _ in 0..3 {
        assert_eq!(app.plan_for(GOAL).await["metadata"]["provider"], "offline");
    }
    assert_eq!(app.metric(state).await, 2.0);
    fake.set_script(Script::default());
    let started = std::time::Instant::now();
    let plan = app.plan_for(GOAL).await;

    assert_eq!(plan["metadata"]["provider"], "offline");
    assert!(started.elapsed() < Duration::from_millis(500));
    assert_eq!(
        fake.invoice().calls.len(),
        0,
        "the open circuit makes no call"
    );
    tokio::time::sleep(Duration::from_millis(10_200)).await;
    let plan = app.plan_for(GOAL).await;
    assert_eq!(
        plan["metadata"]["provider"], "bedrock",
        "the probe succeeded"
    );
    assert_eq!(app.metric(state).await, 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exhausted_budget_gives_429_until_midnight_and_a_rejected_row() {
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
    // The clock of the test stands at 10:30.
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
async fn the_remaining_budget_is_a_metric() {
    let fake = fake(Script::default());
    let app = TestApp::with_model(
        &fake,
        &[("DAILY_BUDGET_USD", "3"), ("LEDGER_SWEEP_SECONDS", "1")],
    )
    .await;
    app.plan_for(GOAL).await;
    let cost = app.rows().await[0]["cost_nano_usd"].as_u64().unwrap() as f64 / 1e9;

    let series = "goal_router_budget_remaining_usd{scope=\"service\"}";
    let mut remaining = 0.0;
    for _ in 0..60 {
        remaining = app.metric(series).await;
        if (remaining - (3.0 - cost)).abs() < 1e-9 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    assert!(
        (remaining - (3.0 - cost)).abs() < 1e-9,
        "{remaining} of 3 after {cost}"
    );
    assert_eq!(app.metric("goal_router_spool_rows").await, 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_spool_accepts_no_request_while_the_store_is_unavailable() {
    let fake = fake(Script::default());
    let folder = tempfile::tempdir().unwrap();
    fill_spool(folder.path()).await;
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

/// Leaves the rows of an outage in the spool: more than a megabyte.
async fn fill_spool(folder: &Path) {
    let context = RequestContext {
        request_id: "earlier".to_owned(),
        trace_id: String::new(),
        client_id: "ip:127.0.0.1".to_owned(),
        daily_budget: None,
        outcome: RequestOutcome::default(),
    };
    let spool = Spool::open(folder, u64::MAX).unwrap();
    let row = Bill::open(&context, 10, "v", today()).row().clone();
    let appended = join_all((0..4000).map(|_| spool.append(&row))).await;
    assert!(appended.iter().all(Result::is_ok));
    let size = std::fs::metadata(folder.join("000000000000.spool"))
        .unwrap()
        .len();
    assert!(size > 1 << 20, "{size}");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_during_an_outage_are_served_until_its_allowance_is_spent() {
    let fake = fake(Script::default());
    let app = TestApp::with_model(
        &fake,
        &[
            ("USE_MOCK_AWS", "false"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9"),
            ("STORE_TIMEOUT_MS", "100"),
            // Enough for about two worst cases, although the plans cost far less.
            ("OUTAGE_ALLOWANCE_USD", "0.1"),
        ],
    )
    .await;

    let mut planned = 0;
    loop {
        let response = app
            .post_plan(&json!({"goal": GOAL, "duration_weeks": 4}))
            .await;
        if response.status() != StatusCode::OK {
            assert_eq!(problem(response).await.1["code"], "ledger_unavailable");
            break;
        }
        planned += 1;
        assert!(planned < 60, "the allowance is never exhausted");
    }

    let invoice = fake.invoice();
    let billed = invoice.input_tokens * 1000 + invoice.output_tokens * 5000;
    assert!(
        planned > 5 && billed <= 100_000_000,
        "{planned} plans for {billed}"
    );
    // The spool has a record for each hold and each outcome, and one for a hold that may have reached the store.
    let rows = app.metric("goal_router_spool_rows").await;
    assert!(rows >= f64::from(planned) * 2.0, "{rows} rows");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_has_never_reached_its_store_is_not_ready_whatever_its_allowance() {
    let fake = fake(Script::default());
    let app = TestApp::with_model(
        &fake,
        &[
            ("USE_MOCK_AWS", "false"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9"),
            ("STORE_TIMEOUT_MS", "100"),
            ("OUTAGE_ALLOWANCE_USD", "100"),
        ],
    )
    .await;

    let ready = app.get("/health/ready").await.status();

    assert_eq!(ready, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        app.metric("goal_router_ready").await.to_bits(),
        0.0_f64.to_bits()
    );
}
