//! How long the person gives it: "in six weeks", "a 12-week plan", "over the next three months".

use std::ops::Range;

use chrono::NaiveDate;

use super::length::{after, length_at};
use super::tag::{Tag, Unit};
use super::text::Text;

/// A span from the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// Whole weeks, rounded, at least one.
    pub(super) weeks: u16,
    /// The day on which it is over.
    pub(super) end: NaiveDate,
    pub(super) tokens: Range<usize>,
    strength: u8,
}

/// The longest span we believe, in days: five years.
const MAX_DAYS: u64 = 5 * 366;

/// The span the text gives, the best said one, else the first.
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
                        .is_none_or(|known| span.strength > known.strength)
                {
                    best = Some(span);
                }
            }
            None => index += 1,
        }
    }
    best
}

/// A length of time at `index`, and, when it is the person's span, that span.
fn span_at(text: &Text, index: usize, start: NaiveDate) -> Option<(Option<Span>, usize)> {
    let (hundredths, unit, end, article) = length_at(text, index)?;
    let strength = strength(text, index..end, unit, article, hundredths);
    let span = strength.and_then(|strength| {
        let last = after(start, hundredths, unit)?;
        let days = u64::try_from((last - start).num_days()).ok()?;
        let weeks = u16::try_from((days + 3) / 7).ok()?.max(1);
        (1..=MAX_DAYS).contains(&days).then_some(Span {
            weeks,
            end: last,
            tokens: index..end,
            strength,
        })
    });
    Some((span, end))
}

/// How surely a length is the person's span; nothing when it is the length of something else.
fn strength(
    text: &Text,
    tokens: Range<usize>,
    unit: Unit,
    article: bool,
    hundredths: u32,
) -> Option<u8> {
    let (first, end) = (tokens.start, tokens.end);
    if is_past_or_else(text, first, end) || (article && is_a_rate(text, first)) {
        return None;
    }
    let mut steps = 1;
    while matches!(
        text.back(first, steps),
        Tag::Article | Tag::Approx | Tag::Next | Tag::This | Tag::Only | Tag::Between
    ) {
        steps += 1;
    }
    let next_said = (1..steps).any(|n| text.back(first, n) == Tag::Next);
    let lead = text.back(first, steps);
    let follows = text.tag(end);
    let adjective = text.any(tokens, |tag| tag == Tag::Hyphen) || matches!(follows, Tag::Plan);
    let plan = (end..end + 5)
        .take_while(|place| !text.tag(*place).is_pause())
        .any(|place| matches!(text.tag(place), Tag::Plan | Tag::Session));
    let away = is_away(text, first, end);
    match lead {
        Tag::Every => return None,
        Tag::In | Tag::Within if !adjective => {
            // "four papers in five days" says how dense they are.
            if unit == Unit::Day
                && text.back(first, steps + 1) == Tag::Piece
                && matches!(text.back(first, steps + 2), Tag::Num(_))
            {
                return None;
            }
            // "twice in a week" is a rhythm.
            let counted = article && is_counted(text, first.saturating_sub(steps));
            return (!counted).then_some(3);
        }
        // "9 hours split over three days"
        Tag::Over if unit == Unit::Day && hundredths < 1000 => return None,
        Tag::Over if !away => return Some(3),
        _ => {}
    }
    if matches!(follows, Tag::Hence | Tag::By) || (follows == Tag::Before && !article) {
        return Some(3);
    }
    if adjective {
        return if unit == Unit::Year && hundredths > 100 {
            None
        } else if plan {
            Some(2)
        } else {
            (!away && unit != Unit::Day && follows.is_pause()).then_some(1)
        };
    }
    if next_said && !away {
        return Some(2);
    }
    if away || unit == Unit::Year && hundredths > 100 {
        return None;
    }
    match lead {
        Tag::For | Tag::By if unit != Unit::Day || hundredths >= 700 => Some(2),
        Tag::Of | Tag::From | Tag::After | Tag::Not | Tag::Per | Tag::Before | Tag::On => None,
        _ if article => {
            let given =
                text.back(first, 1) == Tag::Have && (follows.is_pause() || follows == Tag::To);
            (plan || given).then_some(1)
        }
        _ if unit == Unit::Day && lead == Tag::Have && matches!(follows, Tag::To | Tag::For) => {
            Some(1)
        }
        // "100 days of code"
        _ if unit == Unit::Day && follows == Tag::Of => {
            (hundredths >= 2100 && lead.is_pause()).then_some(1)
        }
        _ if unit == Unit::Day => (hundredths >= 700 && (plan || follows.is_pause())).then_some(1),
        _ if is_recurrence(text, end) => None,
        _ => (follows.is_pause()
            || plan
            || (follows == Tag::Of && text.tag(end + 1) == Tag::Have)
            || is_filler(follows)
            || text.back(first, 1) == Tag::Have)
            .then_some(1),
    }
}

/// What may follow a bare "8 weeks" that is the span: a word that starts the next thought.
fn is_filler(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::And
            | Tag::For
            | Tag::To
            | Tag::Total
            | Tag::Approx
            | Tag::Begin
            | Tag::Start
            | Tag::But
            | Tag::Is
    )
}

/// "3 days a week", "two weeks per year".
fn is_recurrence(text: &Text, end: usize) -> bool {
    matches!(
        text.tag(end),
        Tag::Per | Tag::Slash | Tag::Every | Tag::Rate(_) | Tag::Article
    )
}

/// "6 months ago", "3-month-old", "for two years I have been", "every three months".
fn is_past_or_else(text: &Text, first: usize, end: usize) -> bool {
    let next = text.skip(end, |tag| tag == Tag::Hyphen);
    if matches!(text.tag(next), Tag::Ago | Tag::Aged | Tag::Off | Tag::After) {
        return true;
    }
    if text.tag(next) == Tag::Of && matches!(text.tag(next + 1), Tag::Aged | Tag::Trip) {
        return true;
    }
    (1..=8)
        .map(|steps| text.back(first, steps))
        .take_while(|tag| {
            !tag.is_pause()
                && !matches!(tag, Tag::And | Tag::But | Tag::Have | Tag::In | Tag::Within)
        })
        .any(|tag| {
            matches!(
                tag,
                Tag::Since | Tag::Last | Tag::Been | Tag::Past | Tag::Ago | Tag::Aged
            )
        })
}

/// Whether the length is that of a trip or of something else that lasts by itself.
fn is_away(text: &Text, first: usize, end: usize) -> bool {
    let behind = (end..end + 5).take_while(|place| !text.tag(*place).is_pause());
    let front = (1..=5)
        .map(|steps| text.back(first, steps))
        .take_while(|tag| !tag.is_pause());
    behind
        .map(|place| text.tag(place))
        .any(|tag| tag == Tag::Trip)
        || front.into_iter().any(|tag| tag == Tag::Trip)
}

/// Whether "a week" is the rhythm of an amount before it: "6 hours of study a week until the exam".
fn is_a_rate(text: &Text, first: usize) -> bool {
    (1..=6)
        .map(|steps| text.back(first, steps))
        .take_while(|tag| {
            !tag.is_pause() && !matches!(tag, Tag::In | Tag::Within | Tag::Over | Tag::For)
        })
        .any(|tag| {
            matches!(
                tag,
                Tag::Unit(_) | Tag::Minutes(_) | Tag::Often(_) | Tag::Times | Tag::Cross
            )
        })
}

/// Whether a count or an amount ends right before `place`.
fn is_counted(text: &Text, place: usize) -> bool {
    matches!(
        text.back(place, 1),
        Tag::Unit(_) | Tag::Minutes(_) | Tag::Often(_) | Tag::Times | Tag::Cross | Tag::Session
    )
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
