//! Wasted dollars: each reason, and that no dollar has two of them.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use fake_bedrock::FakeBedrock;
use fake_bedrock::script::{Fault, Script, Step};
use goal_router::clock::ManualClock;
use serde_json::json;

use super::{MODEL_ID, assert_dollars, unique};
use crate::dynamodb::FaultyDynamoDb;
use crate::support::{MODEL, TestApp, fake, today};

/// Asserts what was wasted in nano-dollars: by failed requests, failed calls, unused answers and abandoned requests.
async fn assert_wasted(app: &TestApp, expected: [u64; 4]) {
    let reasons = ["failed", "retried", "re_asked", "abandoned"];
    for (reason, nano_usd) in reasons.into_iter().zip(expected) {
        let series = format!("goal_router_wasted_cost_usd_total{{reason=\"{reason}\"}}");
        assert_dollars(reason, app.metric(&series).await, nano_usd);
    }
}

/// Returns what the provider bills for a call, at 1 and 5 dollars per million tokens.
fn billed(model: &FakeBedrock, call: usize) -> u64 {
    let call = &model.invoice().calls[call];
    call.input_tokens * 1000 + call.output_tokens * 5000
}

async fn cost_of_last_row(app: &TestApp) -> u64 {
    let rows = app.rows().await;
    rows.last().unwrap()["cost_nano_usd"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_at_the_first_call_wastes_nothing() {
    let model = fake(Script::default());
    let app = TestApp::with_model(&model, &[]).await;

    app.plan(&unique(0)).await;

    assert_wasted(&app, [0; 4]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_a_request_without_a_plan_cost_is_wasted_for_one_reason() {
    for faults in [
        [Fault::Garbage, Fault::Garbage],
        [Fault::Reset, Fault::Garbage],
        [Fault::Reset, Fault::ModelError],
    ] {
        let model = fake(Script::faults(faults.clone()));
        let app = TestApp::with_model(&model, &[]).await;

        let (status, _) = app.problem(&unique(0)).await;

        assert!(status.is_server_error(), "{faults:?}");
        let cost = cost_of_last_row(&app).await;
        assert!(cost > 0, "{faults:?}");
        assert_wasted(&app, [cost, 0, 0, 0]).await;
        let total = format!("goal_router_cost_usd_total{{model=\"{MODEL_ID}\"}}");
        assert_dollars("the cost", app.metric(&total).await, cost);
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_goal_that_the_model_refuses_is_a_request_without_a_plan() {
    let care = Fault::Care {
        flag: "needs_person".to_owned(),
    };
    let model = fake(Script::faults([care]));
    let app = TestApp::with_model(&model, &[]).await;

    let (status, problem) = app.problem(&unique(0)).await;

    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (422, &json!("needs_person"))
    );
    assert_wasted(&app, [billed(&model, 0), 0, 0, 0]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_billed_call_that_failed_and_was_sent_again_is_wasted_beside_the_plan() {
    for fault in [Fault::Reset, Fault::ModelError, Fault::ModelTimeout] {
        let model = fake(Script::faults([fault.clone()]));
        let app = TestApp::with_model(&model, &[]).await;

        app.plan(&unique(0)).await;

        // The failed call is booked at its worst case, and the other one at what it cost.
        let cost = cost_of_last_row(&app).await;
        let retried = cost - billed(&model, 1);
        assert!(retried > 0, "{fault:?}");
        assert_wasted(&app, [0, retried, 0, 0]).await;
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_failed_and_was_not_billed_wastes_nothing() {
    let model = fake(Script::faults([Fault::Throttle, Fault::Unavailable]));
    let app = TestApp::with_model(&model, &[]).await;

    app.plan(&unique(0)).await;

    assert_wasted(&app, [0; 4]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn output_that_could_not_be_repaired_is_wasted_beside_the_plan() {
    let model = fake(Script::faults([Fault::Garbage]));
    let app = TestApp::with_model(&model, &[]).await;

    app.plan(&unique(0)).await;

    assert_wasted(&app, [0, 0, billed(&model, 0), 0]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_model_cost_that_was_given_up_is_wasted_beside_the_plan_of_the_next() {
    let models = format!("{MODEL},offline");
    for faults in [vec![Fault::Garbage, Fault::Garbage], vec![Fault::Guardrail]] {
        let model = fake(Script::faults(faults.clone()));
        let app = TestApp::with_model(&model, &[("LLM_MODELS", &models)]).await;

        let plan = app.plan(&unique(0)).await;

        assert_eq!(plan["metadata"]["provider"], "offline");
        let cost = cost_of_last_row(&app).await;
        let calls = (0..faults.len()).map(|call| billed(&model, call));
        assert_eq!(cost, calls.sum::<u64>(), "{faults:?}");
        assert_wasted(&app, [0, 0, cost, 0]).await;
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_classification_that_is_of_no_use_is_wasted_beside_the_plan() {
    let garbled = Step {
        fault: Some(Fault::Garbage),
        purpose: Some("classify".to_owned()),
    };
    let model = fake(Script {
        steps: [garbled].into(),
        ..Script::default()
    });
    // A sure classifier would need no model.
    let app = TestApp::with_model(&model, &[("CLASSIFIER_CONFIDENCE_THRESHOLD", "1")]).await;

    app.plan(&unique(0)).await;

    assert_eq!(model.invoice().calls.len(), 2);
    assert_wasted(&app, [0, 0, billed(&model, 0), 0]).await;
}

/// Starts an application on this store, with its spool in `folder` and its clock at `time`.
async fn on_store(
    model: &FakeBedrock,
    store: &FaultyDynamoDb,
    folder: &str,
    time: chrono::DateTime<chrono::Utc>,
) -> TestApp {
    let bedrock = model.endpoint();
    let variables = [
        ("LLM_MODELS", MODEL),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", bedrock.as_str()),
        ("USE_MOCK_AWS", "false"),
        ("AWS_ENDPOINT_URL_DYNAMODB", store.endpoint.as_str()),
        ("LEDGER_SWEEP_SECONDS", "1"),
        ("SPOOL_DIR", folder),
    ];
    TestApp::at(&variables, Arc::new(ManualClock::at(time))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_request_whose_outcome_is_nowhere_is_wasted_only_as_abandoned() {
    // Slow enough for the store and the disk to go away during the call.
    let model = fake(Script {
        latency_ms: 2000,
        ..Script::faults([Fault::Guardrail])
    });
    let store = FaultyDynamoDb::start().await;
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let spool = folder.path().join("spool");
    let app = on_store(&model, &store, spool.to_str().unwrap(), today()).await;
    let body = unique(0);
    let request = app.post_plan(&body);
    let outage = async {
        app.wait_for_metric("goal_router_open_holds", 1.0).await;
        store.fail_with(|_| Some("InternalServerError"));
        std::fs::remove_dir_all(&spool).unwrap();
        // Nothing can be created below a file.
        std::fs::write(&spool, "").unwrap();
    };

    let (response, ()) = tokio::join!(request, outage);

    assert!(response.status().is_server_error());
    assert_wasted(&app, [0; 4]).await;
    assert_eq!(
        app.metric("goal_router_ledger_writes_total{outcome=\"lost\"}")
            .await,
        1.0
    );
    store.fail_with(|_| None);
    let later = today() + TimeDelta::hours(2);
    let sweeper = on_store(&model, &store, other.path().to_str().unwrap(), later).await;
    sweeper
        .wait_for_metric("goal_router_abandoned_rows_total", 1.0)
        .await;
    let held = held_of_abandoned_row(&store).await;
    assert_wasted(&sweeper, [0, 0, 0, held]).await;
    assert_wasted(&app, [0; 4]).await;
    // A swept row is swept once.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_wasted(&sweeper, [0, 0, 0, held]).await;
}

async fn held_of_abandoned_row(store: &FaultyDynamoDb) -> u64 {
    let rows = store
        .client
        .scan()
        .table_name("ai-router-usage-logs")
        .send()
        .await
        .unwrap();
    let row = &rows.items()[0];
    assert_eq!(row["status"].as_s().unwrap(), "abandoned");
    row["held_nano_usd"].as_n().unwrap().parse().unwrap()
}
