//! Finds duplicate tasks: two tasks are the same if their letters and digits are, regardless of case, punctuation, characters that
//! take no room, and compatible forms (NFKC) such as full-width letters.
//!
//! A set of normalised texts would do the same in fewer lines. For the 65 tasks of a twelve-week plan, it takes 9 to 13 µs, and
//! this code takes 2 µs (`make bench`, "repair and check a draft", measured in pairs). Every plan is checked twice.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use foldhash::fast::RandomState;
use unicode_normalization::UnicodeNormalization as _;

use crate::characters::is_blank;

/// The number of letters and digits of a task, their sum, and that of their squares. Equal for duplicates, and hardly ever for other tasks.
type DedupKey = (u16, u16, u16);

/// A set of tasks without duplicates.
#[derive(Debug, Default)]
pub struct Tasks<'a> {
    /// The first task with each key.
    first_by_key: HashMap<DedupKey, &'a str, RandomState>,
    /// Tasks whose key belongs to another task: few, if any.
    others: Vec<&'a str>,
}

impl<'a> Tasks<'a> {
    /// Creates an empty set with room for `count` tasks.
    #[must_use]
    pub fn with_capacity(count: usize) -> Self {
        Self {
            first_by_key: HashMap::with_capacity_and_hasher(count, RandomState::default()),
            others: Vec::new(),
        }
    }

    /// Adds a task. Returns `false` if it is a duplicate.
    pub fn insert(&mut self, task: &'a str) -> bool {
        match self.first_by_key.entry(dedup_key(task)) {
            Entry::Vacant(entry) => {
                entry.insert(task);
                true
            }
            Entry::Occupied(entry) => {
                let is_known = is_duplicate(entry.get(), task)
                    || self.others.iter().any(|other| is_duplicate(other, task));
                if !is_known {
                    self.others.push(task);
                }
                !is_known
            }
        }
    }
}

/// Returns whether two tasks are duplicates. Tasks without letters and digits are compared by their symbols.
#[must_use]
pub fn is_duplicate(task: &str, other: &str) -> bool {
    if !has_letters(task, 0) {
        !has_letters(other, 0) && symbols(task).eq(symbols(other))
    } else if task.is_ascii() && other.is_ascii() {
        ascii_letters(task).eq(ascii_letters(other))
    } else {
        letters(task).eq(letters(other))
    }
}

/// Returns whether a text has more than `count` letters and digits.
#[must_use]
pub fn has_letters(text: &str, count: usize) -> bool {
    letters(text).nth(count).is_some()
}

/// Returns the letters and digits of a text in one case. The upper case comes first because it joins letters that have two lower
/// cases, such as "ß" and "ss".
fn letters(task: &str) -> impl Iterator<Item = char> + '_ {
    task.nfkc()
        .filter(|char| char.is_alphanumeric() && !is_blank(*char))
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .filter(|char| char.is_alphanumeric())
}

fn symbols(task: &str) -> impl Iterator<Item = char> + '_ {
    task.nfkc().filter(|char| !is_blank(*char))
}

/// Faster equivalent of [`letters`] for ASCII, without Unicode tables.
fn ascii_letters(task: &str) -> impl Iterator<Item = u8> + '_ {
    task.bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|byte| byte.to_ascii_lowercase())
}

/// Returns the key of a task. The ASCII branch is vectorised to sixteen bytes at a time.
fn dedup_key(task: &str) -> DedupKey {
    if task.is_ascii() {
        // Other bytes are masked to zero, because a branch would prevent vectorisation.
        task.bytes().fold((0, 0, 0), |(count, sum, squares), byte| {
            let lower = byte | 0x20;
            let is_counted = u8::from(lower.is_ascii_lowercase() | byte.is_ascii_digit());
            let letter = lower & is_counted.wrapping_neg();
            (
                count.wrapping_add(is_counted.into()),
                sum.wrapping_add(letter.into()),
                squares.wrapping_add(u16::from(letter).wrapping_mul(letter.into())),
            )
        })
    } else if task.chars().all(is_plain_latin) {
        plain_letters(task).fold((0, 0, 0), added)
    } else {
        letters(task).fold((0, 0, 0), added)
    }
}

/// Adds a letter to a key.
fn added((count, sum, squares): DedupKey, letter: char) -> DedupKey {
    let [.., high, low] = u32::from(letter).to_be_bytes();
    let letter = u16::from_be_bytes([high, low]);
    (
        count.wrapping_add(1),
        sum.wrapping_add(letter),
        squares.wrapping_add(letter.wrapping_mul(letter)),
    )
}

/// Whether a character is ASCII, or a letter or sign of the western European languages that has one form only.
const fn is_plain_latin(char: char) -> bool {
    matches!(char, '\0'..='\u{7f}' | '«' | '»' | '°' | '¿' | '¡' | 'À'..='ÿ' | 'œ' | 'Œ' | '‐'..='”' | '„' | '€')
}

/// Faster equivalent of [`letters`] for characters that are all plain Latin, without Unicode tables.
fn plain_letters(task: &str) -> impl Iterator<Item = char> + '_ {
    task.chars().flat_map(|char| {
        let (first, second) = match char {
            'ß' => (Some('s'), Some('s')),
            'a'..='z' | '0'..='9' | 'à'..='ö' | 'ø'..='ÿ' | 'œ' => (Some(char), None),
            'A'..='Z' => (Some(char.to_ascii_lowercase()), None),
            'À'..='Ö' | 'Ø'..='Þ' => (char::from_u32(u32::from(char) + 0x20), None),
            'Œ' => (Some('œ'), None),
            _ => (None, None),
        };
        first.into_iter().chain(second)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_punctuation_are_ignored_but_a_late_word_is_not() {
        let mut tasks = Tasks::default();

        assert!(tasks.insert("Run three easy sessions of 20 minutes for the marathon"));
        assert!(!tasks.insert("run three easy sessions: of 20 minutes, for the MARATHON!"));
        assert!(tasks.insert("Run three easy sessions of 20 minutes for the triathlon"));
        assert!(tasks.insert("…") && !tasks.insert("…") && tasks.insert("–"));
        assert!(tasks.insert("学游泳") && !tasks.insert("学游泳。"));
    }

    #[test]
    fn forms_that_look_the_same_are_the_same() {
        for (task, other) in [
            ("Read chapter 1", "Ｒｅａｄ chapter ①"),
            ("Read chapter 1", "Re\u{200b}ad chap\u{ad}ter 1\u{3164}"),
            ("Café besuchen", "CAFE\u{301} besuchen"),
            ("Straße kehren", "STRASSE kehren"),
            ("Οδος", "ΟΔΟΣ"),
            ("finish", "ﬁnish"),
            ("🎹", "🎹\u{fe0f}"),
        ] {
            let mut tasks = Tasks::default();
            assert!(tasks.insert(task) && !tasks.insert(other), "{task} {other}");
            let mut tasks = Tasks::default();
            assert!(tasks.insert(other) && !tasks.insert(task), "{other} {task}");
        }
        assert!(!is_duplicate("🎹", "🎸") && !is_duplicate("🎹", "a") && !is_duplicate("a", "🎹"));
    }

    #[test]
    fn plain_latin_has_the_same_letters_with_and_without_tables() {
        for code in 0_u32..0x2100 {
            let Some(char) = char::from_u32(code).filter(|char| is_plain_latin(*char)) else {
                continue;
            };
            let text = char.to_string();
            assert!(letters(&text).eq(plain_letters(&text)), "{char:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_task_is_new_exactly_if_it_duplicates_no_earlier_one(
            list in proptest::collection::vec("[abAB12 ,.éＡß🎹\u{200b}–]{0,4}", 0..12)
        ) {
            let mut tasks = Tasks::default();
            for (index, task) in list.iter().enumerate() {
                let known = list[..index].iter().any(|other| is_duplicate(other, task));
                proptest::prop_assert_eq!(tasks.insert(task), !known, "{:?}", task);
            }
        }
    }
}
