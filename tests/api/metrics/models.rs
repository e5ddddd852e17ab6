//! Models: what happens when a call does not succeed, and how old their prices are.

use chrono::{TimeZone as _, Utc};
use fake_bedrock::script::{Fault, Script};

use super::{MODEL_ID, unique};
use crate::support::{MODEL, TestApp, fake};

/// A models file in which a model starts at the strictest output mode, and rejects the first two.
const STRICT: &str = r#"[[models]]
provider = "bedrock"
id = "anthropic.claude-sonnet-5-5"
priced_on = "2027-03-01"
source = "a test"
answer_by = "json-schema"
temperature = false
thinking_tokens = 100
rates = { input = "2", output = "10", cache_write = "2.50", cache_read = "0.10" }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn retries_of_a_model_are_counted() {
    let model = fake(Script::faults([Fault::Throttle, Fault::Throttle]));
    let app = TestApp::with_model(&model, &[]).await;

    app.plan(&unique(0)).await;

    let series = |name: &str| format!("goal_router_model_{name}_total{{model=\"{MODEL_ID}\"}}");
    assert_eq!(app.metric(&series("retries")).await, 2.0);
    assert_eq!(app.metric(&series("fallbacks")).await, 0.0);
    let throttled = format!(
        "gen_ai_client_operation_duration_seconds_count{{model=\"{MODEL_ID}\",operation=\"plan\",outcome=\"throttled\"}}"
    );
    assert_eq!(app.metric(&throttled).await, 2.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_given_up_for_the_next_one_is_counted() {
    let model = fake(Script::always(Fault::Denied));
    let models = format!("{MODEL},offline");
    let app = TestApp::with_model(&model, &[("LLM_MODELS", &models)]).await;

    app.plan(&unique(0)).await;
    app.plan(&unique(1)).await;

    let series = |model: &str| format!("goal_router_model_fallbacks_total{{model=\"{model}\"}}");
    assert_eq!(app.metric(&series(MODEL_ID)).await, 2.0);
    assert_eq!(app.metric(&series("offline")).await, 0.0);
    let costs = app.metrics().await;
    let offline = "goal_router_plan_cost_usd_count{category=\"skill-learning\",model=\"offline\"}";
    assert!(
        !costs.contains(offline),
        "a plan of the offline planner costs nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_to_a_weaker_output_mode_is_counted_once() {
    let model = fake(Script::default());
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), STRICT).unwrap();
    let app = TestApp::with_model(
        &model,
        &[
            ("LLM_MODELS", "bedrock:eu.anthropic.claude-sonnet-5-5"),
            ("MODELS_FILE", file.path().to_str().unwrap()),
        ],
    )
    .await;
    let steps = async || {
        let mut steps = [0.0; 3];
        for (step, to) in steps.iter_mut().zip(["forced-tool", "auto-tool", "text"]) {
            let series = format!(
                "goal_router_output_mode_steps_total{{model=\"eu.anthropic.claude-sonnet-5-5\",to=\"{to}\"}}"
            );
            *step = app.metric(&series).await;
        }
        steps
    };
    assert_eq!(steps().await, [0.0, 0.0, 0.0]);

    for index in 0..3 {
        app.plan(&unique(index)).await;
        assert_eq!(steps().await, [1.0, 1.0, 0.0]);
    }

    let priced = app
        .metric("goal_router_price_table_timestamp_seconds")
        .await;
    let day = Utc.with_ymd_and_hms(2027, 3, 1, 0, 0, 0).unwrap();
    assert_eq!(priced, day.timestamp() as f64);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_model_there_is_no_price() {
    let app = TestApp::start().await;

    let priced = app
        .metric("goal_router_price_table_timestamp_seconds")
        .await;

    assert_eq!(priced, 0.0);
}
