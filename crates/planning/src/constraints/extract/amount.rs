//! Amounts of time: "90 minutes", "1h30", "an hour and a half", "3 x 45 min".

use std::ops::Range;

use super::number::quantity_at;
use super::tag::{Tag, Unit};
use super::text::Text;

/// The minutes of ten weeks: the maximum of one amount. More than a week has is read nevertheless, to be able to say that it cannot be
/// kept.
const MAX: u32 = 10 * 7 * 24 * 60;

/// An amount of hours or minutes in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Amount {
    /// The minutes of one session; of a range, the lower end.
    pub(super) minutes: u32,
    /// The number of sessions that the amount itself names: 3 in "3 x 45 min".
    pub(super) times: u32,
    /// Its tokens, including the factor in front.
    pub(super) tokens: Range<usize>,
    /// Whether it is what two parts of a day add up to: "ten minutes in the morning and ten at night".
    pub(super) daily: bool,
    /// Whether the unit itself means hours a week: "6 Wochenstunden".
    pub(super) weekly: bool,
}

impl Amount {
    /// One session of `minutes`; `None` for no minutes and for more than [`MAX`].
    fn single(minutes: u32, tokens: Range<usize>) -> Option<Self> {
        (1..=MAX).contains(&minutes).then_some(Self {
            minutes,
            times: 1,
            tokens,
            weekly: false,
            daily: false,
        })
    }
}

/// Returns every amount in the text, in order.
pub(super) fn amounts(text: &Text) -> Vec<Amount> {
    let mut found = Vec::new();
    let mut index = 0;
    let mut free_from = 0;
    while index < text.len() {
        if let Some(mut amount) = amount_at(text, index) {
            let (times, start) = factor(text, &amount.tokens, free_from);
            amount.times = times;
            amount.tokens.start = start;
            // "45 min x 3"
            if let (Tag::Cross, Tag::Num(count @ 100..=5000)) =
                (text.tag(amount.tokens.end), text.tag(amount.tokens.end + 1))
            {
                amount.times = amount.times.saturating_mul(count / 100);
                amount.tokens.end += 2;
            }
            if let Some((minutes, end)) = way_back(text, amount.tokens.end) {
                amount.minutes = amount.minutes.saturating_add(minutes);
                amount.daily = matches!(text.back(end, 1), Tag::Part | Tag::Parts);
                amount.tokens.end = end;
            }
            index = amount.tokens.end;
            free_from = index;
            found.push(amount);
        } else {
            index += 1;
        }
    }
    found
}

/// "20 minutos de ida y 20 de vuelta": the minutes of the way back, and the token after it.
fn way_back(text: &Text, end: usize) -> Option<(u32, usize)> {
    let and = (end..end + 6).find(|place| text.tag(*place) == Tag::And)?;
    let Tag::Num(hundredths @ 100..=12_000) = text.tag(and + 1) else {
        return None;
    };
    let is_back = |place: &usize| {
        matches!(
            text.word(*place),
            "vuelta" | "volta" | "retour" | "back" | "zuruck" | "zurueck" | "ca"
        )
    };
    // "ten minutes in the morning and ten at night"
    let is_part = |place: &usize| matches!(text.tag(*place), Tag::Part | Tag::Parts);
    let has_part = (end..and).any(|place| is_part(&place));
    let back = (and + 2..and + 5).find(|place| is_back(place) || (has_part && is_part(place)))?;
    Some((hundredths / 100, back + 1))
}

/// Returns the amount that starts at `index`. Of a range it is the lower end, and its tokens include the upper end.
pub(super) fn amount_at(text: &Text, index: usize) -> Option<Amount> {
    let mut amount = plain_at(text, index)?;
    let end = amount.tokens.end;
    if matches!(text.tag(end), Tag::To | Tag::Or | Tag::Hyphen | Tag::Dash)
        || matches!(
            (text.tag(end), text.word(end)),
            (Tag::Per, "a") | (Tag::By, "bis")
        )
    {
        if let Some(upper) = plain_at(text, end + 1) {
            amount.minutes = amount.minutes.min(upper.minutes);
            amount.tokens.end = upper.tokens.end;
        } else if let (Tag::Or, Tag::Num(_)) = (text.tag(end), text.tag(end + 1)) {
            // "an hour or two"
            if !matches!(text.tag(end + 2), Tag::Times | Tag::Unit(_) | Tag::Cross) {
                amount.tokens.end = end + 2;
            }
        }
    }
    Some(amount)
}

/// The amount that starts at `index`, without the upper end of a range.
fn plain_at(text: &Text, index: usize) -> Option<Amount> {
    match text.tag(index) {
        Tag::Minutes(minutes) => Amount::single(u32::from(minutes), index..index + 1),
        // "hora y media"
        Tag::Unit(Unit::Hour) if text.tag(index + 1) == Tag::AndHalf => {
            Amount::single(90, index..index + 2)
        }
        Tag::Half => half_hour_at(text, index),
        // "quarter of an hour"
        Tag::Unit(Unit::Quarter) if text.tag(index + 1) == Tag::Of => {
            let unit = text.skip(index + 2, |tag| tag == Tag::Article);
            let is_hour = text.tag(unit) == Tag::Unit(Unit::Hour);
            is_hour
                .then(|| Amount::single(15, index..unit + 1))
                .flatten()
        }
        _ => counted_at(text, index),
    }
}

/// "half an hour", "half-hour".
fn half_hour_at(text: &Text, index: usize) -> Option<Amount> {
    let unit = text.skip(index + 1, |tag| {
        matches!(tag, Tag::Article | Tag::Hyphen | Tag::Of)
    });
    if text.tag(unit) == Tag::Unit(Unit::Hour) {
        Amount::single(30, index..unit + 1)
    } else {
        None
    }
}

/// A quantity and the unit it counts: "90 minutes", "an hour and a half", "6 Wochenstunden".
fn counted_at(text: &Text, index: usize) -> Option<Amount> {
    let quantity = quantity_at(text, index)?;
    let count = quantity.hundredths / 100;
    let after = text.skip(quantity.end, |tag| {
        matches!(tag, Tag::Hyphen | Tag::Approx | Tag::Next)
    });
    match text.tag(after) {
        Tag::Minutes(minutes) => Amount::single(
            u32::from(minutes).saturating_mul(quantity.hundredths) / 100,
            index..after + 1,
        ),
        Tag::Half => {
            // "one half hour", "trois demi-heures"
            let half = half_hour_at(text, after)?;
            Amount::single(half.minutes.saturating_mul(count), index..half.tokens.end)
        }
        Tag::Unit(Unit::Minute) => Amount::single(count, index..after + 1),
        Tag::WeekHours => {
            let amount = Amount::single(minutes_of(quantity.hundredths), index..after + 1)?;
            Some(Amount {
                weekly: true,
                ..amount
            })
        }
        Tag::Unit(Unit::Hour) => {
            let (extra, end) = past_the_hour(text, after + 1);
            let minutes = minutes_of(quantity.hundredths).saturating_add(extra);
            Amount::single(minutes, index..end)
        }
        Tag::Unit(Unit::Quarter) | Tag::Fourth => {
            // "three quarters of an hour"
            let unit = text.skip(after + 1, |tag| matches!(tag, Tag::Article | Tag::Of));
            if text.tag(unit) == Tag::Unit(Unit::Hour) {
                Amount::single(count.saturating_mul(15), index..unit + 1)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// The minutes of a number of hours in hundredths.
fn minutes_of(hundredths: u32) -> u32 {
    hundredths.saturating_mul(60) / 100
}

/// Returns the minutes after full hours ("1h30", "1 hour and 15 minutes", "an hour and a half") and the token after
/// them; 0 and `index` if there are none.
fn past_the_hour(text: &Text, index: usize) -> (u32, usize) {
    if text.tag(index) == Tag::AndHalf {
        return (30, index + 1);
    }
    let linked = usize::from(text.tag(index) == Tag::And);
    let next = index + linked;
    match text.tag(next) {
        // "an hour and a quarter", "una hora y cuarto"
        Tag::Fourth if linked == 1 => (15, next + 1),
        Tag::Article if linked == 1 && text.tag(next + 1) == Tag::Unit(Unit::Quarter) => {
            (15, next + 2)
        }
        Tag::Minutes(minutes) if linked == 1 => (u32::from(minutes), next + 1),
        Tag::Num(hundredths) if hundredths < 6000 && hundredths % 100 == 0 => {
            let Some(quantity) = quantity_at(text, next) else {
                return (0, index);
            };
            if text.tag(quantity.end) == Tag::Unit(Unit::Minute) {
                // "1 hour and 30 minutes", "1 hour 15 minutes"
                (quantity.hundredths / 100, quantity.end + 1)
            } else if linked == 0 && (text.is_glued(next) || is_half_hour(text, next)) {
                (hundredths / 100, next + 1)
            } else {
                (0, index)
            }
        }
        _ => (0, index),
    }
}

/// "1 h 30"
fn is_half_hour(text: &Text, place: usize) -> bool {
    text.back_word(place, 1) == "h"
        && text.tag(place) == Tag::Num(3000)
        && !text.tag(place + 1).is_count()
}

/// Returns the factor in front of an amount and the token it starts at: "3 x", "twice", "two sessions of",
/// "three 45-minute". Without a factor it is 1 and the amount's first token. Tokens before `free_from` belong to an
/// earlier amount.
fn factor(text: &Text, tokens: &Range<usize>, free_from: usize) -> (u32, usize) {
    let start = tokens.start;
    let single = (1, start);
    let room = |steps: usize| start >= free_from + steps;
    let count = |steps: usize| match text.back(start, steps) {
        Tag::Num(hundredths) if room(steps) && (100..=5000).contains(&hundredths) => {
            Some(hundredths / 100)
        }
        _ => None,
    };
    let before = |steps: usize, times: Option<u32>| times.map_or(single, |n| (n, start - steps));
    match text.back(start, 1) {
        Tag::Often(times) if room(1) => (u32::from(times), start - 1),
        Tag::Cross | Tag::Times => before(2, count(2)),
        Tag::Num(_)
            if text.any(tokens.clone(), |tag| tag == Tag::Hyphen)
                || text.tag(tokens.end) == Tag::Session =>
        {
            before(1, count(1))
        }
        Tag::Of | Tag::Each | Tag::Per | Tag::Comma => match text.back(start, 2) {
            Tag::Session | Tag::Parts | Tag::Times => {
                if text.back(start, 1) == Tag::Comma {
                    single
                } else {
                    match count(3) {
                        Some(times) => (times, start - 3),
                        None => before(4, count(4)),
                    }
                }
            }
            _ => single,
        },
        _ => single,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Vec<(u32, u32)> {
        amounts(&Text::new(source))
            .into_iter()
            .map(|amount| (amount.times, amount.minutes))
            .collect()
    }

    #[test]
    fn hours_and_minutes_are_read_however_they_are_written() {
        for (source, minutes) in [
            ("6 hours", 360),
            ("6h", 360),
            ("1h30", 90),
            ("1.5 hrs", 90),
            ("1 hour 15 minutes", 75),
            ("an hour and a half", 90),
            ("half an hour", 30),
            ("two and a half hours", 150),
            ("three quarters of an hour", 45),
            ("1/2 hour", 30),
            ("20-minute", 20),
            ("an hour or two", 60),
            ("30-45 min", 30),
            ("45 minutes to an hour", 45),
        ] {
            assert_eq!(read(source), [(1, minutes)], "{source}");
        }
    }

    #[test]
    fn a_factor_in_front_is_part_of_the_amount() {
        for source in [
            "3 x 45 min",
            "3x45min",
            "three 45-minute runs",
            "3 sessions of 45 minutes",
        ] {
            assert_eq!(read(source), [(3, 45)], "{source}");
        }
    }

    #[test]
    fn seconds_and_kilometres_are_no_amounts_of_time() {
        assert!(read("30 seconds, 5 km, 4 songs").is_empty());
    }
}
