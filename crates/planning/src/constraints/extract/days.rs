//! The days on which the person is unavailable: "not on Thursdays", "weekends off", "only Tuesdays".

use std::ops::Range;

use super::day_rules::{
    denies_next, is_about_a_thing, is_denied_before, is_every_day, is_impossible, is_kept_free,
    is_off_then, is_offered, is_time_for_goal, is_timetable, only_belongs_before, only_looks_back,
    works_then,
};
use super::day_set::{DaySet, day_set_at};
use super::narrative::is_told;
use super::tag::Tag;
use super::text::Text;
use crate::constraints::weekdays;
use chrono::WeekdaySet;

/// What a mention of days means for the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sense {
    /// Nothing can be planned on these days.
    Off,
    /// Nothing can be planned on any other day.
    Only,
    /// The days belong to something else and are no rule.
    Neutral,
}

/// The days that the text rules out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DayRules {
    /// The days that are ruled out, with the tokens that say so; never all seven.
    pub(super) off: Option<(WeekdaySet, Range<usize>)>,
    /// The tokens of days that are named only to rule them out, so that no amount of time belongs to them.
    pub(super) denied: Vec<Range<usize>>,
}

/// Reads the days that are ruled out.
pub(super) fn read(text: &Text) -> DayRules {
    let mut denied = Vec::new();
    let mut off = WeekdaySet::EMPTY;
    let mut only = WeekdaySet::EMPTY;
    let mut tokens: Option<Range<usize>> = None;
    let mut index = 0;
    let mut previous: Option<(Sense, usize)> = None;
    while index < text.len() {
        let Some(set) = day_set_at(text, index) else {
            index += 1;
            continue;
        };
        index = set.tokens.end;
        let (sense, from) = sense_of(text, &set, previous);
        let end = end_of(text, &set, sense);
        previous = Some((sense, set.tokens.end));
        match sense {
            // "The museum was closed on Mondays."
            Sense::Off | Sense::Only if is_told(text, set.tokens.start) => continue,
            Sense::Off => {
                off = off.union(set.days);
                denied.push(set.tokens.clone());
            }
            Sense::Only => only = only.union(set.days),
            Sense::Neutral => continue,
        }
        tokens = Some(match tokens {
            Some(first) => first.start..end,
            None => from..end,
        });
    }
    if !only.is_empty() {
        off = off.union(weekdays::complement(only));
    }
    // Without any day left there would be no plan, so a text that rules out all seven was misread.
    let is_plausible = !off.is_empty() && off != WeekdaySet::ALL;
    DayRules {
        off: tokens.filter(|_| is_plausible).map(|tokens| (off, tokens)),
        denied,
    }
}

/// Returns what the days mean for the plan, and the first token of the phrase that decides it.
fn sense_of(text: &Text, set: &DaySet, previous: Option<(Sense, usize)>) -> (Sense, usize) {
    let start = set.tokens.start;
    sense_behind(text, set)
        .or_else(|| {
            let offer =
                (start.saturating_sub(4)..start).find(|place| is_offered(text, *place, start))?;
            Some((Sense::Only, offer))
        })
        .or_else(|| sense_before(text, set, previous))
        .or_else(|| is_timetable(text, set).then_some((Sense::Only, start)))
        .unwrap_or((Sense::Neutral, start))
}

/// The sense that the words behind the days give: "Sundays off", "Tuesdays only".
fn sense_behind(text: &Text, set: &DaySet) -> Option<(Sense, usize)> {
    let start = set.tokens.start;
    let next = text.skip(set.tokens.end, |tag| {
        matches!(
            tag,
            Tag::Part | Tag::Parts | Tag::Is | Tag::Article | Tag::Marker | Tag::Am
        )
    });
    let behind_part = text.skip(set.tokens.end, |tag| matches!(tag, Tag::Part | Tag::Parts));
    if is_impossible(text, behind_part) {
        return Some((Sense::Off, start));
    }
    let next = next
        + usize::from(text.tag(next) == Tag::Comma && matches!(text.tag(next + 1), Tag::Except));
    match text.tag(next) {
        // "I take Fridays off to study", "freitags habe ich frei"
        Tag::Off if is_time_for_goal(text, set.tokens.end, next) => Some((Sense::Neutral, start)),
        Tag::Off | Tag::Busy => Some((Sense::Off, start)),
        _ if is_kept_free(text, start, next) => Some((Sense::Off, start - 1)),
        // "Mondays not", but "Saturdays, not Sundays" denies what follows.
        Tag::Not
            if !denies_next(text, next)
                && !is_denied_before(text, start)
                // "Domingo no Parque", a song
                && (text.word(next) != "no" || !text.starts_upper(next + 1)) =>
        {
            Some((Sense::Off, start))
        }
        Tag::Only
            if next <= set.tokens.end + 1
                && !text.any(set.tokens.end..next, |tag| {
                    matches!(tag, Tag::Marker | Tag::Am)
                })
                && only_looks_back(text, next) =>
        {
            Some((Sense::Only, start))
        }
        _ => None,
    }
}

/// The sense that the words before the days give: "not on Thursdays", "every day but Sunday", "only Tuesdays".
///
/// `previous` is the sense of the mention before this one and the token after it: in a list it applies to both.
fn sense_before(
    text: &Text,
    set: &DaySet,
    previous: Option<(Sense, usize)>,
) -> Option<(Sense, usize)> {
    let start = set.tokens.start;
    let from_list = |is_near: fn(usize, usize) -> bool| {
        let (sense, end) = previous?;
        is_near(end, start).then_some((sense, start))
    };
    for steps in 1..=7 {
        let place = start.saturating_sub(steps);
        match text.back(start, steps) {
            Tag::But if is_every_day(text, place) => return Some((Sense::Off, place)),
            // "not every weekend"
            Tag::Not if text.any(place..start, |tag| tag == Tag::Every) => {
                return Some((Sense::Neutral, start));
            }
            Tag::Not | Tag::Except if is_about_a_thing(text, place, start) => {
                return Some((Sense::Neutral, start));
            }
            Tag::Not
                if text.back(start, steps + 1) != Tag::Only
                    && text.tag(place + 1) != Tag::Hyphen =>
            {
                return Some((Sense::Off, place));
            }
            Tag::Off if !is_off_then(text, place, start) => return None,
            Tag::Except | Tag::Busy | Tag::Off => return Some((Sense::Off, place)),
            Tag::Have if text.back(start, steps + 1) == Tag::Not => {
                return Some((Sense::Off, place));
            }
            Tag::Mostly => return Some((Sense::Neutral, start)),
            Tag::Only if !only_belongs_before(text, place) => return Some((Sense::Only, place)),
            Tag::Work if works_then(text, set, place) => return Some((Sense::Off, place)),
            Tag::Have | Tag::Stop | Tag::Dash | Tag::But => return None,
            // "days off: Sunday"
            // "on my days off, Saturday and Sunday"
            Tag::Comma
                if steps == 1
                    && text.back(start, 2) == Tag::Off
                    && (3..=5).any(|n| text.back(start, n) == Tag::Marker) =>
            {
                return Some((Sense::Neutral, start));
            }
            Tag::Comma if steps == 1 && text.back(start, 2) == Tag::Off => {
                return Some((Sense::Off, start - 2));
            }
            // "not on Mondays, Wednesday evenings": the list goes on.
            Tag::Comma => return from_list(|end, start| end + 1 == start),
            Tag::And | Tag::Or => {
                if let Some(sense) = from_list(|end, start| end + 3 >= start) {
                    return Some(sense);
                }
            }
            _ => {}
        }
    }
    None
}

/// Returns the token after the phrase: after the word behind the days that gives them their sense, if there is one.
fn end_of(text: &Text, set: &DaySet, sense: Sense) -> usize {
    let end = set.tokens.end;
    let behind = (end..end + 3).find(|place| match sense {
        Sense::Off => {
            matches!(text.tag(*place), Tag::Off | Tag::Busy | Tag::Not)
                && !denies_next(text, *place)
        }
        Sense::Only => text.tag(*place) == Tag::Only && only_looks_back(text, *place),
        Sense::Neutral => false,
    });
    let clear = behind.filter(|place| !text.any(end..*place, Tag::is_pause));
    clear.map_or(end, |place| place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn off(source: &str) -> String {
        read(&Text::new(source))
            .off
            .map_or_else(String::new, |(days, _)| {
                weekdays::names(days).collect::<Vec<_>>().join(" ")
            })
    }

    #[test]
    fn days_are_ruled_out_in_many_ways() {
        for (source, days) in [
            ("no rides on Saturdays", "sat"),
            ("not on Thursdays", "thu"),
            ("every day except Sundays", "sun"),
            ("Sundays off", "sun"),
            ("weekends off", "sat sun"),
            ("no weekends", "sat sun"),
            ("I work Saturdays", "sat"),
            ("I can't do Mondays or Wednesdays", "mon wed"),
            ("any day but Friday", "fri"),
            ("Saturdays are fine, not Sundays", "sun"),
        ] {
            assert_eq!(off(source), days, "{source}");
        }
    }

    #[test]
    fn only_some_days_leave_the_others_out() {
        for (source, days) in [
            ("weekdays only", "sat sun"),
            ("only on Tuesdays and Thursdays", "mon wed fri sat sun"),
            ("evenings Monday to Thursday", "fri sat sun"),
            ("Tue/Thu", "mon wed fri sat sun"),
            ("weekend mornings only", "mon tue wed thu fri"),
        ] {
            assert_eq!(off(source), days, "{source}");
        }
    }

    #[test]
    fn the_days_of_a_subject_are_no_rule() {
        for source in [
            "plan my week on Sundays",
            "weekly review every Friday",
            "fit for Sunday league",
            "a shop for Black Friday",
            "learn the Friday prayer",
            "I work Monday to Friday",
            "not only on Sundays",
        ] {
            assert_eq!(off(source), "", "{source}");
        }
    }
}
