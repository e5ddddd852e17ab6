//! Lengths of time of at least a day: "six weeks", "half a year", "a month and a half".

use chrono::{Days, Months, NaiveDate};

use super::number::quantity_at;
use super::tag::{Tag, Unit};
use super::text::Text;

/// Reads the length that starts at `index`.
///
/// Returns the count in hundredths, the unit, the token after the length, and whether the count is an article.
pub(super) fn length_at(text: &Text, index: usize) -> Option<(u32, Unit, usize, bool)> {
    if text.tag(index) == Tag::Half {
        let unit = text.skip(index + 1, |tag| matches!(tag, Tag::Article | Tag::Hyphen));
        return match text.tag(unit) {
            Tag::Unit(Unit::Year) => Some((600, Unit::Month, unit + 1, false)),
            _ => None,
        };
    }
    // "within the next fortnight"
    if (text.tag(index), text.tag(index + 1)) == (Tag::Next, Tag::Unit(Unit::Fortnight)) {
        return Some((100, Unit::Fortnight, index + 2, false));
    }
    let quantity = quantity_at(text, index)?;
    let next = text.skip(quantity.end, |tag| {
        matches!(tag, Tag::Hyphen | Tag::Approx | Tag::Next)
    });
    match text.tag(next) {
        Tag::Half if quantity.hundredths == 100 => length_at(text, next),
        // "in three weekends"
        Tag::Weekend if !quantity.article && matches!(text.back(index, 1), Tag::In | Tag::Over) => {
            Some((quantity.hundredths, Unit::Week, next + 1, false))
        }
        Tag::Unit(unit) if !matches!(unit, Unit::Minute | Unit::Hour) => {
            let half = u32::from(text.tag(next + 1) == Tag::AndHalf);
            let end = next + 1 + usize::from(half == 1);
            let hundredths = quantity.hundredths.saturating_add(half * 50);
            Some((hundredths, unit, end, quantity.article))
        }
        _ => None,
    }
}

/// Returns the day that is `hundredths` of `unit` after `start`.
pub(super) fn after(start: NaiveDate, hundredths: u32, unit: Unit) -> Option<NaiveDate> {
    let days = |each: u32| {
        let days = u64::from(hundredths.saturating_mul(each)).div_ceil(100);
        start.checked_add_days(Days::new(days))
    };
    let months = |each: u32| {
        let hundredths = hundredths.saturating_mul(each);
        let whole = start.checked_add_months(Months::new(hundredths / 100))?;
        whole.checked_add_days(Days::new(u64::from(hundredths % 100) * 30 / 100))
    };
    match unit {
        Unit::Day => days(1),
        Unit::Week => days(7),
        Unit::Fortnight => days(14),
        Unit::Month => months(1),
        Unit::Quarter => months(3),
        Unit::Year => months(12),
        Unit::Minute | Unit::Hour => None,
    }
}
