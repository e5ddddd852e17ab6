//! From one time of the day to another: "from 6 to 7 pm", "18:00-19:30". That is an amount of time.

use super::clock::{HALF_DAY, Time, Writing, is_rated, time_at};
use super::tag::Tag;
use super::text::Text;

/// Maximum length of a span between two times that can be an appointment, in minutes. A longer one is when a shop is open.
const LONGEST: u16 = 12 * 60;

/// Returns the tag of the span at `index`, and the token after it: "von 18 bis 19 Uhr", "entre las 7 y las 8".
pub(super) fn clock_span_at(text: &Text, index: usize) -> Option<(Tag, usize)> {
    let is_led = is_span_lead(text, index);
    let start = text.skip(index + usize::from(is_led), |tag| tag == Tag::Article);
    let has_article = start > index + usize::from(is_led);
    let from = time_at(text, start)?;
    if !is_link(text, from.end) {
        return None;
    }
    let second = text.skip(from.end + 1, |tag| tag == Tag::Article);
    let to = time_at(text, second)?;
    let surest = [from.writing, to.writing];
    let is_clock = if surest.contains(&Writing::Clock) {
        // "group 3 - 7 pm"
        is_led || from.writing != Writing::Number || !text.tag(from.end).is_pause()
    } else if surest.contains(&Writing::Hours) {
        // "de 2 h à 3 h" is an amount, and so is "between 8 and 10 hours"; "de 18 h à 19 h" and "de 18 à 19 h" are none.
        let early = if from.writing == Writing::Hours {
            5 * 60
        } else {
            13 * 60
        };
        let is_of_the_day = has_article || from.minutes >= early;
        is_led && is_of_the_day && to.writing == Writing::Hours && !is_rated(text, to.end)
    } else {
        is_led && is_beside_part(text, index, to.end)
    };
    is_clock.then(|| (tag_between(from, to), to.end))
}

/// The tag of the span from one time to the other: its length, or a mere time where no appointment is that long.
fn tag_between(from: Time, to: Time) -> Tag {
    let mut end = to.minutes;
    let mut start = from.minutes;
    if to.is_exact && !from.is_exact && end >= HALF_DAY && start + HALF_DAY < end {
        // "from 6 to 7 pm"
        start += HALF_DAY;
    }
    while end <= start {
        end += HALF_DAY;
    }
    let length = end - start;
    if length <= LONGEST {
        Tag::Minutes(length)
    } else {
        Tag::Clock(from.minutes)
    }
}

/// "from", "von", "de", "das", "entre": what a span of time may begin with.
fn is_span_lead(text: &Text, index: usize) -> bool {
    matches!(text.tag(index), Tag::From | Tag::Between)
        || matches!(text.word(index), "von" | "de" | "das" | "desde" | "des")
}

/// "to", "bis", "à", "às", "y": what may stand between the two times.
fn is_link(text: &Text, index: usize) -> bool {
    matches!(
        text.tag(index),
        Tag::To | Tag::By | Tag::Hyphen | Tag::Dash | Tag::And
    ) || matches!(text.word(index), "a" | "as")
}

/// Whether a part of the day stands beside the span: "every evening from 7 to 8".
fn is_beside_part(text: &Text, index: usize, end: usize) -> bool {
    let near = |tag| matches!(tag, Tag::Part | Tag::Parts);
    (1..=2).any(|steps| near(text.back(index, steps)))
        || (end..end + 3).any(|place| near(text.tag(place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(source: &str) -> Vec<Tag> {
        let text = Text::new(source);
        (0..text.len())
            .map(|index| text.tag(index))
            .filter(|tag| matches!(tag, Tag::Clock(_) | Tag::Minutes(_)))
            .collect()
    }

    #[test]
    fn from_one_time_to_another_is_an_amount() {
        for (source, minutes) in [
            ("from 6 to 7 pm", 60),
            ("9am-10:30am", 90),
            ("18:00-19:30", 90),
            ("von 18 bis 19 Uhr", 60),
            ("de 18h à 18h45", 45),
            ("de 19h a 20h", 60),
            ("das 18h às 19h30", 90),
            ("between 11 am and 1 pm", 120),
            ("every evening from 7 to 8", 60),
        ] {
            assert_eq!(tags(source), [Tag::Minutes(minutes)], "{source}");
        }
    }

    #[test]
    fn a_range_of_hours_a_week_stays_an_amount() {
        for source in [
            "de 2h à 3h par semaine",
            "from 5 to 6 hours a week",
            "entre 2 y 3 horas diarias",
            "2-3 h",
        ] {
            assert_eq!(tags(source), [], "{source}");
        }
    }
}
