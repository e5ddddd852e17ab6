//! The span that the person plans for: "in six weeks", "a 12-week plan", "over the next three months".

use std::ops::Range;

use chrono::NaiveDate;

use super::length::{after, length_at};
use super::length_context::strength;
use super::tag::Unit;
use super::text::Text;

/// A span from the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// Whole weeks, rounded, at least one.
    pub(super) weeks: u16,
    /// The day that is the length of the span after the start.
    pub(super) end: NaiveDate,
    pub(super) tokens: Range<usize>,
    /// How surely the length is the person's span, from 1 to 3.
    strength: u8,
}

/// Maximum length of a plausible span, in days: five years.
const MAX_DAYS: u64 = 5 * 366;

/// The same for a span in days: nobody plans for 687 days.
const MAX_DAYS_OF_DAYS: u64 = 400;

/// The same for a span in weeks, which nobody counts for anything else: "in 300 weeks" is read to say that no plan is that long.
const MAX_DAYS_OF_WEEKS: u64 = 20 * 366;

/// Returns the span that the text states most surely; of two equally sure ones, the first.
pub(super) fn read(text: &Text, start: NaiveDate) -> Option<Span> {
    let mut best: Option<Span> = None;
    let mut index = 0;
    while index < text.len() {
        match span_at(text, index, start) {
            Some((span, next)) => {
                index = next.max(index + 1);
                if let Some(span) = span
                    && best
                        .as_ref()
                        .is_none_or(|best| span.strength > best.strength)
                {
                    best = Some(span);
                }
            }
            None => index += 1,
        }
    }
    best
}

/// Returns the length of time at `index` as a span if it is the person's, and the token after it; `None` without a length.
fn span_at(text: &Text, index: usize, start: NaiveDate) -> Option<(Option<Span>, usize)> {
    let (hundredths, unit, end, article) = length_at(text, index)?;
    let strength = strength(text, index..end, unit, article, hundredths);
    let span = strength.and_then(|strength| {
        let last = after(start, hundredths, unit)?;
        let days = u64::try_from((last - start).num_days()).ok()?;
        let weeks = u16::try_from((days + 3) / 7).ok()?.max(1);
        let most = match unit {
            Unit::Day => MAX_DAYS_OF_DAYS,
            Unit::Week => MAX_DAYS_OF_WEEKS,
            // Of years too, to be able to say that no plan is that long.
            _ if strength == 3 => MAX_DAYS_OF_WEEKS,
            _ => MAX_DAYS,
        };
        (1..=most).contains(&days).then_some(Span {
            weeks,
            end: last,
            tokens: index..end,
            strength,
        })
    });
    Some((span, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weeks(source: &str) -> Option<u16> {
        let start = NaiveDate::from_ymd_opt(2026, 1, 12).unwrap();
        read(&Text::new(source), start).map(|span| span.weeks)
    }

    #[test]
    fn a_span_is_read_in_many_shapes() {
        for (source, expected) in [
            ("in 6 weeks", 6),
            ("over the next three months", 13),
            ("for 8 weeks", 8),
            ("12-week plan", 12),
            ("within a quarter", 13),
            ("in half a year", 26),
            ("100 days", 14),
            ("the 30-day challenge", 4),
            ("in a year", 52),
            ("in a fortnight", 2),
            ("six weeks until my exam", 6),
            ("in a month and a half", 7),
        ] {
            assert_eq!(weeks(source), Some(expected), "{source}");
        }
    }

    #[test]
    fn the_length_of_something_else_is_no_span() {
        for source in [
            "Two-week Japan trip",
            "for ten years",
            "ten years of pictures",
            "I started 6 months ago",
            "entertain a two-year-old",
            "I have been running for six months",
            "a three-day street festival",
            "3 days a week",
            "ten hours a month",
            "organise two weeks of holiday in Peru",
        ] {
            assert_eq!(weeks(source), None, "{source}");
        }
    }
}
