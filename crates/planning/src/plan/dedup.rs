//! When two tasks are the same: their letters and digits are, whatever the case and the marks between them.

use std::collections::HashSet;

use foldhash::fast::RandomState;

/// The tasks of a plan so far, by their normalised texts.
#[derive(Debug, Default)]
pub struct Tasks {
    keys: HashSet<DedupKey, RandomState>,
}

/// A task's letters and digits in lower case; the whole text where it has none.
#[derive(Debug, PartialEq, Eq, Hash)]
struct DedupKey(String);

impl Tasks {
    /// No tasks yet, with room for so many.
    #[must_use]
    pub fn with_room_for(count: usize) -> Self {
        Self {
            keys: HashSet::with_capacity_and_hasher(count, RandomState::default()),
        }
    }

    /// Adds a task; `false` if it is there already.
    pub fn insert(&mut self, task: &str) -> bool {
        self.keys.insert(DedupKey::of(task))
    }
}

impl DedupKey {
    fn of(task: &str) -> Self {
        let mut key = String::with_capacity(task.len());
        if task.is_ascii() {
            // The same as below, without looking into tables of Unicode.
            let letters = task.bytes().filter(u8::is_ascii_alphanumeric);
            key.extend(letters.map(|byte| char::from(byte.to_ascii_lowercase())));
        } else {
            key.extend(letters(task));
        }
        if key.is_empty() {
            key.push_str(task);
        }
        Self(key)
    }
}

/// Whether two tasks say the same.
#[must_use]
pub fn is_duplicate(one: &str, other: &str) -> bool {
    DedupKey::of(one) == DedupKey::of(other)
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
