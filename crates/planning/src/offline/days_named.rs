//! On how many days of a week a task is to be done, as its text says: "on five days", "each evening", "täglich", "tres veces por semana".

use crate::words::{Word, words};

/// Numbers from two to seven in five languages, folded.
const NUMBERS: [&[&str]; 6] = [
    &["2", "two", "zwei", "dos", "deux", "dois", "duas", "zweimal"],
    &["3", "three", "drei", "tres", "trois", "dreimal"],
    &["4", "four", "vier", "cuatro", "quatre", "quatro", "viermal"],
    &["5", "five", "funf", "cinco", "cinq", "funfmal"],
    &["6", "six", "sechs", "seis", "sechsmal"],
    &["7", "seven", "sieben", "siete", "sept", "sete"],
];
/// Words before a number of days on which something is done, and not by when or after how long.
const ON: [&str; 14] = [
    "on", "over", "for", "an", "uber", "en", "durante", "sur", "pendant", "em", "por", "les",
    "these", "os",
];
const DAYS: [&str; 24] = [
    "days",
    "evenings",
    "mornings",
    "nights",
    "weekdays",
    "lunchtimes",
    "tagen",
    "tage",
    "abenden",
    "abende",
    "morgen",
    "dias",
    "noches",
    "mananas",
    "tardes",
    "jours",
    "soirs",
    "matins",
    "noites",
    "manhas",
    "walks",
    "runs",
    "mornings",
    "afternoons",
];
const SESSIONS: [&str; 9] = [
    "sessions",
    "sittings",
    "einheiten",
    "sitzungen",
    "sesiones",
    "seances",
    "sessoes",
    "outings",
    "trainings",
];
const TIMES: [&str; 6] = ["times", "mal", "veces", "fois", "vezes", "days"];
const PER: [&str; 9] = [
    "a", "per", "pro", "die", "in", "por", "par", "this", "cette",
];
const WEEK: [&str; 6] = ["week", "woche", "semana", "semaine", "la", "the"];
const EVERY: [&str; 9] = [
    "each", "every", "jeden", "jede", "cada", "chaque", "todo", "toda", "daily",
];
const ALL: [&str; 4] = ["todos", "todas", "tous", "toutes"];
const DAY: [&str; 22] = [
    "day",
    "evening",
    "morning",
    "night",
    "lunchtime",
    "bedtime",
    "tag",
    "abend",
    "morgen",
    "nacht",
    "dia",
    "noche",
    "manana",
    "tarde",
    "jour",
    "soir",
    "matin",
    "noite",
    "manha",
    "nuit",
    "afternoon",
    "mittag",
];
const DAILY: [&str; 9] = [
    "daily",
    "nightly",
    "taglich",
    "allabendlich",
    "diario",
    "diariamente",
    "quotidiennement",
    "diariamente",
    "quotidien",
];

/// Returns the number of days, from 1 to 7.
pub fn of(text: &str) -> u8 {
    let words = words(text);
    (0..words.len())
        .find_map(|index| at(&words, index))
        .unwrap_or(1)
}

fn at(words: &[Word], index: usize) -> Option<u8> {
    let word = |offset: usize| {
        words
            .get(index + offset)
            .map_or("", |word| word.folded.as_str())
    };
    let first = word(0);
    if DAILY.contains(&first) {
        return Some(7);
    }
    if EVERY.contains(&first) && DAY.contains(&word(1)) {
        return Some(7);
    }
    // "todos los días", "tous les soirs"
    if ALL.contains(&first) && DAYS.contains(&word(2)) {
        return Some(7);
    }
    let number = NUMBERS.iter().position(|names| names.contains(&first))?;
    let number = u8::try_from(number).ok()? + 2;
    let before = index
        .checked_sub(1)
        .and_then(|before| words.get(before))
        .map_or("", |word| word.folded.as_str());
    // "three short sessions"
    let noun = if SESSIONS.contains(&word(2)) || DAYS.contains(&word(2)) {
        word(2)
    } else {
        word(1)
    };
    let is_on_days = DAYS.contains(&noun) && ON.contains(&before);
    let is_in_sessions = SESSIONS.contains(&noun);
    let is_of_week = first.ends_with("mal")
        && PER.contains(&word(1))
        && (WEEK.contains(&word(2)) || WEEK.contains(&word(3)))
        || TIMES.contains(&word(1))
            && PER.contains(&word(2))
            && (WEEK.contains(&word(3)) || WEEK.contains(&word(4)));
    (is_on_days || is_in_sessions || is_of_week).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn days_are_read_where_a_text_says_on_how_many() {
        for (text, days) in [
            ("Walk 15 minutes briskly on five days", 5),
            ("Read aloud for ten minutes each evening", 7),
            ("Do 3 x 8 squats on 3 days", 3),
            ("Practise in three short sessions of ten minutes", 3),
            ("Täglich fünf Minuten dehnen", 7),
            ("An drei Abenden je zehn Vokabeln wiederholen", 3),
            ("Dreimal pro Woche 20 Minuten gehen", 3),
            ("Repasar diez palabras todos los días", 7),
            ("Marcher 20 minutes trois fois par semaine", 3),
            ("Lower the salt by half after three days", 1),
            ("Repeat the scale three times", 1),
        ] {
            assert_eq!(of(text), days, "{text}");
        }
    }
}
