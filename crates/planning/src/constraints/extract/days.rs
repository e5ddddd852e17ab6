//! The days the person cannot or will not: "not on Thursdays", "weekends off", "only Tuesdays".

use std::ops::Range;

use super::day_rules::{
    denies_next, is_denied_before, is_every_day, is_kept_free, is_offered, is_timetable,
    only_belongs_before, only_looks_back, works_then,
};
use super::day_set::{DaySet, day_set_at};
use super::tag::Tag;
use super::text::Text;
use crate::constraints::weekdays;
use chrono::WeekdaySet;

/// How a mention of days is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sense {
    /// These days are out.
    Off,
    /// Only these days are in.
    Only,
    /// The days of something else.
    Neutral,
}

/// What the text rules out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DayRules {
    /// The days that are out, with the words that say so; never all seven.
    pub(super) off: Option<(WeekdaySet, Range<usize>)>,
    /// Where days are named only to rule them out, so that no time belongs to them.
    pub(super) denied: Vec<Range<usize>>,
}

/// Reads the days that are out.
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
            Sense::Off => {
                off = off.union(set.days);
                denied.push(set.tokens.clone());
            }
            Sense::Only => only = only.union(set.days),
            Sense::Neutral => continue,
        }
        tokens = Some(match tokens {
            Some(known) => known.start..end,
            None => from..end,
        });
    }
    if !only.is_empty() {
        off = off.union(weekdays::complement(only));
    }
    // Someone with no day at all was misread.
    let sound = !off.is_empty() && off != WeekdaySet::ALL;
    DayRules {
        off: tokens.filter(|_| sound).map(|tokens| (off, tokens)),
        denied,
    }
}

/// What the words around say of the days, and where they start.
fn sense_of(text: &Text, set: &DaySet, previous: Option<(Sense, usize)>) -> (Sense, usize) {
    let start = set.tokens.start;
    let next = text.skip(set.tokens.end, |tag| {
        matches!(
            tag,
            Tag::Part | Tag::Parts | Tag::Is | Tag::Article | Tag::Marker | Tag::Am
        )
    });
    let next = next
        + usize::from(text.tag(next) == Tag::Comma && matches!(text.tag(next + 1), Tag::Except));
    match text.tag(next) {
        Tag::Off | Tag::Busy => return (Sense::Off, start),
        _ if is_kept_free(text, start, next) => return (Sense::Off, start - 1),
        // "Mondays not", but "Saturdays, not Sundays" denies what follows.
        Tag::Not if !denies_next(text, next) && !is_denied_before(text, start) => {
            return (Sense::Off, start);
        }
        Tag::Only
            if next <= set.tokens.end + 1
                && !text.any(set.tokens.end..next, |tag| {
                    matches!(tag, Tag::Marker | Tag::Am)
                })
                && only_looks_back(text, next) =>
        {
            return (Sense::Only, start);
        }
        _ => {}
    }
    if let Some(offer) =
        (start.saturating_sub(4)..start).find(|place| is_offered(text, *place, start))
    {
        return (Sense::Only, offer);
    }
    for steps in 1..=7 {
        let place = start.saturating_sub(steps);
        match text.back(start, steps) {
            Tag::But if is_every_day(text, place) => return (Sense::Off, place),
            Tag::Not
                if text.back(start, steps + 1) != Tag::Only
                    && text.tag(place + 1) != Tag::Hyphen =>
            {
                return (Sense::Off, place);
            }
            Tag::Except | Tag::Busy | Tag::Off => return (Sense::Off, place),
            Tag::Have if text.back(start, steps + 1) == Tag::Not => return (Sense::Off, place),
            Tag::Mostly => return (Sense::Neutral, start),
            Tag::Only if !only_belongs_before(text, place) => return (Sense::Only, place),
            Tag::Work if works_then(text, set, place) => return (Sense::Off, place),
            Tag::Have | Tag::Stop | Tag::Dash | Tag::But => break,
            Tag::Comma => {
                if steps == 1 && text.back(start, 2) == Tag::Off {
                    // "days off: Sunday"
                    return (Sense::Off, start - 2);
                }
                // "not on Mondays, Wednesday evenings": the list goes on.
                if let Some((sense, end)) = previous
                    && end + 1 == start
                {
                    return (sense, start);
                }
                break;
            }
            Tag::And | Tag::Or => {
                if let Some((sense, end)) = previous
                    && end + 3 >= start
                {
                    return (sense, start);
                }
            }
            _ => {}
        }
    }
    if is_timetable(text, set) {
        return (Sense::Only, start);
    }
    (Sense::Neutral, start)
}

/// Where the phrase ends: after the word behind the days that gives them their sense.
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
