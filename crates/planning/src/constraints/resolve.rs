//! Joins the request's fields with the constraints extracted from the text, and checks that the result is consistent.

use std::ops::Range;

use chrono::{Datelike as _, Days, NaiveDate, WeekdaySet};

use super::explicit::{ExplicitConstraints, MAX_WEEKS};
use super::extract::{Level, extract};
use super::giving_way::{gives_way, is_one_phrase};
use super::phrases::goal_phrases;
use super::sourced::{Origin, Sourced};
use super::{spoken, weekdays};
use crate::goal::Goal;
use crate::hours::Hours;
use crate::language::Language;
use crate::plan::Warning;
use crate::quantity::quantity;
use crate::validation::FieldErrors;

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
    /// What the words say and cannot be kept.
    pub warnings: Vec<Warning>,
}

impl Constraints {
    /// Joins the constraints in `explicit` fields with those in the text of `goal`; fields win.
    ///
    /// `today` is the start where no `start_date` is given; `detected` returns the goal's own language, given the languages that
    /// phrases were read in, and is called only where no `language` is given.
    ///
    /// Words never make a request invalid: what they say and cannot be kept is left out, and [`Self::warnings`] tells of it. Fields
    /// that contradict each other are reported in `errors`, and the result is `None`.
    pub fn resolve(
        goal: &Goal,
        explicit: ExplicitConstraints,
        today: NaiveDate,
        detected: impl FnOnce(&[(&'static str, u32)]) -> Language,
        errors: &mut FieldErrors,
    ) -> Option<Self> {
        let start = explicit.start_date.unwrap_or(today);
        let extracted = extract(goal.text(), goal.context(), start);
        let mut warnings = spoken::warnings(&extracted, &explicit, start);
        let weeks = explicit
            .duration_weeks
            .map(Sourced::from_field)
            .or_else(|| extracted.weeks.as_ref().and_then(spoken::weeks));
        let deadline = explicit.deadline.map(Sourced::from_field).or_else(|| {
            let deadline = spoken::deadline(&extracted, start)?;
            let gives_way = gives_way(full_weeks(start, deadline.value), weeks, goal, &extracted);
            if gives_way && !is_one_phrase(&extracted) {
                warnings.push(spoken::ignored_deadline(deadline));
            }
            (!gives_way).then_some(deadline)
        });
        let minutes_per_week = explicit
            .minutes_per_week
            .map(Sourced::from_field)
            .or_else(|| {
                extracted
                    .minutes_per_week
                    .as_ref()
                    .and_then(spoken::minutes)
            });
        let unavailable = explicit
            .unavailable_days
            .map(Sourced::from_field)
            .or_else(|| spoken::value(extracted.unavailable.as_ref()));
        let mut constraints = Self {
            minutes_per_week,
            weeks,
            start,
            deadline,
            level: explicit
                .level
                .map(Sourced::from_field)
                .or_else(|| spoken::value(extracted.level.as_ref())),
            unavailable,
            language: explicit
                .language
                .unwrap_or_else(|| detected(&extracted.languages())),
            phrases: goal_phrases(&extracted),
            warnings,
        };
        constraints.fit_weeks_to_deadline(is_one_phrase(&extracted), errors)?;
        constraints.require_free_day(errors)?;
        Some(constraints)
    }

    /// Drops the weeks or the deadline if the weeks do not fit before it: those from words, the weeks if both are. If both are
    /// fields, returns `None` and reports both.
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
        match (weeks.origin, deadline.origin) {
            (Origin::Field, Origin::Field) => {
                let end = last_day(self.start, weeks.value);
                errors.report(
                    "duration_weeks",
                    format!(
                        "{} from {} end on {end}, after the deadline {}: give fewer weeks or a later deadline",
                        quantity(weeks.value, "week"),
                        self.start,
                        deadline.value
                    ),
                );
                errors.report(
                    "deadline",
                    format!(
                        "{} leaves room for {}, not for the {} asked for",
                        deadline.value,
                        quantity(max_weeks, "week"),
                        weeks.value
                    ),
                );
                return None;
            }
            (Origin::Field, _) => {
                self.warnings.push(spoken::ignored_deadline(deadline));
                self.deadline = None;
            }
            _ if one_phrase && deadline.origin != Origin::Field => {
                self.weeks = Some(Sourced {
                    value: max_weeks,
                    ..weeks
                });
            }
            _ => {
                self.warnings
                    .push(spoken::ignored_weeks(weeks, deadline.value, max_weeks));
                self.weeks = None;
            }
        }
        Some(())
    }

    /// Drops the days off or the deadline if no free day is left before it: those from words, the days if both are. If both are
    /// fields, returns `None` and reports both.
    fn require_free_day(&mut self, errors: &mut FieldErrors) -> Option<()> {
        let Some(unavailable) = self.unavailable else {
            return Some(());
        };
        if self.free_days(0).next().is_some() {
            return Some(());
        }
        let days: Vec<&str> = weekdays::names(weekdays::complement(unavailable.value)).collect();
        match self.deadline {
            Some(deadline)
                if deadline.origin == Origin::Field && unavailable.origin == Origin::Field =>
            {
                errors.report(
                    "unavailable_days",
                    format!(
                        "leaves only {}, and none of them is between the start {} and the deadline {}",
                        days.join(", "),
                        self.start,
                        deadline.value
                    ),
                );
                errors.report(
                    "deadline",
                    format!("{} leaves no day that is free", deadline.value),
                );
                return None;
            }
            Some(deadline) if unavailable.origin == Origin::Field => {
                self.warnings.push(spoken::ignored_deadline(deadline));
                self.deadline = None;
            }
            deadline => {
                let deadline = deadline.map(|deadline| deadline.value);
                self.warnings
                    .push(spoken::ignored_days(unavailable, &days, deadline));
                self.unavailable = None;
            }
        }
        Some(())
    }

    /// Returns the days of a week of the plan on which something may be planned, in order: in the week, not after the deadline and
    /// not a day off. `index` counts from 0.
    pub fn free_days(&self, index: usize) -> impl Iterator<Item = NaiveDate> + '_ {
        let off = self
            .unavailable
            .map_or(WeekdaySet::EMPTY, |unavailable| unavailable.value);
        let last = self.deadline.map(|deadline| deadline.value);
        self.starts_on(index)
            .iter_days()
            .take(7)
            .filter(move |day| last.is_none_or(|last| *day <= last) && !off.contains(day.weekday()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::WarningCode;

    /// Resolves a goal from Wednesday, 25 November 2026 on.
    fn resolve(goal: &str, explicit: ExplicitConstraints) -> Result<Constraints, String> {
        let mut errors = FieldErrors::default();
        let goal = Goal::parse(Some(goal), None, &mut errors).unwrap();
        let today = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
        let resolved =
            Constraints::resolve(&goal, explicit, today, |_| Language::english(), &mut errors);
        errors
            .into_result(resolved)
            .map_err(|invalid| invalid.to_string())
    }

    fn explicit(
        fill: impl FnOnce(&mut ExplicitConstraints, &mut FieldErrors),
    ) -> ExplicitConstraints {
        let mut explicit = ExplicitConstraints::default();
        let mut errors = FieldErrors::default();
        fill(&mut explicit, &mut errors);
        assert!(errors.is_empty());
        explicit
    }

    #[test]
    fn words_that_cannot_be_kept_are_left_out_with_a_warning() {
        for (goal, explicit, code, part) in [
            (
                "Learn chess, only on Tuesdays",
                explicit(|explicit, errors| explicit.deadline("2026-11-27", errors)),
                WarningCode::IgnoredWords,
                "only tue would be free, and none is left before the deadline 2026-11-27",
            ),
            (
                "4-week plan to learn chess, exam on 2 December",
                ExplicitConstraints::default(),
                WarningCode::IgnoredWords,
                "4 weeks do not fit before the deadline 2026-12-02, which leaves room for 1 week;",
            ),
            (
                "Learn chess by 20 December",
                explicit(|explicit, errors| explicit.duration_weeks(30.0, errors)),
                WarningCode::IgnoredWords,
                "deadline 2026-12-20",
            ),
            (
                "Learn chess, 3 hours a week",
                explicit(|explicit, errors| explicit.hours_per_week(2.0, errors)),
                WarningCode::IgnoredWords,
                "3 hours a week, and the field `hours_per_week`",
            ),
            (
                "Learn chess by 1 March 2020",
                ExplicitConstraints::default(),
                WarningCode::ImpossibleDate,
                "2020-03-01 is not after the start 2026-11-25",
            ),
            (
                "Learn chess, 120 hours a week",
                ExplicitConstraints::default(),
                WarningCode::OutOfRange,
                "120 hours a week cannot be planned",
            ),
            (
                "Learn chess in 100 weeks",
                ExplicitConstraints::default(),
                WarningCode::OutOfRange,
                "100 weeks cannot be planned",
            ),
        ] {
            let constraints = resolve(goal, explicit).unwrap();

            let [warning] = &constraints.warnings[..] else {
                panic!("{goal}: {:?}", constraints.warnings);
            };
            assert_eq!(
                (warning.code, warning.field.as_deref()),
                (code, Some("goal")),
                "{goal}"
            );
            assert!(warning.message.contains(part), "{}", warning.message);
            assert!(constraints.free_days(0).next().is_some(), "{goal}");
        }
    }

    #[test]
    fn a_deadline_that_leaves_a_week_gives_way_to_words_that_speak_of_months() {
        let goal = "12-week plan to learn chess, exam on 2 December";
        let constraints = resolve(goal, ExplicitConstraints::default()).unwrap();

        assert_eq!(constraints.weeks.map(|weeks| weeks.value), Some(12));
        assert_eq!(constraints.deadline, None);
        let [warning] = &constraints.warnings[..] else {
            panic!("{:?}", constraints.warnings);
        };
        assert!(
            warning.message.contains("the deadline 2026-12-02"),
            "{warning:?}"
        );
    }

    #[test]
    fn words_that_can_be_kept_raise_no_warning() {
        for goal in [
            "Learn chess, 80 hours a week",
            "Learn chess in 52 weeks",
            "Learn chess in three months, 2 hours on Tuesdays",
            "Learn chess by 1 December, only on Tuesdays",
            "Learn chess, 4.1 hours a week",
        ] {
            assert_eq!(
                resolve(goal, ExplicitConstraints::default())
                    .unwrap()
                    .warnings,
                [],
                "{goal}"
            );
        }
    }

    #[test]
    fn fields_that_leave_no_free_day_are_both_reported() {
        let fields = explicit(|explicit, errors| {
            explicit.deadline("2026-11-27", errors);
            let days = ["wed", "thu", "fri"].map(str::to_owned);
            explicit.unavailable_days(&days, errors);
        });

        let errors = resolve("Learn chess", fields).unwrap_err();

        assert!(
            errors.starts_with("unavailable_days: leaves only mon, tue, sat, sun")
                && errors.contains("deadline: 2026-11-27 leaves no day"),
            "{errors}"
        );
    }
}
