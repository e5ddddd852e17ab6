//! The optional fields of a request, each checked against its range.

use chrono::{Datelike, NaiveDate};

use super::{MAX_WEEKS, MINUTES_PER_WEEK};
use crate::language::Language;
use crate::validation::FieldErrors;

/// Years a date may lie in: wide enough for any plan, narrow enough that arithmetic on it cannot leave the calendar.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2099;

/// What the request's fields state; every value within its range.
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
    /// Takes `hours_per_week`.
    pub fn hours_per_week(&mut self, hours: f64, complaints: &mut FieldErrors) {
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
            complaints.report(
                "hours_per_week",
                format!("must be a number from 0.5 to 80, not {hours}"),
            );
        }
    }

    /// Takes `duration_weeks`, as JSON has numbers.
    pub fn duration_weeks(&mut self, weeks: f64, complaints: &mut FieldErrors) {
        if weeks.fract() == 0.0 && (1.0..=f64::from(MAX_WEEKS)).contains(&weeks) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "1..=52 by the check above"
            )]
            let weeks = weeks as u8;
            self.duration_weeks = Some(weeks);
        } else {
            complaints.report(
                "duration_weeks",
                format!("must be a whole number from 1 to {MAX_WEEKS}, not {weeks}"),
            );
        }
    }

    /// Takes `start_date`.
    pub fn start_date(&mut self, text: &str, complaints: &mut FieldErrors) {
        self.start_date = date("start_date", text, complaints);
    }

    /// Takes `deadline`. Whether it lies after the start is seen in [`Stated::finish`].
    pub fn deadline(&mut self, text: &str, complaints: &mut FieldErrors) {
        self.deadline = date("deadline", text, complaints);
    }

    /// Takes `language`.
    pub fn language(&mut self, tag: &str, complaints: &mut FieldErrors) {
        self.language = Language::parse(tag);
        if self.language.is_none() {
            complaints.report(
                "language",
                "must be a BCP 47 tag such as \"en\", \"de\" or \"pt-BR\"",
            );
        }
    }

    /// Checks what two fields say together, once all are taken.
    pub fn finish(&self, today: NaiveDate, complaints: &mut FieldErrors) {
        let start = self.start_date.unwrap_or(today);
        if let Some(deadline) = self.deadline.filter(|deadline| *deadline <= start) {
            let which = if self.start_date.is_some() {
                "start_date"
            } else {
                "today, the default start_date,"
            };
            complaints.report(
                "deadline",
                format!("must be after {which} {start}, not {deadline}"),
            );
        }
    }
}

fn date(field: &str, text: &str, complaints: &mut FieldErrors) -> Option<NaiveDate> {
    // Exactly YYYY-MM-DD: chrono alone would also take signs, spaces and short numbers.
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| {
            if place == 4 || place == 7 {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
    let parsed = if shaped {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
    } else {
        None
    };
    let date = parsed.filter(|date| YEARS.contains(&date.year()));
    if date.is_none() {
        complaints.report(
            field,
            format!(
                "must be a date of the calendar as YYYY-MM-DD, in the years {} to {}",
                YEARS.start(),
                YEARS.end()
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
        let mut stated = ExplicitConstraints::default();
        let mut complaints = FieldErrors::default();

        stated.hours_per_week(0.4, &mut complaints);
        stated.hours_per_week(f64::NAN, &mut complaints);
        stated.duration_weeks(2.5, &mut complaints);
        stated.duration_weeks(53.0, &mut complaints);
        stated.start_date("2026-02-30", &mut complaints);
        stated.deadline("14 March", &mut complaints);
        stated.language("klingonese", &mut complaints);

        let errors = complaints.into_result(None::<()>).unwrap_err();
        assert_eq!(errors.errors().len(), 7, "{errors}");
        assert_eq!(stated, ExplicitConstraints::default());
    }

    #[test]
    fn a_deadline_must_lie_after_the_start_which_may_lie_in_the_past() {
        let mut stated = ExplicitConstraints::default();
        let mut complaints = FieldErrors::default();
        stated.start_date("2020-01-01", &mut complaints);
        stated.deadline("2020-02-01", &mut complaints);
        stated.finish(day("2026-11-23"), &mut complaints);
        assert!(complaints.is_empty());

        stated.start_date = None;
        stated.finish(day("2026-11-23"), &mut complaints);
        let errors = complaints.into_result(None::<()>).unwrap_err();
        assert!(errors.to_string().contains("2026-11-23"), "{errors}");
    }
}
