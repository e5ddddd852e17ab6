//! No text makes the extraction panic, and every phrase it returns lies inside the text.

use std::ops::Range;

use chrono::{NaiveDate, WeekdaySet};
use planning::constraints::extract::{ExtractedConstraints, extract};
use proptest::prelude::*;

/// Pieces of phrases; in random order they make the readers meet in unusual ways.
const PIECES: [&str; 72] = [
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
        prop_assert!((1..=168 * 60).contains(&minutes.value));
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_unicode_is_read_without_a_panic(goal in "\\PC{0,120}", context in "\\PC{0,200}", start in starts()) {
        check(&goal, Some(&context), start)?;
    }

    #[test]
    fn any_sequence_of_known_words_is_read_without_a_panic(
        pieces in prop::collection::vec((prop::sample::select(PIECES.to_vec()), any::<bool>()), 0..40),
        start in starts(),
    ) {
        let mut goal = String::new();
        for (piece, glued) in pieces {
            goal.push_str(piece);
            if !glued {
                goal.push(' ');
            }
        }
        check(&goal, None, start)?;
    }
}
