//! Weeks of the year by their numbers: "KW 9", "calendar week 10", "2027-W15", "semaine 8 de 2027".

use super::calendar::{Period, calendar_week};
use super::date::{Mention, year_at};
use super::tag::{Tag, Unit};
use super::text::Text;

/// Returns the numbered week at `index`. "week 20 of my pregnancy" is a week of something else.
pub(super) fn numbered_week_at(text: &Text, index: usize) -> Option<Mention> {
    let (week, end, is_certain) = match (text.tag(index), text.tag(index + 1)) {
        (Tag::WeekNumber(week), _) => (u32::from(week), index + 1, true),
        // "en semaine 15"
        (Tag::Workdays, Tag::Num(hundredths))
            if text.word(index) == "ensemaine" && hundredths % 100 == 0 =>
        {
            (hundredths / 100, index + 2, false)
        }
        (Tag::CalendarWeek, Tag::Num(hundredths)) if hundredths % 100 == 0 => {
            (hundredths / 100, index + 2, true)
        }
        (Tag::Unit(Unit::Week), Tag::Num(hundredths))
            if hundredths % 100 == 0 && is_one_week(text, index) =>
        {
            (hundredths / 100, index + 2, false)
        }
        // "2027-W15"
        (Tag::Num(year @ 190_000..=219_900), Tag::Hyphen) if year % 100 == 0 => {
            let Tag::WeekNumber(week) = text.tag(index + 2) else {
                return None;
            };
            let (first, last) = calendar_week(i32::try_from(year / 100).ok()?, u32::from(week))?;
            return Some(Mention {
                full: true,
                ..Mention::partial(Period::Fixed(first, last), index..index + 3)
            });
        }
        _ => return None,
    };
    let (period, end) = with_year(text, week, end)?;
    let is_certain = is_certain || matches!(period, Period::Fixed(_, _));
    let belongs_elsewhere = text.tag(end) == Tag::Of || text.tag(end).is_count();
    (is_certain || !belongs_elsewhere).then_some(Mention {
        full: is_certain,
        ..Mention::partial(period, index..end)
    })
}

/// Returns the week with the year that may follow it, and the token after both.
pub(super) fn with_year(text: &Text, week: u32, end: usize) -> Option<(Period, usize)> {
    let slash = usize::from(text.tag(end) == Tag::Slash);
    if let (Some(year), end) = year_at(text, end + slash) {
        let (first, last) = calendar_week(year, week)?;
        return Some((Period::Fixed(first, last), end));
    }
    // "of the year", "del año"
    let unit = text.skip(end, |tag| matches!(tag, Tag::Of | Tag::Article));
    let is_of_year = unit > end && text.tag(unit) == Tag::Unit(Unit::Year);
    let end = if is_of_year { unit + 1 } else { end };
    (1..=53)
        .contains(&week)
        .then_some((Period::CalendarWeek(week), end))
}

/// Whether the unit is one week and no count of weeks: "week 12", "Woche 12", but not "weeks 12".
fn is_one_week(text: &Text, index: usize) -> bool {
    matches!(
        text.word(index),
        "week" | "wk" | "woche" | "semaine" | "semana" | "sem"
    )
}
