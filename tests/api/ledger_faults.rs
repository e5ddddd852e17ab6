//! Faults around the ledger: one client with two budgets, equal request ids, a busy store, rows of a newer build.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use fake_bedrock::FakeBedrock;
use fake_bedrock::script::{Fault, Script, Step};
use futures_util::future::join_all;
use goal_router::clock::{Clock, ManualClock};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::dynamodb::FaultyDynamoDb;
use crate::issuer::{AUDIENCE, ISSUER, Issuer, Key, claims_with};
use crate::support::{MODEL, TestApp, fake, today};

/// Starts an application that calls the fake and writes to this store.
pub async fn app(
    model: &FakeBedrock,
    store: &FaultyDynamoDb,
    clock: Arc<dyn Clock>,
    variables: &[(&str, &str)],
) -> TestApp {
    let bedrock = model.endpoint();
    let mut pairs = vec![
        ("LLM_MODELS", MODEL),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", bedrock.as_str()),
        ("USE_MOCK_AWS", "false"),
        ("AWS_ENDPOINT_URL_DYNAMODB", store.endpoint.as_str()),
    ];
    pairs.extend_from_slice(variables);
    TestApp::at(&pairs, clock).await
}

pub fn standing_clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::at(today()))
}

/// The body of a request for a plan that no other request shares.
fn unique(index: usize) -> Value {
    json!({"goal": "Learn to play the accordion", "context": format!("number {index}"), "duration_weeks": 2})
}

/// Requests of one burst for the test of two budgets; all of them are in flight at the same time.
const BURST: usize = 24;
/// Requests that the two budgets of that test have room for at the same time.
const ROOM: [usize; 2] = [2, 12];

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_one_client_with_two_budgets_are_each_held_to_their_own() {
    let model = fake(Script::latency(1000));
    let store = FaultyDynamoDb::start().await;
    let key = Key::rsa("k");
    let issuer = Issuer::start(&[&key]);
    let worst_case = worst_case(&model, &store).await;
    // Half a request more, for what plans have really cost by then.
    let budgets = ROOM.map(|room| format!("{:.6}", worst_case * (room as f64 + 0.5)));
    let tiers =
        json!({"tiers": [{"name": "pro", "scopes": ["pro"], "daily_budget_usd": budgets[1]}]});
    let app = app(
        &model,
        &store,
        standing_clock(),
        &[
            ("AUTH_MODE", "jwt"),
            ("JWT_ISSUER", ISSUER),
            ("JWT_AUDIENCE", AUDIENCE),
            ("JWKS_URL", &issuer.url),
            ("CLIENT_DAILY_BUDGET_USD", &budgets[0]),
            ("DAILY_BUDGET_USD", "1000"),
            ("TIERS", &tiers.to_string()),
            ("REQUEST_DEADLINE_SECONDS", "20"),
            ("LEDGER_LEASE_SECONDS", "30"),
        ],
    )
    .await;
    let tokens = [
        key.sign(&claims_with(&json!({}))),
        key.sign(&claims_with(&json!({"scope": "pro"}))),
    ];

    for burst in 0..4 {
        let requests = (0..BURST).map(|index| {
            let tier = (burst + index) % 2;
            let sent = app
                .request(Method::POST, "/api/v1/generate-plan")
                .bearer_auth(&tokens[tier])
                .json(&unique(burst * BURST + index))
                .send();
            async move { (tier, sent.await.unwrap().status().as_u16()) }
        });
        let answered = tokio::time::timeout(Duration::from_mins(1), join_all(requests)).await;
        let mut planned = [0; 2];
        for (tier, status) in answered.expect("every request is answered") {
            assert!([200, 429].contains(&status), "{tier}: {status}");
            planned[tier] += usize::from(status == 200);
        }
        assert!(planned[0] <= ROOM[0], "{planned:?}");
        assert!(
            (5..=ROOM[1]).contains(&(planned[0] + planned[1])),
            "{planned:?}"
        );
    }

    let counter = "budget#client#jwt:user-1#2026-11-23";
    let committed = store.state_number(counter, "committed_nano_usd").await;
    let settled = store.state_number(counter, "settled_nano_usd").await;
    assert!(
        committed == settled && committed > 0,
        "{committed} {settled}"
    );
    app.stop().await;
}

/// Returns what one of the requests may cost at most, in USD.
async fn worst_case(model: &FakeBedrock, store: &FaultyDynamoDb) -> f64 {
    let app = app(model, store, standing_clock(), &[]).await;
    let estimate = app
        .request(Method::POST, "/api/v1/estimate")
        .json(&unique(10))
        .send();
    let estimate: Value = estimate.await.unwrap().json().await.unwrap();
    app.stop().await;
    estimate["max_cost_usd"].as_f64().unwrap()
}

/// A clock that advances by some nanoseconds each time it is read, so that many requests arrive in one microsecond.
#[derive(Debug)]
struct NanosecondClock(AtomicI64);

impl Clock for NanosecondClock {
    fn now(&self) -> DateTime<Utc> {
        today() + TimeDelta::nanoseconds(self.0.fetch_add(3, Ordering::Relaxed))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_with_one_id_in_one_microsecond_each_get_a_row_and_spoil_no_other() {
    let model = fake(Script::latency(20));
    let store = FaultyDynamoDb::start().await;
    let clock = Arc::new(NanosecondClock(AtomicI64::new(0)));
    let variables = [
        ("CLIENT_DAILY_BUDGET_USD", "1000"),
        ("DAILY_BUDGET_USD", "1000"),
    ];
    let app = app(&model, &store, clock, &variables).await;
    let requests = (0..60).map(|index| {
        let id = if index % 3 == 0 {
            format!("other-{index}")
        } else {
            "same".to_owned()
        };
        let sent = app
            .request(Method::POST, "/api/v1/generate-plan")
            .header("X-Request-Id", id)
            .json(&unique(index))
            .send();
        async move { sent.await.unwrap().status().as_u16() }
    });

    let statuses = join_all(requests).await;

    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
    assert_eq!(store.invalid_operations(), 0);
    let rows = store
        .client
        .scan()
        .table_name("ai-router-usage-logs")
        .send();
    assert_eq!(rows.await.unwrap().count(), 60);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_store_is_asked_again_and_is_not_taken_for_an_outage() {
    for exception in [
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
    ] {
        let model = fake(Script::default());
        let store = FaultyDynamoDb::start().await;
        let variables = [
            ("CLIENT_DAILY_BUDGET_USD", "1000"),
            ("DAILY_BUDGET_USD", "1000"),
        ];
        let app = app(&model, &store, standing_clock(), &variables).await;
        // Three of four operations are throttled.
        let count = AtomicU32::new(0);
        store.fail_with(move |_| {
            (count.fetch_add(1, Ordering::Relaxed) % 4 != 3).then_some(exception)
        });

        for index in 0..8 {
            assert_eq!(
                app.post_plan(&unique(index)).await.status(),
                200,
                "{exception}"
            );
            assert!(
                app.get("/health/ready").await.status().is_success(),
                "{exception}"
            );
        }

        assert_eq!(
            app.metric("goal_router_spool_rows").await,
            0.0,
            "{exception}"
        );
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_that_is_always_in_conflict_takes_no_more_than_the_deadline() {
    let model = fake(Script::default());
    let store = FaultyDynamoDb::start().await;
    let variables = [
        ("CLIENT_DAILY_BUDGET_USD", "1000"),
        ("REQUEST_DEADLINE_SECONDS", "2"),
        ("LEDGER_LEASE_SECONDS", "10"),
    ];
    let app = app(&model, &store, standing_clock(), &variables).await;
    store.fail_with(|operation| {
        (operation == "TransactWriteItems").then_some("TransactionInProgressException")
    });
    let started = Instant::now();

    let requests = join_all((0..12).map(|index| {
        let body = unique(index);
        let app = &app;
        async move { app.problem(&body).await }
    }))
    .await;

    let took = started.elapsed();
    assert!(took < Duration::from_millis(2500), "{took:?}");
    for (status, problem) in requests {
        let code = problem["code"].as_str().unwrap().to_owned();
        assert!(
            (status == 504 && code == "deadline_exceeded")
                || (status == 503 && code == "ledger_unavailable"),
            "{status} {code}"
        );
    }
    assert!(model.invoice().calls.is_empty());
    store.fail_with(|_| None);
    assert_eq!(app.post_plan(&unique(100)).await.status(), StatusCode::OK);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_joins_one_whose_time_runs_out_keeps_its_own_deadline() {
    let stalled = Step {
        fault: Some(Fault::Stall { ms: 60_000 }),
        purpose: Some("plan".to_owned()),
    };
    let script = Script {
        steps: [stalled].into(),
        ..Script::default()
    };
    let model = fake(script);
    let app = TestApp::with_model(&model, &[("REQUEST_DEADLINE_SECONDS", "4")]).await;
    let body = unique(0);
    let first = app.post_plan(&body);
    let second = async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        app.post_plan(&body).await
    };

    let (first, second) = tokio::join!(first, second);

    assert_eq!(
        (first.status().as_u16(), second.status().as_u16()),
        (504, 200)
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_newer_build_are_counted_and_do_not_keep_others_from_being_swept() {
    let model = fake(Script::default());
    let store = FaultyDynamoDb::start().await;
    for index in 0..30 {
        put_open_row(&store, &format!("new-{index}"), "suspended").await;
    }
    put_open_row(&store, "old", "held").await;

    let app = app(
        &model,
        &store,
        standing_clock(),
        &[("LEDGER_SWEEP_SECONDS", "1")],
    )
    .await;

    let abandoned = async {
        while status_of(&store, "old").await != "abandoned" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), abandoned)
        .await
        .unwrap();
    assert_eq!(status_of(&store, "new-7").await, "suspended");
    let counted = async {
        while app.metric("goal_router_unreadable_items").await != 30.0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), counted)
        .await
        .unwrap();
    app.stop().await;
}

/// Writes a row whose lease has expired, older than all that a sweep can write.
pub async fn put_open_row(store: &FaultyDynamoDb, id: &str, status: &str) {
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let number = |value: u64| AttributeValue::N(value.to_string());
    store
        .client
        .put_item()
        .table_name("ai-router-usage-logs")
        .item("request_id", text(id))
        .item("timestamp", text("2026-11-23T09:00:00.000000Z"))
        .item("date_shard", text("2026-11-23#00"))
        .item("date", text("2026-11-23"))
        .item("client_id", text("ip:127.0.0.1"))
        .item("status", text(status))
        .item("prompt_version", text("v"))
        .item("cost_nano_usd", number(0))
        .item("held_nano_usd", number(1000))
        .item("open_shard", text("open#0"))
        .item("lease_until", text("2026-11-23T09:03:00.000000Z"))
        .send()
        .await
        .unwrap();
}

async fn status_of(store: &FaultyDynamoDb, id: &str) -> String {
    let found = store
        .client
        .get_item()
        .table_name("ai-router-usage-logs")
        .key("request_id", AttributeValue::S(id.to_owned()))
        .key(
            "timestamp",
            AttributeValue::S("2026-11-23T09:00:00.000000Z".to_owned()),
        )
        .send()
        .await
        .unwrap();
    found.item.unwrap()["status"].as_s().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_remaining_budget_is_never_reported_above_the_limit() {
    let model = fake(Script::default());
    let variables = [("DAILY_BUDGET_USD", "1"), ("LEDGER_SWEEP_SECONDS", "3600")];
    let app = TestApp::with_model(&model, &variables).await;
    let series = "goal_router_budget_remaining_usd{scope=\"service\"}";
    while app.metric(series).await == 0.0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for index in 0..5 {
        assert_eq!(app.post_plan(&unique(index)).await.status(), StatusCode::OK);
        let remaining = app.metric(series).await;
        let spent: u64 = app
            .rows()
            .await
            .iter()
            .map(|row| row["cost_nano_usd"].as_u64().unwrap())
            .sum();
        let expected = 1.0 - spent as f64 / 1e9;
        assert!(
            (remaining - expected).abs() < 1e-9,
            "{remaining} of 1, {spent} spent"
        );
    }
    app.stop().await;
}
