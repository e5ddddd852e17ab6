//! Constraints that a model saw in the words: they bind where the words agree, and change nothing where they do not.

use fake_bedrock::script::{Fault, Script};
use serde_json::{Value, json};

use crate::support::{TestApp, fake};

const GOAL: &str = "Learn the piano: 3 blocks, 40 minutes fit in";

async fn plan(goal: &str, seen: Value) -> Value {
    let fake = fake(Script::faults([Fault::Seen { constraints: seen }]));
    let app = TestApp::with_model(&fake, &[]).await;
    app.plan(&json!({"goal": goal})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_that_a_model_saw_are_shown_and_limit_the_plan_of_the_same_answer() {
    let seen = json!({"hours_per_week": 2, "hours_per_week_words": "3 blocks, 40 minutes"});

    let plan = plan(GOAL, seen).await;

    let constraints = &plan["metadata"]["constraints"];
    assert_eq!(constraints["hours_per_week"], 2.0, "{constraints}");
    assert_eq!(constraints["origins"]["hours_per_week"], "model");
    assert_eq!(plan["metadata"]["repaired"], true);
    assert_eq!(plan["metadata"]["llm_calls"], 1);
    for week in plan["weekly_breakdown"].as_array().unwrap() {
        assert_eq!(week["estimated_hours"], 2.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn weeks_that_a_model_saw_are_asked_for_again_where_its_plan_has_others() {
    let seen = json!({"duration_weeks": 5, "duration_weeks_words": "five weeks"});

    let plan = plan("Learn the piano, my neighbour took five weeks", seen).await;

    let constraints = &plan["metadata"]["constraints"];
    assert_eq!(constraints["origins"]["weeks"], "model", "{constraints}");
    assert_eq!(plan["estimated_duration_weeks"], 5);
    assert_eq!(plan["metadata"]["llm_calls"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_words_do_not_say_is_ignored() {
    for seen in [
        json!({"hours_per_week": 1, "hours_per_week_words": "1 hour a week"}),
        json!({"hours_per_week": 40, "hours_per_week_words": "40 minutes"}),
        json!({"deadline": "2026-12-06", "deadline_words": "40 minutes"}),
        json!({"duration_weeks": 3, "duration_weeks_words": "3 blocks"}),
        json!([null, {"hours_per_week": {}}]),
    ] {
        let plan = plan(GOAL, seen.clone()).await;

        let constraints = &plan["metadata"]["constraints"];
        assert_eq!(constraints["origins"], json!({}), "{seen}");
        assert_eq!(plan["metadata"]["repaired"], false, "{seen}");
    }
}
