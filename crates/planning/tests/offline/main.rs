//! Plans without a model keep every promise, whatever the goal, the time, the days, the level and what is ruled out.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../cleaner/promises.rs"]
mod promises;

use std::sync::LazyLock;

use chrono::{Datelike as _, Days, NaiveDate};
use planning::category::Category;
use planning::constraints::{Constraints, ExplicitConstraints};
use planning::goal::Goal;
use planning::language::Language;
use planning::offline::OfflinePlanner;
use planning::plan::Plan;
use planning::plan::check::check;
use planning::plan::repair::repair;
use planning::validation::FieldErrors;
use proptest::prelude::*;

use self::promises::assert_promises;

static PLANNER: LazyLock<OfflinePlanner> = LazyLock::new(|| OfflinePlanner::new().unwrap());

/// What people want, in one word, in slang, without a verb, in several languages, and in none.
const GOALS: [&str; 28] = [
    "half marathon",
    "lose 10 kg",
    "bake croissants",
    "a rescue greyhound",
    "IELTS 7.0, writing is weak",
    "wanna get ripped lol",
    "piano",
    "learn Spanish and guitar and pay off my debts",
    "more",
    "get my nine-year-old to read",
    "table tennis with an artificial hip",
    "stop smoking",
    "write 50,000 words",
    "Halbmarathon und Klavier",
    "Ein Baumhaus bauen",
    "Schwedisch lernen",
    "aprobar las matemáticas de bachillerato",
    "organizar la mudanza",
    "un potager sur la terrasse",
    "permis bateau",
    "tocar cavaquinho",
    "emagrecer",
    "ピアノを弾けるようになりたい",
    "🎹🎹🎹",
    "qwertz uiop asdf",
    "become world champion in everything by tomorrow",
    "the the the the",
    "be up at 6 am",
];

/// What people rule out, and how they are.
const LIMITS: [&str; 18] = [
    "",
    "no gym, no running, bad knees",
    "in a wheelchair",
    "no videos, no apps, no screens",
    "without spending money",
    "no yoga",
    "I'm pregnant",
    "vegan, gluten free, nut allergy",
    "no people, no groups, no phone calls",
    "no gym and only at the gym",
    "kein Fitnessstudio, ohne Geld",
    "sin gimnasio, sin vídeos",
    "sans salle de sport, pas de course à pied",
    "sem academia, nada de corrida",
    "no writing, no reading, no thinking, no plan",
    "without tasks, without weeks, without minutes",
    "I can only stand on one hand",
    "nothing outdoors, nothing indoors",
];

/// A request for a plan.
#[derive(Debug, Clone)]
struct Request {
    goal: String,
    category: Category,
    language: &'static str,
    level: Option<&'static str>,
    weeks: Option<u8>,
    tenths_of_hours: Option<u16>,
    days_off: Vec<String>,
    days_to_deadline: Option<u64>,
}

fn request() -> impl Strategy<Value = Request> {
    let goal = (
        prop::sample::select(GOALS.to_vec()),
        prop::sample::select(LIMITS.to_vec()),
    )
        .prop_map(|(goal, limits)| format!("{goal}, {limits}"));
    let days =
        prop::sample::subsequence(vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 0..=6);
    (
        goal,
        prop::sample::select(Category::ALL.to_vec()),
        prop::sample::select(vec!["en", "de", "es", "fr", "pt", "ja"]),
        prop::sample::select(vec![
            None,
            Some("beginner"),
            Some("intermediate"),
            Some("advanced"),
        ]),
        prop::option::of(1_u8..=52),
        prop::option::of(5_u16..=800),
        days,
        prop::option::of(1_u64..400),
    )
        .prop_map(
            |(goal, category, language, level, weeks, tenths_of_hours, days, days_to_deadline)| {
                Request {
                    goal,
                    category,
                    language,
                    level,
                    weeks: weeks.filter(|_| days_to_deadline.is_none()),
                    tenths_of_hours,
                    days_off: days.into_iter().map(str::to_owned).collect(),
                    days_to_deadline,
                }
            },
        )
}

fn start() -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 1, 4).unwrap()
}

/// Returns the plan and what it had to respect; `None` where the fields contradict each other.
fn planned(request: &Request) -> Option<(Plan, Constraints)> {
    let mut errors = FieldErrors::default();
    let goal = Goal::parse(Some(&request.goal), None, &mut errors)?;
    let mut explicit = ExplicitConstraints::default();
    if let Some(weeks) = request.weeks {
        explicit.duration_weeks(f64::from(weeks), &mut errors);
    }
    if let Some(tenths) = request.tenths_of_hours {
        explicit.hours_per_week(f64::from(tenths) / 10.0, &mut errors);
    }
    if let Some(level) = request.level {
        explicit.level(level, &mut errors);
    }
    if !request.days_off.is_empty() {
        explicit.unavailable_days(&request.days_off, &mut errors);
    }
    if let Some(days) = request.days_to_deadline {
        let deadline = start() + Days::new(days);
        explicit.deadline(&deadline.to_string(), &mut errors);
    }
    let language = |_: &[(&'static str, u32)]| Language::parse(request.language).unwrap();
    let constraints = Constraints::resolve(&goal, explicit, start(), language, &mut errors)?;
    let write = || PLANNER.write(&goal, request.category, &constraints).draft;
    let mut draft = write();
    assert_eq!(draft, write(), "the same words give the same draft");
    let repairs = repair(&mut draft, &constraints);
    assert_eq!(repairs, [], "{request:?}");
    let plan = check(draft, &constraints);
    let plan = plan.unwrap_or_else(|violations| panic!("{request:?}: {violations:?}"));
    Some((plan, constraints))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_plan_without_a_model_keeps_every_promise(request in request()) {
        let Some((plan, constraints)) = planned(&request) else {
            return Ok(());
        };
        assert_promises(&plan, request.tenths_of_hours.map(|tenths| u32::from(tenths) * 6));
        if let Some(weeks) = request.weeks {
            prop_assert_eq!(plan.weeks().len(), usize::from(weeks));
        }
        for session in plan.weeks().iter().flat_map(|week| &week.sessions) {
            if let Some(last) = constraints.last_day() {
                prop_assert!(session.date <= last);
            }
            if let Some(off) = constraints.unavailable {
                prop_assert!(!off.value.contains(session.date.weekday()));
            }
        }
    }
}

#[test]
fn a_year_of_which_nearly_everything_is_ruled_out_has_a_task_in_each_week() {
    let request = Request {
        goal: "piano, I can only stand on one hand".to_owned(),
        category: Category::SkillLearning,
        language: "es",
        level: None,
        weeks: None,
        tenths_of_hours: None,
        days_off: Vec::new(),
        days_to_deadline: Some(351),
    };
    let (plan, _) = planned(&request).unwrap();
    assert_eq!(plan.weeks().len(), 51);
}
