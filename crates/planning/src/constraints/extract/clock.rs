//! Times of the day: "at 7 pm", "um 6h30", "à sept heures". A time is no amount of time.

use super::tag::{Tag, Unit};
use super::text::Text;

/// The minutes of half a day, by which a time moves when "pm" is left out.
pub(super) const HALF_DAY: u16 = 12 * 60;

/// How surely the words are a time of the day.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    /// "18:30", "7 pm", "18 Uhr".
    Clock,
    /// "18h", "sept heures": an amount as well.
    Hours,
    /// "7".
    Number,
}

/// A time of the day.
#[derive(Clone, Copy)]
pub(super) struct Time {
    /// Minutes after midnight.
    pub(super) minutes: u16,
    /// The token after it.
    pub(super) end: usize,
    pub(super) writing: Writing,
    /// Whether the words say which half of the day it is in.
    pub(super) is_exact: bool,
}

/// Returns the tag of the time at `index`, and the token after it: "at 7 pm", "um 6h30", "à sept heures", "18 Uhr", "half past six".
pub(super) fn time_of_day_at(text: &Text, index: usize) -> Option<(Tag, usize)> {
    let time = time_at(text, index).or_else(|| past_at(text, index))?;
    let is_clock = match time.writing {
        Writing::Clock => true,
        Writing::Hours => {
            !is_rated(text, time.end)
                && (is_time_lead(text, index) || is_hour_of_a_day(text, index, time))
        }
        Writing::Number => false,
    };
    // "18:30" is tagged already.
    (is_clock && !matches!(text.tag(index), Tag::Clock(_)))
        .then_some((Tag::Clock(time.minutes % (24 * 60)), time.end))
}

/// Reads the time at `index`.
pub(super) fn time_at(text: &Text, index: usize) -> Option<Time> {
    let hundredths = match text.tag(index) {
        Tag::Clock(minutes) => {
            return Some(with_half(
                text,
                minutes,
                index + 1,
                minutes >= HALF_DAY,
                Writing::Clock,
            ));
        }
        Tag::Num(hundredths) => hundredths,
        _ => {
            return named_time(text.word(index)).map(|minutes| Time {
                minutes,
                end: index + 1,
                writing: Writing::Number,
                is_exact: true,
            });
        }
    };
    counted_at(text, index, hundredths)
}

/// The time whose hour is the number at `index`.
fn counted_at(text: &Text, index: usize, hundredths: u32) -> Option<Time> {
    let end = index + 1;
    if let Some(minutes) = military(text, index, hundredths) {
        return Some(Time {
            minutes,
            end: end + 1,
            writing: Writing::Clock,
            is_exact: true,
        });
    }
    // "19.30 Uhr"
    let minutes = u16::try_from(hundredths / 100 * 60 + hundredths % 100).ok()?;
    let is_decimal = !hundredths.is_multiple_of(100);
    if minutes > 24 * 60 || hundredths % 100 >= 60 {
        return None;
    }
    let is_exact = minutes > HALF_DAY;
    let with_minutes = |writing| {
        let (extra, end) = extra_minutes(text, end + 1);
        Some(with_half(text, minutes + extra, end, is_exact, writing))
    };
    match text.tag(end) {
        _ if matches!(text.word(end), "uhr" | "o'clock" | "oclock") => with_minutes(Writing::Clock),
        _ if half_of_day(text, end).is_some() => {
            Some(with_half(text, minutes, end, is_exact, Writing::Clock))
        }
        Tag::Unit(Unit::Hour) if !is_decimal && may_be_a_clock(text, end) => {
            with_minutes(Writing::Hours)
        }
        _ if is_decimal => None,
        _ => Some(Time {
            minutes,
            end,
            writing: Writing::Number,
            is_exact,
        }),
    }
}

/// "noon", "midi": a time only as an end of a span, since the words are parts of the day as well.
fn named_time(word: &str) -> Option<u16> {
    match word {
        "noon" | "midday" | "midi" | "mediodia" => Some(HALF_DAY),
        "midnight" | "minuit" | "medianoche" | "mitternacht" => Some(2 * HALF_DAY),
        _ => None,
    }
}

/// Whether the word for hours stands for times of the day as well: "Stunden" and "hours" do not.
fn may_be_a_clock(text: &Text, index: usize) -> bool {
    // "at 18 hours"
    if text.word(index) == "hours" {
        return text.back_word(index, 2) == "at";
    }
    matches!(
        text.word(index),
        "h" | "hs" | "heure" | "heures" | "hora" | "horas"
    )
}

/// Adds "am" or "pm" behind a time, if it is there.
fn with_half(text: &Text, minutes: u16, end: usize, is_exact: bool, writing: Writing) -> Time {
    match half_of_day(text, end) {
        Some((is_late, end)) if minutes <= 12 * 60 + 59 => Time {
            minutes: minutes % HALF_DAY + if is_late { HALF_DAY } else { 0 },
            end,
            writing: Writing::Clock,
            is_exact: true,
        },
        _ => Time {
            minutes,
            end,
            writing,
            is_exact,
        },
    }
}

/// Returns whether "pm" stands at `index`, and the token after it; `None` where neither it nor "am" does.
fn half_of_day(text: &Text, index: usize) -> Option<(bool, usize)> {
    match text.word(index) {
        "pm" => Some((true, index + 1)),
        // "am" is a German preposition as well.
        "am" if text.is_glued(index) || text.is_english() => Some((false, index + 1)),
        // "7 p.m."
        half @ ("p" | "a")
            if text.tag(index + 1) == Tag::Stop
                && text.word(index + 2) == "m"
                && text.is_glued(index + 2) =>
        {
            let dotted = text.tag(index + 3) == Tag::Stop
                && text.is_glued(index + 3)
                && index + 4 < text.len();
            Some((half == "p", index + 3 + usize::from(dotted)))
        }
        _ => None,
    }
}

/// The minutes behind full hours: "18h45", "11 h 30", "18 Uhr 30", "dix-neuf heures trente".
fn extra_minutes(text: &Text, index: usize) -> (u16, usize) {
    match text.tag(index) {
        Tag::AndHalf => (30, index + 1),
        Tag::Num(hundredths @ 100..6000)
            if hundredths % 100 == 0
                && (text.is_glued(index) || !text.tag(index + 1).is_count()) =>
        {
            (u16::try_from(hundredths / 100).unwrap_or(0), index + 1)
        }
        _ => (0, index),
    }
}

/// "0630 hours", "1900h".
fn military(text: &Text, index: usize, hundredths: u32) -> Option<u16> {
    let is_number = text.word(index).is_empty() && hundredths.is_multiple_of(100);
    let is_four_digits = is_number && text.bytes(&(index..index + 1)).len() == 4;
    let (hours, minutes) = (hundredths / 10_000, hundredths / 100 % 100);
    let is_time = hours <= 24 && minutes < 60 && text.tag(index + 1) == Tag::Unit(Unit::Hour);
    (is_four_digits && is_time)
        .then(|| u16::try_from(hours * 60 + minutes).ok())
        .flatten()
}

/// "half past six", "quarter to seven".
fn past_at(text: &Text, index: usize) -> Option<Time> {
    let minutes = match text.tag(index) {
        Tag::Half => 30,
        Tag::Unit(Unit::Quarter) => 15,
        _ => return None,
    };
    let is_to = text.word(index + 1) == "to";
    if !is_to && text.word(index + 1) != "past" {
        return None;
    }
    match text.tag(index + 2) {
        Tag::Num(hundredths @ 100..=1200) => {
            let hour = u16::try_from(hundredths / 100 * 60).ok()?;
            let minutes = if is_to {
                hour - minutes
            } else {
                hour + minutes
            };
            Some(Time {
                minutes,
                end: index + 3,
                writing: Writing::Clock,
                is_exact: false,
            })
        }
        _ => None,
    }
}

/// Whether a word before `index` says that a time follows: "um", "à", "a las", "às", "gegen".
fn is_time_lead(text: &Text, index: usize) -> bool {
    let lead = text.back_word(index, 1);
    let is_at = matches!(
        lead,
        "at" | "um"
            | "gegen"
            | "vers"
            | "a"
            | "as"
            | "las"
            | "la"
            | "das"
            | "des"
            | "ab"
            | "until"
            | "till"
            | "bis"
            | "avant"
            | "apres"
            | "around"
            | "before"
            | "after"
            | "nach"
            | "vor"
            | "since"
            | "dalle"
            | "alle"
    );
    // "las 3 horas" alone are an amount; "a las 3 horas" is a time.
    let is_article = matches!(lead, "las" | "la");
    is_at
        && (!is_article
            || matches!(
                text.back_word(index, 2),
                "a" | "de" | "desde" | "hasta" | "sobre" | "hacia"
            ))
}

/// "mardi 18h": no session of one day is that long.
fn is_hour_of_a_day(text: &Text, index: usize, time: Time) -> bool {
    time.minutes >= 13 * 60
        && matches!(
            text.back(index, 1),
            Tag::Day(_) | Tag::Days(_) | Tag::DayShort(_) | Tag::Part | Tag::Parts
        )
}

/// "par semaine", "/week": an amount at a rate, and no time.
pub(super) fn is_rated(text: &Text, end: usize) -> bool {
    // "às 18h por 30 minutos" says when and how long.
    let is_length = matches!(text.tag(end + 1), Tag::Num(_) | Tag::Half | Tag::Minutes(_));
    (matches!(text.tag(end), Tag::Per | Tag::Slash) && !is_length)
        || matches!(text.tag(end), Tag::Rate(_))
        || (text.tag(end) == Tag::Article
            && text.word(end) != "la"
            && matches!(text.tag(end + 1), Tag::Unit(_)))
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
    fn a_time_of_the_day_is_no_amount() {
        for (source, minutes) in [
            ("practise at 7 pm", 19 * 60),
            ("practise at 7:30 a.m. daily", 7 * 60 + 30),
            ("stretch at 0630 hours", 6 * 60 + 30),
            ("jeden Morgen um 6h30 lesen", 6 * 60 + 30),
            ("um sieben Uhr lesen", 7 * 60),
            ("tous les jours à 18h", 18 * 60),
            ("le matin à sept heures", 7 * 60),
            ("todos los días a las 19 horas", 19 * 60),
            ("todos os dias às 21h", 21 * 60),
            ("at half past six", 6 * 60 + 30),
        ] {
            assert_eq!(tags(source), [Tag::Clock(minutes)], "{source}");
        }
    }
}
