//! Plans without a model, through the API.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::guarantees::{Requested, assert_guarantees};
use crate::support::TestApp;

/// Returns all tasks and milestones of a plan.
fn texts(plan: &Value) -> HashSet<String> {
    let weeks = plan["weekly_breakdown"].as_array().unwrap();
    let tasks = weeks
        .iter()
        .flat_map(|week| week["tasks"].as_array().unwrap());
    tasks
        .chain(weeks.iter().map(|week| &week["milestone"]))
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_curl_example_of_the_original_readme_works_unchanged() {
    let app = TestApp::start().await;
    let body = r#"{
    "goal": "Prepare for AWS Solutions Architect certification",
    "context": "Beginner with basic cloud knowledge"
  }"#;

    let response = app
        .request(Method::POST, "/api/v1/generate-plan")
        .header("Content-Type", "application/json")
        .body(body)
        .send()
        .await
        .unwrap();

    assert_eq!(response.status(), 200);
    let id = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let timing = response.headers()["server-timing"]
        .to_str()
        .unwrap()
        .to_owned();
    for step in ["classify;dur=", "model;dur=", "ledger;dur=", "total;dur="] {
        assert!(timing.contains(step), "{timing}");
    }
    let plan: Value = response.json().await.unwrap();
    assert_eq!(plan["request_id"], id.as_str());
    assert_eq!(
        plan["goal"],
        "Prepare for AWS Solutions Architect certification"
    );
    assert_eq!(plan["category"], "certification");
    assert_eq!(plan["created_at"], "2026-11-23T10:30:00.000Z");
    assert_eq!(plan["metadata"]["provider"], "offline");
    assert_eq!(plan["metadata"]["cost_usd"], 0.0);
    assert_eq!(plan["metadata"]["llm_calls"], 0);
    assert_eq!(plan["metadata"]["constraints"]["level"], "beginner");
    assert_guarantees(&plan, &Requested::default());
    let exams = plan["weekly_breakdown"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|week| week["tasks"].to_string().contains("exam"))
        .count();
    assert!(exams > 1, "a certification plan has practice exams");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_category_language_and_duration_meets_every_guarantee() {
    let app = TestApp::start().await;
    let goals = [
        "Prepare for the CISSP exam",
        "Learn to play the violin",
        "Run my first half marathon",
        "Finish the first draft of my novel",
        "Stop procrastinating and plan my week",
        "Organise our wedding next summer",
        "Deutsch: Ich will die Meisterprüfung bestehen",
        "Quiero aprender a tocar la guitarra",
        "Perdre du poids et courir 10 km",
        "Escrever um livro de contos",
        "ピアノを弾けるようになりたい",
        "هدفي تعلم الرسم",
        "学会做几道川菜",
        "🎹🎹🎹",
        "learn the <canvas> tag & **markdown** `code`",
    ];

    for goal in goals {
        for weeks in [1, 2, 5, 12, 13, 25, 37, 52] {
            for hours in [0.5, 9.5] {
                let body = json!({"goal": goal, "duration_weeks": weeks, "hours_per_week": hours, "start_date": "2026-11-23"});
                let requested = Requested {
                    hours_per_week: Some(hours),
                    duration_weeks: Some(weeks),
                    start_date: "2026-11-23".parse().ok(),
                    deadline: None,
                };
                let plan = app.plan(&body).await;
                assert_guarantees(&plan, &requested);
                assert_eq!(
                    plan["metadata"]["repaired"], false,
                    "{goal}, {weeks} weeks: an offline plan needs no repair"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_different_goals_never_get_the_same_texts() {
    let app = TestApp::start().await;
    let goals = [
        "learn piano",
        "learn the violin",
        "Learn Spanish",
        "Learn French",
        "run a 5k",
        "run a 10k",
        "inbox zero",
        "less phone",
        "paint 12 watercolours",
        "paint 6 oils",
    ];

    let mut plans = Vec::new();
    for goal in goals {
        plans.push((goal, texts(&app.plan_for(goal).await)));
    }

    for (index, (goal, own)) in plans.iter().enumerate() {
        for (other, others) in &plans[index + 1..] {
            let shared: Vec<_> = own.intersection(others).collect();
            assert!(shared.is_empty(), "{goal} and {other} share {shared:?}");
        }
    }
    // Goals about the same subject in other words differ too.
    assert_ne!(
        texts(&app.plan_for("learn piano").await),
        texts(&app.plan_for("I want to learn piano").await)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_task_names_the_subject() {
    let app = TestApp::start().await;

    for (goal, subject) in [
        (
            "Prepare for AWS Solutions Architect certification",
            "AWS Solutions Architect",
        ),
        ("I want to learn the accordion", "accordion"),
        ("sub-4 marathon", "sub-4 marathon"),
    ] {
        let plan = app.plan_for(goal).await;
        for week in plan["weekly_breakdown"].as_array().unwrap() {
            for task in week["tasks"].as_array().unwrap() {
                assert!(task.as_str().unwrap().contains(subject), "{task}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_training_has_rest_weeks_and_a_taper() {
    let app = TestApp::start().await;

    let plan = app
        .plan(&json!({"goal": "Run a marathon", "duration_weeks": 16, "hours_per_week": 6}))
        .await;

    assert_eq!(plan["category"], "fitness");
    let hours: Vec<f64> = plan["weekly_breakdown"]
        .as_array()
        .unwrap()
        .iter()
        .map(|week| week["estimated_hours"].as_f64().unwrap())
        .collect();
    assert!(hours[15] <= 4.0, "the last week tapers: {hours:?}");
    assert!(
        hours[3] < hours[2] && hours[7] < hours[6],
        "every fourth week rests: {hours:?}"
    );
    assert!(hours[0] < hours[9], "the load grows: {hours:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_in_the_language_of_its_goal_or_in_the_requested_one() {
    let app = TestApp::start().await;

    for (body, language, word) in [
        (
            json!({"goal": "Ich möchte endlich Gitarre spielen lernen"}),
            "de",
            " und ",
        ),
        (
            json!({"goal": "Quiero aprender a cocinar comida mexicana"}),
            "es",
            " para ",
        ),
        (
            json!({"goal": "Je veux apprendre à jouer de l'accordéon"}),
            "fr",
            " pour ",
        ),
        (
            json!({"goal": "Quero aprender a tocar violão este ano"}),
            "pt",
            " para ",
        ),
        (
            json!({"goal": "Learn the guitar", "language": "de-AT"}),
            "de-AT",
            " und ",
        ),
    ] {
        let plan = app.plan(&body).await;
        assert_eq!(plan["metadata"]["written_in"], language, "{body}");
        assert!(
            plan["weekly_breakdown"].to_string().contains(word),
            "{body}"
        );
    }
    // There is no curriculum in Japanese, so the plan is in English, and its metadata says so.
    let plan = app.plan_for("ピアノを弾けるようになりたい").await;
    assert_eq!(
        (
            &plan["metadata"]["constraints"]["language"],
            &plan["metadata"]["written_in"]
        ),
        (&json!("ja"), &json!("en"))
    );
}
