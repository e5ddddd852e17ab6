//! `Idempotency-Key` across tasks that share their tables, after restarts and after a crash.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;
use goal_router::clock::ManualClock;
use goal_router::dynamodb::embedded::EmbeddedEngine;
use goal_router::dynamodb::{self, DynamoDbStore, TableNames, tables};
use goal_router::idempotency::{Claim, Fingerprint, IdempotencyStore as _, RecordName};
use serde_json::json;
use sha2::Digest as _;

use crate::idempotency::{is_replayed, post_with_key, status_and_code};
use crate::support::{TestApp, fake, today};

fn names() -> TableNames {
    TableNames {
        usage: "ai-router-usage-logs".to_owned(),
        state: "ai-router-state".to_owned(),
    }
}

/// Starts an engine with tables that several applications can share.
async fn shared_tables() -> (EmbeddedEngine, DynamoDbStore) {
    let engine = EmbeddedEngine::in_memory().unwrap();
    let client = dynamodb::local_client(&engine.endpoint(), Duration::from_secs(20));
    tables::create(&client, &names()).await.unwrap();
    (
        engine,
        DynamoDbStore::new(client, names(), TimeDelta::days(1)),
    )
}

/// Starts an application on shared tables.
async fn task(fake: &FakeBedrock, engine: &EmbeddedEngine, variables: &[(&str, &str)]) -> TestApp {
    let endpoint = engine.endpoint();
    let mut pairs = vec![
        ("USE_MOCK_AWS", "false"),
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoint.as_str()),
    ];
    pairs.extend_from_slice(variables);
    TestApp::with_model(fake, &pairs).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_is_replayed_by_other_tasks_and_after_a_restart() {
    let fake = fake(Script::latency(1000));
    let (engine, _) = shared_tables().await;
    let one = task(&fake, &engine, &[]).await;
    let two = task(&fake, &engine, &[]).await;

    // The second task waits for the response that the first one is producing.
    let (first, second) = tokio::join!(post_with_key(&one, "k"), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        post_with_key(&two, "k").await
    });
    assert!(!is_replayed(&first) && is_replayed(&second));
    let first = first.bytes().await.unwrap();
    assert_eq!(second.bytes().await.unwrap(), first);

    one.stop().await;
    two.stop().await;
    let three = task(&fake, &engine, &[]).await;
    let third = post_with_key(&three, "k").await;
    assert!(is_replayed(&third));
    assert_eq!(third.bytes().await.unwrap(), first);
    assert_eq!(fake.invoice().calls.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_a_dead_task_is_in_progress_until_its_lease_ends_and_then_executed() {
    let fake = fake(Script::default());
    let (engine, store) = shared_tables().await;
    let clock = Arc::new(ManualClock::at(today()));
    let endpoint = engine.endpoint();
    let bedrock = fake.endpoint();
    let pairs = [
        ("USE_MOCK_AWS", "false"),
        ("LLM_MODELS", crate::support::MODEL),
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoint.as_str()),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", bedrock.as_str()),
        ("REQUEST_DEADLINE_SECONDS", "2"),
    ];
    let app = TestApp::at(
        &pairs,
        Arc::clone(&clock) as Arc<dyn goal_router::clock::Clock>,
    )
    .await;
    // The claim of a dead task needs the fingerprint of the same request, which this record has.
    post_with_key(&app, "other").await;
    let fingerprint = fingerprint_of(&engine).await;
    let claim = Claim {
        name: RecordName {
            client_id: "ip:127.0.0.1".to_owned(),
            key: sha2::Sha256::digest("k").into(),
        },
        fingerprint,
        owner: "dead".to_owned(),
        now: today(),
        until: today() + TimeDelta::seconds(180),
    };
    store.claim(&claim).await.unwrap();

    let started = std::time::Instant::now();
    assert_eq!(
        status_and_code(post_with_key(&app, "k").await).await,
        (409, json!("idempotency_in_progress"))
    );
    assert!(started.elapsed() > Duration::from_secs(1), "it waited");
    assert_eq!(fake.invoice().calls.len(), 1);

    clock.advance(TimeDelta::seconds(180));
    let response = post_with_key(&app, "k").await;
    assert!(response.status() == 200 && !is_replayed(&response));
    assert!(is_replayed(&post_with_key(&app, "k").await));

    clock.advance(TimeDelta::hours(24));
    assert!(
        !is_replayed(&post_with_key(&app, "k").await),
        "the response is deleted after a day"
    );
}

/// Returns the fingerprint of the only record.
async fn fingerprint_of(engine: &EmbeddedEngine) -> Fingerprint {
    let client = dynamodb::local_client(&engine.endpoint(), Duration::from_secs(20));
    let scanned = client
        .scan()
        .table_name("ai-router-state")
        .send()
        .await
        .unwrap();
    let records = scanned.items().iter();
    let mut fingerprints = records.filter_map(|item| item.get("fingerprint")?.as_s().ok());
    let mut fingerprint = [0; 32];
    hex::decode_to_slice(fingerprints.next().unwrap(), &mut fingerprint).unwrap();
    Fingerprint(fingerprint)
}
