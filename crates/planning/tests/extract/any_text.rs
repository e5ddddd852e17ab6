//! No text makes the extraction panic, every phrase it returns lies inside the text, and what is resolved from words alone is
//! always a set of constraints that a plan can keep.

use std::ops::Range;

use chrono::{NaiveDate, WeekdaySet};
use planning::constraints::extract::{ExtractedConstraints, extract};
use planning::constraints::{Constraints, ExplicitConstraints};
use planning::goal::Goal;
use planning::language::Language;
use planning::plan::WarningCode;
use planning::validation::FieldErrors;
use proptest::prelude::*;

/// Pieces of phrases; in random order they make the readers meet in unusual ways.
const PIECES: [&str; 132] = [
    "6",
    "1.5",
    "½",
    "1h30",
    "99999999999",
    "14th",
    "31.2.",
    "3/14/2026",
    "0/0",
    "24/7",
    "2026-13-45",
    "7:30",
    "hours",
    "min",
    "a",
    "an",
    "half",
    "and a half",
    "and a quarter",
    "quarter",
    "x",
    "times",
    "twice",
    "each",
    "every",
    "other",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "year",
    "a week",
    "per",
    "/",
    "-",
    " - ",
    ",",
    ".",
    "(",
    "on",
    "by",
    "before",
    "until",
    "in",
    "over the next",
    "from",
    "to",
    "between",
    "and",
    "or",
    "but",
    "not",
    "only",
    "except",
    "off",
    "Monday",
    "Tue",
    "weekends",
    "weekdays",
    "March",
    "May",
    "Easter",
    "end of",
    "Q2",
    "next",
    "exam",
    "failed",
    "beginner",
    "b1",
    "jusqu'à",
    "Wochenstunden",
    "in 6 weeks",
    "100 weeks",
    "200 hours a week",
    "5 minutes a week",
    "4.1",
    "8,2",
    "1 March 2020",
    "31 February",
    "only on Tuesdays",
    "not on Mondays",
    "Stunden",
    "Minuten",
    "pro Woche",
    "täglich",
    "jeden",
    "Tag",
    "Wochen",
    "Monate",
    "bis",
    "vor",
    "zum",
    "nur",
    "nicht",
    "dienstags",
    "am Wochenende",
    "März",
    "Prüfung",
    "Anfänger",
    "horas",
    "por semana",
    "cada",
    "semanas",
    "meses",
    "hasta",
    "antes de",
    "solo",
    "los martes",
    "fines de semana",
    "marzo",
    "examen",
    "principiante",
    "heures",
    "par semaine",
    "chaque",
    "semaines",
    "mois",
    "avant",
    "seulement",
    "le mardi",
    "sauf",
    "mars",
    "débutant",
    "por dia",
    "até",
    "apenas",
    "às terças",
    "exceto",
    "março",
    "prova",
    "iniciante",
];

fn phrases(extracted: &ExtractedConstraints) -> Vec<(Range<usize>, bool)> {
    let mut phrases = Vec::new();
    phrases.extend(
        extracted
            .minutes_per_week
            .iter()
            .map(|f| (f.phrase.clone(), f.in_context)),
    );
    phrases.extend(
        extracted
            .weeks
            .iter()
            .map(|f| (f.phrase.clone(), f.in_context)),
    );
    phrases.extend(
        extracted
            .deadline
            .iter()
            .map(|f| (f.phrase.clone(), f.in_context)),
    );
    phrases.extend(
        extracted
            .level
            .iter()
            .map(|f| (f.phrase.clone(), f.in_context)),
    );
    phrases.extend(
        extracted
            .unavailable
            .iter()
            .map(|f| (f.phrase.clone(), f.in_context)),
    );
    phrases.extend(
        extracted
            .past_deadline
            .iter()
            .map(|f| (f.phrase.clone(), f.in_context)),
    );
    phrases
}

fn check(goal: &str, context: Option<&str>, start: NaiveDate) -> Result<(), TestCaseError> {
    let extracted = extract(goal, context, start);

    for (phrase, in_context) in phrases(&extracted) {
        let text = if in_context {
            context.unwrap_or_default()
        } else {
            goal
        };
        prop_assert!(
            text.get(phrase.clone())
                .is_some_and(|words| !words.is_empty()),
            "{phrase:?}"
        );
    }
    if let Some(minutes) = &extracted.minutes_per_week {
        prop_assert!((1..=1680 * 60).contains(&minutes.value));
    }
    if let Some(deadline) = &extracted.deadline {
        prop_assert!(deadline.value > start);
    }
    if let Some(past) = &extracted.past_deadline {
        prop_assert!(past.value <= start);
    }
    if let Some(days) = &extracted.unavailable {
        prop_assert!(!days.value.is_empty() && days.value != WeekdaySet::ALL);
    }
    Ok(())
}

fn starts() -> impl Strategy<Value = NaiveDate> {
    prop_oneof![
        9 => (0_u64..40_000).prop_map(|days| {
            NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + chrono::Days::new(days)
        }),
        1 => prop_oneof![Just(NaiveDate::MIN), Just(NaiveDate::MAX)],
    ]
}

/// Pieces in random order, some of them without a space between.
fn sentence() -> impl Strategy<Value = String> {
    let piece = (prop::sample::select(PIECES.to_vec()), any::<bool>());
    prop::collection::vec(piece, 0..40).prop_map(|pieces| {
        let mut sentence = String::new();
        for (piece, glued) in pieces {
            sentence.push_str(piece);
            if !glued {
                sentence.push(' ');
            }
        }
        sentence
    })
}

/// Days within the years that a request may name.
fn today() -> impl Strategy<Value = NaiveDate> {
    (0_u64..30_000)
        .prop_map(|days| NaiveDate::from_ymd_opt(2000, 1, 1).unwrap() + chrono::Days::new(days))
}

/// Checks that the constraints fit together, whatever was said.
fn check_resolved(constraints: &Constraints) -> Result<(), TestCaseError> {
    if let Some(minutes) = constraints.minutes_per_week {
        prop_assert!((6..=4800).contains(&minutes.value));
    }
    prop_assert!((1..=52).contains(&constraints.max_weeks()));
    if let Some(weeks) = constraints.weeks {
        prop_assert!((1..=constraints.max_weeks()).contains(&weeks.value));
    }
    let weeks = constraints
        .weeks
        .map_or(constraints.max_weeks(), |weeks| weeks.value);
    for index in [0, usize::from(weeks) - 1] {
        let first = constraints.starts_on(index);
        let days: Vec<NaiveDate> = constraints.free_days(index).collect();
        prop_assert!(!days.is_empty(), "no free day in week {}", index + 1);
        for day in days {
            prop_assert!(day >= first && day < first + chrono::Days::new(7));
            prop_assert!(
                constraints
                    .deadline
                    .is_none_or(|deadline| day <= deadline.value)
            );
        }
    }
    for warning in &constraints.warnings {
        prop_assert!(matches!(warning.field.as_deref(), Some("goal" | "context")));
        prop_assert!(!warning.message.contains(" 1 weeks"), "{}", warning.message);
        prop_assert!(matches!(
            warning.code,
            WarningCode::IgnoredWords
                | WarningCode::OutOfRange
                | WarningCode::ImpossibleDate
                | WarningCode::TooLittleTime
        ));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_unicode_is_read_without_a_panic(goal in "\\PC{0,120}", context in "\\PC{0,200}", start in starts()) {
        check(&goal, Some(&context), start)?;
    }

    #[test]
    fn any_sequence_of_known_words_is_read_without_a_panic(goal in sentence(), context in sentence(), start in starts()) {
        check(&goal, Some(&context), start)?;
        prop_assert_eq!(extract(&goal, Some(&context), start), extract(&goal, Some(&context), start));
    }

    #[test]
    fn words_alone_are_never_an_error_and_always_fit_together(
        goal in sentence(), context in sentence(), weeks in prop::option::of(1_u8..=52), today in today(),
    ) {
        let goal: String = format!("Learn {goal}").chars().take(500).collect();
        let context: String = context.chars().take(1000).collect();
        let mut errors = FieldErrors::default();
        let goal = Goal::parse(Some(&goal), Some(&context), &mut errors).unwrap();
        let explicit = ExplicitConstraints { duration_weeks: weeks, ..ExplicitConstraints::default() };

        let constraints = Constraints::resolve(&goal, explicit, today, |_| Language::english(), &mut errors);

        prop_assert!(errors.is_empty(), "{:?}", errors);
        let constraints = constraints.unwrap();
        prop_assert!(weeks.is_none() || constraints.weeks.map(|weeks| weeks.value) == weeks);
        check_resolved(&constraints)?;
    }
}
