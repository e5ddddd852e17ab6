//! The deadline: the date that a "by" or an event such as an exam points at.

use std::ops::Range;

use chrono::{Datelike as _, NaiveDate};

use super::calendar::{Edge, Period, day};
use super::coming_day::coming_day_at;
use super::date::{Mention, mention_at};
use super::event_context::{
    event_right_before, is_elsewhere, is_eventful, is_start_of_event, is_unmistakable,
};
use super::nth::{end_of_counted, end_of_unread};
use super::tag::{Holiday, Tag};
use super::text::Text;

/// A deadline and the tokens that state it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deadline {
    pub(super) day: NaiveDate,
    pub(super) tokens: Range<usize>,
    /// How surely the date is the deadline, from 1 to 4.
    strength: u8,
}

/// The deadline after the start, one that is not, and one that no calendar has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Deadlines {
    pub(super) ahead: Option<Deadline>,
    /// A deadline that is not after the start, which only a date with its year can be.
    pub(super) past: Option<Deadline>,
    /// The tokens of a deadline such as "31 February".
    pub(super) impossible: Option<Range<usize>>,
}

impl Deadlines {
    /// Keeps a deadline if it is stated more surely than the one before it.
    fn add(&mut self, deadline: Deadline, start: NaiveDate) {
        let slot = if deadline.day > start {
            &mut self.ahead
        } else {
            &mut self.past
        };
        if slot
            .as_ref()
            .is_none_or(|best| deadline.strength > best.strength)
        {
            *slot = Some(deadline);
        }
    }
}

/// Reads the deadlines of the text. The one that is stated most surely counts; of two equally sure ones, the first.
pub(super) fn read(text: &Text, start: NaiveDate) -> Deadlines {
    let mut found = Deadlines::default();
    let mut index = 0;
    while index < text.len() {
        if let Some((day, tokens, strength)) = coming_day_at(text, index, start) {
            index = tokens.end;
            found.add(
                Deadline {
                    day,
                    tokens,
                    strength,
                },
                start,
            );
        } else if let Some(mention) =
            mention_at(text, index).filter(|_| end_of_unread(text, index).is_none())
        {
            index = mention.tokens.end;
            match stated(text, &mention, start) {
                Some(Stated::Day(deadline)) => found.add(deadline, start),
                Some(Stated::Impossible(tokens)) => {
                    found.impossible.get_or_insert(tokens);
                }
                None => {}
            }
        } else {
            // "the second Monday" without its month is no Monday.
            index = end_of_unread(text, index)
                .or_else(|| end_of_counted(text, index))
                .unwrap_or(index + 1);
        }
    }
    found
}

/// What a date states as a deadline.
enum Stated {
    Day(Deadline),
    Impossible(Range<usize>),
}

/// Returns what a date states as a deadline; `None` if it is no deadline.
fn stated(text: &Text, mention: &Mention, start: NaiveDate) -> Option<Stated> {
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
    let after_next = (1..lead).any(|n| text.back(first, n) == Tag::Next);
    let lead_tag = match text.back(first, lead) {
        Tag::Start if is_start_of_event(text, first) => Tag::Event,
        tag => tag,
    };
    if is_elsewhere(text, first, mention, lead_tag) {
        return None;
    }
    let strength = strength(
        text,
        mention,
        lead_tag,
        first.saturating_sub(lead),
        after_next,
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
    if mention.period == Period::Impossible {
        return Some(Stated::Impossible(tokens));
    }
    let period = first_of_several(text, mention).unwrap_or(mention.period);
    let mut day = day(period, edge, start)?;
    if let Period::Fixed(_, last) = mention.period
        && day <= start
        && start < last
    {
        // "by May 2026", written in May 2026
        day = last;
    }
    // What happened on a day is no deadline that has passed.
    if day <= start && !matches!(lead_tag, Tag::By | Tag::Before) {
        return None;
    }
    Some(Stated::Day(Deadline {
        day,
        tokens,
        strength,
    }))
}

/// "the exam is from 10 to 14 February", "exams on 3, 5 and 9 February": the first of the days, if something happens on them.
fn first_of_several(text: &Text, mention: &Mention) -> Option<Period> {
    let is_link = |tag| {
        matches!(
            tag,
            Tag::To | Tag::By | Tag::And | Tag::Hyphen | Tag::Dash | Tag::Comma
        )
    };
    let mut first = None;
    let mut place = mention.tokens.start;
    while let Some(link) = (1..=3).find(|steps| is_link(text.back(place, *steps))) {
        let between =
            (1..link).all(|steps| matches!(text.back(place, steps), Tag::Article | Tag::Comma));
        let dot = usize::from(text.back(place, link + 1) == Tag::Stop);
        let number = match text.back(place, link + 1 + dot) {
            Tag::Num(hundredths @ 100..=3100) if hundredths % 100 == 0 => hundredths / 100,
            Tag::Ordinal(day @ 1..=31) => u32::from(day),
            _ => break,
        };
        if !between {
            break;
        }
        first = Some(number);
        place -= link + 1 + dot;
    }
    let number = first?;
    // The point of "10. bis 14. Februar" ends no sentence.
    let is_of_event = (1..=6).any(|steps| text.back(place, steps) == Tag::Event);
    if !is_of_event && !is_eventful(text, &mention.tokens) {
        return None;
    }
    match mention.period {
        Period::MonthDay(month, day) if number < day => Some(Period::MonthDay(month, number)),
        Period::Fixed(day, _) if number < day.day() => {
            let day = day.with_day(number)?;
            Some(Period::Fixed(day, day))
        }
        _ => None,
    }
}

/// Returns how surely the date is the deadline, from 1 to 4; `None` if it is no deadline.
fn strength(
    text: &Text,
    mention: &Mention,
    lead: Tag,
    lead_at: usize,
    after_next: bool,
) -> Option<u8> {
    let first = mention.tokens.start;
    let event = || is_eventful(text, &mention.tokens);
    let weekday = matches!(mention.period, Period::Weekday(_));
    let year_alone = matches!(mention.period, Period::Fixed(_, _))
        && matches!(text.tag(first), Tag::Num(_))
        && !mention.full;
    match lead {
        Tag::By | Tag::Before => {
            // "from March until June" is a range, and June is its end. What is due by a day counts more than an event.
            Some(4)
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
        // "pour la semaine 9", "para la semana que viene"
        Tag::For if is_purpose(text.word(lead_at)) && is_week_or_next(mention.period) => Some(2),
        Tag::For | Tag::On if matches!(mention.period, Period::Holiday(holiday) if holiday != Holiday::BlackFriday) => {
            Some(2)
        }
        Tag::On | Tag::In | Tag::For | Tag::Is | Tag::Event | Tag::Within if event() => Some(2),
        _ if after_next && !weekday => Some(1),
        _ if mention.full && is_unmistakable(text, mention) => Some(if event() { 3 } else { 1 }),
        Tag::Event
            if matches!(mention.period, Period::CalendarWeek(_))
                && text.word(first) != "ensemaine" =>
        {
            None
        }
        Tag::Is if is_week_or_next(mention.period) => Some(1),
        _ if event()
            && (after_next
                || (is_week_or_next(mention.period)
                    && !matches!(mention.period, Period::CalendarWeek(_)))
                || matches!(text.tag(first), Tag::NumericDate(_))) =>
        {
            Some(2)
        }
        _ if event() && text.back(first, 1) == Tag::This => Some(1),
        _ if after_next && weekday => Some(1),
        // "Visit Mar del Plata"
        _ if text.word(first) == "mar" => None,
        _ => event_right_before(text, first).then_some(1),
    }
}

/// Whether the word means "by" where a date follows it.
fn is_purpose(word: &str) -> bool {
    matches!(word, "pour" | "para" | "pra" | "fur" | "fuer")
}

fn is_week_or_next(period: Period) -> bool {
    matches!(
        period,
        Period::WeekdayOfNextWeek(_)
            | Period::Next(_)
            | Period::AfterNext(_)
            | Period::WeekdayAfter(_, _)
            | Period::CalendarWeek(_)
    )
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
    fn tomorrow_is_a_deadline_after_by_and_nothing_as_the_first_word() {
        assert_eq!(ahead("by tomorrow").as_deref(), Some("2026-01-13"));
        assert_eq!(ahead("tomorrow"), None);
        assert_eq!(ahead("Tomorrow I start to learn the piano"), None);
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
            ("Excel for a new job starting 15 February", "2026-02-15"),
            ("walk the Camino in May", "2026-05-01"),
            ("Jakobsweg im September", "2026-09-01"),
            ("sacarme el B2 de inglés en junio", "2026-06-01"),
            (
                "a stall at the Christmas market on 4 December",
                "2026-12-04",
            ),
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
    fn a_deadline_in_a_past_year_is_returned_separately() {
        let start = NaiveDate::from_ymd_opt(2026, 1, 12).unwrap();
        let found = read(&Text::new("done by 1 March 2024"), start);

        assert_eq!(found.ahead, None);
        assert_eq!(
            found.past.map(|d| d.day.to_string()).as_deref(),
            Some("2024-03-01")
        );
    }
}
