//! Plans: the stages of our own work, and holds that are open.

use fake_bedrock::script::{Fault, Script};

use super::{MODEL_ID, unique};
use crate::support::{TestApp, fake};

async fn stages(app: &TestApp) -> [f64; 5] {
    let mut counts = [0.0; 5];
    for (count, stage) in counts
        .iter_mut()
        .zip(["classify", "guard", "hold", "check", "settle"])
    {
        let series = format!("goal_router_stage_duration_seconds_count{{stage=\"{stage}\"}}");
        *count = app.metric(&series).await;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn every_stage_of_a_plan_is_measured_and_a_check_for_each_draft() {
    let model = fake(Script::faults([Fault::Garbage]));
    let app = TestApp::with_model(&model, &[]).await;

    app.plan(&unique(0)).await;

    assert_eq!(stages(&app).await, [1.0, 1.0, 1.0, 2.0, 1.0]);
    let took = app
        .metric("goal_router_stage_duration_seconds_sum{stage=\"hold\"}")
        .await;
    assert!(took > 0.0 && took < 5.0, "{took}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_without_a_model_holds_nothing() {
    let app = TestApp::start().await;

    app.plan(&unique(0)).await;

    assert_eq!(stages(&app).await, [1.0, 1.0, 0.0, 1.0, 1.0]);
    assert_eq!(app.metric("goal_router_open_holds").await, 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_open_until_its_request_is_settled() {
    let model = fake(Script::latency(1000));
    let app = TestApp::with_model(&model, &[]).await;

    let body = unique(0);
    let request = app.post_plan(&body);
    let seen = async {
        app.wait_for_metric("goal_router_open_holds", 1.0).await;
    };
    let (response, ()) = tokio::join!(request, seen);

    assert_eq!(response.status(), 200);
    assert_eq!(app.metric("goal_router_open_holds").await, 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_that_needs_the_model_again_is_told_from_those_by_rule() {
    let model = fake(Script::faults([Fault::Html, Fault::Garbage]));
    let app = TestApp::with_model(&model, &[]).await;
    let kind = |kind: &str| format!("goal_router_plan_repairs_total{{kind=\"{kind}\"}}");

    app.plan(&unique(0)).await;
    assert_eq!(app.metric(&kind("cleaned_text")).await, 1.0);
    assert_eq!(app.metric(&kind("asked_again")).await, 0.0);
    app.plan(&unique(1)).await;

    assert_eq!(app.metric(&kind("asked_again")).await, 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_a_model_wrote_has_its_whole_cost_once() {
    let model = fake(Script::faults([Fault::Garbage]));
    let app = TestApp::with_model(&model, &[("PLAN_CACHE_TTL_SECONDS", "60")]).await;

    let plan = app.plan(&unique(0)).await;
    let reused = app.plan(&unique(0)).await;

    assert_eq!(plan["metadata"]["cached"], false);
    assert_eq!(reused["metadata"]["cached"], true);
    let labels = format!("{{category=\"skill-learning\",model=\"{MODEL_ID}\"}}");
    let count = format!("goal_router_plan_cost_usd_count{labels}");
    assert_eq!(app.metric(&count).await, 1.0, "a reused plan costs nothing");
    let sum = app
        .metric(&format!("goal_router_plan_cost_usd_sum{labels}"))
        .await;
    let rows = app.rows().await;
    super::assert_dollars("the plan", sum, rows[0]["cost_nano_usd"].as_u64().unwrap());
    assert_eq!(
        app.metric("goal_router_plans_reused_total{how=\"cache\"}")
            .await,
        1.0
    );
}
