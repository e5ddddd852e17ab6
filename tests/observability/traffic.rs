//! Mixed traffic: plans of every kind, refusals of every kind, and models that fail in several ways.

use std::time::Duration;

use fake_bedrock::script::{Fault, ModelScript, Rate, Script};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::service::{FIRST, Service};

/// One goal of each category.
const GOALS: [&str; 6] = [
    "Pass the AWS Solutions Architect exam",
    "Run a half marathon",
    "Learn to play the guitar",
    "Become a data engineer",
    "Learn Rust",
    "Finish my novel",
];
/// Goals that the local classifier is not sure of.
const UNSURE: [&str; 2] = ["stop putting it off", "finish the thing"];

/// Sends mixed traffic to a service that knows [`crate::service::api_keys`] and has a plan cache.
pub async fn play(service: &Service) {
    plans(service).await;
    reused_plans(service).await;
    refusals(service).await;
    failing_models(service).await;
    clients_that_leave(service).await;
    for path in [
        "/health/live",
        "/health/ready",
        "/",
        "/api-docs/openapi.json",
    ] {
        service.request(Method::GET, path).send().await.unwrap();
    }
    let estimate = service.request(Method::POST, "/api/v1/estimate");
    let estimate = estimate
        .header("X-API-Key", "gr_web")
        .json(&json!({"goal": GOALS[0]}));
    assert_eq!(estimate.send().await.unwrap().status(), 200);
}

/// Requests plans until the day's budget has no room; panics if it never runs out.
pub async fn spend_the_budget(service: &Service) {
    for number in 0..400 {
        let status = service
            .plan_for(&format!("Learn {number} songs on the guitar"))
            .await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            return;
        }
        assert_eq!(status, 200);
    }
    panic!("the budget never ran out");
}

async fn plans(service: &Service) {
    for goal in GOALS.iter().chain(&UNSURE) {
        assert_eq!(service.plan_for(goal).await, 200, "{goal}");
    }
    // Each of these plans is repaired by rules, or asked for again.
    for fault in [
        Fault::Fenced,
        Fault::BadLinks,
        Fault::BadHours,
        Fault::Duplicates,
        Fault::Garbage,
    ] {
        service.models.set_script(Script::faults([fault.clone()]));
        let goal = format!("Learn to juggle {fault:?}");
        assert_eq!(service.plan_for(&goal).await, 200, "{goal}");
    }
}

async fn reused_plans(service: &Service) {
    assert_eq!(service.plan_for(GOALS[0]).await, 200);
    service.models.set_script(Script::latency(300));
    let same = || service.plan_for("Learn to bake bread");
    let (first, second) = tokio::join!(same(), same());
    assert_eq!((first, second), (StatusCode::OK, StatusCode::OK));
    service.models.set_script(Script::default());
    for (goal, status) in [
        ("Learn to sail", 200),
        ("Learn to sail", 200),
        ("Learn to row", 422),
    ] {
        let request = service
            .plan(&json!({"goal": goal}))
            .header("Idempotency-Key", "one");
        assert_eq!(request.send().await.unwrap().status(), status, "{goal}");
    }
}

async fn refusals(service: &Service) {
    let post = |path: &str| service.request(Method::POST, path);
    let plan = "/api/v1/generate-plan";
    let long = "guitar ".repeat(20_000);
    let refused = [
        (
            post(plan)
                .header("X-API-Key", "gr_web")
                .header("Content-Type", "application/json")
                .body("{"),
            400,
        ),
        (post(plan).json(&json!({"goal": GOALS[0]})), 401),
        (
            post(plan)
                .header("X-API-Key", "gr_wrong")
                .json(&json!({"goal": GOALS[0]})),
            401,
        ),
        (post("/nothing/here").header("X-API-Key", "gr_web"), 404),
        (
            service
                .request(Method::DELETE, plan)
                .header("X-API-Key", "gr_web"),
            405,
        ),
        (service.plan(&json!({ "goal": long })), 413),
        (post(plan).header("X-API-Key", "gr_web").body("goal"), 415),
        (service.plan(&json!({"goal": ""})), 422),
        (
            post(plan)
                .header("X-API-Key", "gr_batch")
                .json(&json!({"goal": GOALS[2]})),
            200,
        ),
        (
            post(plan)
                .header("X-API-Key", "gr_batch")
                .json(&json!({"goal": GOALS[2]})),
            429,
        ),
    ];
    for (number, (request, status)) in refused.into_iter().enumerate() {
        assert_eq!(
            request.send().await.unwrap().status(),
            status,
            "refusal {number}"
        );
    }
}

async fn failing_models(service: &Service) {
    // A call that was billed is repeated.
    service
        .models
        .set_script(Script::faults([Fault::ModelError]));
    assert_eq!(service.plan_for("Learn to knit").await, 200);
    // No model writes a plan: 502, and all of it was paid for.
    service.models.set_script(Script::always(Fault::Garbage));
    assert_eq!(service.plan_for("Learn to sew").await, 502);
    service.models.set_script(Script {
        models: vec![ModelScript {
            model: FIRST.to_owned(),
            rates: vec![Rate {
                fault: Fault::Unavailable,
                share: 1.0,
            }],
            ..ModelScript::default()
        }],
        ..Script::default()
    });
    // The first model fails until its breaker opens; the second one writes the plans.
    for number in 0..6 {
        assert_eq!(
            service
                .plan_for(&format!("Learn {number} card tricks"))
                .await,
            200
        );
    }
    service.models.set_script(Script::always(Fault::Denied));
    assert_eq!(service.plan_for("Learn to weld").await, 503);
    service.models.set_script(Script::default());
}

async fn clients_that_leave(service: &Service) {
    service.models.set_script(Script::latency(400));
    let request = service.plan(&json!({"goal": "Learn to whistle"}));
    let left = request.timeout(Duration::from_millis(100)).send().await;
    assert!(left.is_err_and(|error| error.is_timeout()));
    service.models.set_script(Script::default());
}
