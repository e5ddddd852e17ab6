//! Joins the request's fields with the constraints extracted from the text, and checks that the result is consistent.

use std::ops::Range;

use chrono::{Days, NaiveDate, WeekdaySet};

use super::explicit::{ExplicitConstraints, MAX_WEEKS, MINUTES_PER_WEEK};
use super::extract::{Extracted, ExtractedConstraints, Level, extract};
use super::phrases::goal_phrases;
use super::sourced::{Origin, Sourced};
use crate::goal::Goal;
use crate::hours::Hours;
use crate::language::Language;
use crate::validation::FieldErrors;

/// The fewest extracted minutes that a plan can use: a tenth of an hour, the unit of [`Hours`].
const MIN_EXTRACTED_MINUTES: u32 = 6;

/// Everything that the plan has to respect; consistent in itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraints {
    /// Maximum minutes a week.
    pub minutes_per_week: Option<Sourced<u32>>,
    /// The number of weeks asked for.
    pub weeks: Option<Sourced<u8>>,
    /// First day of the first week.
    pub start: NaiveDate,
    /// The last day that the plan may use.
    pub deadline: Option<Sourced<NaiveDate>>,
    /// What the person says of their level.
    pub level: Option<Sourced<Level>>,
    /// Days on which nothing may be planned.
    pub unavailable: Option<Sourced<WeekdaySet>>,
    /// The language of the plan.
    pub language: Language,
    /// Byte ranges of the goal's text that state constraints: they are not part of the subject.
    pub phrases: Vec<Range<usize>>,
}

impl Constraints {
    /// Joins the constraints in `explicit` fields with those in the text of `goal`; fields win.
    ///
    /// `today` is the start where no `start_date` is given; `detected` returns the goal's own language and is called
    /// only where no `language` is given.
    ///
    /// A deadline in the text that has passed is reported in `errors`; the result is `Some` all the same. Weeks that
    /// end after the deadline and a week without any available day are reported too, and the result is `None`.
    pub fn resolve(
        goal: &Goal,
        explicit: ExplicitConstraints,
        today: NaiveDate,
        detected: impl FnOnce() -> Language,
        errors: &mut FieldErrors,
    ) -> Option<Self> {
        let start = explicit.start_date.unwrap_or(today);
        let extracted = extract(goal.text(), goal.context(), start);
        let one_phrase = is_one_phrase(&extracted);
        if explicit.deadline.is_none() {
            report_past_deadline(&extracted, start, errors);
        }
        let weeks = explicit
            .duration_weeks
            .map(Sourced::from_field)
            .or_else(|| extracted.weeks.as_ref().and_then(weeks_from_text));
        let deadline = explicit.deadline.map(Sourced::from_field).or_else(|| {
            deadline_from_text(&extracted, start)
                .filter(|deadline| !gives_way(deadline.value, weeks, start, goal, &extracted))
        });
        let minutes_per_week = explicit
            .minutes_per_week
            .map(Sourced::from_field)
            .or_else(|| {
                extracted
                    .minutes_per_week
                    .as_ref()
                    .and_then(minutes_from_text)
            });
        let mut constraints = Self {
            minutes_per_week,
            weeks,
            start,
            deadline,
            level: from_text(extracted.level.as_ref()),
            unavailable: from_text(extracted.unavailable.as_ref()),
            language: explicit.language.unwrap_or_else(detected),
            phrases: goal_phrases(&extracted),
        };
        constraints.fit_weeks_to_deadline(one_phrase, errors)?;
        constraints.require_available_day(errors)?;
        Some(constraints)
    }

    /// Returns `None` and reports both statements if the weeks do not fit before the deadline.
    ///
    /// "in three months" is one statement: calendar months may be a few days short of thirteen weeks, so its weeks are
    /// cut to those that fit.
    fn fit_weeks_to_deadline(&mut self, one_phrase: bool, errors: &mut FieldErrors) -> Option<()> {
        let (Some(weeks), Some(deadline)) = (self.weeks, self.deadline) else {
            return Some(());
        };
        let max_weeks = full_weeks(self.start, deadline.value);
        if weeks.value <= max_weeks {
            return Some(());
        }
        if one_phrase && weeks.origin != Origin::Field && deadline.origin != Origin::Field {
            self.weeks = Some(Sourced {
                value: max_weeks,
                ..weeks
            });
            return Some(());
        }
        let end = last_day(self.start, weeks.value);
        errors.report(
            weeks.origin.error_field("duration_weeks"),
            format!(
                "{} weeks from {} end on {end}, after the deadline {}: give fewer weeks or a later deadline",
                weeks.value, self.start, deadline.value
            ),
        );
        errors.report(
            deadline.origin.error_field("deadline"),
            format!(
                "{} leaves room for {max_weeks} weeks, not for the {} asked for",
                deadline.value, weeks.value
            ),
        );
        None
    }

    /// Returns `None` and reports it if all seven days are ruled out.
    fn require_available_day(&self, errors: &mut FieldErrors) -> Option<()> {
        let Some(unavailable) = self.unavailable.filter(|days| days.value.len() == 7) else {
            return Some(());
        };
        errors.report(
            unavailable.origin.error_field("goal"),
            "rules out all seven days of the week: leave at least one",
        );
        None
    }

    /// Returns the maximum number of weeks of the plan: those that end by the deadline, 52 without one.
    #[must_use]
    pub fn max_weeks(&self) -> u8 {
        self.deadline
            .map_or(MAX_WEEKS, |deadline| full_weeks(self.start, deadline.value))
    }

    /// Returns the maximum hours of a week of the plan: as asked for, else all hours of a week. A deadline that cuts the
    /// first week short lowers them in proportion to [`Self::first_days`].
    #[must_use]
    pub fn hours_limit(&self) -> Hours {
        let whole = self
            .minutes_per_week
            .map_or(Hours::MAX_PER_WEEK, |minutes| {
                Hours::within_minutes(minutes.value)
            });
        Hours::from_tenths(whole.tenths() * self.first_days() / 7).max(Hours::MIN)
    }

    /// Returns the days of the first week: seven, or fewer where the deadline cuts it short.
    #[must_use]
    pub fn first_days(&self) -> u32 {
        let days = self
            .deadline
            .map(|deadline| (deadline.value - self.start).num_days() + 1);
        days.and_then(|days| u32::try_from(days).ok())
            .map_or(7, |days| days.clamp(1, 7))
    }

    /// Returns the first day of a week of the plan; `index` counts from 0.
    #[must_use]
    pub fn starts_on(&self, index: usize) -> NaiveDate {
        let days = u64::try_from(index).unwrap_or(u64::MAX).saturating_mul(7);
        self.start
            .checked_add_days(Days::new(days))
            .unwrap_or(self.start)
    }
}

/// Returns the number of full weeks from `start` whose last day is not after `deadline`, from 1 to [`MAX_WEEKS`].
///
/// It is 1 even where no full week fits, since a plan has at least one week; that week ends early, with the deadline.
fn full_weeks(start: NaiveDate, deadline: NaiveDate) -> u8 {
    let days = (deadline - start).num_days().saturating_add(1);
    u8::try_from((days / 7).clamp(1, i64::from(MAX_WEEKS))).unwrap_or(MAX_WEEKS)
}

fn last_day(start: NaiveDate, weeks: u8) -> NaiveDate {
    start
        .checked_add_days(Days::new(u64::from(weeks) * 7 - 1))
        .unwrap_or(start)
}

/// Reports a deadline in the text whose year is written out and which is not after the start.
fn report_past_deadline(
    extracted: &ExtractedConstraints,
    start: NaiveDate,
    errors: &mut FieldErrors,
) {
    if let Some(past) = &extracted.past_deadline {
        let past = Sourced::from_text(past.value, past);
        errors.report(
            past.origin.error_field("deadline"),
            format!("names the deadline {}, which is not after the start {start}; name a later one or send `deadline`", past.value),
        );
    }
}

/// Whether weeks and deadline come from one phrase, as in "in 6 weeks".
fn is_one_phrase(extracted: &ExtractedConstraints) -> bool {
    match (&extracted.weeks, &extracted.deadline) {
        (Some(weeks), Some(deadline)) => {
            weeks.phrase == deadline.phrase && weeks.in_context == deadline.in_context
        }
        _ => false,
    }
}

/// Whether a deadline from the text gives way to a number of weeks.
///
/// A span ("in 6 weeks") states a length, which we turn into a deadline, so weeks in a field replace that deadline too.
/// A season or a holiday without a number ("next summer") is our reading of vague words, too weak to contradict weeks
/// that the person counted.
fn gives_way(
    deadline: NaiveDate,
    weeks: Option<Sourced<u8>>,
    start: NaiveDate,
    goal: &Goal,
    extracted: &ExtractedConstraints,
) -> bool {
    let Some(weeks) = weeks else { return false };
    if is_one_phrase(extracted) {
        weeks.origin == Origin::Field
    } else {
        weeks.value > full_weeks(start, deadline) && is_vague(goal, extracted)
    }
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

fn from_text<T: Copy>(extracted: Option<&Extracted<T>>) -> Option<Sourced<T>> {
    extracted.map(|extracted| Sourced::from_text(extracted.value, extracted))
}

fn deadline_from_text(
    extracted: &ExtractedConstraints,
    start: NaiveDate,
) -> Option<Sourced<NaiveDate>> {
    from_text(extracted.deadline.as_ref()).filter(|deadline| deadline.value > start)
}

/// Returns the extracted weeks, at most [`MAX_WEEKS`]; `None` for 0.
fn weeks_from_text(extracted: &Extracted<u16>) -> Option<Sourced<u8>> {
    let value = u8::try_from(extracted.value)
        .unwrap_or(MAX_WEEKS)
        .min(MAX_WEEKS);
    (value > 0).then_some(Sourced::from_text(value, extracted))
}

/// Returns the extracted minutes, at most the maximum of [`MINUTES_PER_WEEK`]; `None` if too few for a plan to use.
fn minutes_from_text(extracted: &Extracted<u32>) -> Option<Sourced<u32>> {
    let value = extracted.value.min(*MINUTES_PER_WEEK.end());
    (value >= MIN_EXTRACTED_MINUTES).then_some(Sourced::from_text(value, extracted))
}
