//! The guarantees of a plan, checked on its JSON and written apart from the code that gives them; and property tests that
//! throw any JSON at it.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{TestApp, fake};
use planning::constraints::{Constraints, Origin, Sourced};
use planning::language::Language;
use planning::plan::Draft;
use planning::plan::check::check;
use planning::plan::repair::repair;

/// What a plan was asked to respect.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub hours_per_week: Option<f64>,
    pub duration_weeks: Option<u64>,
    pub start_date: Option<NaiveDate>,
    pub deadline: Option<NaiveDate>,
}

/// Panics with the first guarantee that a response breaks.
pub fn assert_kept(plan: &Value, asked: &Asked) {
    let weeks = plan["weekly_breakdown"].as_array().unwrap();
    let count = weeks.len() as u64;
    assert!((1..=52).contains(&count), "{count} weeks");
    assert_eq!(plan["estimated_duration_weeks"], count);
    if let Some(wanted) = asked.duration_weeks {
        assert_eq!(count, wanted);
    }
    let mut tasks = HashSet::new();
    let mut sum = 0.0;
    for (index, week) in weeks.iter().enumerate() {
        assert_eq!(week["week_number"], index as u64 + 1);
        let hours = week["estimated_hours"].as_f64().unwrap();
        assert!(hours > 0.0 && hours <= 168.0, "{hours} hours");
        assert!(
            asked.hours_per_week.is_none_or(|most| hours <= most + 1e-9),
            "{hours} of {asked:?}"
        );
        sum += hours;
        assert_text(week["focus_area"].as_str().unwrap());
        assert_text(week["milestone"].as_str().unwrap());
        let written = week["tasks"].as_array().unwrap();
        assert!(!written.is_empty());
        for task in written {
            let task = task.as_str().unwrap();
            assert_text(task);
            assert!(tasks.insert(task.to_lowercase()), "twice: {task}");
        }
        let starts: NaiveDate = week["starts_on"].as_str().unwrap().parse().unwrap();
        if let Some(start) = asked.start_date {
            assert_eq!(starts, start + Days::new(7 * index as u64));
        }
        if let Some(deadline) = asked.deadline.filter(|_| index > 0) {
            assert!(
                starts + Days::new(6) <= deadline,
                "week {} ends after {deadline}",
                index + 1
            );
        }
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

fn assert_text(text: &str) {
    assert!(!text.trim().is_empty());
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

/// Any JSON, with the names that a plan has among its keys.
fn any_json() -> impl Strategy<Value = Value> {
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

/// Nearly a plan: of the right shape, with anything in its fields.
fn nearly_a_plan() -> impl Strategy<Value = Value> {
    let text = || prop_oneof!["[A-Za-z ]{1,30}".prop_map(Value::from), any_json()];
    let hours = prop_oneof![(-3.0..200.0_f64).prop_map(Value::from), any_json()];
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

fn constraints() -> impl Strategy<Value = (Constraints, Asked)> {
    let field = |value| Sourced {
        value,
        origin: Origin::Field,
    };
    (
        prop::option::of(30_u32..4800),
        prop::option::of(1_u8..=52),
        prop::option::of(1_u64..400),
    )
        .prop_map(move |(minutes, weeks, days)| {
            let deadline = days.map(|days| {
                day() + Days::new(days.max(weeks.map_or(0, |weeks| u64::from(weeks) * 7)))
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
                level: None,
                unavailable: None,
                language: Language::english(),
                phrases: Vec::new(),
            };
            let asked = Asked {
                hours_per_week: minutes.map(|minutes| f64::from(minutes) / 60.0),
                duration_weeks: weeks.map(u64::from),
                start_date: Some(day()),
                deadline,
            };
            (constraints, asked)
        })
}

/// The response's parts that the guarantees speak of, from a draft that passed.
fn shown(draft: Draft, constraints: &Constraints) -> Option<Value> {
    let plan = check(draft, constraints).ok()?;
    Some(json!({
        "estimated_duration_weeks": plan.weeks().len(),
        "weekly_breakdown": plan.weeks(),
        "resources": plan.resources(),
        "total_estimated_hours": plan.total(),
    }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_json_comes_in_what_goes_out_keeps_every_guarantee(value in any_json(), (constraints, asked) in constraints()) {
        if let Some(mut draft) = Draft::from_text(&value.to_string()) {
            repair(&mut draft, &constraints);
            if let Some(plan) = shown(draft, &constraints) {
                assert_kept(&plan, &asked);
            }
        }
    }

    #[test]
    fn what_is_nearly_a_plan_comes_out_kept_or_refused(value in nearly_a_plan(), (constraints, asked) in constraints(), mended in any::<bool>()) {
        let mut draft = Draft::from_json(&value).unwrap_or_default();
        if mended {
            repair(&mut draft, &constraints);
        }
        if let Some(plan) = shown(draft, &constraints) {
            assert_kept(&plan, &asked);
        }
    }

    #[test]
    fn mending_twice_changes_nothing_more(value in nearly_a_plan(), (constraints, _) in constraints()) {
        let mut once = Draft::from_json(&value).unwrap_or_default();
        repair(&mut once, &constraints);
        let mut twice = once.clone();
        repair(&mut twice, &constraints);
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn prose_never_panics_the_reader(text in "(?s).{0,300}") {
        let _ = Draft::from_text(&text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_of_a_model_keep_every_guarantee_under_all_kinds_of_constraints() {
    let fake = fake(fake_bedrock::script::Script::default());
    let app = TestApp::with_model(&fake, &[("MAX_OUTPUT_TOKENS", "20000")]).await;

    for (hours, weeks, deadline) in [
        (None, None, None),
        (Some(2.25), Some(12), None),
        (Some(0.5), None, Some("2026-12-20")),
        (Some(80.0), Some(52), None),
    ] {
        let body = json!({"goal": "Learn to draw portraits", "hours_per_week": hours, "duration_weeks": weeks, "deadline": deadline});
        let asked = Asked {
            hours_per_week: hours,
            duration_weeks: weeks,
            start_date: Some(day()),
            deadline: deadline.map(|deadline: &str| deadline.parse().unwrap()),
        };
        assert_kept(&app.plan(&body).await, &asked);
    }
}
