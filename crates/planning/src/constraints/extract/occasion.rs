//! What a deadline is: a day to be finished by, or the day of an event such as a race or an exam.

use std::ops::Range;

use serde::Serialize;

use super::tag::Tag;
use super::text::Text;

/// What happens on the day of a deadline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// Nothing: it is the last day on which something may be done.
    #[default]
    DueDate,
    /// Something that takes the day: a wedding, a flight, a concert.
    Event,
    /// A test of knowledge.
    Exam,
    /// An athletic effort.
    Race,
}

/// Maximum number of tokens before a date among which its occasion is looked for.
const BEFORE: usize = 14;
/// Maximum number of tokens after it.
const AFTER: usize = 6;

/// Parts of words for races, without accents.
const RACE_PARTS: [&str; 22] = [
    "marat",
    "triat",
    "ironman",
    "parkrun",
    "race",
    "rennen",
    "wettkampf",
    "carrera",
    "corrida",
    "regat",
    "fondo",
    "sportive",
    "turnier",
    "tournament",
    "torne",
    "tournoi",
    "competi",
    "championship",
    "stadtlauf",
    "volkslauf",
    "semimar",
    "gigathlon",
];
/// Whole words for races.
const RACE_WORDS: [&str; 9] = [
    "course", "trail", "lauf", "bout", "match", "fight", "10k", "5k", "semi",
];
/// Words for moving over a distance, which make a race of "100 km".
const SPORT_WORDS: [&str; 27] = [
    "run",
    "running",
    "ride",
    "riding",
    "bike",
    "cycle",
    "cycling",
    "swim",
    "swimming",
    "row",
    "hike",
    "walk",
    "laufen",
    "schwimmen",
    "rad",
    "radfahren",
    "radtour",
    "wandern",
    "correr",
    "nadar",
    "bici",
    "caminar",
    "courir",
    "nager",
    "velo",
    "pedalar",
    "caminhar",
];
/// Parts of words for exams.
const EXAM_PARTS: [&str; 19] = [
    "exam",
    "prufung",
    "pruefung",
    "klausur",
    "abitur",
    "epreuve",
    "oposicion",
    "midterm",
    "gcse",
    "vestibular",
    "certif",
    "zertifi",
    "assessment",
    "resit",
    "retak",
    "defens",
    "defenc",
    "soutenance",
    "quiz",
];
/// Whole words for exams.
const EXAM_WORDS: [&str; 9] = [
    "test", "tests", "teste", "prueba", "prova", "provas", "bac", "finals", "viva",
];
/// Parts of words for handing something in or being done with it.
const DUE_PARTS: [&str; 20] = [
    "deadline",
    "submi",
    "hand_in",
    "handin",
    "deliver",
    "finish",
    "complet",
    "duedate",
    "goaldate",
    "targetdate",
    "abgabe",
    "abgeben",
    "einreich",
    "stichtag",
    "entreg",
    "fechalimite",
    "datelimite",
    "echeance",
    "termin",
    "remettre",
];
/// Whole words for the same.
const DUE_WORDS: [&str; 17] = [
    "due", "done", "ready", "expires", "fertig", "frist", "plazo", "prazo", "listo", "pronto",
    "acabar", "rendu", "rendre", "finir", "pret", "renewal", "launch",
];

/// Returns what the deadline is that the bytes `phrase` of `words` state.
///
/// "by", "until" and "before" name a due date. Else the nearest word for a race, an exam or something that is due decides, then
/// whether something happens *on* the day.
#[must_use]
pub fn occasion_of(words: &str, phrase: &Range<usize>) -> Occasion {
    let text = Text::new(words);
    let tokens = tokens_of(&text, phrase);
    if is_finish_by(&text, &tokens) {
        return Occasion::DueDate;
    }
    let sentence = text.sentence(tokens.start);
    let before = (sentence.start.max(tokens.start.saturating_sub(BEFORE))..tokens.start).rev();
    let after = tokens.end..sentence.end.min(tokens.end + AFTER);
    let inside = tokens.clone();
    let mut near: Vec<(usize, usize)> = before
        .map(|place| (tokens.start - place, place))
        .chain(after.map(|place| (place + 1 - tokens.end, place)))
        .chain(inside.map(|place| (0, place)))
        .collect();
    near.sort_unstable();
    near.iter()
        .find_map(|(_, place)| named_at(&text, *place))
        .unwrap_or_else(|| {
            let is_event = near.iter().any(|(_, place)| text.tag(*place) == Tag::Event)
                || is_on_the_day(&text, &tokens);
            if is_event {
                Occasion::Event
            } else {
                Occasion::DueDate
            }
        })
}

/// Returns the tokens that stand in a range of bytes.
fn tokens_of(text: &Text, phrase: &Range<usize>) -> Range<usize> {
    let start_of = |place: usize| text.bytes(&(place..place + 1)).start;
    let start = text.len().min(
        (0..text.len())
            .find(|place| start_of(*place) >= phrase.start)
            .unwrap_or(text.len()),
    );
    let end = (start..text.len())
        .find(|place| start_of(*place) >= phrase.end)
        .unwrap_or(text.len());
    start..end
}

/// "by 6 December", "until the 6th", "before March", "within 6 weeks"; not "moved to 6 December".
fn is_finish_by(text: &Text, tokens: &Range<usize>) -> bool {
    let lead = |place: usize| {
        let moved = text.word(place).contains("moved") || text.word(place).contains("postponed");
        matches!(text.tag(place), Tag::By | Tag::Before | Tag::Within) && !moved
    };
    let before = (1..=2)
        .take_while(|steps| *steps == 1 || text.back(tokens.start, 1) == Tag::Article)
        .filter_map(|steps| tokens.start.checked_sub(steps));
    tokens.clone().chain(before).any(lead)
}

/// "on 6 December", "for Friday", "el 6 de diciembre".
fn is_on_the_day(text: &Text, tokens: &Range<usize>) -> bool {
    let places = tokens.clone().take(1).chain(tokens.start.checked_sub(1));
    places.into_iter().any(|place| {
        matches!(text.tag(place), Tag::On | Tag::For)
            || matches!(text.word(place), "el" | "le" | "dia" | "no")
    })
}

/// Returns the occasion that the word at `place` names.
fn named_at(text: &Text, place: usize) -> Option<Occasion> {
    let word = text.word(place);
    let has = |parts: &[&str], words: &[&str]| {
        words.contains(&word) || parts.iter().any(|part| word.contains(part))
    };
    if word.is_empty() {
        return None;
    }
    if has(&RACE_PARTS, &RACE_WORDS) || is_distance(text, place) {
        Some(Occasion::Race)
    } else if has(&EXAM_PARTS, &EXAM_WORDS) {
        Some(Occasion::Exam)
    } else if has(&DUE_PARTS, &DUE_WORDS) {
        Some(Occasion::DueDate)
    } else {
        None
    }
}

/// "10k", or "100 km" where the sentence speaks of running, riding or the like.
fn is_distance(text: &Text, place: usize) -> bool {
    if !matches!(text.back(place, 1), Tag::Num(_)) {
        return false;
    }
    match text.word(place) {
        "k" => text.is_glued(place),
        "km" | "kilometers" | "kilometres" | "kilometer" | "kilometros" | "quilometros"
        | "miles" | "mile" => text
            .sentence(place)
            .any(|other| SPORT_WORDS.contains(&text.word(other))),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::constraints::extract::extract;

    fn occasion(goal: &str) -> Occasion {
        let start = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
        let deadline = extract(goal, None, start).deadline.expect(goal);
        occasion_of(goal, &deadline.phrase)
    }

    #[test]
    fn a_race_an_exam_or_another_event_is_on_the_day() {
        for (goal, expected) in [
            ("10k on 6 December", Occasion::Race),
            ("Train for a 100 km bike ride on 10 May", Occasion::Race),
            ("Halbmarathon am 6. Dezember", Occasion::Race),
            ("Media maratón el 6 de diciembre de 2026", Occasion::Race),
            ("Semi-marathon le 6 décembre", Occasion::Race),
            ("Correr a maratona no dia 6 de dezembro", Occasion::Race),
            ("Marathon in 12 weeks", Occasion::Race),
            ("AWS exam on 14 March", Occasion::Exam),
            ("6 hours a week until my exam on 14 March", Occasion::Exam),
            ("Meine Prüfung ist am 14. März", Occasion::Exam),
            ("Be ready for the exam on 14 March", Occasion::Exam),
            ("Organise our wedding on 14 March", Occasion::Event),
            ("We fly to Peru on 3 April, learn Spanish", Occasion::Event),
            ("Sing in front of people on 14 March 2027", Occasion::Event),
        ] {
            assert_eq!(occasion(goal), expected, "{goal}");
        }
    }

    #[test]
    fn a_day_to_be_finished_by_is_no_event() {
        for goal in [
            "Finish my novel by 6 December",
            "Pass the exam by 6 December",
            "Den Roman bis zum 6. Dezember beenden",
            "Terminer mon roman avant le 6 décembre",
            "Thesis due on 14 March 2027",
            "Deadline for the thesis: 14 March 2027",
            "Die Abgabe ist am 14. März",
            "Learn guitar in 6 weeks",
            "Learn guitar within 3 months",
        ] {
            assert_eq!(occasion(goal), Occasion::DueDate, "{goal}");
        }
    }
}
