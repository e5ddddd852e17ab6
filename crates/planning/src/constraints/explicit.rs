//! The optional fields of a request, each checked against its range.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate, WeekdaySet};

use super::extract::Level;
use super::weekdays;
use crate::hours::whole_minutes;
use crate::language::Language;
use crate::validation::{FieldErrors, quoted};

/// Maximum number of weeks of a plan.
pub const MAX_WEEKS: u8 = 52;
/// Range of the minutes a week that a plan may have, as the field `hours_per_week` allows them: 0.5 to 80 hours.
pub const MINUTES_PER_WEEK: RangeInclusive<u32> = 30..=4800;
/// Years that a date may be in: wide enough for any plan, narrow enough that date arithmetic cannot overflow.
const YEARS: RangeInclusive<i32> = 2000..=2099;

/// The constraints that the request's fields give; every value is within its range.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExplicitConstraints {
    /// `hours_per_week`, in minutes.
    pub minutes_per_week: Option<u32>,
    /// `duration_weeks`.
    pub duration_weeks: Option<u8>,
    /// `start_date`.
    pub start_date: Option<NaiveDate>,
    /// `deadline`; after the start.
    pub deadline: Option<NaiveDate>,
    /// `language`.
    pub language: Option<Language>,
    /// `level`.
    pub level: Option<Level>,
    /// `unavailable_days`; at most six.
    pub unavailable_days: Option<WeekdaySet>,
}

impl ExplicitConstraints {
    /// Sets `hours_per_week`, or reports that it is not a number from 0.5 to 80. Rounds down to whole minutes.
    pub fn hours_per_week(&mut self, hours: f64, errors: &mut FieldErrors) {
        let minutes = whole_minutes(hours).filter(|_| (0.5..=80.0).contains(&hours));
        if minutes.is_some() {
            self.minutes_per_week = minutes;
        } else {
            errors.report(
                "hours_per_week",
                format!("must be a number from 0.5 to 80, not {}", shown(hours)),
            );
        }
    }

    /// Sets `duration_weeks`, or reports that it is not a whole number from 1 to [`MAX_WEEKS`].
    ///
    /// It takes a float because JSON has only one type of number.
    pub fn duration_weeks(&mut self, weeks: f64, errors: &mut FieldErrors) {
        if weeks.fract() == 0.0 && (1.0..=f64::from(MAX_WEEKS)).contains(&weeks) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "1..=52 by the check above"
            )]
            let weeks = weeks as u8;
            self.duration_weeks = Some(weeks);
        } else {
            errors.report(
                "duration_weeks",
                format!(
                    "must be a whole number from 1 to {MAX_WEEKS}, not {}",
                    shown(weeks)
                ),
            );
        }
    }

    /// Sets `start_date`, or reports that it is not a date.
    pub fn start_date(&mut self, text: &str, errors: &mut FieldErrors) {
        self.start_date = date("start_date", text, errors);
    }

    /// Sets `deadline`, or reports that it is not a date. [`Self::finish`] checks that it is after the start.
    pub fn deadline(&mut self, text: &str, errors: &mut FieldErrors) {
        self.deadline = date("deadline", text, errors);
    }

    /// Sets `language`, or reports that it is not a BCP 47 tag.
    pub fn language(&mut self, tag: &str, errors: &mut FieldErrors) {
        self.language = Language::parse(tag);
        if self.language.is_none() {
            errors.report(
                "language",
                format!(
                    "must be a BCP 47 tag such as \"en\", \"de\" or \"pt-BR\", not {}",
                    quoted(tag)
                ),
            );
        }
    }

    /// Sets `level`, or reports that it is none of the three.
    pub fn level(&mut self, name: &str, errors: &mut FieldErrors) {
        self.level = [Level::Beginner, Level::Intermediate, Level::Advanced]
            .into_iter()
            .find(|level| level.as_str() == name);
        if self.level.is_none() {
            errors.report(
                "level",
                format!(
                    "must be \"beginner\", \"intermediate\" or \"advanced\", not {}",
                    quoted(name)
                ),
            );
        }
    }

    /// Sets `unavailable_days`, or reports more than six or a name that is no day. Days may be repeated; none is as good as no field.
    pub fn unavailable_days(&mut self, names: &[String], errors: &mut FieldErrors) {
        const MAX_DAYS: usize = 6;
        let mut days = WeekdaySet::EMPTY;
        let mut unknown = None;
        for name in names.iter().take(MAX_DAYS) {
            match weekdays::by_name(name) {
                Some(day) => _ = days.insert(day),
                None => unknown = unknown.or(Some(name)),
            }
        }
        let found = match unknown {
            Some(name) => quoted(name),
            None if names.len() > MAX_DAYS => names.len().to_string(),
            None => {
                self.unavailable_days = Some(days).filter(|days| !days.is_empty());
                return;
            }
        };
        errors.report(
            "unavailable_days",
            format!(
                "must be at most {MAX_DAYS} of \"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\" and \"sun\", not {found}"
            ),
        );
    }

    /// Checks the fields that depend on each other. Call it once all fields are set; `today` is the default start.
    pub fn finish(&self, today: NaiveDate, errors: &mut FieldErrors) {
        let start = self.start_date.unwrap_or(today);
        if let Some(deadline) = self.deadline.filter(|deadline| *deadline <= start) {
            let start_name = if self.start_date.is_some() {
                "start_date"
            } else {
                "today, the default start_date,"
            };
            errors.report(
                "deadline",
                format!("must be after {start_name} {start}, not {deadline}"),
            );
        }
    }
}

/// Returns a number for a message. Very large and very small numbers are in scientific notation, which is short.
fn shown(number: f64) -> String {
    if number == 0.0 || (1e-6..1e15).contains(&number.abs()) {
        number.to_string()
    } else {
        format!("{number:e}")
    }
}

fn date(field: &str, text: &str, errors: &mut FieldErrors) -> Option<NaiveDate> {
    // Exactly YYYY-MM-DD: chrono alone also accepts signs, spaces and short numbers.
    let has_shape = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| {
            if index == 4 || index == 7 {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
    let parsed = if has_shape {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
    } else {
        None
    };
    let date = parsed.filter(|date| YEARS.contains(&date.year()));
    if date.is_none() {
        errors.report(
            field,
            format!(
                "must be a valid date in the form YYYY-MM-DD, in the years {} to {}, not {}",
                YEARS.start(),
                YEARS.end(),
                quoted(text)
            ),
        );
    }
    date
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
    }

    #[test]
    fn values_out_of_range_are_refused_with_what_is_allowed() {
        let mut explicit = ExplicitConstraints::default();
        let mut errors = FieldErrors::default();

        explicit.hours_per_week(0.4, &mut errors);
        explicit.hours_per_week(f64::NAN, &mut errors);
        explicit.duration_weeks(2.5, &mut errors);
        explicit.duration_weeks(53.0, &mut errors);
        explicit.start_date("2026-02-30", &mut errors);
        explicit.deadline("14 March", &mut errors);
        explicit.language("klingonese", &mut errors);
        explicit.level("Expert", &mut errors);
        for days in [vec!["monday"; 1], vec!["mon"; 7]] {
            let days: Vec<String> = days.into_iter().map(str::to_owned).collect();
            explicit.unavailable_days(&days, &mut errors);
        }

        let errors = errors.into_result(None::<()>).unwrap_err();
        assert_eq!(errors.errors().len(), 10, "{errors}");
        for part in [
            "not 0.4",
            "not 2.5",
            "not \"14 March\"",
            "not \"klingonese\"",
        ] {
            assert!(errors.to_string().contains(part), "{errors}");
        }
        assert_eq!((&*shown(1e300), &*shown(120.0)), ("1e300", "120"));
        assert_eq!(explicit, ExplicitConstraints::default());
    }

    #[test]
    fn hours_with_a_decimal_fraction_are_not_rounded_down_below_their_tenth() {
        let mut explicit = ExplicitConstraints::default();
        for (hours, minutes) in [
            (4.1, 246),
            (8.2, 492),
            (16.4, 984),
            (65.6, 3936),
            (0.5, 30),
            (80.0, 4800),
        ] {
            explicit.hours_per_week(hours, &mut FieldErrors::default());
            assert_eq!(explicit.minutes_per_week, Some(minutes), "{hours}");
        }
    }

    #[test]
    fn a_deadline_must_lie_after_the_start_which_may_lie_in_the_past() {
        let mut explicit = ExplicitConstraints::default();
        let mut errors = FieldErrors::default();
        explicit.start_date("2020-01-01", &mut errors);
        explicit.deadline("2020-02-01", &mut errors);
        explicit.finish(day("2026-11-23"), &mut errors);
        assert!(errors.is_empty());

        explicit.start_date = None;
        explicit.finish(day("2026-11-23"), &mut errors);
        let errors = errors.into_result(None::<()>).unwrap_err();
        assert!(errors.to_string().contains("2026-11-23"), "{errors}");
    }
}
