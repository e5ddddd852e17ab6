//! The words around a date: an event on that day, or a sign that the date is in the past, a beginning or a habit.

use std::ops::Range;

use super::calendar::Period;
use super::date::Mention;
use super::day_set::day_set_at;
use super::tag::Tag;
use super::text::Text;

/// Whether the date is no deadline because it belongs to the past, to a beginning or to a habit, or is no date at all.
///
/// `first` is the mention's first token, and `lead` the tag of the word that leads to it.
pub(super) fn is_elsewhere(text: &Text, first: usize, mention: &Mention, lead: Tag) -> bool {
    begins_or_is_over(lead)
        || is_absence(text, first, mention.tokens.end)
        || is_after_event(text, first)
        || recurs_or_is_over(text, mention.tokens.end)
        || is_denied(text, first, lead)
        || is_any_weekday(text, first, mention)
        || is_numbered(text, first, mention.tokens.end)
        || is_numeric_pair(text, first, lead)
        || is_day_without_lead(text, mention, lead)
        || (text.tag(first) == Tag::Weekend
            && !matches!(lead, Tag::By | Tag::Before | Tag::This | Tag::Next))
        || follows_past(text, first)
        || is_governed_by_past(text, first)
}

/// "from March", "since March", "last March", "every March".
fn begins_or_is_over(lead: Tag) -> bool {
    matches!(
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
    )
}

/// "a new job starting 15 February": what starts is a day to be ready for, and not the plan.
pub(super) fn is_start_of_event(text: &Text, first: usize) -> bool {
    const STARTING: [&str; 24] = [
        "job",
        "position",
        "role",
        "internship",
        "apprenticeship",
        "school",
        "university",
        "uni",
        "college",
        "semester",
        "term",
        "stelle",
        "studium",
        "ausbildung",
        "schule",
        "trabajo",
        "empleo",
        "universidad",
        "travail",
        "emploi",
        "poste",
        "trabalho",
        "emprego",
        "faculdade",
    ];
    (1..=3).any(|steps| {
        text.back(first, steps) == Tag::Start
            && (text.back(first, steps + 1) == Tag::Event
                || STARTING.contains(&text.back_word(first, steps + 1)))
    })
}

/// "I'm away until 10 January", "not available from 20 December to 5 January": when the person is back.
fn is_absence(text: &Text, first: usize, end: usize) -> bool {
    const ABSENT: [&str; 11] = [
        "away",
        "absent",
        "absente",
        "weg",
        "abwesend",
        "fuera",
        "fora",
        "unavailable",
        "vacation",
        "urlaub",
        "verreist",
    ];
    let is_until = (1..=2).any(|steps| {
        let word = text.back_word(first, steps);
        matches!(text.back(first, steps), Tag::To | Tag::Hyphen | Tag::Dash)
            || matches!(
                word,
                "until" | "till" | "til" | "bis" | "hasta" | "ate" | "atel" | "a" | "au"
            )
            || word.starts_with("jusqu")
            || word.starts_with("hasta")
            || word.starts_with("ate")
            || word.starts_with("biszum")
    });
    let front = (1..=10)
        .take_while(|steps| !matches!(text.back(first, *steps), Tag::Stop | Tag::Comma | Tag::But))
        .any(|steps| {
            ABSENT.contains(&text.back_word(first, steps))
                || matches!(text.back(first, steps), Tag::Off | Tag::Busy)
                || (text.back(first, steps) == Tag::Trip
                    && matches!(text.back(first, steps + 1), Tag::On | Tag::In))
        });
    // "bin bis 10. Januar weg"
    let behind = (0..2).any(|ahead| ABSENT.contains(&text.word(end + ahead)));
    is_until && (front || behind)
}

/// "after my exam on 14 December".
fn is_after_event(text: &Text, first: usize) -> bool {
    let near = (1..=6).take_while(|steps| {
        !text.back(first, *steps).is_pause() && text.back(first, *steps) != Tag::By
    });
    let tags: Vec<Tag> = near.map(|steps| text.back(first, steps)).collect();
    tags.contains(&Tag::After) && tags.contains(&Tag::Event)
}

/// "the 20th every month", "the 1st of every month", "in March last year".
fn recurs_or_is_over(text: &Text, end: usize) -> bool {
    matches!(
        text.tag(end),
        Tag::Every | Tag::Rate(_) | Tag::Last | Tag::Ago | Tag::Per | Tag::Slash
    ) || (text.tag(end) == Tag::Of && text.tag(end + 1) == Tag::Every)
}

/// "not before March" says when something begins.
fn is_denied(text: &Text, first: usize, lead: Tag) -> bool {
    let reach = if matches!(lead, Tag::By | Tag::Before) {
        3
    } else {
        2
    };
    matches!(lead, Tag::By | Tag::Before | Tag::On)
        && (2..=reach).any(|steps| text.back(first, steps) == Tag::Not)
}

/// "on a Saturday", "Saturdays and Sundays": no single day.
fn is_any_weekday(text: &Text, first: usize, mention: &Mention) -> bool {
    if !matches!(mention.period, Period::Weekday(_)) {
        return false;
    }
    // "Montag bis Donnerstag"
    let is_end_of_range = matches!(
        text.back(first, 1),
        Tag::By | Tag::To | Tag::Hyphen | Tag::Dash
    ) && matches!(
        text.back(first, 2),
        Tag::Day(_) | Tag::Days(_) | Tag::DayShort(_) | Tag::DayOrMonth(..)
    );
    let indefinite = matches!(
        first.checked_sub(1).map(|place| text.word(place)),
        Some("a" | "any")
    );
    indefinite
        || is_end_of_range
        || day_set_at(text, first)
            .is_some_and(|set| (set.days.len() > 1 && text.tag(first) != Tag::Weekend) || set.parts)
}

/// "version 2.10.31", "part 12-dec-4": a number of something.
fn is_numbered(text: &Text, first: usize, end: usize) -> bool {
    let is_name = matches!(
        text.back_word(first, 1),
        "version" | "versions" | "ver" | "release" | "firmware" | "build" | "versao" | "serial"
    );
    let joins =
        |place: usize| matches!(text.tag(place), Tag::Hyphen | Tag::Slash) && text.is_glued(place);
    let is_part =
        first > 1 && joins(first - 1) && text.is_glued(first) && text.back(first, 2) == Tag::Other;
    let goes_on = joins(end)
        && text.is_glued(end + 1)
        && matches!(text.tag(end + 1), Tag::Other | Tag::Num(_));
    is_name || is_part || goes_on
}

/// Two numbers and a slash are a date only where a date is expected: "24/7" and "9/10" are none.
fn is_numeric_pair(text: &Text, first: usize, lead: Tag) -> bool {
    let Tag::NumericDate(date) = text.tag(first) else {
        return false;
    };
    date.count == 2
        && date.separator == '/'
        && (date.parts[..2] == [24, 7]
            || !matches!(lead, Tag::By | Tag::Before | Tag::On | Tag::Event | Tag::Is))
}

/// "the 14th" is a date only behind a word such as "by": else it may number anything.
fn is_day_without_lead(text: &Text, mention: &Mention, lead: Tag) -> bool {
    matches!(mention.period, Period::DayOfMonth(_))
        && !matches!(text.tag(mention.tokens.start), Tag::Day(_))
        && (!matches!(lead, Tag::By | Tag::Before | Tag::On) || !stands_alone(text, mention))
}

/// "on the 14th", but not "on the 3rd floor", "by the second draft" or "by a third": a noun behind an ordinal is what it counts.
fn stands_alone(text: &Text, mention: &Mention) -> bool {
    let next = text.tag(mention.tokens.end);
    let is_free = next.is_pause()
        || matches!(
            next,
            Tag::And
                | Tag::Or
                | Tag::But
                | Tag::For
                | Tag::To
                | Tag::On
                | Tag::In
                | Tag::Marker
                | Tag::Am
                | Tag::Have
                | Tag::Clock(_)
        );
    is_free && !matches!(text.back_word(mention.tokens.start, 1), "a" | "an")
}

/// "I started in January": a word for the past or a beginning comes before, with no new thought in between.
fn follows_past(text: &Text, first: usize) -> bool {
    if is_start_of_event(text, first) {
        return false;
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
}

/// "failed the exam in March": the event itself is over.
fn is_governed_by_past(text: &Text, first: usize) -> bool {
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

/// Whether an event is on the day, judging by the words near it in its sentence.
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

/// Whether no word of the date may be another word: "10 may help" is no date, "10 May" is.
pub(super) fn is_unmistakable(text: &Text, mention: &Mention) -> bool {
    mention.tokens.clone().all(|place| {
        !matches!(text.word(place), "may" | "march" | "mar" | "sat") || text.is_capital(place)
    })
}
