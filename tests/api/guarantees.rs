//! The guarantees of a plan, checked on its JSON by code that is independent of the service; and property tests that run
//! arbitrary JSON through parsing, repair and validation.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;

use crate::support::{TestApp, fake};
use planning::constraints::{Constraints, Occasion, Origin, Sourced};
use planning::exclusions::Exclusions;
use planning::language::Language;
use planning::plan::Draft;
use planning::plan::check::check;
use planning::plan::repair::repair;

/// The constraints that a plan has to respect.
#[derive(Debug, Clone, Default)]
pub struct Requested {
    pub hours_per_week: Option<f64>,
    pub duration_weeks: Option<u64>,
    pub start_date: Option<NaiveDate>,
    pub deadline: Option<NaiveDate>,
}

/// Panics with the first guarantee that a response violates.
pub fn assert_guarantees(plan: &Value, requested: &Requested) {
    let weeks = plan["weekly_breakdown"].as_array().unwrap();
    let count = weeks.len() as u64;
    assert!((1..=52).contains(&count), "{count} weeks");
    assert_eq!(plan["estimated_duration_weeks"], count);
    if let Some(expected) = requested.duration_weeks {
        assert_eq!(count, expected);
    }
    assert_text(plan["summary"].as_str().unwrap());
    let mut tasks = HashSet::new();
    let mut sum = 0.0;
    for (index, week) in weeks.iter().enumerate() {
        assert_eq!(week["week_number"], index as u64 + 1);
        let hours = week["estimated_hours"].as_f64().unwrap();
        assert!(hours > 0.0 && hours <= 168.0, "{hours} hours");
        assert!(
            requested
                .hours_per_week
                .is_none_or(|max| hours <= max + 1e-9),
            "{hours} of {requested:?}"
        );
        sum += hours;
        assert_text(week["focus_area"].as_str().unwrap());
        assert_text(week["milestone"].as_str().unwrap());
        let written = week["tasks"].as_array().unwrap();
        assert!(!written.is_empty());
        for task in written {
            let task = task.as_str().unwrap();
            assert_text(task);
            assert!(tasks.insert(normal_form(task)), "duplicate task: {task}");
        }
        let starts: NaiveDate = week["starts_on"].as_str().unwrap().parse().unwrap();
        if let Some(start) = requested.start_date {
            assert_eq!(starts, start + Days::new(7 * index as u64));
        }
        assert_days(week, starts, index + 1 == weeks.len(), requested);
        assert_sessions(week);
    }
    let total = plan["total_estimated_hours"].as_f64().unwrap();
    assert!((total - sum).abs() < 0.1, "{total} is not {sum}");
    for resource in plan["resources"].as_array().unwrap() {
        let url = resource["url"].as_str().unwrap();
        assert_text(resource["title"].as_str().unwrap());
        assert_text(resource["resource_type"].as_str().unwrap());
        match resource["link_status"].as_str().unwrap() {
            "allow-listed" => assert!(
                url.starts_with("https://") && !url.contains(['<', '>', '"', ' ', '@']),
                "{url}"
            ),
            "search" => assert!(
                url.strip_prefix("search:")
                    .is_some_and(|words| !words.trim().is_empty()),
                "{url}"
            ),
            other => panic!("{other}"),
        }
    }
}

/// Panics unless the sessions lie in their week, in order, with minutes that add up to its hours and every task in one of them.
fn assert_sessions(week: &Value) {
    let date = |day: &Value| -> NaiveDate { day.as_str().unwrap().parse().unwrap() };
    let days = date(&week["starts_on"])..=date(&week["ends_on"]);
    let sessions = week["sessions"].as_array().unwrap();
    let minutes: u64 = sessions
        .iter()
        .map(|session| session["minutes"].as_u64().unwrap())
        .sum();
    let hours = week["estimated_hours"].as_f64().unwrap();
    assert!((minutes as f64 - hours * 60.0).abs() < 0.5, "{week}");
    let dates: Vec<NaiveDate> = sessions
        .iter()
        .map(|session| date(&session["date"]))
        .collect();
    assert!(dates.iter().all(|date| days.contains(date)), "{week}");
    assert!(dates.windows(2).all(|pair| pair[0] < pair[1]), "{week}");
    let planned: HashSet<u64> = sessions
        .iter()
        .flat_map(|session| session["tasks"].as_array().unwrap())
        .map(|task| task.as_u64().unwrap())
        .collect();
    let tasks = week["tasks"].as_array().unwrap().len() as u64;
    assert_eq!(planned, (0..tasks).collect(), "{week}");
}

/// Panics unless a week ends with its seventh day, or the last one by the deadline with hours in proportion.
fn assert_days(week: &Value, starts: NaiveDate, is_last: bool, requested: &Requested) {
    let ends: NaiveDate = week["ends_on"].as_str().unwrap().parse().unwrap();
    let days = (ends - starts).num_days() + 1;
    assert!((1..=7).contains(&days), "{week}");
    assert!(days == 7 || is_last, "{week}");
    assert!(
        requested.deadline.is_none_or(|deadline| ends <= deadline),
        "{week}"
    );
    let hours = week["estimated_hours"].as_f64().unwrap();
    if let Some(whole) = requested.hours_per_week {
        let most = (whole * days as f64 / 7.0).max(0.1);
        assert!(
            hours <= most + 1e-9,
            "{hours} h in {days} days of {requested:?}"
        );
    }
}

/// Returns the letters and digits of a task in one case and one form; the task itself if it has none.
fn normal_form(task: &str) -> String {
    let letters: String = task
        .nfkc()
        .filter(|char| char.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    if letters.is_empty() {
        task.to_owned()
    } else {
        letters
    }
}

fn assert_text(text: &str) {
    let is_blank = |char: char| {
        matches!(
            char,
            '\u{3164}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{ffa0}'
                | '\u{2800}'
                | '\u{200b}'
                | '\u{2060}'
                | '\u{ad}'
                | '\u{feff}'
        )
    };
    assert!(
        !text.trim().is_empty() && !text.contains(is_blank),
        "{text:?}"
    );
    let is_seen = |char: char| char.is_alphanumeric() || u32::from(char) > 0x2100;
    assert!(text.chars().any(is_seen), "nothing to see: {text:?}");
    for address in ["://", "javascript:a", "data:text"] {
        assert!(!text.contains(address), "an address: {text:?}");
    }
    assert!(text.chars().count() <= 2000);
    let hidden = |char: char| {
        char.is_control()
            || ('\u{202a}'..='\u{202e}').contains(&char)
            || ('\u{2066}'..='\u{2069}').contains(&char)
    };
    assert!(!text.chars().any(hidden), "{text:?}");
    let bytes = text.as_bytes();
    let tag = bytes.windows(2).any(|pair| {
        pair[0] == b'<' && (pair[1].is_ascii_alphabetic() || b"/!?".contains(&pair[1]))
    });
    assert!(
        !tag && !text.contains("](") && !text.contains('`'),
        "markup: {text:?}"
    );
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

/// Arbitrary JSON, whose keys include the field names of a plan.
fn arbitrary_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        (-5_i64..200).prop_map(Value::from),
        "(?s).{0,40}".prop_map(Value::from),
        "[<>&;a-z*`\\[\\]() \u{202e}\u{0}]{0,40}".prop_map(Value::from),
        Just(json!("javascript:alert(1)")),
        Just(json!("https://docs.aws.amazon.com/x")),
        Just(json!("Do the same thing again")),
        "[a-z]{2100}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        let key = prop_oneof![
            Just("weekly_breakdown".to_owned()),
            Just("weeks".to_owned()),
            Just("resources".to_owned()),
            Just("focus_area".to_owned()),
            Just("tasks".to_owned()),
            Just("milestone".to_owned()),
            Just("estimated_hours".to_owned()),
            Just("title".to_owned()),
            Just("url".to_owned()),
            "[a-z]{1,8}",
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..8)
                .prop_map(|fields| fields.into_iter().collect())
        ]
    })
}

/// JSON in the shape of a plan, with arbitrary values in its fields.
fn json_in_the_shape_of_a_plan() -> impl Strategy<Value = Value> {
    let text = || prop_oneof!["[A-Za-z ]{1,30}".prop_map(Value::from), arbitrary_json()];
    let hours = prop_oneof![(-3.0..200.0_f64).prop_map(Value::from), arbitrary_json()];
    let week = (text(), prop::collection::vec(text(), 0..6), text(), hours)
        .prop_map(|(focus, tasks, milestone, hours)| json!({"focus_area": focus, "tasks": tasks, "milestone": milestone, "estimated_hours": hours}));
    let resource = (text(), text(), text())
        .prop_map(|(title, url, kind)| json!({"title": title, "url": url, "resource_type": kind}));
    (
        prop::collection::vec(week, 0..56),
        prop::collection::vec(resource, 0..24),
    )
        .prop_map(|(weeks, resources)| json!({"weekly_breakdown": weeks, "resources": resources}))
}

fn constraints() -> impl Strategy<Value = (Constraints, Requested)> {
    let field = |value| Sourced {
        value,
        origin: Origin::Field,
    };
    (
        prop::option::of(30_u32..4800),
        prop::option::of(1_u8..=52),
        prop::option::of(1_u64..400),
        prop::sample::select(vec![
            Occasion::DueDate,
            Occasion::Event,
            Occasion::Exam,
            Occasion::Race,
        ]),
    )
        .prop_map(move |(minutes, weeks, days, occasion)| {
            let deadline = days.map(|days| {
                // The last of the weeks asked for may have a single day.
                day() + Days::new(days.max(weeks.map_or(0, |weeks| u64::from(weeks) * 7 - 6)))
            });
            let constraints = Constraints {
                minutes_per_week: minutes.map(|value| Sourced {
                    value,
                    origin: Origin::Field,
                }),
                weeks: weeks.map(field),
                start: day(),
                deadline: deadline.map(|value| Sourced {
                    value,
                    origin: Origin::Field,
                }),
                occasion,
                level: None,
                unavailable: None,
                language: Language::english(),
                exclusions: Exclusions::default(),
                sessions_per_week: None,
                even_sessions: false,
                phrases: Vec::new(),
                warnings: Vec::new(),
            };
            let requested = Requested {
                hours_per_week: minutes.map(|minutes| f64::from(minutes) / 60.0),
                duration_weeks: weeks.map(u64::from),
                start_date: Some(day()),
                deadline,
            };
            (constraints, requested)
        })
}

/// Returns the parts of the response that the guarantees cover; `None` if the draft is not valid.
fn response_of(draft: Draft, constraints: &Constraints) -> Option<Value> {
    let plan = check(draft, constraints).ok()?;
    Some(json!({
        "summary": plan.summary(),
        "estimated_duration_weeks": plan.weeks().len(),
        "weekly_breakdown": plan.weeks(),
        "resources": plan.resources(),
        "total_estimated_hours": plan.total(),
    }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_plan_from_arbitrary_json_meets_every_guarantee(value in arbitrary_json(), (constraints, requested) in constraints()) {
        if let Some(mut draft) = Draft::from_text(&value.to_string()) {
            repair(&mut draft, &constraints);
            if let Some(plan) = response_of(draft, &constraints) {
                assert_guarantees(&plan, &requested);
            }
        }
    }

    #[test]
    fn json_in_the_shape_of_a_plan_meets_every_guarantee_or_is_rejected(value in json_in_the_shape_of_a_plan(), (constraints, requested) in constraints(), repaired in any::<bool>()) {
        let mut draft = Draft::from_json(&value).unwrap_or_default();
        if repaired {
            repair(&mut draft, &constraints);
        }
        if let Some(plan) = response_of(draft, &constraints) {
            assert_guarantees(&plan, &requested);
        }
    }

    #[test]
    fn a_second_repair_changes_nothing(value in json_in_the_shape_of_a_plan(), (constraints, _) in constraints()) {
        let mut once = Draft::from_json(&value).unwrap_or_default();
        repair(&mut once, &constraints);
        let mut twice = once.clone();
        repair(&mut twice, &constraints);
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn parsing_arbitrary_text_never_panics(text in "(?s).{0,300}") {
        let _ = Draft::from_text(&text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_of_a_model_meet_every_guarantee_under_all_kinds_of_constraints() {
    let fake = fake(fake_bedrock::script::Script::default());
    let app = TestApp::with_model(&fake, &[("MAX_OUTPUT_TOKENS", "20000")]).await;

    for (hours, weeks, deadline) in [
        (None, None, None),
        (Some(2.25), Some(12), None),
        (Some(0.5), None, Some("2026-12-20")),
        (Some(80.0), Some(52), None),
    ] {
        let body = json!({"goal": "Learn to draw portraits", "hours_per_week": hours, "duration_weeks": weeks, "deadline": deadline});
        let requested = Requested {
            hours_per_week: hours,
            duration_weeks: weeks,
            start_date: Some(day()),
            deadline: deadline.map(|deadline: &str| deadline.parse().unwrap()),
        };
        assert_guarantees(&app.plan(&body).await, &requested);
    }
}
