//! What surrounds a date: something that happens on it, or a sign that it is over, begins or comes every month.

use std::ops::Range;

use super::calendar::Period;
use super::date::Mention;
use super::day_set::day_set_at;
use super::tag::Tag;
use super::text::Text;

/// Whether the date belongs to the past, to a beginning, or to every month.
pub(super) fn is_elsewhere(text: &Text, first: usize, mention: &Mention, lead: Tag) -> bool {
    let end = mention.tokens.end;
    if matches!(
        lead,
        Tag::From
            | Tag::Between
            | Tag::Since
            | Tag::After
            | Tag::Start
            | Tag::Last
            | Tag::Every
            | Tag::Ago
            | Tag::Past
    ) || matches!(
        text.tag(end),
        Tag::Every | Tag::Rate(_) | Tag::Last | Tag::Ago | Tag::Per | Tag::Slash
    ) {
        return true;
    }
    if text.tag(end) == Tag::Of && text.tag(end + 1) == Tag::Every {
        return true;
    }
    // "not before March" says when it begins; "on a Saturday" says no date.
    let denied =
        matches!(lead, Tag::By | Tag::Before) && (2..=3).any(|n| text.back(first, n) == Tag::Not);
    let some_day = matches!(mention.period, Period::Weekday(_))
        && matches!(
            first.checked_sub(1).map(|place| text.word(place)),
            Some("a" | "any")
        );
    if denied || some_day {
        return true;
    }
    if matches!(mention.period, Period::Weekday(_))
        && day_set_at(text, first)
            .is_some_and(|set| set.days.len() > 1 && text.tag(first) != Tag::Weekend)
    {
        return true;
    }
    // A written pair is a date only where a date is expected: "24/7", "9/10".
    if let Tag::NumericDate(figures) = text.tag(first)
        && figures.count == 2
        && figures.separator == '/'
        && (figures.parts[..2] == [24, 7]
            || !matches!(lead, Tag::By | Tag::Before | Tag::On | Tag::Event | Tag::Is))
    {
        return true;
    }
    if matches!(mention.period, Period::DayOfMonth(_))
        && !matches!(lead, Tag::By | Tag::Before | Tag::On)
    {
        return true;
    }
    (1..=12)
        .map(|steps| text.back(first, steps))
        .take_while(|tag| {
            !tag.is_pause()
                && !matches!(
                    tag,
                    Tag::But
                        | Tag::Event
                        | Tag::By
                        | Tag::Before
                        | Tag::Have
                        | Tag::Target
                        | Tag::And
                )
        })
        .any(|tag| matches!(tag, Tag::Past | Tag::Since | Tag::Start))
        || governed_by_past(text, first)
}

/// "failed the exam in March": the event itself is over.
fn governed_by_past(text: &Text, first: usize) -> bool {
    let mut eventful = false;
    for steps in 1..=8 {
        match text.back(first, steps) {
            Tag::Event => eventful = true,
            Tag::Past => return true,
            Tag::And | Tag::But | Tag::Have | Tag::By | Tag::Before | Tag::To => return false,
            tag if tag.is_pause() => return false,
            _ if eventful && steps > 6 => return false,
            _ => {}
        }
    }
    false
}

/// Whether something happens on the day, by the words of its sentence near it.
pub(super) fn is_eventful(text: &Text, tokens: &Range<usize>) -> bool {
    let sentence = text.sentence(tokens.start);
    let front = sentence.start.max(tokens.start.saturating_sub(14))..tokens.start;
    let behind = tokens.end..sentence.end.min(tokens.end + 6);
    // "before I turn 40 in November"
    let ahead = (1..=6)
        .map(|steps| text.back(tokens.start, steps))
        .take_while(|tag| !tag.is_pause())
        .any(|tag| tag == Tag::Before);
    ahead || text.any(front, |tag| tag == Tag::Event) || text.any(behind, |tag| tag == Tag::Event)
}

/// "exam June", "race: September".
pub(super) fn event_right_before(text: &Text, first: usize) -> bool {
    text.back(first, 1) == Tag::Event
        || (text.back(first, 1) == Tag::Comma && text.back(first, 2) == Tag::Event)
}

/// "10 may help" is no date without a capital; "March 14" is.
pub(super) fn is_unmistakable(text: &Text, mention: &Mention) -> bool {
    mention.tokens.clone().all(|place| {
        !matches!(text.word(place), "may" | "march" | "mar" | "sat") || text.is_capital(place)
    })
}
