//! `Idempotency-Key`: a request is made once, however often it is sent, wherever it arrives, and whatever breaks meanwhile.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use fake_bedrock::FakeBedrock;
use fake_bedrock::script::{Fault, Script};
use goal_router::clock::ManualClock;
use goal_router::dynamodb::embedded::EmbeddedEngine;
use goal_router::dynamodb::{self, DynamoDbStore, TableNames, tables};
use goal_router::idempotency::{Claim, Fingerprint, IdempotencyStore as _, RecordName};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use sha2::Digest as _;

use crate::support::{TestApp, fake, problem, today};

fn body() -> Value {
    json!({"goal": "Learn to play the accordion", "duration_weeks": 4})
}

fn request(app: &TestApp, key: &str) -> RequestBuilder {
    app.request(Method::POST, "/api/v1/generate-plan")
        .header("Idempotency-Key", key)
}

async fn ask(app: &TestApp, key: &str) -> Response {
    request(app, key).json(&body()).send().await.unwrap()
}

fn is_replayed(answer: &Response) -> bool {
    answer
        .headers()
        .get("idempotency-replayed")
        .is_some_and(|value| value == "true")
}

async fn code(answer: Response) -> (u16, Value) {
    let (status, problem) = problem(answer).await;
    (status.as_u16(), problem["code"].clone())
}

fn names() -> TableNames {
    TableNames {
        usage: "ai-router-usage-logs".to_owned(),
        state: "ai-router-state".to_owned(),
    }
}

/// Tables that several applications share.
async fn shared_tables() -> (EmbeddedEngine, DynamoDbStore) {
    let engine = EmbeddedEngine::in_memory().unwrap();
    let client = dynamodb::local_client(&engine.endpoint(), Duration::from_secs(20));
    tables::create(&client, &names()).await.unwrap();
    (
        engine,
        DynamoDbStore::new(client, names(), TimeDelta::days(1)),
    )
}

async fn task(fake: &FakeBedrock, engine: &EmbeddedEngine, more: &[(&str, &str)]) -> TestApp {
    let endpoint = engine.endpoint();
    let mut pairs = vec![
        ("USE_MOCK_AWS", "false"),
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoint.as_str()),
    ];
    pairs.extend_from_slice(more);
    TestApp::with_model(fake, &pairs).await
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_at_once_with_one_key_make_one_call_and_one_row_and_get_equal_answers() {
    let fake = fake(Script::latency(300));
    let app = TestApp::with_model(&fake, &[]).await;

    let answers = futures_util::future::join_all((0..50).map(|_| ask(&app, "k"))).await;

    assert!(answers.iter().all(|answer| answer.status() == 200));
    assert_eq!(
        answers.iter().filter(|answer| !is_replayed(answer)).count(),
        1
    );
    let mut bodies = Vec::new();
    let mut ids = std::collections::HashSet::new();
    for answer in answers {
        ids.insert(answer.headers()["x-request-id"].clone());
        bodies.push(answer.bytes().await.unwrap());
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    assert_eq!(ids.len(), 50, "each request has its own id");
    assert_eq!(fake.invoice().calls.len(), 1);
    assert_eq!(app.rows().await.len(), 1);

    let later = ask(&app, "\"k\"").await;
    assert!(is_replayed(&later));
    assert_eq!(later.bytes().await.unwrap(), bodies[0]);
    assert_eq!((fake.invoice().calls.len(), app.rows().await.len()), (1, 1));
    assert_eq!(
        app.metric("goal_router_idempotency_total{outcome=\"replayed\"}")
            .await,
        50.0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_its_body_and_its_client() {
    let fake = fake(Script::default());
    let app = TestApp::with_model(&fake, &[("TRUSTED_PROXY_HOPS", "1")]).await;
    assert_eq!(ask(&app, "k").await.status(), 200);

    let same =
        r#" {"duration_weeks":4.0 , "goal": "Learn to play the accordion", "context": null} "#;
    let spelt = request(&app, "k")
        .header("Content-Type", "application/json")
        .body(same);
    assert!(
        is_replayed(&spelt.send().await.unwrap()),
        "spelling does not matter"
    );
    for other in [
        json!({"goal": "Learn to play the accordion", "duration_weeks": 5}),
        json!({"goal": "Learn to play the accordion"}),
        json!({"goal": "Learn to play the Accordion", "duration_weeks": 4}),
    ] {
        let answer = request(&app, "k").json(&other).send().await.unwrap();
        assert_eq!(
            code(answer).await,
            (422, json!("idempotency_key_reused")),
            "{other}"
        );
    }
    let stranger = request(&app, "k")
        .header("X-Forwarded-For", "203.0.113.9")
        .json(&body());
    assert!(!is_replayed(&stranger.send().await.unwrap()));
    assert_eq!(fake.invoice().calls.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_hangs_up_and_asks_again_pays_once() {
    let fake = fake(Script::latency(1200));
    let app = TestApp::with_model(&fake, &[]).await;
    for _ in 0..3 {
        let hung_up = request(&app, "k")
            .json(&body())
            .timeout(Duration::from_millis(200))
            .send();
        assert!(hung_up.await.unwrap_err().is_timeout());
    }

    let answer = ask(&app, "k").await;

    assert_eq!(answer.status(), 200);
    assert!(is_replayed(&answer));
    assert_eq!((fake.invoice().calls.len(), app.rows().await.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_known_to_other_tasks_and_after_a_restart() {
    let fake = fake(Script::latency(1000));
    let (engine, _) = shared_tables().await;
    let one = task(&fake, &engine, &[]).await;
    let two = task(&fake, &engine, &[]).await;

    // The second task waits for what the first is making.
    let (first, second) = tokio::join!(ask(&one, "k"), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        ask(&two, "k").await
    });
    assert!(!is_replayed(&first) && is_replayed(&second));
    let first = first.bytes().await.unwrap();
    assert_eq!(second.bytes().await.unwrap(), first);

    one.stop().await;
    two.stop().await;
    let three = task(&fake, &engine, &[]).await;
    let third = ask(&three, "k").await;
    assert!(is_replayed(&third));
    assert_eq!(third.bytes().await.unwrap(), first);
    assert_eq!(fake.invoice().calls.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_task_began_is_in_progress_until_its_lease_ends_and_then_made() {
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
    // To claim a key as a task that died would have: by the fingerprint of the same request.
    ask(&app, "other").await;
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
        code(ask(&app, "k").await).await,
        (409, json!("idempotency_in_progress"))
    );
    assert!(started.elapsed() > Duration::from_secs(1), "it waited");
    assert_eq!(fake.invoice().calls.len(), 1);

    clock.advance(TimeDelta::seconds(180));
    let answer = ask(&app, "k").await;
    assert!(answer.status() == 200 && !is_replayed(&answer));
    assert!(is_replayed(&ask(&app, "k").await));

    clock.advance(TimeDelta::hours(24));
    assert!(
        !is_replayed(&ask(&app, "k").await),
        "a day later it is forgotten"
    );
}

/// The fingerprint of the one record there is.
async fn fingerprint_of(engine: &EmbeddedEngine) -> Fingerprint {
    let client = dynamodb::local_client(&engine.endpoint(), Duration::from_secs(20));
    let scanned = client
        .scan()
        .table_name("ai-router-state")
        .send()
        .await
        .unwrap();
    let records = scanned.items().iter();
    let mut shown = records.filter_map(|item| item.get("fingerprint")?.as_s().ok());
    let mut fingerprint = [0; 32];
    hex::decode_to_slice(shown.next().unwrap(), &mut fingerprint).unwrap();
    Fingerprint(fingerprint)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_cost_nothing_gives_the_key_back_and_one_that_did_is_final() {
    let fake = fake(Script::always(Fault::Denied));
    let app = TestApp::with_model(&fake, &[]).await;
    assert_eq!(code(ask(&app, "free").await).await.0, 503);
    fake.set_script(Script::default());
    let answer = ask(&app, "free").await;
    assert!(answer.status() == 200 && !is_replayed(&answer));

    fake.set_script(Script::always(Fault::Garbage));
    let before = fake.invoice().calls.len();
    let failed = ask(&app, "paid").await;
    assert!(!is_replayed(&failed));
    assert_eq!(code(failed).await, (502, json!("invalid_model_output")));
    let calls = fake.invoice().calls.len();
    assert!(calls > before);
    fake.set_script(Script::default());
    let again = ask(&app, "paid").await;
    assert!(is_replayed(&again));
    assert_eq!(code(again).await, (502, json!("invalid_model_output")));
    assert_eq!(fake.invoice().calls.len(), calls);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_replayed_although_the_request_would_be_refused_by_now() {
    let fake = fake(Script::default());
    let clock = Arc::new(ManualClock::at(today()));
    let bedrock = fake.endpoint();
    let pairs = [
        ("LLM_MODELS", crate::support::MODEL),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", bedrock.as_str()),
    ];
    let app = TestApp::at(
        &pairs,
        Arc::clone(&clock) as Arc<dyn goal_router::clock::Clock>,
    )
    .await;
    let body = json!({"goal": "Learn to play the accordion", "deadline": "2026-11-24"});
    let ask = async || request(&app, "k").json(&body).send().await.unwrap();
    assert_eq!(ask().await.status(), 200);

    clock.advance(TimeDelta::hours(20));
    assert_eq!(
        app.post_plan(&body).await.status(),
        422,
        "tomorrow is today"
    );
    let answer = ask().await;
    assert!(answer.status() == 200 && is_replayed(&answer));
    let mut unknown = body.clone();
    unknown["colour"] = json!("red");
    let refused = request(&app, "k").json(&unknown).send().await.unwrap();
    assert_eq!(code(refused).await, (422, json!("validation_failed")));
    assert_eq!(fake.invoice().calls.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_body_does_not_use_the_key_up() {
    let app = TestApp::start().await;
    let refused = request(&app, "k")
        .json(&json!({"goal": "x"}))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 422);
    assert_eq!(ask(&app, "k").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_none_is_refused_by_name() {
    let app = TestApp::start().await;
    let long = "k".repeat(8192);
    for bad in [
        "",
        " ",
        "a b",
        "a\tb",
        "\u{e9}",
        "\"",
        "a\"b",
        &long,
        &"k".repeat(256),
    ] {
        let answer = ask(&app, bad).await;
        let (status, problem) = problem(answer).await;
        assert_eq!(
            (status.as_u16(), &problem["code"]),
            (400, &json!("malformed_request")),
            "{bad:.20}"
        );
        assert!(
            problem["detail"]
                .as_str()
                .unwrap()
                .contains("Idempotency-Key")
        );
    }
    let twice = request(&app, "a")
        .header("Idempotency-Key", "b")
        .json(&body());
    assert_eq!(code(twice.send().await.unwrap()).await.0, 400);
    assert!(app.rows().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_store_nobody_can_tell_and_nothing_is_spent() {
    let fake = fake(Script::default());
    let app = TestApp::with_model(
        &fake,
        &[
            ("USE_MOCK_AWS", "false"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9"),
            ("OUTAGE_ALLOWANCE_USD", "1"),
        ],
    )
    .await;
    assert_eq!(
        code(ask(&app, "k").await).await,
        (503, json!("ledger_unavailable"))
    );
    assert_eq!(fake.invoice().calls.len(), 0);
}
