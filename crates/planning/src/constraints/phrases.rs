//! The phrases of a goal that state constraints, and the text without them: what the goal is about.

use std::ops::Range;

use chrono::NaiveDate;

use super::extract::{Extracted, ExtractedConstraints, extract};
use crate::goal::Goal;

/// Words that lead to a constraint; they are removed together with it.
const LEADING: &str = "by|in|on|until|before|within|for|with|at|over|till|due|bis|vor|innerhalb|für|ab|am|en|dans|avant|pour|\
    antes de|hasta|para|por|até|em|durante|pendant|jusqu'à|until the|by the|before the|the|over the next|in the next|within the next|\
    for the next|the next|up to|no more than|at least|at most|about|around";

/// Returns the byte ranges of a goal's text that state constraints, for a plan that begins on `start`.
#[must_use]
pub fn phrases_of(goal: &Goal, start: NaiveDate) -> Vec<Range<usize>> {
    goal_phrases(&extract(goal.text(), goal.context(), start))
}

/// Returns the byte ranges of the goal's text that `extracted` was read from. A level is part of the subject, and a
/// deadline in the past is no constraint, so neither counts.
#[must_use]
pub fn goal_phrases(extracted: &ExtractedConstraints) -> Vec<Range<usize>> {
    let phrases = [
        in_goal(extracted.minutes_per_week.as_ref()),
        in_goal(extracted.weeks.as_ref()),
        in_goal(extracted.deadline.as_ref()),
        in_goal(extracted.unavailable.as_ref()),
    ];
    phrases.into_iter().flatten().collect()
}

fn in_goal<T>(extracted: Option<&Extracted<T>>) -> Option<Range<usize>> {
    extracted
        .filter(|extracted| !extracted.in_context)
        .map(|extracted| extracted.phrase.clone())
}

/// Returns `text` without the byte ranges that state constraints and without the words that lead to them.
#[must_use]
pub fn strip_phrases(text: &str, ranges: &[Range<usize>]) -> String {
    let mut stripped = String::with_capacity(text.len());
    for (place, char) in text.char_indices() {
        let Some(range) = ranges.iter().find(|range| range.contains(&place)) else {
            stripped.push(char);
            continue;
        };
        if range.start == place {
            let before = stripped.trim_end();
            let without_leading = before.len() - leading_len(before);
            stripped.truncate(without_leading);
        }
        if !stripped.ends_with(' ') {
            stripped.push(' ');
        }
    }
    stripped
}

/// Returns the length in bytes of the longest leading phrase that `text` ends with, 0 if it ends with none.
fn leading_len(text: &str) -> usize {
    let lower = text.to_lowercase();
    LEADING
        .split('|')
        .filter(|phrase| lower.ends_with(*phrase) && lower.len() == text.len())
        .filter(|phrase| {
            let before = text[..text.len() - phrase.len()].chars().next_back();
            before.is_none_or(char::is_whitespace)
        })
        .map(str::len)
        .max()
        .unwrap_or(0)
}
