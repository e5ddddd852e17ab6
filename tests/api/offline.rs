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
async fn plans_for_different_goals_share_few_texts() {
    let app = TestApp::start().await;
    let goals = [
        "learn piano",
        "learn the violin",
        "Learn Spanish",
        "Learn Finnish",
        "run a 5k",
        "inbox zero",
        "less phone",
        "map the echoes of old houses",
        "imitate the echoes of our valley",
    ];

    let mut plans = Vec::new();
    for goal in goals {
        plans.push((goal, texts(&app.plan_for(goal).await)));
    }

    for (index, (goal, own)) in plans.iter().enumerate() {
        for (other, others) in &plans[index + 1..] {
            let shared = own.intersection(others).count();
            let least = own.len().min(others.len());
            assert!(
                shared * 100 < least * 80,
                "{goal} and {other}: {shared} of {least}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_subject_is_named_in_the_summary_and_hung_onto_no_task() {
    let app = TestApp::start().await;

    for (goal, title, tail) in [
        (
            "improve piano sight-reading",
            "Sight-reading",
            "piano sight-reading",
        ),
        (
            "map the echoes of old houses",
            "“map the echoes of old houses”",
            "of old houses",
        ),
        ("be up at 6 am every day", "", "6 am every day"),
    ] {
        let plan = app.plan_for(goal).await;
        let summary = plan["summary"].as_str().unwrap();
        assert!(summary.starts_with(title), "{summary}");
        for text in texts(&plan) {
            assert!(
                !text.ends_with(tail) && !text.contains(goal),
                "{goal}: {text}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_keeps_what_the_person_rules_out_and_when_they_are_free() {
    let app = TestApp::start().await;

    let plan = app
        .plan(&json!({
            "goal": "lose 10 kg in 12 weeks, bad knees, no gym, 30 minutes a day, not on Sundays",
            "start_date": "2027-01-04",
        }))
        .await;

    let constraints = &plan["metadata"]["constraints"];
    let excluded = constraints["excluded"].to_string();
    for demand in ["gym", "running", "jumping", "deep-knee"] {
        assert!(excluded.contains(demand), "{excluded}");
    }
    assert_eq!(constraints["sessions_per_week"], 7);
    for week in plan["weekly_breakdown"].as_array().unwrap() {
        for task in week["tasks"].as_array().unwrap() {
            let task = task.as_str().unwrap().to_lowercase();
            for word in ["gym", "jog", " run ", "lunge", "sprint"] {
                assert!(!task.contains(word), "{task}");
            }
        }
        let sessions = week["sessions"].as_array().unwrap();
        assert_eq!(sessions.len(), 6, "{week}");
        for session in sessions {
            let day: chrono::NaiveDate = session["date"].as_str().unwrap().parse().unwrap();
            assert_ne!(chrono::Datelike::weekday(&day), chrono::Weekday::Sun);
        }
    }
    let last = plan["weekly_breakdown"][11]["milestone"].as_str().unwrap();
    assert!(last.ends_with("10 of 10 kg"), "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_the_time_cannot_carry_is_warned_of() {
    let app = TestApp::start().await;

    for (goal, is_warned) in [
        ("lose 20 kg in 8 weeks", true),
        ("lose 6 kg in 12 weeks", false),
        (
            "reach C1 in Finnish from A1 in 8 weeks, 3 hours a week",
            true,
        ),
        (
            "write a novel of 50,000 words in 20 weeks, 7 hours a week",
            false,
        ),
        (
            "write a novel of 90,000 words in 4 weeks, 3 hours a week",
            true,
        ),
        ("first marathon in 4 weeks", true),
    ] {
        let plan = app.plan_for(goal).await;
        let warnings = plan["warnings"].to_string();
        assert_eq!(
            warnings.contains("too_little_time"),
            is_warned,
            "{goal}: {warnings}"
        );
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

    for (body, language, words) in [
        (
            json!({"goal": "Ich möchte endlich Gitarre spielen lernen"}),
            "de",
            " und | mit | den ",
        ),
        (
            json!({"goal": "Quiero aprender a cocinar comida mexicana"}),
            "es",
            " con | com | una | uma ",
        ),
        (
            json!({"goal": "Je veux apprendre à jouer de l'accordéon"}),
            "fr",
            " les | une | avec ",
        ),
        (
            json!({"goal": "Quero aprender a tocar violão este ano"}),
            "pt",
            " con | com | una | uma ",
        ),
        (
            json!({"goal": "Learn the guitar", "language": "de-AT"}),
            "de-AT",
            " und | mit | den ",
        ),
    ] {
        let plan = app.plan(&body).await;
        assert_eq!(plan["metadata"]["written_in"], language, "{body}");
        let weeks = plan["weekly_breakdown"].to_string();
        assert!(words.split('|').any(|word| weeks.contains(word)), "{body}");
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
