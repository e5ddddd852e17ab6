//! Joins the request's fields with the constraints extracted from the text, and checks that the result is consistent.

use std::ops::Range;

use chrono::{NaiveDate, WeekdaySet};

use super::explicit::ExplicitConstraints;
use super::extract::{Extracted, Level, Occasion, extract, occasion_of};
use super::giving_way::{gives_way, is_one_phrase};
use super::phrases::goal_phrases;
use super::sourced::{Origin, Sourced};
use super::weeks::{seventh_day, weeks_until};
use super::{spoken, weekdays};
use crate::exclusions::Exclusions;
use crate::goal::Goal;
use crate::language::Language;
use crate::plan::Warning;
use crate::quantity::quantity;
use crate::target;
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
    /// The day by which the goal must be reached, or on which its event is; [`Self::last_day`] is the last one that the plan may use.
    pub deadline: Option<Sourced<NaiveDate>>,
    /// What happens on the day of the deadline, as far as the words say so.
    pub occasion: Occasion,
    /// What the person says of their level.
    pub level: Option<Sourced<Level>>,
    /// Days on which nothing may be planned.
    pub unavailable: Option<Sourced<WeekdaySet>>,
    /// The language of the plan.
    pub language: Language,
    /// What the person rules out.
    pub exclusions: Exclusions,
    /// The number of sessions a week that the person names.
    pub sessions_per_week: Option<u8>,
    /// Whether the sessions are to be equally long, because the person gives the time of each.
    pub even_sessions: bool,
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
            let gives_way = gives_way(weeks_until(start, deadline.value), weeks, goal, &extracted);
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
        let has_spoken_time = explicit.minutes_per_week.is_none();
        let unavailable = explicit
            .unavailable_days
            .map(Sourced::from_field)
            .or_else(|| spoken::value(extracted.unavailable.as_ref()));
        let language = explicit
            .language
            .unwrap_or_else(|| detected(&extracted.languages()));
        let mut constraints = Self {
            minutes_per_week,
            weeks,
            start,
            deadline,
            occasion: occasion(goal, extracted.deadline.as_ref(), deadline),
            level: explicit
                .level
                .map(Sourced::from_field)
                .or_else(|| spoken::value(extracted.level.as_ref())),
            unavailable,
            exclusions: Exclusions::of(goal, language.primary()),
            language,
            sessions_per_week: extracted.sessions_per_week,
            even_sessions: extracted.even_sessions && has_spoken_time,
            phrases: goal_phrases(&extracted),
            warnings,
        };
        constraints.fit_weeks_to_deadline(is_one_phrase(&extracted), errors)?;
        constraints.require_free_day(errors)?;
        let too_little = target::warning(goal, &constraints);
        constraints.warnings.extend(too_little);
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
        let max_weeks = self.max_weeks();
        if weeks.value <= max_weeks {
            return Some(());
        }
        match (weeks.origin, deadline.origin) {
            (Origin::Field, Origin::Field)
                if self.days_off_give_way(weeks.value, deadline.value) => {}
            (Origin::Field, Origin::Field) => {
                let end = seventh_day(self.start, weeks.value);
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

    /// Drops days off in words where they alone leave nothing of the last of these weeks. Returns whether it did.
    fn days_off_give_way(&mut self, weeks: u8, deadline: NaiveDate) -> bool {
        let Some(unavailable) = self.unavailable.filter(|days| days.origin != Origin::Field) else {
            return false;
        };
        let is_cause = weeks <= weeks_until(self.start, deadline);
        if is_cause {
            let warning = spoken::ignored_days_of_last_week(unavailable, weeks, deadline);
            self.warnings.push(warning);
            self.unavailable = None;
        }
        is_cause
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
}

/// Returns what happens on the day of the deadline, if the words state the same day.
fn occasion(
    goal: &Goal,
    spoken: Option<&Extracted<NaiveDate>>,
    deadline: Option<Sourced<NaiveDate>>,
) -> Occasion {
    let same = spoken.filter(|spoken| deadline.is_some_and(|day| day.value == spoken.value));
    same.map_or(Occasion::DueDate, |spoken| {
        let words = if spoken.in_context {
            goal.context().unwrap_or_default()
        } else {
            goal.text()
        };
        occasion_of(words, &spoken.phrase)
    })
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
