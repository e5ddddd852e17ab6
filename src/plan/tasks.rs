//! When two tasks are the same: their letters and digits are, whatever the case and the marks between them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Letters that choose a task's drawer; most tasks differ within them.
const DRAWER_LETTERS: usize = 40;

/// The tasks of a plan so far.
#[derive(Debug, Default)]
pub struct Tasks<'a> {
    /// The first task of each drawer.
    drawers: HashMap<u64, &'a str>,
    /// Tasks that found another in their drawer: few, if any.
    others: Vec<&'a str>,
}

impl<'a> Tasks<'a> {
    /// Puts a task to the others; `false` if it is among them already.
    pub fn insert(&mut self, task: &'a str) -> bool {
        match self.drawers.entry(drawer(task)) {
            Entry::Vacant(drawer) => {
                drawer.insert(task);
                true
            }
            Entry::Occupied(drawer) => {
                let known =
                    same(drawer.get(), task) || self.others.iter().any(|other| same(other, task));
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
pub fn same(one: &str, other: &str) -> bool {
    if !says_more_than(one, 0) {
        one == other
    } else if one.is_ascii() && other.is_ascii() {
        ascii_letters(one).eq(ascii_letters(other))
    } else {
        letters(one).eq(letters(other))
    }
}

/// Whether a text has letters or digits at all, more than this many.
#[must_use]
pub fn says_more_than(text: &str, count: usize) -> bool {
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

/// FNV-1a over the first letters.
fn drawer(task: &str) -> u64 {
    let add = |hash: u64, letter: u32| (hash ^ u64::from(letter)).wrapping_mul(0x0100_0000_01b3);
    let seed = 0xcbf2_9ce4_8422_2325;
    if task.is_ascii() {
        ascii_letters(task)
            .take(DRAWER_LETTERS)
            .fold(seed, |hash, letter| add(hash, u32::from(letter)))
    } else {
        letters(task)
            .take(DRAWER_LETTERS)
            .fold(seed, |hash, letter| add(hash, u32::from(letter)))
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
}
