//! `Idempotency-Key`: a request with a key is executed once, even if it is sent several times or while something fails.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use fake_bedrock::script::{Fault, Script};
use goal_router::clock::ManualClock;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::support::{TestApp, fake, problem, today};

pub fn body() -> Value {
    json!({"goal": "Learn to play the accordion", "duration_weeks": 4})
}

pub fn request_with_key(app: &TestApp, key: &str) -> RequestBuilder {
    app.request(Method::POST, "/api/v1/generate-plan")
        .header("Idempotency-Key", key)
}

pub async fn post_with_key(app: &TestApp, key: &str) -> Response {
    request_with_key(app, key)
        .json(&body())
        .send()
        .await
        .unwrap()
}

pub fn is_replayed(response: &Response) -> bool {
    response
        .headers()
        .get("idempotency-replayed")
        .is_some_and(|value| value == "true")
}

pub async fn status_and_code(response: Response) -> (u16, Value) {
    let (status, problem) = problem(response).await;
    (status.as_u16(), problem["code"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_simultaneous_requests_with_one_key_make_one_call_and_one_row_and_get_equal_responses()
 {
    let fake = fake(Script::latency(300));
    let app = TestApp::with_model(&fake, &[]).await;

    let responses = futures_util::future::join_all((0..50).map(|_| post_with_key(&app, "k"))).await;

    assert!(responses.iter().all(|response| response.status() == 200));
    assert_eq!(
        responses
            .iter()
            .filter(|response| !is_replayed(response))
            .count(),
        1
    );
    let mut bodies = Vec::new();
    let mut ids = std::collections::HashSet::new();
    for response in responses {
        ids.insert(response.headers()["x-request-id"].clone());
        bodies.push(response.bytes().await.unwrap());
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    assert_eq!(ids.len(), 50, "each request has its own id");
    assert_eq!(fake.invoice().calls.len(), 1);
    assert_eq!(app.rows().await.len(), 1);

    let later = post_with_key(&app, "\"k\"").await;
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
    assert_eq!(post_with_key(&app, "k").await.status(), 200);

    let same =
        r#" {"duration_weeks":4.0 , "goal": "Learn to play the accordion", "context": null} "#;
    let equivalent = request_with_key(&app, "k")
        .header("Content-Type", "application/json")
        .body(same);
    assert!(
        is_replayed(&equivalent.send().await.unwrap()),
        "the spelling of the JSON does not matter"
    );
    for other in [
        json!({"goal": "Learn to play the accordion", "duration_weeks": 5}),
        json!({"goal": "Learn to play the accordion"}),
        json!({"goal": "Learn to play the Accordion", "duration_weeks": 4}),
    ] {
        let response = request_with_key(&app, "k")
            .json(&other)
            .send()
            .await
            .unwrap();
        assert_eq!(
            status_and_code(response).await,
            (422, json!("idempotency_key_reused")),
            "{other}"
        );
    }
    let other_client = request_with_key(&app, "k")
        .header("X-Forwarded-For", "203.0.113.9")
        .json(&body());
    assert!(!is_replayed(&other_client.send().await.unwrap()));
    assert_eq!(fake.invoice().calls.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_disconnects_and_retries_pays_once() {
    let fake = fake(Script::latency(1200));
    let app = TestApp::with_model(&fake, &[]).await;
    for _ in 0..3 {
        let disconnected = request_with_key(&app, "k")
            .json(&body())
            .timeout(Duration::from_millis(200))
            .send();
        assert!(disconnected.await.unwrap_err().is_timeout());
    }

    let response = post_with_key(&app, "k").await;

    assert_eq!(response.status(), 200);
    assert!(is_replayed(&response));
    assert_eq!((fake.invoice().calls.len(), app.rows().await.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_without_cost_releases_the_key_and_a_billed_one_is_final() {
    let fake = fake(Script::always(Fault::Denied));
    let app = TestApp::with_model(&fake, &[]).await;
    assert_eq!(
        status_and_code(post_with_key(&app, "free").await).await.0,
        503
    );
    fake.set_script(Script::default());
    let response = post_with_key(&app, "free").await;
    assert!(response.status() == 200 && !is_replayed(&response));

    fake.set_script(Script::always(Fault::Garbage));
    let before = fake.invoice().calls.len();
    let failed = post_with_key(&app, "paid").await;
    assert!(!is_replayed(&failed));
    assert_eq!(
        status_and_code(failed).await,
        (502, json!("invalid_model_output"))
    );
    let calls = fake.invoice().calls.len();
    assert!(calls > before);
    fake.set_script(Script::default());
    let again = post_with_key(&app, "paid").await;
    assert!(is_replayed(&again));
    assert_eq!(
        status_and_code(again).await,
        (502, json!("invalid_model_output"))
    );
    assert_eq!(fake.invoice().calls.len(), calls);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_is_replayed_even_if_the_request_is_no_longer_valid() {
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
    let send = async || {
        request_with_key(&app, "k")
            .json(&body)
            .send()
            .await
            .unwrap()
    };
    assert_eq!(send().await.status(), 200);

    clock.advance(TimeDelta::hours(20));
    assert_eq!(
        app.post_plan(&body).await.status(),
        422,
        "the deadline is today by now"
    );
    let response = send().await;
    assert!(response.status() == 200 && is_replayed(&response));
    let mut unknown = body.clone();
    unknown["colour"] = json!("red");
    let refused = request_with_key(&app, "k")
        .json(&unknown)
        .send()
        .await
        .unwrap();
    assert_eq!(
        status_and_code(refused).await,
        (422, json!("validation_failed"))
    );
    assert_eq!(fake.invoice().calls.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_body_leaves_the_key_unused() {
    let app = TestApp::start().await;
    let refused = request_with_key(&app, "k")
        .json(&json!({"goal": "x"}))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 422);
    assert_eq!(post_with_key(&app, "k").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_key_is_rejected_and_the_message_names_the_header() {
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
        let response = post_with_key(&app, bad).await;
        let (status, problem) = problem(response).await;
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
    let twice = request_with_key(&app, "a")
        .header("Idempotency-Key", "b")
        .json(&body());
    assert_eq!(status_and_code(twice.send().await.unwrap()).await.0, 400);
    assert!(app.rows().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_store_a_request_with_a_key_fails_and_nothing_is_spent() {
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
        status_and_code(post_with_key(&app, "k").await).await,
        (503, json!("ledger_unavailable"))
    );
    assert_eq!(fake.invoice().calls.len(), 0);
}
