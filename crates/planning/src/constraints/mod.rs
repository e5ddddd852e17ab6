//! What a plan has to respect: hours, weeks, dates, level, days off, language.
//!
//! Constraints come from the request's fields, which win, and else are read out of the person's words ([`extract`]).
//! [`Constraints::resolve`] joins both, finds what cannot hold together and says which two statements those are.

mod explicit;
pub mod extract;
mod strip_phrases;
mod view;
pub mod weekdays;

use std::ops::Range;

use chrono::{Days, NaiveDate, WeekdaySet};
use serde::Serialize;

pub use self::explicit::ExplicitConstraints;
pub use self::extract::Level;
pub use self::strip_phrases::strip_phrases;
pub use self::view::{ConstraintOrigins, ConstraintsView};
use crate::goal::Goal;
use crate::hours::Hours;
use crate::language::Language;
use crate::validation::FieldErrors;
use extract::Extracted;

/// Most weeks of a plan.
pub const MAX_WEEKS: u8 = 52;
/// Least and most minutes a week that a plan may be given, as the field `hours_per_week` has it: 0.5 to 80 hours.
pub const MINUTES_PER_WEEK: std::ops::RangeInclusive<u32> = 30..=4800;

/// Where a constraint comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A field of the request.
    Field,
    /// The words of the goal.
    Goal,
    /// The words of the context.
    Context,
}

impl Origin {
    const fn of<T>(found: &Extracted<T>) -> Self {
        if found.in_context {
            Self::Context
        } else {
            Self::Goal
        }
    }

    /// The request's field that a complaint about it names.
    const fn field(self, own: &'static str) -> &'static str {
        match self {
            Self::Field => own,
            Self::Goal => "goal",
            Self::Context => "context",
        }
    }
}

/// A value with its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

/// Everything that the plan has to respect; consistent in itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraints {
    /// Most minutes a week.
    pub minutes_per_week: Option<Sourced<u32>>,
    /// The number of weeks asked for.
    pub weeks: Option<Sourced<u8>>,
    /// First day of the first week.
    pub start: NaiveDate,
    /// The day by whose end the last week is over.
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
    /// Joins what fields state with what the words say.
    ///
    /// `today` is the start where no `start_date` is stated; `detected` the goal's own language. Contradictions and
    /// deadlines that have passed are noted in `complaints`, and the result is `None` then.
    pub fn resolve(
        goal: &Goal,
        stated: ExplicitConstraints,
        today: NaiveDate,
        detected: impl FnOnce() -> Language,
        complaints: &mut FieldErrors,
    ) -> Option<Self> {
        let start = stated.start_date.unwrap_or(today);
        let said = extract::extract(goal.text(), goal.context(), start);
        let phrases = phrases(&said);
        let one_phrase = match (&said.weeks, &said.deadline) {
            (Some(weeks), Some(deadline)) => {
                weeks.phrase == deadline.phrase && weeks.in_context == deadline.in_context
            }
            _ => false,
        };
        if let Some(past) = said
            .past_deadline
            .as_ref()
            .filter(|_| stated.deadline.is_none())
        {
            complaints.report(
                Origin::of(past).field("deadline"),
                format!("names the deadline {}, which is not after the start {start}; name a later one or send `deadline`", past.value),
            );
        }
        let weeks = stated
            .duration_weeks
            .map(from_field)
            .or_else(|| said.weeks.as_ref().and_then(extracted_weeks));
        let deadline = stated
            .deadline
            .map(from_field)
            .or_else(|| {
                said.deadline
                    .as_ref()
                    .filter(|found| found.value > start)
                    .map(|found| Sourced {
                        value: found.value,
                        origin: Origin::of(found),
                    })
            })
            .filter(|deadline| {
                deadline.origin == Origin::Field
                    || !gives_way(
                        deadline.value,
                        weeks,
                        start,
                        one_phrase,
                        is_vague(goal, &said),
                    )
            });
        let mut constraints = Self {
            minutes_per_week: stated
                .minutes_per_week
                .map(from_field)
                .or_else(|| said.minutes_per_week.as_ref().and_then(extracted_minutes)),
            weeks,
            start,
            deadline,
            level: said.level.as_ref().map(|found| Sourced {
                value: found.value,
                origin: Origin::of(found),
            }),
            unavailable: said.unavailable.as_ref().map(|found| Sourced {
                value: found.value,
                origin: Origin::of(found),
            }),
            language: stated.language.unwrap_or_else(detected),
            phrases,
        };
        constraints.reconcile(one_phrase, complaints)?;
        Some(constraints)
    }

    /// Refuses weeks that do not fit before the deadline, and weeks without a day.
    fn reconcile(&mut self, one_phrase: bool, complaints: &mut FieldErrors) -> Option<()> {
        if let (Some(weeks), Some(deadline)) = (self.weeks, self.deadline)
            && weeks.value > full_weeks(self.start, deadline.value)
        {
            if one_phrase && weeks.origin != Origin::Field && deadline.origin != Origin::Field {
                // "in three months" is one statement: calendar months may be a few days short of thirteen weeks.
                self.weeks = Some(Sourced {
                    value: full_weeks(self.start, deadline.value),
                    origin: weeks.origin,
                });
            } else {
                let end = last_day(self.start, weeks.value);
                complaints.report(
                    weeks.origin.field("duration_weeks"),
                    format!(
                        "{} weeks from {} end on {end}, after the deadline {}: give fewer weeks or a later deadline",
                        weeks.value, self.start, deadline.value
                    ),
                );
                complaints.report(
                    deadline.origin.field("deadline"),
                    format!(
                        "{} leaves room for {} weeks, not for the {} asked for",
                        deadline.value,
                        full_weeks(self.start, deadline.value),
                        weeks.value
                    ),
                );
                return None;
            }
        }
        if let Some(unavailable) = self.unavailable.filter(|days| days.value.len() == 7) {
            complaints.report(
                unavailable.origin.field("goal"),
                "rules out all seven days of the week: leave at least one",
            );
            return None;
        }
        Some(())
    }

    /// Most weeks that the plan may have: those that end by the deadline, 52 without one.
    #[must_use]
    pub fn max_weeks(&self) -> u8 {
        self.deadline
            .map_or(MAX_WEEKS, |deadline| full_weeks(self.start, deadline.value))
    }

    /// Most hours that a week of the plan may have; of a week that the deadline cuts short, in proportion to its days.
    #[must_use]
    pub fn hours_limit(&self) -> Hours {
        let whole = self
            .minutes_per_week
            .map_or(Hours::WEEK, |minutes| Hours::within_minutes(minutes.value));
        Hours::from_tenths(whole.tenths() * self.first_days() / 7).max(Hours::LEAST)
    }

    /// Days of the first week: seven, or fewer where the deadline cuts it short.
    #[must_use]
    pub fn first_days(&self) -> u32 {
        let days = self
            .deadline
            .map(|deadline| (deadline.value - self.start).num_days() + 1);
        days.and_then(|days| u32::try_from(days).ok())
            .map_or(7, |days| days.clamp(1, 7))
    }

    /// First day of a week of the plan, counted from 0.
    #[must_use]
    pub fn starts_on(&self, index: usize) -> NaiveDate {
        let days = u64::try_from(index).unwrap_or(u64::MAX).saturating_mul(7);
        self.start
            .checked_add_days(Days::new(days))
            .unwrap_or(self.start)
    }
}

/// Full weeks from `start` whose last day is not after `deadline`; 1 where not even one fits, since a plan has a week:
/// that one then ends early, with the deadline.
fn full_weeks(start: NaiveDate, deadline: NaiveDate) -> u8 {
    let days = (deadline - start).num_days().saturating_add(1);
    u8::try_from((days / 7).clamp(1, i64::from(MAX_WEEKS))).unwrap_or(MAX_WEEKS)
}

/// Whether a deadline in words gives way to a number of weeks. A span ("in 6 weeks") is only one of two ways to say how
/// long, so weeks in a field replace it whole; a season or a holiday without a number ("next summer") is our reading of
/// vague words, too weak to contradict weeks that someone counted.
fn gives_way(
    deadline: NaiveDate,
    weeks: Option<Sourced<u8>>,
    start: NaiveDate,
    one_phrase: bool,
    vague: bool,
) -> bool {
    let Some(weeks) = weeks else { return false };
    let from_field = weeks.origin == Origin::Field;
    (one_phrase && from_field)
        || (vague && !one_phrase && weeks.value > full_weeks(start, deadline))
}

/// Whether the words name a deadline without any number.
fn is_vague(goal: &Goal, said: &extract::ExtractedConstraints) -> bool {
    said.deadline.as_ref().is_some_and(|found| {
        let text = if found.in_context {
            goal.context().unwrap_or_default()
        } else {
            goal.text()
        };
        !text
            .get(found.phrase.clone())
            .unwrap_or_default()
            .bytes()
            .any(|byte| byte.is_ascii_digit())
    })
}

fn last_day(start: NaiveDate, weeks: u8) -> NaiveDate {
    start
        .checked_add_days(Days::new(u64::from(weeks) * 7 - 1))
        .unwrap_or(start)
}

fn from_field<T>(value: T) -> Sourced<T> {
    Sourced {
        value,
        origin: Origin::Field,
    }
}

fn extracted_weeks(found: &Extracted<u16>) -> Option<Sourced<u8>> {
    let value = u8::try_from(found.value)
        .unwrap_or(MAX_WEEKS)
        .min(MAX_WEEKS);
    (value > 0).then_some(Sourced {
        value,
        origin: Origin::of(found),
    })
}

/// Minutes in words count where a plan can use them: less than six minutes is no tenth of an hour.
fn extracted_minutes(found: &Extracted<u32>) -> Option<Sourced<u32>> {
    let value = found.value.min(*MINUTES_PER_WEEK.end());
    (value >= 6).then_some(Sourced {
        value,
        origin: Origin::of(found),
    })
}

/// The byte ranges of a goal's text that state constraints, for a plan that begins on `start`.
#[must_use]
pub fn phrases_of(goal: &Goal, start: NaiveDate) -> Vec<Range<usize>> {
    phrases(&extract::extract(goal.text(), goal.context(), start))
}

fn phrases(said: &extract::ExtractedConstraints) -> Vec<Range<usize>> {
    let in_goal = |phrase: &Range<usize>, in_context: bool| (!in_context).then(|| phrase.clone());
    let found = [
        said.minutes_per_week
            .as_ref()
            .map(|found| (&found.phrase, found.in_context)),
        said.weeks
            .as_ref()
            .map(|found| (&found.phrase, found.in_context)),
        said.deadline
            .as_ref()
            .map(|found| (&found.phrase, found.in_context)),
        said.unavailable
            .as_ref()
            .map(|found| (&found.phrase, found.in_context)),
    ];
    found
        .into_iter()
        .flatten()
        .filter_map(|(phrase, in_context)| in_goal(phrase, in_context))
        .collect()
}
