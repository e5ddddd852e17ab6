//! The day by which it must be done: the date that a "by" or an exam points at.

use std::ops::Range;

use chrono::NaiveDate;

use super::calendar::{Edge, Period, day};
use super::date::{Mention, mention_at};
use super::event_context::{event_right_before, is_elsewhere, is_eventful, is_unmistakable};
use super::tag::{Holiday, Tag};
use super::text::Text;

/// A day, with the words that say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deadline {
    pub(super) day: NaiveDate,
    pub(super) tokens: Range<usize>,
    strength: u8,
}

/// The deadline, and one that is over already though its year is written out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Deadlines {
    pub(super) ahead: Option<Deadline>,
    pub(super) past: Option<Deadline>,
}

/// Reads the deadlines of the text; the best said one counts, else the first.
pub(super) fn read(text: &Text, start: NaiveDate) -> Deadlines {
    let mut found = Deadlines::default();
    let mut index = 0;
    while index < text.len() {
        let deadline = if text.tag(index) == Tag::Tomorrow {
            tomorrow(text, index, start)
        } else {
            let Some(mention) = mention_at(text, index) else {
                index += 1;
                continue;
            };
            index = mention.tokens.end - 1;
            deadline_of(text, &mention, start)
        };
        index += 1;
        let Some(deadline) = deadline else { continue };
        let slot = if deadline.day > start {
            &mut found.ahead
        } else {
            &mut found.past
        };
        if slot
            .as_ref()
            .is_none_or(|known| deadline.strength > known.strength)
        {
            *slot = Some(deadline);
        }
    }
    found
}

/// "by tomorrow".
fn tomorrow(text: &Text, index: usize, start: NaiveDate) -> Option<Deadline> {
    (text.back(index, 1) == Tag::By).then_some(Deadline {
        day: start.succ_opt()?,
        tokens: index - 1..index + 1,
        strength: 3,
    })
}

/// The deadline a date stands for, when it stands for one.
fn deadline_of(text: &Text, mention: &Mention, start: NaiveDate) -> Option<Deadline> {
    let first = mention.tokens.start;
    let mut lead = 1;
    while matches!(
        text.back(first, lead),
        Tag::Article | Tag::Approx | Tag::This | Tag::Next | Tag::Hyphen
    ) || (matches!(text.back(first, lead), Tag::On | Tag::In)
        && text.back(first, lead + 1) == Tag::By)
        || (lead == 1
            && text.back(first, lead) == Tag::Comma
            && matches!(text.back(first, 2), Tag::Event | Tag::By))
    {
        lead += 1;
    }
    let next_said = (1..lead).any(|n| text.back(first, n) == Tag::Next);
    let lead_tag = text.back(first, lead);
    if is_elsewhere(text, first, mention, lead_tag) {
        return None;
    }
    let strength = strength(
        text,
        mention,
        lead_tag,
        first.saturating_sub(lead),
        next_said,
    )?;
    let edge = match (lead_tag, mention.edge) {
        // "before the end of May" is still by its end.
        (_, Some(edge)) => edge,
        (Tag::Before, None) => Edge::DayBefore,
        _ => Edge::First,
    };
    let tokens = match lead_tag {
        Tag::By | Tag::Before | Tag::On | Tag::In | Tag::For | Tag::Within => {
            first - lead..mention.tokens.end
        }
        _ => mention.tokens.clone(),
    };
    let mut day = day(mention.period, edge, start)?;
    if let Period::Fixed(_, last) = mention.period
        && day <= start
        && start < last
    {
        // "by May 2026", said in May 2026
        day = last;
    }
    Some(Deadline {
        day,
        tokens,
        strength,
    })
}

/// How surely the date is the deadline; nothing when it is not one.
fn strength(
    text: &Text,
    mention: &Mention,
    lead: Tag,
    lead_at: usize,
    next_said: bool,
) -> Option<u8> {
    let first = mention.tokens.start;
    let event = || is_eventful(text, &mention.tokens);
    let weekday = matches!(mention.period, Period::Weekday(_));
    let year_alone = matches!(mention.period, Period::Fixed(_, _))
        && matches!(text.tag(first), Tag::Num(_))
        && !mention.full;
    match lead {
        Tag::By | Tag::Before => {
            // "Monday by Friday" is a stretch; so is "from March until June", which ends all the same.
            Some(3)
        }
        Tag::To
            if text.any(text.sentence(first).start..lead_at, |tag| {
                matches!(tag, Tag::From | Tag::Start)
            }) && !weekday =>
        {
            Some(2)
        }
        Tag::And
            if mention.full
                && text.any(text.sentence(first).start..lead_at, |tag| {
                    tag == Tag::Between
                }) =>
        {
            Some(2)
        }
        _ if year_alone => None,
        _ if matches!(mention.period, Period::This(_)) && mention.edge.is_none() => None,
        Tag::On | Tag::In | Tag::For | Tag::Within | Tag::Of | Tag::Is if mention.full => {
            Some(if event() { 3 } else { 2 })
        }
        Tag::For | Tag::On if matches!(mention.period, Period::Holiday(feast) if feast != Holiday::BlackFriday) => {
            Some(2)
        }
        Tag::On | Tag::In | Tag::For | Tag::Is | Tag::Event | Tag::Within if event() => Some(2),
        _ if next_said && !weekday => Some(1),
        _ if mention.full && is_unmistakable(text, mention) => Some(if event() { 3 } else { 1 }),
        _ if event()
            && (next_said || matches!(text.tag(first), Tag::Next | Tag::NumericDate(_))) =>
        {
            Some(2)
        }
        _ if event() && text.back(first, 1) == Tag::This => Some(1),
        _ if next_said && weekday => Some(1),
        _ => event_right_before(text, first).then_some(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ahead(source: &str) -> Option<String> {
        let start = NaiveDate::from_ymd_opt(2026, 1, 12).unwrap();
        read(&Text::new(source), start)
            .ahead
            .map(|d| d.day.to_string())
    }

    #[test]
    fn by_and_before_point_at_a_day() {
        for (source, expected) in [
            ("by 14 March", "2026-03-14"),
            ("before September", "2026-08-31"),
            ("by September", "2026-09-01"),
            ("by the end of September", "2026-09-30"),
            ("before Christmas", "2026-12-24"),
            ("by xmas", "2026-12-25"),
            ("by Easter", "2026-04-05"),
            ("by summer", "2026-06-01"),
            ("end of Q2", "2026-06-30"),
            ("until 2026-05-01", "2026-05-01"),
            ("by Friday", "2026-01-16"),
            ("by 2027", "2027-01-01"),
        ] {
            assert_eq!(ahead(source).as_deref(), Some(expected), "{source}");
        }
    }

    #[test]
    fn an_event_on_a_date_is_a_deadline() {
        for (source, expected) in [
            ("my exam is 12 December", "2026-12-12"),
            ("we fly on 3 April", "2026-04-03"),
            ("exam booked for June", "2026-06-01"),
            ("race in July", "2026-07-01"),
            ("deadline 3/14", "2026-03-14"),
        ] {
            assert_eq!(ahead(source).as_deref(), Some(expected), "{source}");
        }
    }

    #[test]
    fn what_is_over_or_begins_is_no_deadline() {
        for source in [
            "failed the exam on 3 May last year",
            "I failed it in spring",
            "since March",
            "I started in January",
            "starting 1 March",
            "gone by the 20th every month",
            "open 24/7",
            "learn the March from Aida",
        ] {
            assert_eq!(ahead(source), None, "{source}");
        }
    }

    #[test]
    fn a_year_that_is_over_is_told_apart() {
        let start = NaiveDate::from_ymd_opt(2026, 1, 12).unwrap();
        let found = read(&Text::new("done by 1 March 2024"), start);

        assert_eq!(found.ahead, None);
        assert_eq!(
            found.past.map(|d| d.day.to_string()).as_deref(),
            Some("2024-03-01")
        );
    }
}
