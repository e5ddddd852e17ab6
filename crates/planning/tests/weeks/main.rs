//! The weeks of offline plans under any constraints: no day before a deadline is left out, and no limit is passed.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first failure")]

use std::sync::OnceLock;

use chrono::{Datelike as _, Days, NaiveDate, Weekday, WeekdaySet};
use planning::category::Category;
use planning::constraints::{Constraints, ExplicitConstraints, Occasion};
use planning::goal::Goal;
use planning::language::Language;
use planning::offline::OfflinePlanner;
use planning::plan::check::check;
use planning::plan::repair::repair;
use planning::plan::{Plan, Week};
use planning::validation::FieldErrors;
use proptest::prelude::*;

static OFFLINE: OnceLock<OfflinePlanner> = OnceLock::new();

fn start() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 25).unwrap()
}

fn resolve(goal: &str, explicit: ExplicitConstraints) -> Option<(Goal, Constraints)> {
    let mut errors = FieldErrors::default();
    let goal = Goal::parse(Some(goal), None, &mut errors).unwrap();
    let constraints = Constraints::resolve(
        &goal,
        explicit,
        start(),
        |_| Language::english(),
        &mut errors,
    )?;
    Some((goal, constraints))
}

/// Plans offline; the draft has to pass the check.
fn plan(goal: &Goal, category: Category, constraints: &Constraints) -> Plan {
    let offline = OFFLINE.get_or_init(|| OfflinePlanner::new().unwrap());
    let mut written = offline.write(goal, category, constraints);
    repair(&mut written.draft, constraints);
    check(written.draft, constraints).unwrap()
}

fn planned(goal: &str, category: Category) -> (Constraints, Plan) {
    let (goal, constraints) = resolve(goal, ExplicitConstraints::default()).unwrap();
    let plan = plan(&goal, category, &constraints);
    (constraints, plan)
}

/// First day, last day and tenths of hours of each week.
fn weeks(plan: &Plan) -> Vec<(String, String, u32)> {
    let shown = |week: &Week| {
        let (starts, ends) = (week.starts_on.to_string(), week.ends_on.to_string());
        (starts, ends, week.estimated_hours.tenths())
    };
    plan.weeks().iter().map(shown).collect()
}

fn week(starts: &str, ends: &str, tenths: u32) -> (String, String, u32) {
    (starts.to_owned(), ends.to_owned(), tenths)
}

#[test]
fn the_week_before_a_race_ends_the_day_before_and_is_a_taper_in_five_languages() {
    for goal in [
        "10k on 6 December 2026, 7 hours a week",
        "10-km-Wettkampf am 6. Dezember 2026, 7 Stunden pro Woche",
        "Carrera el 6 de diciembre de 2026, 7 horas a la semana",
        "Course le 6 décembre 2026, 7 heures par semaine",
        "Corrida no dia 6 de dezembro de 2026, 7 horas por semana",
    ] {
        let (constraints, plan) = planned(goal, Category::Fitness);

        assert_eq!(constraints.occasion, Occasion::Race, "{goal}");
        let weeks = weeks(&plan);
        assert_eq!(
            weeks,
            [
                week("2026-11-25", "2026-12-01", weeks[0].2),
                week("2026-12-02", "2026-12-05", 20)
            ],
            "{goal}: half of four sevenths of 7 h"
        );
        assert!(
            plan.weeks()[1].focus_area.contains("Taper"),
            "{goal}: {}",
            plan.weeks()[1].focus_area
        );
    }
}

#[test]
fn the_week_before_an_exam_is_light_and_a_finish_by_date_is_worked_on() {
    let (_, exam) = planned(
        "AWS exam on 6 December, 7 hours a week",
        Category::Certification,
    );
    let (_, novel) = planned(
        "Finish my novel by 6 December, 7 hours a week",
        Category::Creative,
    );

    assert_eq!(weeks(&exam)[1], week("2026-12-02", "2026-12-05", 30));
    assert_eq!(weeks(&novel)[1], week("2026-12-02", "2026-12-06", 50));
}

#[test]
fn an_event_in_a_day_or_three_gives_one_short_week() {
    for (day, ends, tenths) in [(26, "2026-11-25", 5), (28, "2026-11-27", 15)] {
        let goal = format!("Race on {day} November, 7 hours a week");
        let (_, plan) = planned(&goal, Category::Fitness);

        assert_eq!(weeks(&plan), [week("2026-11-25", ends, tenths)], "{goal}");
    }
}

#[test]
fn without_hours_a_short_week_has_its_part_of_the_busiest_week() {
    let (_, plan) = planned("Race on 6 December", Category::Fitness);

    let hours: Vec<u32> = weeks(&plan).iter().map(|week| week.2).collect();
    assert!(hours[1] <= hours[0] * 4 / 14 && hours[1] > 0, "{hours:?}");
}

#[test]
fn a_last_week_without_a_free_day_is_dropped() {
    // 25 November 2026 is a Wednesday, so the second week has a Wednesday and a Thursday.
    let (constraints, plan) = planned(
        "Read my book by 3 December, not on Wednesdays, not on Thursdays",
        Category::Other,
    );

    assert_eq!(constraints.max_weeks(), 1);
    assert_eq!(plan.weeks().len(), 1);
}

fn days_off() -> impl Strategy<Value = Option<WeekdaySet>> {
    prop::option::of((1_u8..127).prop_map(|bits| {
        (0..7_u8)
            .filter(|day| bits & (1 << day) != 0)
            .filter_map(|day| Weekday::try_from(day).ok())
            .collect()
    }))
}

fn occasions() -> impl Strategy<Value = Occasion> {
    prop::sample::select(vec![
        Occasion::DueDate,
        Occasion::Event,
        Occasion::Exam,
        Occasion::Race,
    ])
}

/// Checks every week, and that no free day before the last one of all is outside of the weeks.
fn check_weeks(plan: &Plan, constraints: &Constraints, fixed: bool) -> Result<(), TestCaseError> {
    let off = constraints
        .unavailable
        .map_or(WeekdaySet::EMPTY, |off| off.value);
    let deadline = constraints.deadline.map(|deadline| deadline.value);
    for (index, week) in plan.weeks().iter().enumerate() {
        let days = (week.ends_on - week.starts_on).num_days() + 1;
        prop_assert_eq!(
            week.starts_on,
            constraints.start + Days::new(7 * index as u64)
        );
        prop_assert!((1..=7).contains(&days) && (days == 7 || index + 1 == plan.weeks().len()));
        prop_assert!(
            constraints.free_days(index).next().is_some(),
            "no free day in {week:?}"
        );
        prop_assert!(deadline.is_none_or(|deadline| week.ends_on <= deadline));
        let is_event = constraints.occasion != Occasion::DueDate;
        prop_assert!(!is_event || deadline.is_none_or(|deadline| week.ends_on < deadline));
        if let Some(minutes) = constraints.minutes_per_week {
            let most = (u64::from(minutes.value) * u64::try_from(days).unwrap() / 42).max(1);
            prop_assert!(u64::from(week.estimated_hours.tenths()) <= most, "{week:?}");
        }
    }
    let sum: u32 = plan
        .weeks()
        .iter()
        .map(|week| week.estimated_hours.tenths())
        .sum();
    prop_assert_eq!(sum, plan.total().tenths());
    let end = plan.weeks().last().unwrap().ends_on;
    if let Some(last) = constraints
        .last_day()
        .filter(|_| !fixed && plan.weeks().len() < 52)
    {
        let mut tail = end.iter_days().skip(1).take_while(|day| *day <= last);
        prop_assert!(
            tail.all(|day| off.contains(day.weekday())),
            "an empty tail after {end}"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_free_day_before_the_end_lies_in_a_week_and_no_limit_is_passed(
        minutes in prop::option::of(6_u32..4800),
        weeks in prop::option::of(1_u8..=52),
        days in prop::option::of(1_u64..450),
        off in days_off(),
        occasion in occasions(),
        category in prop::sample::select(Category::ALL.to_vec()),
        offset in 0_u64..30,
    ) {
        let start = start() + Days::new(offset);
        let explicit = ExplicitConstraints {
            minutes_per_week: minutes,
            duration_weeks: weeks,
            start_date: Some(start),
            deadline: days.map(|days| start + Days::new(days)),
            unavailable_days: off,
            ..ExplicitConstraints::default()
        };
        // Fields that contradict each other are refused.
        let Some((goal, mut constraints)) = resolve("Get good at this", explicit) else {
            prop_assert!(days.is_some());
            return Ok(());
        };
        constraints.occasion = occasion;
        let fits = constraints.free_days(0).next().is_some()
            && weeks.is_none_or(|weeks| weeks <= constraints.max_weeks());
        prop_assume!(fits);

        let plan = plan(&goal, category, &constraints);

        prop_assert!(weeks.is_none_or(|weeks| usize::from(weeks) == plan.weeks().len()));
        check_weeks(&plan, &constraints, weeks.is_some())?;
    }
}
