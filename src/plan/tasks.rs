//! When two tasks are the same: their letters and digits are, whatever the case and the marks between them.

use std::collections::HashMap;

/// Letters that choose a task's drawer; most tasks differ within them.
const DRAWER_LETTERS: usize = 24;

/// The tasks of a plan so far.
#[derive(Debug, Default)]
pub struct Tasks {
    drawers: HashMap<u64, Vec<String>>,
}

impl Tasks {
    /// Puts a task to the others; `false` if it is among them already.
    pub fn insert(&mut self, task: &str) -> bool {
        let drawer = self.drawers.entry(drawer(task)).or_default();
        if drawer.iter().any(|known| same(known, task)) {
            return false;
        }
        drawer.push(task.to_owned());
        true
    }
}

/// Whether two tasks say the same.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    if letters(one).next().is_none() {
        one == other
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

/// FNV-1a over the first letters.
fn drawer(task: &str) -> u64 {
    letters(task)
        .take(DRAWER_LETTERS)
        .fold(0xcbf2_9ce4_8422_2325, |hash, letter| {
            (hash ^ u64::from(u32::from(letter))).wrapping_mul(0x0100_0000_01b3)
        })
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
