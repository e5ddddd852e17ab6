//! Days counted from today: "by tomorrow", "the day after tomorrow", "bis morgen", "para pasado mañana".

use std::ops::Range;

use chrono::{Days, NaiveDate};

use super::tag::Tag;
use super::text::Text;

/// Returns the day at `index` that is a deadline, with its tokens and how surely it is one, from 1 to 3.
///
/// It is one behind "by" or "before", or where an event is on it: a plan may also begin tomorrow.
pub(super) fn coming_day_at(
    text: &Text,
    index: usize,
    start: NaiveDate,
) -> Option<(NaiveDate, Range<usize>, u8)> {
    let lead = (1..=2)
        .find(|steps| text.back(index, *steps) != Tag::Article)
        .unwrap_or(1);
    // "the plan for tomorrow" is about that day.
    let is_purpose = text.back(index, lead) == Tag::For
        && (text.back_word(index, lead) != "for" || text.tag(index) == Tag::AfterTomorrow);
    // The film "The Day After Tomorrow".
    if text.is_english() && text.starts_upper(index) && text.back(index, 1) != Tag::Stop {
        return None;
    }
    // "never put off till tomorrow"
    if (2..=4).any(|steps| text.back(index, steps) == Tag::Not) {
        return None;
    }
    let days = match (text.tag(index), text.word(index)) {
        (Tag::Tomorrow, _) => 1,
        (Tag::AfterTomorrow, _) => 2,
        // In German and Spanish the word for tomorrow is the one for the morning as well.
        (Tag::Part, "morgen" | "manana")
            if lead == 1
                && (matches!(text.back(index, 1), Tag::By | Tag::Event)
                    || is_purpose
                    || (text.back(index, 1) == Tag::Stop && is_of_event(text, index))) =>
        {
            1
        }
        _ => return None,
    };
    let strength = match text.back(index, lead) {
        Tag::By | Tag::Before => 3,
        _ if is_purpose => 3,
        Tag::Event => 2,
        Tag::Is if text.back(index, lead + 1) == Tag::Event => 2,
        Tag::Stop if is_of_event(text, index) => 2,
        _ if text.tag(index) == Tag::AfterTomorrow && !begins(text, index) => 1,
        _ => return None,
    };
    let before = u64::from(text.back(index, lead) == Tag::Before);
    let day = start.checked_add_days(Days::new(days - before))?;
    Some((day, index.saturating_sub(lead)..index + 1, strength))
}

/// "ab übermorgen", "I start the day after tomorrow".
fn begins(text: &Text, index: usize) -> bool {
    text.any(text.sentence(index), |tag| {
        matches!(tag, Tag::Start | Tag::From | Tag::Past | Tag::Since)
    })
}

/// "Tomorrow I have my exam": the sentence begins with the day, and an event follows.
fn is_of_event(text: &Text, index: usize) -> bool {
    let behind = (index + 1..index + 7).map(|place| text.tag(place));
    let near = behind.take_while(|tag| !matches!(tag, Tag::Stop | Tag::Start));
    near.into_iter()
        .any(|tag| matches!(tag, Tag::Event | Tag::Piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Option<String> {
        let text = Text::new(source);
        let start = NaiveDate::from_ymd_opt(2027, 1, 6).unwrap();
        (0..text.len())
            .find_map(|index| coming_day_at(&text, index, start))
            .map(|(day, _, _)| day.to_string())
    }

    #[test]
    fn coming_days_are_deadlines_behind_by_and_for_events() {
        for (source, day) in [
            ("ready by tomorrow", "2027-01-07"),
            ("by the day after tomorrow", "2027-01-08"),
            ("bis morgen auswendig lernen", "2027-01-07"),
            ("bis übermorgen", "2027-01-08"),
            ("d'ici après-demain", "2027-01-08"),
            ("para mañana", "2027-01-07"),
            ("até depois de amanhã", "2027-01-08"),
            ("my exam is tomorrow", "2027-01-07"),
        ] {
            assert_eq!(read(source).as_deref(), Some(day), "{source}");
        }
    }

    #[test]
    fn a_morning_and_a_beginning_are_none() {
        for source in [
            "estudiar por la mañana",
            "jeden Morgen lesen",
            "Tomorrow I start to learn",
            "todas las mañanas",
        ] {
            assert_eq!(read(source), None, "{source}");
        }
    }
}
