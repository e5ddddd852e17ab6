//! Constraints that a model reports to have seen in the words. Each is taken only where nothing else gave it, the words it quotes
//! stand in the goal or the context, their own numbers agree, and it fits the other constraints. So a model can add a limit that the
//! person wrote down, and can loosen none.

use std::ops::Range;

use chrono::{NaiveDate, WeekdaySet};
use serde_json::Value;

use super::explicit::{MAX_WEEKS, MINUTES_PER_WEEK};
use super::extract::{Occasion, Quote, occasion_of};
use super::resolve::Constraints;
use super::sourced::{Origin, Sourced};
use super::{spoken, weekdays};
use crate::answer::{Answer, field_of};
use crate::goal::Goal;

/// Maximum length of a quote in bytes: a phrase, not the whole text.
const MAX_QUOTE: usize = 200;

/// Returns the constraints with those that the answer of a model reports in `constraints_seen` and that can be taken.
///
/// What cannot be taken, or is not understood, changes nothing.
#[must_use]
pub fn with_seen(constraints: &Constraints, goal: &Goal, answer: &Answer) -> Constraints {
    let mut all = constraints.clone();
    let reported = answer.find_in_objects(|fields| {
        let seen = field_of(fields, &["constraints_seen"])?;
        seen.is_object().then(|| seen.clone())
    });
    let Some(seen) = reported.last() else {
        return all;
    };
    for take in [take_hours, take_days_off, take_deadline, take_weeks] {
        let mut with_one = all.clone();
        if take(&mut with_one, goal, seen).is_some() && with_one.is_consistent() {
            all = with_one;
        }
    }
    all
}

/// Returns the sentence of `text` that `place` begins in.
fn sentence_around<'a>(text: &'a str, place: &Range<usize>) -> &'a str {
    let ends = |char: char| matches!(char, '.' | '!' | '?' | ';' | '\n');
    let start = text
        .get(..place.start)
        .and_then(|before| before.rfind(ends))
        .map_or(0, |at| at + 1);
    let behind = text.get(place.start..).unwrap_or_default();
    let end = behind.find(ends).map_or(text.len(), |at| place.start + at);
    text.get(start..end).unwrap_or(text)
}

impl Constraints {
    /// Returns whether any of them was seen by a model.
    #[must_use]
    pub fn has_seen(&self) -> bool {
        let by_model = |origin: Origin| origin == Origin::Model;
        self.minutes_per_week
            .is_some_and(|hours| by_model(hours.origin))
            || self.weeks.is_some_and(|weeks| by_model(weeks.origin))
            || self
                .deadline
                .is_some_and(|deadline| by_model(deadline.origin))
            || self.unavailable.is_some_and(|days| by_model(days.origin))
    }

    /// Whether the weeks fit before the deadline and a day is free.
    fn is_consistent(&self) -> bool {
        let fits = |weeks: Sourced<u8>| weeks.value <= self.max_weeks();
        self.weeks.is_none_or(fits) && self.free_days(0).next().is_some()
    }
}

const fn by_model<T: Copy>(value: T) -> Sourced<T> {
    let origin = Origin::Model;
    Sourced { value, origin }
}

/// Returns the quoted words of a constraint, if they stand in the goal or its context.
fn quote<'a>(seen: &'a Value, name: &str, goal: &Goal) -> Option<&'a str> {
    let words = seen.get(format!("{name}_words"))?.as_str()?.trim();
    let stands = |text: &str| place_in(text, words).is_some();
    let is_quoted = stands(goal.text()) || goal.context().is_some_and(stands);
    (words.len() <= MAX_QUOTE && is_quoted).then_some(words)
}

/// Returns the bytes of `text` in which `words` stand as whole words, whatever their case and the white space between them.
fn place_in(text: &str, words: &str) -> Option<Range<usize>> {
    let wanted: Vec<char> = folded(words).map(|(_, char)| char).collect();
    let chars: Vec<(usize, char)> = folded(text).collect();
    let is_letter =
        |place: Option<&(usize, char)>| place.is_some_and(|(_, char)| char.is_alphanumeric());
    if wanted.is_empty() {
        return None;
    }
    (0..chars.len().checked_sub(wanted.len() - 1)?)
        .find(|first| {
            let end = first + wanted.len();
            let same = chars[*first..end].iter().map(|(_, char)| char).eq(&wanted);
            let before = first.checked_sub(1).and_then(|place| chars.get(place));
            same && !is_letter(before) && !is_letter(chars.get(end))
        })
        .map(|first| {
            let (last, char) = chars[first + wanted.len() - 1];
            chars[first].0..(last + char.len_utf8()).min(text.len())
        })
}

/// Returns the characters in lower case with their places; a run of white space is one space.
fn folded(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut after_space = false;
    text.char_indices().filter_map(move |(place, char)| {
        let is_space = char.is_whitespace();
        let is_kept = !(is_space && after_space);
        after_space = is_space;
        let char = if is_space {
            ' '
        } else {
            char.to_lowercase().next().unwrap_or(char)
        };
        is_kept.then_some((place, char))
    })
}

fn take_hours(constraints: &mut Constraints, goal: &Goal, seen: &Value) -> Option<()> {
    let hours = seen.get("hours_per_week")?.as_f64()?;
    let quote = quote(seen, "hours_per_week", goal)?;
    if constraints.minutes_per_week.is_some() || !(0.0..=80.0).contains(&hours) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0..=4800 by the check above"
    )]
    let minutes = Quote::new(quote).minutes((hours * 60.0).round() as u32)?;
    let is_in_range = (spoken::MIN_MINUTES..=*MINUTES_PER_WEEK.end()).contains(&minutes);
    constraints.minutes_per_week = is_in_range.then_some(by_model(minutes));
    is_in_range.then_some(())
}

fn take_weeks(constraints: &mut Constraints, goal: &Goal, seen: &Value) -> Option<()> {
    let weeks = seen.get("duration_weeks")?.as_f64()?;
    let quote = quote(seen, "duration_weeks", goal)?;
    let weeks = (1..=MAX_WEEKS).find(|number| (f64::from(*number) - weeks).abs() < f64::EPSILON)?;
    if constraints.weeks.is_some() || !Quote::new(quote).is_weeks(u32::from(weeks)) {
        return None;
    }
    constraints.weeks = Some(by_model(weeks));
    Some(())
}

fn take_deadline(constraints: &mut Constraints, goal: &Goal, seen: &Value) -> Option<()> {
    let day = seen.get("deadline")?.as_str()?;
    let quote = quote(seen, "deadline", goal)?;
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    let is_taken = constraints.deadline.is_none()
        && day > constraints.start
        && Quote::new(quote).is_day(day, constraints.start);
    if !is_taken {
        return None;
    }
    constraints.deadline = Some(by_model(day));
    constraints.occasion = occasion(goal, quote);
    Some(())
}

/// Returns what happens on the day that the quoted words name.
fn occasion(goal: &Goal, quote: &str) -> Occasion {
    let texts = [Some(goal.text()), goal.context()];
    let mut found = texts.into_iter().flatten().filter_map(|text| {
        let place = place_in(text, quote)?;
        Some(occasion_of(text, &place))
    });
    found.next().unwrap_or_default()
}

fn take_days_off(constraints: &mut Constraints, goal: &Goal, seen: &Value) -> Option<()> {
    let names = seen.get("unavailable_days")?.as_array()?;
    let quote = quote(seen, "unavailable_days", goal)?;
    let days: Option<WeekdaySet> = names
        .iter()
        .map(|name| weekdays::by_name(name.as_str()?))
        .collect();
    let days = days.filter(|days| !days.is_empty() && *days != WeekdaySet::ALL)?;
    let texts = [Some(goal.text()), goal.context()];
    let mut sentences = texts.into_iter().flatten().filter_map(|text| {
        let place = place_in(text, quote)?;
        Some(sentence_around(text, &place))
    });
    let sentence = sentences.next()?;
    let are_off = Quote::new(quote).are_days_off(days, &Quote::new(sentence));
    if constraints.unavailable.is_some() || !are_off {
        return None;
    }
    constraints.unavailable = Some(by_model(days));
    Some(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::constraints::ExplicitConstraints;
    use crate::language::Language;
    use crate::validation::FieldErrors;

    /// Returns what a goal's constraints are with and without those that a model reports.
    fn seen(goal: &str, weeks: Option<u8>, reported: &Value) -> (Constraints, Constraints) {
        let mut errors = FieldErrors::default();
        let goal = Goal::parse(Some(goal), None, &mut errors).unwrap();
        let start = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
        let explicit = ExplicitConstraints {
            duration_weeks: weeks,
            ..ExplicitConstraints::default()
        };
        let read =
            Constraints::resolve(&goal, explicit, start, |_| Language::english(), &mut errors)
                .unwrap();
        let all = with_seen(
            &read,
            &goal,
            &Answer::from(json!({"constraints_seen": reported})),
        );
        (read, all)
    }

    #[test]
    fn what_agrees_with_words_that_the_service_left_out_is_taken() {
        let goal = "Piano (budget: 4 blocks, 30 minutes); grade V is 6 December, eight weeks tops, Mondays taken";
        let (mut read, _) = seen(goal, None, &Value::Null);
        read.minutes_per_week = None;
        read.deadline = None;
        read.weeks = None;
        read.unavailable = None;
        let mut errors = FieldErrors::default();
        let parsed = Goal::parse(Some(goal), None, &mut errors).unwrap();
        for (reported, expected) in [
            (
                json!({"hours_per_week": 2, "hours_per_week_words": "4 Blocks,  30 minutes"}),
                "hours",
            ),
            (
                json!({"duration_weeks": 8, "duration_weeks_words": "eight weeks"}),
                "weeks",
            ),
            (
                json!({"deadline": "2026-12-06", "deadline_words": "6 December"}),
                "deadline",
            ),
            (
                json!({"unavailable_days": ["mon"], "unavailable_days_words": "Mondays taken"}),
                "days",
            ),
        ] {
            let all = with_seen(
                &read,
                &parsed,
                &Answer::from(json!({"constraints_seen": reported})),
            );

            let origin = match expected {
                "hours" => all.minutes_per_week.map(|taken| taken.origin),
                "weeks" => all.weeks.map(|taken| taken.origin),
                "deadline" => all.deadline.map(|taken| taken.origin),
                _ => all.unavailable.map(|taken| taken.origin),
            };
            assert_eq!(origin, Some(Origin::Model), "{reported}");
        }
    }

    #[test]
    fn what_is_not_quoted_or_does_not_agree_or_fit_changes_nothing() {
        let goal = "Learn the piano, grade 5 is on my mind; 5 December was lovely, 16 hours awake";
        for reported in [
            json!({"hours_per_week": 6, "hours_per_week_words": "6 hours"}),
            json!({"hours_per_week": 20, "hours_per_week_words": "16 hours"}),
            json!({"hours_per_week": 5, "hours_per_week_words": "grade 5"}),
            json!({"hours_per_week": 16}),
            json!({"duration_weeks": 5, "duration_weeks_words": "grade 5"}),
            json!({"deadline": "2026-12-06", "deadline_words": "5 December"}),
            json!({"deadline": "2026-11-05", "deadline_words": "5 December"}),
            json!({"unavailable_days": ["mon"], "unavailable_days_words": "on my mind"}),
            json!({"hours_per_week": "6", "hours_per_week_words": 6}),
            json!([1, 2]),
            json!("none"),
        ] {
            let (read, all) = seen(goal, None, &reported);
            assert_eq!(read, all, "{reported}");
        }
    }

    #[test]
    fn a_model_replaces_no_field_and_adds_nothing_that_contradicts_one() {
        let reported = json!({
            "duration_weeks": 3, "duration_weeks_words": "three weeks",
            "deadline": "2026-12-01", "deadline_words": "1 December",
        });
        let (read, all) = seen(
            "Learn chess, three weeks, on 1 December",
            Some(30),
            &reported,
        );

        assert_eq!(read, all);
        assert_eq!(all.weeks.map(|weeks| weeks.value), Some(30));
    }
}
