//! Reused plans: identical simultaneous requests share one, and a cache, if configured, serves it for a while.

use std::time::Duration;

use fake_bedrock::script::{Fault, Script};
use serde_json::{Value, json};

use crate::support::{TestApp, fake};

fn body() -> Value {
    json!({"goal": "Learn to play the accordion", "duration_weeks": 4})
}

/// Returns the parts of a plan that do not depend on the request.
fn content(plan: &Value) -> Value {
    json!([
        plan["weekly_breakdown"],
        plan["resources"],
        plan["category"],
        plan["created_at"]
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn identical_simultaneous_requests_of_one_client_share_a_call() {
    let fake = fake(Script::latency(500));
    let app = TestApp::with_model(&fake, &[]).await;

    let plans =
        futures_util::future::join_all((0..20).map(|_| async { app.plan(&body()).await })).await;

    assert_eq!(fake.invoice().calls.len(), 1);
    assert!(plans.iter().all(|plan| content(plan) == content(&plans[0])));
    let ids: std::collections::HashSet<&str> = plans
        .iter()
        .map(|plan| plan["request_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), 20);
    let paid: Vec<&Value> = plans
        .iter()
        .map(|plan| &plan["metadata"])
        .filter(|metadata| metadata["cached"] == false)
        .collect();
    assert_eq!(paid.len(), 1);
    let rows = app.rows().await;
    assert_eq!(rows.len(), 20, "each request has its row");
    let cost: u64 = rows
        .iter()
        .map(|row| row["cost_nano_usd"].as_u64().unwrap())
        .sum();
    let reported = paid[0]["cost_usd"].as_f64().unwrap();
    assert!(
        (reported * 1e9 - cost as f64).abs() < 0.5,
        "the plan is paid for once"
    );
    assert!(rows.iter().all(|row| row["status"] == "settled"));
    assert_eq!(
        app.metric("goal_router_plans_reused_total{how=\"in_flight\"}")
            .await,
        19.0
    );

    app.plan(&body()).await;
    assert_eq!(
        fake.invoice().calls.len(),
        2,
        "a later request makes its own call"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn other_clients_and_other_requests_make_their_own_calls() {
    let fake = fake(Script::latency(300));
    let app = TestApp::with_model(&fake, &[("TRUSTED_PROXY_HOPS", "1")]).await;
    let requests = (0..6).map(|index| {
        let body = if index < 3 {
            body()
        } else {
            json!({"goal": "Learn to play the accordion", "duration_weeks": index})
        };
        app.request(reqwest::Method::POST, "/api/v1/generate-plan")
            .header("X-Forwarded-For", format!("203.0.113.{index}"))
            .json(&body)
            .send()
    });
    for response in futures_util::future::join_all(requests).await {
        assert_eq!(response.unwrap().status(), 200);
    }
    assert_eq!(fake.invoice().calls.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_shared_too_and_not_repeated_for_the_others() {
    let fake = fake(Script {
        latency_ms: 300,
        ..Script::always(Fault::Garbage)
    });
    let app = TestApp::with_model(&fake, &[]).await;
    let responses =
        futures_util::future::join_all((0..10).map(|_| async { app.post_plan(&body()).await }))
            .await;
    assert!(responses.iter().all(|response| response.status() == 502));
    assert_eq!(fake.invoice().calls.len(), 2, "one call and its retry");
    assert_eq!(app.rows().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cached_plan_is_marked_costs_nothing_and_has_its_row() {
    let fake = fake(Script::default());
    let app = TestApp::with_model(&fake, &[("PLAN_CACHE_TTL_SECONDS", "2")]).await;
    let first = app.plan(&body()).await;
    assert_eq!(first["metadata"]["cached"], false);

    let second = app
        .plan(&json!({"goal": "  Learn to  play the accordion ", "duration_weeks": 4}))
        .await;

    let metadata = &second["metadata"];
    assert_eq!(
        (
            &metadata["cached"],
            &metadata["cost_usd"],
            &metadata["llm_calls"]
        ),
        (&json!(true), &json!(0.0), &json!(0))
    );
    assert_eq!(metadata["tokens_used"]["total"], 0);
    assert_eq!(content(&second), content(&first));
    assert_ne!(second["request_id"], first["request_id"]);
    assert_eq!(fake.invoice().calls.len(), 1);
    let rows = app.rows().await;
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().any(|row| row["cost_nano_usd"] == 0
        && row["request_id"] == second["request_id"]
        && row["success"] == true));

    app.plan(
        &json!({"goal": "Learn to play the accordion", "duration_weeks": 4, "hours_per_week": 3}),
    )
    .await;
    assert_eq!(
        fake.invoice().calls.len(),
        2,
        "every input of a plan is in its cache key"
    );
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(app.plan(&body()).await["metadata"]["cached"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_cache_every_plan_is_new_and_an_offline_plan_can_be_cached_too() {
    let app = TestApp::start().await;
    for _ in 0..2 {
        assert_eq!(app.plan(&body()).await["metadata"]["cached"], false);
    }
    let app = TestApp::with(&[("PLAN_CACHE_TTL_SECONDS", "60")]).await;
    app.plan(&body()).await;
    assert_eq!(app.plan(&body()).await["metadata"]["cached"], true);
}
