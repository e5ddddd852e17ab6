//! Reads the quantity that a goal adds up to.

use std::ops::Range;

use super::{Measure, Target};
use crate::words::{Word, words};

/// Units of weight, with their kilogrammes.
const WEIGHT: [(&str, f64); 13] = [
    ("kg", 1.0),
    ("kilo", 1.0),
    ("kilos", 1.0),
    ("kilogram", 1.0),
    ("kilograms", 1.0),
    ("kilogramm", 1.0),
    ("quilos", 1.0),
    ("quilo", 1.0),
    ("lb", 0.4536),
    ("lbs", 0.4536),
    ("pounds", 0.4536),
    ("pfund", 0.5),
    ("stone", 6.35),
];
/// Words beside which a weight is one to lift or to carry.
const LIFTING: [&str; 14] = [
    "bench",
    "squat",
    "deadlift",
    "press",
    "lift",
    "lifting",
    "backpack",
    "total",
    "bankdrucken",
    "heben",
    "levantar",
    "press",
    "souleve",
    "supino",
];
const WORDS: [&str; 9] = [
    "words",
    "word",
    "worter",
    "wortern",
    "palabras",
    "mots",
    "palavras",
    "vocabulary",
    "vokabeln",
];
/// Verbs of writing, beside which words are written and not learnt.
const WRITING: [&str; 22] = [
    "write",
    "writing",
    "novel",
    "draft",
    "thesis",
    "dissertation",
    "essay",
    "nanowrimo",
    "story",
    "book",
    "schreiben",
    "roman",
    "escribir",
    "novela",
    "tesis",
    "ecrire",
    "memoire",
    "escrever",
    "romance",
    "tese",
    "manuscript",
    "blog",
];
const VOCABULARY: [&str; 10] = [
    "kanji",
    "hanzi",
    "characters",
    "vocabulary",
    "vokabeln",
    "flashcards",
    "karteikarten",
    "signs",
    "verbs",
    "verben",
];
const BOOKS: [&str; 6] = ["books", "bucher", "buecher", "libros", "livres", "livros"];
const THINGS: [&str; 22] = [
    "photos",
    "pictures",
    "fotos",
    "pages",
    "seiten",
    "paginas",
    "emails",
    "mails",
    "poems",
    "gedichte",
    "drawings",
    "zeichnungen",
    "recipes",
    "rezepte",
    "recetas",
    "recettes",
    "receitas",
    "songs",
    "lieder",
    "questions",
    "problems",
    "aufgaben",
];
const CURRENCIES: [&str; 12] = [
    "euro", "euros", "eur", "dollars", "dollar", "usd", "pounds", "gbp", "francs", "franken",
    "reais", "pesos",
];
/// Words that make a bare number of money one to reach.
const REACHING: [&str; 26] = [
    "save",
    "saving",
    "savings",
    "debt",
    "debts",
    "owe",
    "pay",
    "repay",
    "sparen",
    "ansparen",
    "abbezahlen",
    "schulden",
    "tilgen",
    "zuruckzahlen",
    "ahorrar",
    "deuda",
    "deudas",
    "pagar",
    "rembourser",
    "dette",
    "dettes",
    "economiser",
    "epargner",
    "poupar",
    "divida",
    "dividas",
];
const RATES: [&str; 22] = [
    "a", "per", "an", "each", "every", "minute", "min", "day", "week", "month", "pro", "am", "im",
    "al", "por", "par", "ao", "wpm", "in", "each", "je", "jeden",
];

/// Reads the quantity. `phrases` are the byte ranges that state constraints: their numbers are none.
pub(super) fn read(text: &str, phrases: &[Range<usize>]) -> Option<Target> {
    let words = words(text);
    let is_constraint = |word: &Word| {
        phrases
            .iter()
            .any(|phrase| phrase.start <= word.range.start && word.range.end <= phrase.end)
    };
    let has = |list: &[&str]| {
        words
            .iter()
            .any(|word| list.contains(&word.folded.as_str()))
    };
    let mut index = 0;
    while index < words.len() {
        if let Some(target) = glued(&words[index]).filter(|_| !has(&LIFTING)) {
            return Some(target);
        }
        let Some((amount, next)) = amount(text, &words, index) else {
            index += 1;
            continue;
        };
        let is_free = !words[index..next].iter().any(is_constraint);
        let number = Number::at(text, &words, index, next, amount);
        if is_free && let Some(target) = number.target(&has) {
            return Some(target);
        }
        index = next;
    }
    None
}

/// Reads "10kg".
fn glued(word: &Word) -> Option<Target> {
    let end = word.folded.bytes().take_while(u8::is_ascii_digit).count();
    let (unit, kilogrammes) = WEIGHT
        .iter()
        .find(|(unit, _)| *unit == &word.folded[end..])?;
    let amount: f64 = word.folded[..end].parse().ok()?;
    (1.0..=80.0)
        .contains(&(amount * kilogrammes))
        .then(|| Target {
            amount,
            measure: Measure::Weight,
            unit: (*unit).to_owned(),
        })
}

/// A number of a text, and the words around it.
struct Number<'a> {
    amount: f64,
    /// The currency sign beside it.
    sign: Option<&'static str>,
    /// The word after it, folded and as it was written; empty if there is none before a pause.
    name: &'a str,
    written: &'a str,
    /// Whether it is so much a time.
    is_rate: bool,
}

impl<'a> Number<'a> {
    fn at(text: &'a str, words: &'a [Word], start: usize, next: usize, amount: f64) -> Self {
        let after = |index: usize| words.get(index).filter(|word| !word.after_pause);
        let unit = after(next);
        Self {
            amount,
            sign: sign_beside(text, &words[start]),
            name: unit.map_or("", |unit| &unit.folded),
            written: unit.map_or("", |unit| &text[unit.range.clone()]),
            is_rate: after(next + 1).is_some_and(|word| {
                matches!(
                    word.folded.as_str(),
                    "a" | "per" | "pro" | "por" | "par" | "each" | "je"
                )
            }),
        }
    }

    fn of(&self, measure: Measure, unit: &str) -> Target {
        Target {
            amount: self.amount,
            measure,
            unit: unit.to_owned(),
        }
    }

    /// Returns the target that the number is, if it is one. `has` tells whether the goal has one of the words of a list.
    fn target(&self, has: &impl Fn(&[&str]) -> bool) -> Option<Target> {
        let kilogrammes = WEIGHT
            .iter()
            .find(|(unit, _)| *unit == self.name && self.sign.is_none());
        if let Some((_, kilogrammes)) = kilogrammes {
            return self.weight(*kilogrammes, has);
        }
        self.money(has).or_else(|| self.things(has))
    }

    fn weight(&self, kilogrammes: f64, has: &impl Fn(&[&str]) -> bool) -> Option<Target> {
        // Pounds may be money as well.
        if self.name == "pounds" && has(&REACHING) {
            return Some(self.of(Measure::Money, self.written));
        }
        let is_body = !has(&LIFTING) && (1.0..=80.0).contains(&(self.amount * kilogrammes));
        let is_kilogrammes = (kilogrammes - 1.0).abs() < f64::EPSILON;
        let unit = if is_kilogrammes { "kg" } else { self.written };
        is_body.then(|| self.of(Measure::Weight, unit))
    }

    fn money(&self, has: &impl Fn(&[&str]) -> bool) -> Option<Target> {
        let name = self.name;
        let is_currency = CURRENCIES.contains(&name);
        let is_bare =
            !RATES.contains(&name) || name.is_empty() || matches!(name, "in" | "am" | "im");
        let nouns = [&WORDS[..], &VOCABULARY, &BOOKS, &THINGS];
        let is_noun = nouns.iter().any(|list| list.contains(&name));
        let is_money = is_currency && !self.is_rate
            || is_bare && !is_noun && (self.sign.is_some() || self.amount >= 500.0);
        let unit = if is_currency {
            self.written
        } else {
            self.sign.unwrap_or_default()
        };
        (has(&REACHING) && self.amount >= 100.0 && is_money).then(|| self.of(Measure::Money, unit))
    }

    fn things(&self, has: &impl Fn(&[&str]) -> bool) -> Option<Target> {
        let is_one_of = |list: &[&str]| list.contains(&self.name);
        let amount = self.amount;
        let measure = match () {
            () if self.is_rate => return None,
            () if is_one_of(&WORDS) && has(&WRITING) && amount >= 300.0 => Measure::WrittenWords,
            () if (is_one_of(&WORDS) || is_one_of(&VOCABULARY)) && amount >= 50.0 => {
                Measure::Vocabulary
            }
            () if is_one_of(&BOOKS) && (2.0..=400.0).contains(&amount) => Measure::Books,
            () if is_one_of(&THINGS) && amount >= 10.0 => Measure::Things,
            () => return None,
        };
        Some(self.of(measure, self.written))
    }
}

/// Returns the currency sign right before or after a number.
fn sign_beside(text: &str, word: &Word) -> Option<&'static str> {
    let before = text[..word.range.start].chars().next_back();
    let after = text[word.range.end..].trim_start().chars().next();
    [before, after]
        .into_iter()
        .flatten()
        .find_map(|char| match char {
            '€' => Some("€"),
            '$' => Some("$"),
            '£' => Some("£"),
            _ => None,
        })
}

/// Reads a number from its words: "50,000", "12.000", "5k", "10". Returns it and the word after it.
fn amount(text: &str, words: &[Word], index: usize) -> Option<(f64, usize)> {
    let word = &words[index];
    let digits = word.folded.strip_suffix('k').unwrap_or(&word.folded);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) || digits.len() > 7 {
        return None;
    }
    let mut amount: f64 = digits.parse().ok()?;
    if digits.len() < word.folded.len() {
        return Some((amount * 1000.0, index + 1));
    }
    let mut next = index + 1;
    let mut end = word.range.end;
    // Groups of three digits behind a comma, a point or a space.
    while let Some(group) = words.get(next) {
        let is_group = group.folded.len() == 3
            && group.folded.bytes().all(|byte| byte.is_ascii_digit())
            && matches!(
                &text[end..group.range.start],
                "," | "." | "\u{202f}" | "\u{a0}" | "'" | "’"
            );
        if !is_group {
            break;
        }
        amount = amount * 1000.0 + group.folded.parse::<f64>().ok()?;
        end = group.range.end;
        next += 1;
    }
    Some((amount, next))
}
