//! When a deadline that stands in the text gives way to a number of weeks.

use super::extract::ExtractedConstraints;
use super::sourced::{Origin, Sourced};
use crate::goal::Goal;

/// Whether weeks and deadline come from one phrase, as in "in 6 weeks".
pub(super) fn is_one_phrase(extracted: &ExtractedConstraints) -> bool {
    match (&extracted.weeks, &extracted.deadline) {
        (Some(weeks), Some(deadline)) => {
            weeks.phrase == deadline.phrase && weeks.in_context == deadline.in_context
        }
        _ => false,
    }
}

/// Whether a deadline from the text, before which `available` full weeks fit, gives way to a number of weeks.
///
/// A span ("in 6 weeks") states a length, which we turn into a deadline, so weeks in a field replace that deadline too.
/// A season or a holiday without a number ("next summer") is our reading of vague words, too weak to contradict weeks
/// that the person counted.
pub(super) fn gives_way(
    available: u8,
    weeks: Option<Sourced<u8>>,
    goal: &Goal,
    extracted: &ExtractedConstraints,
) -> bool {
    let Some(weeks) = weeks else { return false };
    if is_one_phrase(extracted) {
        weeks.origin == Origin::Field
    } else {
        weeks.value > available && (is_suspicious(available, weeks) || is_vague(goal, extracted))
    }
}

/// Whether a deadline would leave one week although the words speak of months: one of the two was misread, and a plan of months cut to a
/// week is worse than one that is too long.
fn is_suspicious(available: u8, weeks: Sourced<u8>) -> bool {
    /// Two months.
    const MONTHS: u8 = 8;
    weeks.origin != Origin::Field && available <= 1 && weeks.value >= MONTHS
}

/// Whether the text names a deadline without any digit.
fn is_vague(goal: &Goal, extracted: &ExtractedConstraints) -> bool {
    extracted.deadline.as_ref().is_some_and(|deadline| {
        let text = if deadline.in_context {
            goal.context().unwrap_or_default()
        } else {
            goal.text()
        };
        !text
            .get(deadline.phrase.clone())
            .unwrap_or_default()
            .bytes()
            .any(|byte| byte.is_ascii_digit())
    })
}
