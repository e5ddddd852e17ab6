//! Constraints in fields and in text: recognized, echoed, and respected.

use chrono::{Datelike as _, NaiveDate, Weekday};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::guarantees::{Requested, assert_guarantees};
use crate::support::TestApp;

#[derive(Deserialize)]
struct Row {
    goal: String,
    start_date: String,
    expect: Value,
}

#[tokio::test(flavor = "multi_thread")]
async fn constraints_in_text_are_echoed_and_respected() {
    let app = TestApp::start().await;
    let table = include_str!("../../crates/planning/tests/extract/constraints_sample.jsonl");

    for line in table.lines() {
        let row: Row = serde_json::from_str(line).unwrap();
        let plan = app
            .plan(&json!({"goal": row.goal, "start_date": row.start_date}))
            .await;

        let echoed = &plan["metadata"]["constraints"];
        let hours = row.expect["hours_per_week"].as_f64().unwrap();
        assert!(
            (echoed["hours_per_week"].as_f64().unwrap() - hours).abs() < 0.011,
            "{}: {echoed}",
            row.goal
        );
        for name in [
            "weeks",
            "deadline",
            "level",
            "unavailable_days",
            "max_weeks",
        ] {
            assert_eq!(echoed[name], row.expect[name], "{}: {name}", row.goal);
        }
        let requested = Requested {
            hours_per_week: Some(hours),
            duration_weeks: row.expect["weeks"].as_u64(),
            start_date: row.start_date.parse().ok(),
            deadline: row.expect["deadline"]
                .as_str()
                .map(|date| date.parse().unwrap()),
        };
        assert_guarantees(&plan, &requested);
        assert!(plan["estimated_duration_weeks"].as_u64() <= row.expect["max_weeks"].as_u64());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_override_text_and_the_goal_overrides_the_context() {
    let app = TestApp::start().await;

    let plan = app
        .plan(&json!({"goal": "Learn chess, 3 hours a week", "context": "9 hours a week in 40 weeks, beginner", "hours_per_week": 2, "start_date": "2026-11-23"}))
        .await;

    let echoed = &plan["metadata"]["constraints"];
    assert_eq!(
        (
            &echoed["hours_per_week"],
            &echoed["weeks"],
            &echoed["level"]
        ),
        (&json!(2.0), &json!(40), &json!("beginner"))
    );
    assert_eq!(
        echoed["origins"],
        json!({"hours_per_week": "field", "weeks": "context", "deadline": "context", "level": "context"})
    );
    assert_guarantees(
        &plan,
        &Requested {
            hours_per_week: Some(2.0),
            duration_weeks: Some(40),
            ..Requested::default()
        },
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn days_off_have_no_tasks() {
    let app = TestApp::start().await;

    let plan = app
        .plan(&json!({"goal": "Learn chess, only on Tuesdays and Thursdays, one hour each"}))
        .await;

    assert_eq!(
        plan["metadata"]["constraints"]["unavailable_days"],
        json!(["mon", "wed", "fri", "sat", "sun"])
    );
    for week in plan["weekly_breakdown"].as_array().unwrap() {
        for day in weekdays(week) {
            assert!(matches!(day, Weekday::Tue | Weekday::Thu), "{week}");
        }
    }
}

/// The weekdays of a week's sessions, in their order.
fn weekdays(week: &Value) -> Vec<Weekday> {
    let sessions = week["sessions"].as_array().unwrap().iter();
    let dates = sessions.map(|session| session["date"].as_str().unwrap());
    dates
        .map(|date| date.parse::<NaiveDate>().unwrap().weekday())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_in_a_few_days_still_gives_a_week_with_hours_for_those_days() {
    let app = TestApp::start().await;

    let body =
        json!({"goal": "Pass my theory test", "deadline": "2026-11-26", "hours_per_week": 14});
    let plan = app.plan(&body).await;

    assert_eq!(plan["estimated_duration_weeks"], 1);
    assert_eq!(plan["metadata"]["constraints"]["deadline"], "2026-11-26");
    assert_eq!(
        plan["total_estimated_hours"], 8.0,
        "the hours of four of seven days"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn time_constraints_change_neither_the_category_nor_the_subject() {
    let app = TestApp::start().await;

    for (goal, hours) in [
        ("Learn piano", None),
        ("Learn piano, half an hour twice a week", Some(1.0)),
        (
            "Learn piano on Mondays and Wednesdays, 1 hour each",
            Some(2.0),
        ),
        ("Learn piano, two evenings, one hour each", Some(2.0)),
        ("Learn piano over the next three months", None),
    ] {
        let plan = app.plan_for(goal).await;
        assert_eq!(plan["category"], "skill-learning", "{goal}");
        assert_eq!(
            plan["metadata"]["constraints"]["hours_per_week"].as_f64(),
            hours,
            "{goal}"
        );
        let summary = plan["summary"].as_str().unwrap();
        assert!(summary.starts_with("Piano: "), "{goal}: {summary}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_start_date_the_plan_starts_today() {
    let app = TestApp::start().await;

    let plan = app.plan_for("Learn chess").await;

    assert_eq!(plan["weekly_breakdown"][0]["starts_on"], "2026-11-23");
    assert_eq!(plan["metadata"]["constraints"]["start_date"], "2026-11-23");
    assert_eq!(plan["metadata"]["constraints"]["language"], "en");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duration_in_weeks_overrides_a_season_in_text() {
    let app = TestApp::start().await;

    let plan = app
        .plan(&json!({"goal": "Organise our wedding next summer", "duration_weeks": 40}))
        .await;

    assert_eq!(plan["estimated_duration_weeks"], 40);
    assert_eq!(plan["metadata"]["constraints"]["deadline"], json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_with_a_decimal_fraction_are_planned_to_the_tenth() {
    let app = TestApp::start().await;

    for tenths in [5, 7, 11, 23, 29, 41, 57, 82, 164, 333, 656, 799] {
        let hours = f64::from(tenths) / 10.0;
        let plan = app
            .plan(&json!({"goal": "Learn to knit", "hours_per_week": hours, "duration_weeks": 3}))
            .await;

        assert_eq!(plan["metadata"]["constraints"]["hours_per_week"], hours);
        for week in plan["weekly_breakdown"].as_array().unwrap() {
            assert_eq!(week["estimated_hours"], hours);
        }
        assert_eq!(
            plan["total_estimated_hours"],
            f64::from(3 * tenths) / 10.0,
            "the exact sum"
        );
    }
    let plan = app.plan_for("Learn to knit, 4.1 hours a week").await;
    assert_eq!(plan["weekly_breakdown"][0]["estimated_hours"], 4.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_never_put_on_a_day_off_or_after_the_deadline() {
    let app = TestApp::start().await;

    // 2026-11-23 is a Monday.
    for (off, deadline, free) in [
        (
            json!(["mon"]),
            "2026-11-25",
            vec![Weekday::Tue, Weekday::Wed],
        ),
        (
            json!(["tue", "sat"]),
            "2026-11-28",
            vec![Weekday::Mon, Weekday::Wed, Weekday::Thu, Weekday::Fri],
        ),
        (
            json!(["sun", "mon", "tue", "wed"]),
            "2026-11-26",
            vec![Weekday::Thu],
        ),
    ] {
        let body = json!({"goal": "Learn to knit", "start_date": "2026-11-23", "deadline": deadline, "unavailable_days": off});
        let plan = app.plan(&body).await;

        let weeks = plan["weekly_breakdown"].as_array().unwrap();
        assert_eq!(weeks.len(), 1);
        for day in weekdays(&weeks[0]) {
            assert!(free.contains(&day), "{day} in {body}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_follow_the_days_of_a_week_that_does_not_start_on_a_monday() {
    let app = TestApp::start().await;

    let body = json!({"goal": "Learn to knit", "start_date": "2026-11-26", "hours_per_week": 9, "duration_weeks": 2, "unavailable_days": ["wed", "thu"]});
    let plan = app.plan(&body).await;

    let order = [
        Weekday::Fri,
        Weekday::Sat,
        Weekday::Sun,
        Weekday::Mon,
        Weekday::Tue,
    ];
    for week in plan["weekly_breakdown"].as_array().unwrap() {
        let days = weekdays(week).into_iter();
        let places: Vec<_> = days
            .map(|day| order.iter().position(|free| *free == day))
            .collect();
        assert!(
            places.iter().all(Option::is_some) && places.is_sorted(),
            "{week}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn days_and_level_in_fields_override_those_in_words() {
    let app = TestApp::start().await;

    let body = json!({"goal": "Learn chess as a beginner, only on Tuesdays", "level": "advanced", "unavailable_days": ["sat", "sun"]});
    let plan = app.plan(&body).await;

    let echoed = &plan["metadata"]["constraints"];
    assert_eq!(
        (&echoed["level"], &echoed["unavailable_days"]),
        (&json!("advanced"), &json!(["sat", "sun"]))
    );
    assert_eq!(echoed["origins"]["unavailable_days"], "field");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_leave_no_day_or_contradict_a_field_are_left_out() {
    let app = TestApp::start().await;

    for (body, left_out) in [
        (
            json!({"goal": "Learn chess, only on Tuesdays", "start_date": "2026-11-25", "deadline": "2026-11-27"}),
            "unavailable_days",
        ),
        (
            json!({"goal": "Learn chess by 27 November, only on Tuesdays", "start_date": "2026-11-25"}),
            "unavailable_days",
        ),
        (
            json!({"goal": "Learn chess by 27 November", "start_date": "2026-11-25", "unavailable_days": ["wed", "thu", "fri"]}),
            "deadline",
        ),
        (
            json!({"goal": "Learn chess by 20 December", "duration_weeks": 30}),
            "deadline",
        ),
        (
            json!({"goal": "12-week plan to learn chess, exam on 20 December"}),
            "weeks",
        ),
        (
            json!({"goal": "Learn chess in 12 weeks", "deadline": "2026-12-20"}),
            "weeks",
        ),
        (json!({"goal": "Learn chess by 1 March 2020"}), "deadline"),
        (
            json!({"goal": "Learn chess, 120 hours a week"}),
            "hours_per_week",
        ),
        (json!({"goal": "Learn chess in 100 weeks"}), "weeks"),
    ] {
        let plan = app.plan(&body).await;

        assert_guarantees(&plan, &Requested::default());
        let echoed = &plan["metadata"]["constraints"][left_out];
        assert!(echoed.is_null() || *echoed == json!([]), "{body}: {echoed}");
    }
}
