//! Finds the task of a module that a milestone tells the result of: the one that shares most words with it.

use crate::words::words;

/// Maximum number of letters by which words are compared: "bends" is "bend", "recorded" is "record".
const STEM: usize = 5;
/// Minimum number of letters of a word that is compared. Numbers are compared whatever their length.
const MIN_LETTERS: usize = 4;

/// Returns the index of the text that shares most words with a milestone, the first of several; `None` if none shares one.
pub fn proof_of<'a>(milestone: &str, tasks: impl Iterator<Item = &'a str>) -> Option<usize> {
    let wanted = stems(milestone);
    let shared = tasks.map(|task| {
        let stems = stems(task);
        wanted.iter().filter(|stem| stems.contains(stem)).count()
    });
    let best = shared
        .enumerate()
        .max_by_key(|(index, shared)| (*shared, std::cmp::Reverse(*index)))?;
    (best.1 > 0).then_some(best.0)
}

fn stems(text: &str) -> Vec<String> {
    let mut stems: Vec<String> = words(text)
        .into_iter()
        .map(|word| word.folded)
        .filter(|word| {
            word.chars().count() >= MIN_LETTERS || word.bytes().all(|byte| byte.is_ascii_digit())
        })
        .map(|word| word.chars().take(STEM).collect())
        .collect();
    stems.sort_unstable();
    stems.dedup();
    stems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_milestone_is_the_result_of_the_task_that_shares_its_words() {
        let tasks = [
            "Draw the layout of blow and draw notes from memory",
            "Learn a tune of 12 notes from tab and record it as the baseline",
            "Get single notes on holes 4, 5 and 6 with pursed lips",
        ];
        for (milestone, task) in [
            ("First tune recorded", Some(1)),
            ("Holes 4 to 6 clean, 9 of 10", Some(2)),
            ("Nothing of the kind", None),
        ] {
            assert_eq!(proof_of(milestone, tasks.into_iter()), task, "{milestone}");
        }
    }
}
