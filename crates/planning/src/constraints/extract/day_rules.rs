//! The words around days that decide whether the days are a rule.

use super::day_set::{DaySet, day_set_at};
use super::tag::{Tag, Unit};
use super::text::Text;
use crate::constraints::weekdays;

/// "available Mondays", "I'm free on Tuesdays", "free days: Monday".
pub(super) fn is_offered(text: &Text, place: usize, start: usize) -> bool {
    const OFFERS: [&str; 10] = [
        "available",
        "free",
        "verfugbar",
        "disponible",
        "disponibles",
        "disponivel",
        "libre",
        "livre",
        "libres",
        "livres",
    ];
    let near = text.skip(place + 1, |tag| {
        matches!(
            tag,
            Tag::On | Tag::Comma | Tag::Unit(Unit::Day) | Tag::Article | Tag::Is
        )
    });
    let is_denied = (1..=2).any(|steps| text.back(place, steps) == Tag::Not);
    // "screen-free Sundays"
    let is_compound = text.back(place, 1) == Tag::Hyphen;
    OFFERS.contains(&text.word(place)) && near >= start && !is_denied && !is_compound
}

/// "dienstags geht nie", "montags kann ich nicht", "le lundi c'est impossible": behind a day, up to a pause.
pub(super) fn is_impossible(text: &Text, index: usize) -> bool {
    let verb = (index..index + 5)
        .take_while(|place| is_about_possibility(text, *place))
        .count();
    let denial = index + verb;
    // "freitags habe ich frei" is time for the goal.
    if text.word(denial) == "frei" && text.any(index..denial, |tag| tag == Tag::Have) {
        return false;
    }
    let is_denied = matches!(text.tag(denial), Tag::Not | Tag::Off)
        || matches!(
            text.word(denial),
            "nichts" | "schlecht" | "aus" | "weg" | "mort" | "voll"
        );
    // "keine Zeit", "pas de temps"
    let end = text.skip(denial + 1, |tag| tag == Tag::Of);
    let end = end
        + usize::from(matches!(
            text.word(end),
            "zeit" | "time" | "temps" | "tiempo" | "tempo"
        ));
    let is_whole =
        text.tag(end).is_pause() || matches!(text.tag(end), Tag::And | Tag::But | Tag::For);
    verb > 0 && is_denied && is_whole
}

fn is_about_possibility(text: &Text, place: usize) -> bool {
    const WORDS: [&str; 29] = [
        "geht", "gehen", "klappt", "passt", "bei", "c", "ca", "me", "es", "ich", "mir", "kann",
        "va", "viene", "vient", "convient", "je", "ne", "n", "fallt", "fallen", "bin", "gar",
        "immer", "leider", "schon", "e", "da", "peux",
    ];
    WORDS.contains(&text.word(place)) || matches!(text.tag(place), Tag::Is | Tag::Have)
}

/// "keep Sundays free".
pub(super) fn is_kept_free(text: &Text, start: usize, next: usize) -> bool {
    let verb = start.checked_sub(1).map_or("", |place| text.word(place));
    text.word(next) == "free" && matches!(verb, "keep" | "keeping" | "leave" | "leaving" | "want")
}

/// "evenings Monday to Thursday", "Saturday mornings": a habitual part of the day makes the days a timetable.
pub(super) fn is_timetable(text: &Text, set: &DaySet) -> bool {
    let start = set.tokens.start;
    let parts_before = (1..=3)
        .map(|steps| text.back(start, steps))
        .take_while(|tag| {
            matches!(
                tag,
                Tag::Parts | Tag::On | Tag::From | Tag::Of | Tag::Article
            )
        })
        .any(|tag| tag == Tag::Parts);
    let several = set.days.len() > 1
        && text.any(set.tokens.clone(), |tag| {
            matches!(tag, Tag::DayShort(_) | Tag::DayOrMonth(..) | Tag::Slash)
        });
    // `days = ["Mo", "Di"]`
    let is_code = (1..=2).any(|steps| {
        text.back(start, steps) == Tag::Other && text.back_word(start, steps).is_empty()
    });
    if is_code {
        return false;
    }
    let free = matches!(text.back(start, 1), Tag::Every) || text.back(start, 1) == Tag::Work;
    let alone = text.back(start, 1).is_pause();
    let listed = alone && set.habit && text.tag(set.tokens.end).is_pause();
    !free && (parts_before || (set.parts && alone) || several || listed)
}

/// "no sugar on weekdays", "menos alcohol los domingos": a thing is left out on those days, and they are those of the goal.
pub(super) fn is_about_a_thing(text: &Text, place: usize, start: usize) -> bool {
    let is_determiner = text.tag(place) == Tag::Except
        || (text.word(place) == "no" && text.is_english())
        || text.word(place).starts_with("kein");
    // "a job that doesn't make me cry on Sundays"
    let is_of_another = matches!(text.word(place), "doesn't" | "doesnt" | "isn't" | "aren't")
        && text.any(place + 1..start, |tag| tag == Tag::Other);
    is_of_another
        || is_determiner
            && text.tag(place + 1) == Tag::Other
            && !text.any(place + 1..start, |tag| {
                matches!(tag, Tag::Session | Tag::Have | Tag::Work | Tag::Plan)
            })
            && !matches!(
                text.word(place + 1),
                "zeit" | "time" | "tiempo" | "tempo" | "training"
            )
}

/// "Fridays off to study", "freitags habe ich frei", "los lunes libres y quiero": the free day is for the goal.
pub(super) fn is_time_for_goal(text: &Text, end: usize, off: usize) -> bool {
    let is_free = matches!(
        text.word(off),
        "frei" | "libre" | "libres" | "livre" | "livres"
    );
    let has = text.any(end..off, |tag| tag == Tag::Have) && text.word(off) == "frei";
    let leads = matches!(text.tag(off + 1), Tag::To) || text.word(off + 1) == "to";
    let goes_on = text.tag(off + 1) == Tag::For
        || (text.tag(off + 1) == Tag::And
            && matches!(text.tag(off + 2), Tag::Marker | Tag::Have | Tag::Other));
    has || leads
        || (text.word(off) == "off" && text.word(off + 1) == "fromwork")
        || (is_free && goes_on)
}

/// "off on Friday": nothing but a preposition stands between.
pub(super) fn is_off_then(text: &Text, place: usize, start: usize) -> bool {
    !text.any(place + 1..start, |tag| {
        !matches!(
            tag,
            Tag::On
                | Tag::Article
                | Tag::Every
                | Tag::Comma
                | Tag::And
                | Tag::Or
                | Tag::In
                | Tag::Day(_)
                | Tag::Days(_)
                | Tag::DayShort(_)
                | Tag::Is
                | Tag::Per
                | Tag::Unit(Unit::Day)
        )
    })
}

/// "I work Saturdays". "I work Monday to Friday" is no rule: its evenings are free.
pub(super) fn works_then(text: &Text, set: &DaySet, place: usize) -> bool {
    // Meetings and screens on those days are the subject as often.
    let is_job = text.word(place).contains("work")
        || [
            "arbeit", "travail", "trabaj", "trabal", "shift", "schicht", "teach", "dienst",
        ]
        .iter()
        .any(|stem| text.word(place).starts_with(stem));
    let close = set.tokens.start <= place + 3;
    close
        && is_job
        && set.days != weekdays::WORKDAYS
        && set.habit
        && text.any(place..set.tokens.start, |_| true)
        && (set.days.len() < 5)
}

/// Whether a "not" at `place` is about the days after it.
pub(super) fn denies_next(text: &Text, place: usize) -> bool {
    let next = text.skip(place + 1, |tag| {
        matches!(
            tag,
            Tag::On | Tag::Article | Tag::Other | Tag::Marker | Tag::For
        )
    });
    next <= place + 4 && day_set_at(text, next).is_some()
}

/// "not Sundays", "except Sundays".
pub(super) fn is_denied_before(text: &Text, start: usize) -> bool {
    (1..=2).any(|steps| matches!(text.back(start, steps), Tag::Not | Tag::Except))
}

/// "Tuesdays only", and not "Tuesdays, only 2 hours" or "Mondays only evenings".
pub(super) fn only_looks_back(text: &Text, place: usize) -> bool {
    !matches!(
        text.tag(place + 1),
        Tag::Num(_) | Tag::Half | Tag::Parts | Tag::Minutes(_) | Tag::Approx
    )
}

/// "evenings only, Saturdays": the "only" belongs to the word before it.
pub(super) fn only_belongs_before(text: &Text, place: usize) -> bool {
    matches!(
        text.tag(place + 1),
        Tag::Comma | Tag::Stop | Tag::Num(_) | Tag::Half | Tag::Minutes(_)
    )
}

/// "every day but Sunday", "any day but".
pub(super) fn is_every_day(text: &Text, place: usize) -> bool {
    let before = place.checked_sub(1).map_or("", |before| text.word(before));
    matches!(before, "anything" | "anytime" | "always" | "flexible")
        || matches!(
            text.back(place, 1),
            Tag::Unit(Unit::Day) | Tag::Rate(Unit::Day) | Tag::Parts | Tag::Part
        )
}
