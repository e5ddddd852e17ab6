//! What the words of goal and context say: the values that a plan can keep, and a [`Warning`] for each that it cannot.

use chrono::{NaiveDate, WeekdaySet};

use super::explicit::{ExplicitConstraints, MAX_WEEKS, MINUTES_PER_WEEK};
use super::extract::{Extracted, ExtractedConstraints};
use super::sourced::Sourced;
use crate::plan::{Warning, WarningCode};
use crate::quantity::quantity;

/// The fewest extracted minutes that a plan can use: a tenth of an hour, the unit of [`crate::hours::Hours`].
pub(super) const MIN_MINUTES: u32 = 6;

/// Returns an extracted value with its origin.
pub(super) fn value<T: Copy>(extracted: Option<&Extracted<T>>) -> Option<Sourced<T>> {
    extracted.map(|extracted| Sourced::from_text(extracted.value, extracted))
}

/// Returns the extracted weeks; `None` if no plan has as many.
pub(super) fn weeks(extracted: &Extracted<u16>) -> Option<Sourced<u8>> {
    let value = u8::try_from(extracted.value).ok()?;
    (1..=MAX_WEEKS)
        .contains(&value)
        .then_some(Sourced::from_text(value, extracted))
}

/// Returns the extracted minutes a week; `None` if they are too few or too many for a plan.
pub(super) fn minutes(extracted: &Extracted<u32>) -> Option<Sourced<u32>> {
    (MIN_MINUTES..=*MINUTES_PER_WEEK.end())
        .contains(&extracted.value)
        .then_some(Sourced::from_text(extracted.value, extracted))
}

/// Returns the extracted deadline, if it is after the start.
pub(super) fn deadline(
    extracted: &ExtractedConstraints,
    start: NaiveDate,
) -> Option<Sourced<NaiveDate>> {
    value(extracted.deadline.as_ref()).filter(|deadline| deadline.value > start)
}

/// Returns warnings about words that say something else than a field, are out of range, or name a day that has passed.
pub(super) fn warnings(
    extracted: &ExtractedConstraints,
    explicit: &ExplicitConstraints,
    start: NaiveDate,
) -> Vec<Warning> {
    let about_hours = extracted.minutes_per_week.as_ref().and_then(|spoken| {
        let said = hours(spoken.value);
        match explicit.minutes_per_week {
            Some(field) if field == spoken.value => None,
            Some(_) => Some(overruled(spoken, &said, "hours_per_week")),
            None if (MIN_MINUTES..*MINUTES_PER_WEEK.start()).contains(&spoken.value) => {
                Some(little_time(spoken, &said))
            }
            None if minutes(spoken).is_none() => {
                let range = "a plan takes from 0.1 to 80 hours a week";
                Some(out_of_range(spoken, &said, range))
            }
            None => None,
        }
    });
    let about_weeks = extracted.weeks.as_ref().and_then(|spoken| {
        let said = quantity(spoken.value, "week");
        match explicit.duration_weeks {
            Some(field) if u16::from(field) == spoken.value => None,
            Some(_) => Some(overruled(spoken, &said, "duration_weeks")),
            None if weeks(spoken).is_none() => {
                let range = format!("a plan has from 1 to {MAX_WEEKS} weeks");
                Some(out_of_range(spoken, &said, &range))
            }
            None => None,
        }
    });
    let about_days = extracted.unavailable.as_ref().and_then(|spoken| {
        let field = explicit.unavailable_days?;
        (field != spoken.value).then(|| overruled(spoken, "other days off", "unavailable_days"))
    });
    let about_level = extracted.level.as_ref().and_then(|spoken| {
        let field = explicit.level?;
        (field != spoken.value).then(|| overruled(spoken, spoken.value.as_str(), "level"))
    });
    [
        about_hours,
        about_weeks,
        about_deadline(extracted, explicit, start),
        about_days,
        about_level,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns the warning about a deadline in words that differs from the field, or that has passed. A span ("in 6 weeks") is warned
/// of as weeks.
fn about_deadline(
    extracted: &ExtractedConstraints,
    explicit: &ExplicitConstraints,
    start: NaiveDate,
) -> Option<Warning> {
    match (
        explicit.deadline,
        &extracted.deadline,
        &extracted.past_deadline,
    ) {
        (Some(field), Some(spoken), _) => {
            let is_span = extracted.weeks.as_ref().is_some_and(|weeks| {
                weeks.phrase == spoken.phrase && weeks.in_context == spoken.in_context
            });
            (spoken.value != field && !is_span)
                .then(|| overruled(spoken, &spoken.value.to_string(), "deadline"))
        }
        (None, _, Some(past)) => Some(warning(
            WarningCode::ImpossibleDate,
            &format!("{} is not after the start {start}", past.value),
            past,
        )),
        (None, None, None) => extracted.impossible_deadline.as_ref().map(|day| {
            let reason = "the calendar has no such day";
            warning(WarningCode::ImpossibleDate, reason, day)
        }),
        _ => None,
    }
}

/// Returns the warning about a deadline in words that contradicts a field or weeks.
pub(super) fn ignored_deadline(deadline: Sourced<NaiveDate>) -> Warning {
    left_out(
        &format!(
            "the deadline {} leaves too little room for the rest",
            deadline.value
        ),
        deadline.origin.error_field("deadline"),
    )
}

/// Returns the warning about weeks in words that do not fit before a deadline.
pub(super) fn ignored_weeks(weeks: Sourced<u8>, deadline: NaiveDate, max_weeks: u8) -> Warning {
    left_out(
        &format!(
            "{} do not fit before the deadline {deadline}, which leaves room for {}",
            quantity(weeks.value, "week"),
            quantity(max_weeks, "week")
        ),
        weeks.origin.error_field("duration_weeks"),
    )
}

/// Returns the warning about days in words of which none is left before the deadline; `days` are those that they leave free.
pub(super) fn ignored_days(
    unavailable: Sourced<WeekdaySet>,
    days: &[&str],
    deadline: Option<NaiveDate>,
) -> Warning {
    let reason = match deadline {
        Some(deadline) if !days.is_empty() => format!(
            "only {} would be free, and none is left before the deadline {deadline}",
            days.join(", ")
        ),
        _ => "no day of the week would be free".to_owned(),
    };
    left_out(&reason, unavailable.origin.error_field("unavailable_days"))
}

/// Returns the warning about days off in words that leave nothing of the last week before the deadline.
pub(super) fn ignored_days_of_last_week(
    unavailable: Sourced<WeekdaySet>,
    week: u8,
    deadline: NaiveDate,
) -> Warning {
    left_out(
        &format!("no day of week {week} would be free before the deadline {deadline}"),
        unavailable.origin.error_field("unavailable_days"),
    )
}

fn hours(minutes: u32) -> String {
    let hundredths = (f64::from(minutes) / 0.6).round() / 100.0;
    format!("{} a week", quantity(hundredths, "hour"))
}

fn overruled<T>(spoken: &Extracted<T>, said: &str, field: &str) -> Warning {
    let reason = format!("the words say {said}, and the field `{field}` says something else");
    warning(WarningCode::IgnoredWords, &reason, spoken)
}

fn little_time<T>(spoken: &Extracted<T>, said: &str) -> Warning {
    let field = if spoken.in_context { "context" } else { "goal" };
    let message =
        format!("{said} is less than the half hour that a week of a plan should have; it was kept");
    Warning::new(WarningCode::TooLittleTime, message).about(field)
}

fn out_of_range<T>(spoken: &Extracted<T>, said: &str, range: &str) -> Warning {
    warning(
        WarningCode::OutOfRange,
        &format!("{said} cannot be planned: {range}"),
        spoken,
    )
}

fn warning<T>(code: WarningCode, reason: &str, spoken: &Extracted<T>) -> Warning {
    let field = if spoken.in_context { "context" } else { "goal" };
    Warning::new(code, format!("{reason}; these words were left out")).about(field)
}

fn left_out(reason: &str, field: &str) -> Warning {
    Warning::new(
        WarningCode::IgnoredWords,
        format!("{reason}; these words were left out"),
    )
    .about(field)
}
