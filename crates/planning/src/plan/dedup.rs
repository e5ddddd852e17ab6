//! When two tasks are the same: their letters and digits are, whatever the case and the marks between them.
//!
//! A set of normalised texts would say the same in fewer lines. It takes 9 to 13 µs for the 65 tasks of a plan of twelve weeks, and
//! this takes 2 µs (`make bench`, "repair and check a draft", measured in pairs); every plan passes it twice.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use foldhash::fast::RandomState;

/// How many letters and digits a task has, and their sum: the same for tasks that say the same, and seldom for others.
type DedupKey = (u16, u16);

/// The tasks of a plan so far.
#[derive(Debug, Default)]
pub struct Tasks<'a> {
    /// The first task of each key.
    first_by_key: HashMap<DedupKey, &'a str, RandomState>,
    /// Tasks whose key another task has already: few, if any.
    others: Vec<&'a str>,
}

impl<'a> Tasks<'a> {
    /// No tasks yet, with room for so many.
    #[must_use]
    pub fn with_room_for(count: usize) -> Self {
        Self {
            first_by_key: HashMap::with_capacity_and_hasher(count, RandomState::default()),
            others: Vec::new(),
        }
    }

    /// Adds a task; `false` if it is there already.
    pub fn insert(&mut self, task: &'a str) -> bool {
        match self.first_by_key.entry(dedup_key(task)) {
            Entry::Vacant(entry) => {
                entry.insert(task);
                true
            }
            Entry::Occupied(entry) => {
                let known = is_duplicate(entry.get(), task)
                    || self.others.iter().any(|other| is_duplicate(other, task));
                if !known {
                    self.others.push(task);
                }
                !known
            }
        }
    }
}

/// Whether two tasks say the same.
#[must_use]
pub fn is_duplicate(one: &str, other: &str) -> bool {
    if !has_letters(one, 0) {
        one == other
    } else if one.is_ascii() && other.is_ascii() {
        ascii_letters(one).eq(ascii_letters(other))
    } else {
        letters(one).eq(letters(other))
    }
}

/// Whether a text has more than so many letters or digits.
#[must_use]
pub fn has_letters(text: &str, count: usize) -> bool {
    letters(text).nth(count).is_some()
}

fn letters(task: &str) -> impl Iterator<Item = char> + '_ {
    task.chars()
        .filter(|char| char.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

/// The same for most texts, without looking into tables of Unicode.
fn ascii_letters(task: &str) -> impl Iterator<Item = u8> + '_ {
    task.bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|byte| byte.to_ascii_lowercase())
}

/// The key of a task; letters are added up sixteen at a time.
fn dedup_key(task: &str) -> DedupKey {
    if task.is_ascii() {
        // What is no letter adds nothing; a branch would stop the vectors.
        task.bytes().fold((0_u16, 0_u16), |(count, sum), byte| {
            let lower = byte | 0x20;
            let counts = u8::from(lower.is_ascii_lowercase() | byte.is_ascii_digit());
            let letter = lower & counts.wrapping_neg();
            (
                count.wrapping_add(counts.into()),
                sum.wrapping_add(letter.into()),
            )
        })
    } else {
        letters(task).fold((0_u16, 0_u16), |(count, sum), letter| {
            let [.., high, low] = u32::from(letter).to_be_bytes();
            (
                count.wrapping_add(1),
                sum.wrapping_add(u16::from_be_bytes([high, low])),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_marks_make_no_task_new_but_a_late_word_does() {
        let mut tasks = Tasks::default();

        assert!(tasks.insert("Run three easy sessions of 20 minutes for the marathon"));
        assert!(!tasks.insert("run three easy sessions: of 20 minutes, for the MARATHON!"));
        assert!(tasks.insert("Run three easy sessions of 20 minutes for the triathlon"));
        assert!(tasks.insert("…") && !tasks.insert("…") && tasks.insert("–"));
        assert!(tasks.insert("学游泳") && !tasks.insert("学游泳。"));
    }

    proptest::proptest! {
        #[test]
        fn a_task_is_new_exactly_if_it_is_the_same_as_none_before(
            list in proptest::collection::vec("[abAB12 ,.é–]{0,4}", 0..12)
        ) {
            let mut tasks = Tasks::default();
            for (place, task) in list.iter().enumerate() {
                let known = list[..place].iter().any(|other| is_duplicate(other, task));
                proptest::prop_assert_eq!(tasks.insert(task), !known, "{:?}", task);
            }
        }
    }
}
