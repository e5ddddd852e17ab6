//! The ledger: holds, round trips to the store, its circuit breaker, the spool, and sweeps.

use std::path::Path;
use std::time::Duration;

use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;
use futures_util::future::join_all;
use goal_router::ledger::{Bill, Spool};
use goal_router::request_context::{RequestContext, RequestOutcome};

use super::{assert_dollars, unique};
use crate::dynamodb::FaultyDynamoDb;
use crate::ledger_faults::{app, put_open_row, standing_clock};
use crate::support::{TestApp, fake, today};

const RETRY: Duration = Duration::from_millis(50);

fn holds(outcome: &str) -> String {
    format!("goal_router_holds_total{{outcome=\"{outcome}\"}}")
}

fn round_trips(operation: &str, outcome: &str) -> String {
    format!(
        "goal_router_store_requests_duration_seconds_count{{operation=\"{operation}\",outcome=\"{outcome}\"}}"
    )
}

/// Requests plans until a series is above `above`.
async fn request_until(app: &TestApp, series: &str, above: f64) {
    for index in 0..200 {
        if app.metric(series).await > above {
            return;
        }
        app.post_plan(&unique(index)).await;
        tokio::time::sleep(RETRY).await;
    }
    panic!("{series} is not above {above}");
}

async fn outage_app(model: &FakeBedrock, store: &FaultyDynamoDb, folder: &str) -> TestApp {
    let variables = [
        ("OUTAGE_ALLOWANCE_USD", "5"),
        ("LEDGER_SWEEP_SECONDS", "1"),
        ("SPOOL_DIR", folder),
        ("SPOOL_MAX_MB", "3"),
    ];
    app(model, store, standing_clock(), &variables).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_held_and_settled_in_round_trips_that_are_measured() {
    let model = fake(Script::default());
    let app = TestApp::with_model(&model, &[]).await;

    app.plan(&unique(0)).await;

    assert_eq!(app.metric(&holds("stored")).await, 1.0);
    let writes = app.metric(&round_trips("write", "ok")).await;
    assert!(writes >= 3.0, "a grant, a hold and an outcome: {writes}");
    // The sweep reads the budget's counter, and queries for rows and leases.
    app.wait_for_at_least("goal_router_sweeps_total{outcome=\"ok\"}", 1.0)
        .await;
    assert!(app.metric(&round_trips("read", "ok")).await >= 1.0);
    assert!(app.metric(&round_trips("query", "ok")).await >= 2.0);
    app.wait_for_at_least(&round_trips("probe", "ok"), 1.0)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_a_budget_refuses_is_told_from_one_that_cannot_be_stored() {
    let model = fake(Script::default());
    let store = FaultyDynamoDb::start().await;
    let variables = [
        ("CLIENT_DAILY_BUDGET_USD", "0.0001"),
        ("REQUEST_DEADLINE_SECONDS", "3"),
        ("LEDGER_LEASE_SECONDS", "10"),
    ];
    let app = app(&model, &store, standing_clock(), &variables).await;

    app.problem(&unique(0)).await;
    assert_eq!(app.metric(&holds("budget_exceeded")).await, 1.0);
    assert!(app.metric(&round_trips("write", "refused")).await >= 1.0);
    let budget = "goal_router_cost_guard_rejections_total{reason=\"budget_exceeded\"}";
    assert_eq!(app.metric(budget).await, 1.0);

    store.fail_with(|operation| {
        (operation == "TransactWriteItems").then_some("TransactionInProgressException")
    });
    let bodies = [1, 2, 3, 4].map(unique);
    join_all(bodies.iter().map(|body| app.problem(body))).await;
    let given_up = app.metric(&holds("contended")).await;
    let late = app.metric(&holds("deadline_exceeded")).await;
    assert_eq!(given_up + late, 4.0, "{given_up} {late}");
    assert!(app.metric(&round_trips("write", "contended")).await >= 4.0);

    store.fail_with(|_| Some("InternalServerError"));
    app.problem(&unique(9)).await;
    assert_eq!(app.metric(&holds("unavailable")).await, 1.0);
    let unavailable = "goal_router_ledger_writes_total{outcome=\"unavailable\"}";
    assert!(app.metric(unavailable).await >= 5.0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_store_the_breaker_opens_and_the_service_is_not_ready_until_it_is_back() {
    let model = fake(Script::default());
    let store = FaultyDynamoDb::start().await;
    let app = app(
        &model,
        &store,
        standing_clock(),
        &[("LEDGER_SWEEP_SECONDS", "1")],
    )
    .await;
    app.wait_for_metric("goal_router_ready", 1.0).await;
    let last_sweep = "goal_router_last_sweep_timestamp_seconds";
    assert_eq!(app.metric(last_sweep).await, today().timestamp() as f64);

    store.fail_with(|_| Some("InternalServerError"));
    let failed_sweeps = "goal_router_sweeps_total{outcome=\"failed\"}";
    request_until(&app, "goal_router_store_breaker_state", 0.0).await;

    assert_eq!(app.metric("goal_router_ready").await, 0.0);
    assert_eq!(app.get("/health/ready").await.status(), 503);
    assert!(app.metric(&round_trips("write", "unavailable")).await >= 1.0);
    let failed = app.metric(failed_sweeps).await;
    store.fail_with(|_| None);
    app.wait_for_metric("goal_router_store_breaker_state", 0.0)
        .await;
    app.wait_for_metric("goal_router_ready", 1.0).await;
    assert_eq!(app.get("/health/ready").await.status(), 200);

    // A store that answers to all but queries is no outage, but sweeps fail.
    store.fail_with(|operation| (operation == "Query").then_some("InternalServerError"));
    app.wait_for_at_least(failed_sweeps, failed + 1.0).await;
    assert!(app.metric(&round_trips("query", "unavailable")).await >= 1.0);
    assert_eq!(app.metric("goal_router_ready").await, 1.0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_starts_without_its_store_can_be_scraped_and_is_not_ready() {
    let model = fake(Script::default());
    let variables = [
        ("USE_MOCK_AWS", "false"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9"),
        ("DAILY_BUDGET_USD", "7"),
        ("STORE_TIMEOUT_MS", "100"),
    ];
    let app = TestApp::with_model(&model, &variables).await;

    let scrape = app.metrics().await;

    assert!(scrape.lines().any(|line| line == "goal_router_ready 0"));
    let limit = "goal_router_budget_limit_usd{scope=\"service\"} 7";
    assert!(scrape.lines().any(|line| line == limit));
    // What is left is unknown, and 0 would be a lie.
    assert!(!scrape.contains("goal_router_budget_remaining_usd{"));
    app.wait_for_at_least("goal_router_sweeps_total{outcome=\"failed\"}", 1.0)
        .await;
    let last_sweep = "goal_router_last_sweep_timestamp_seconds";
    assert_eq!(app.metric(last_sweep).await, 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_fills_the_spool_and_spends_its_allowance_until_both_are_restored() {
    let model = fake(Script::default());
    let store = FaultyDynamoDb::start().await;
    let folder = tempfile::tempdir().unwrap();
    let app = outage_app(&model, &store, folder.path().to_str().unwrap()).await;
    app.wait_for_metric("goal_router_ready", 1.0).await;
    let allowance = "goal_router_outage_allowance_remaining_usd";
    assert_eq!(
        app.metric("goal_router_outage_allowance_limit_usd").await,
        5.0
    );
    assert_eq!(app.metric(allowance).await, 5.0);
    let limit = app.metric("goal_router_spool_limit_bytes").await;
    assert_eq!(limit, f64::from(3 << 20));

    store.fail_with(|_| Some("InternalServerError"));
    request_until(&app, &holds("spooled"), 2.0).await;

    let rows = app.metric("goal_router_spool_rows").await;
    let bytes = app.metric("goal_router_spool_bytes").await;
    assert!(rows >= 6.0 && bytes > rows * 100.0, "{rows} {bytes}");
    assert!(app.metric(allowance).await < 5.0);
    assert_eq!(app.metric("goal_router_ready").await, 1.0);
    let spooled = "goal_router_ledger_writes_total{outcome=\"spooled\"}";
    assert!(app.metric(spooled).await >= 6.0);

    store.fail_with(|_| None);
    app.wait_for_metric("goal_router_spool_rows", 0.0).await;
    app.wait_for_metric(allowance, 5.0).await;
    assert_eq!(app.metric("goal_router_spool_bytes").await, 0.0);
    let stored = "goal_router_spool_replayed_rows_total{outcome=\"stored\"}";
    assert_eq!(app.metric(stored).await, rows);
    let set_aside = "goal_router_spool_replayed_rows_total{outcome=\"set_aside\"}";
    assert_eq!(app.metric(set_aside).await, 0.0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_rows_of_the_spool_are_counted_when_they_are_set_aside() {
    let model = fake(Script::default());
    let store = FaultyDynamoDb::start().await;
    let folder = tempfile::tempdir().unwrap();
    let damaged = folder.path().join("000000000000.spool");
    std::fs::write(&damaged, "first damaged line\nsecond damaged line\n").unwrap();

    let app = outage_app(&model, &store, folder.path().to_str().unwrap()).await;

    let set_aside = "goal_router_spool_replayed_rows_total{outcome=\"set_aside\"}";
    app.wait_for_metric(set_aside, 2.0).await;
    let stored = "goal_router_spool_replayed_rows_total{outcome=\"stored\"}";
    assert_eq!(app.metric(stored).await, 0.0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_spool_file_that_somebody_deletes_are_counted_as_lost() {
    let model = fake(Script::default());
    let store = FaultyDynamoDb::start().await;
    let folder = tempfile::tempdir().unwrap();
    spool_rows(folder.path(), 5).await;
    store.fail_with(|_| Some("InternalServerError"));
    let app = outage_app(&model, &store, folder.path().to_str().unwrap()).await;
    assert_eq!(app.metric("goal_router_spool_rows").await, 5.0);
    assert_eq!(app.metric("goal_router_spool_lost_rows_total").await, 0.0);

    std::fs::remove_file(folder.path().join("000000000000.spool")).unwrap();
    store.fail_with(|_| None);

    app.wait_for_metric("goal_router_spool_lost_rows_total", 5.0)
        .await;
    assert_eq!(app.metric("goal_router_spool_rows").await, 0.0);
    app.stop().await;
}

/// Leaves the rows of an earlier process in a spool.
async fn spool_rows(folder: &Path, rows: usize) {
    let context = RequestContext {
        request_id: "earlier".to_owned(),
        trace_id: String::new(),
        client_id: "ip:127.0.0.1".to_owned(),
        daily_budget: None,
        outcome: RequestOutcome::default(),
    };
    let spool = Spool::open(folder, u64::MAX).unwrap();
    let row = Bill::open(&context, 10, "v", today()).row().clone();
    for _ in 0..rows {
        spool.append(&row).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_dead_tasks_are_counted_with_what_was_held_for_them() {
    let model = fake(Script::default());
    let store = FaultyDynamoDb::start().await;
    for index in 0..3 {
        // Each holds 1,000 nano-dollars.
        put_open_row(&store, &format!("dead-{index}"), "held").await;
    }

    let app = app(
        &model,
        &store,
        standing_clock(),
        &[("LEDGER_SWEEP_SECONDS", "1")],
    )
    .await;

    app.wait_for_metric("goal_router_abandoned_rows_total", 3.0)
        .await;
    let wasted = app
        .metric("goal_router_wasted_cost_usd_total{reason=\"abandoned\"}")
        .await;
    assert_dollars("what was abandoned", wasted, 3000);
    app.wait_for_at_least("goal_router_sweeps_total{outcome=\"ok\"}", 3.0)
        .await;
    assert_eq!(app.metric("goal_router_abandoned_rows_total").await, 3.0);
    app.stop().await;
}
