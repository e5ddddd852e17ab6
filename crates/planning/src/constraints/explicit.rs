//! The optional fields of a request, each checked against its range.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};

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
}

impl ExplicitConstraints {
    /// Sets `hours_per_week`, or reports that it is not a number from 0.5 to 80. Rounds down to whole minutes.
    pub fn hours_per_week(&mut self, hours: f64, errors: &mut FieldErrors) {
        if (0.5..=80.0).contains(&hours) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "30..=4800 by the check above"
            )]
            let minutes = (hours * 60.0).floor() as u32;
            self.minutes_per_week =
                Some(minutes.clamp(*MINUTES_PER_WEEK.start(), *MINUTES_PER_WEEK.end()));
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

        let errors = errors.into_result(None::<()>).unwrap_err();
        assert_eq!(errors.errors().len(), 7, "{errors}");
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
