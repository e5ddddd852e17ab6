//! Tails: the same words at the end of many tasks ("... for improving piano sight-reading"). They tell nothing, and hide what differs.

use super::draft::DraftWeek;

/// Minimum number of words of a tail.
const MIN_WORDS: usize = 3;
/// Minimum number of tasks that share a tail.
const MIN_TASKS: usize = 4;
/// Words with which a tail may begin, so that the rest of the task is a sentence without it.
const JOINTS: [&str; 16] = [
    "for", "towards", "toward", "to", "with", "of", "für", "zum", "zur", "para", "por", "hacia",
    "pour", "vers", "de", "rumo",
];

/// Returns the tail that more than half of the tasks share, in words; `None` if there is none.
pub(super) fn tail(weeks: &[DraftWeek]) -> Option<Vec<String>> {
    let tasks: Vec<&str> = weeks
        .iter()
        .flat_map(|week| &week.tasks)
        .filter(|task| !task.vetted)
        .map(|task| task.text.as_str())
        .collect();
    let mut ends: Vec<[&str; MIN_WORDS]> = tasks.iter().filter_map(|task| end_of(task)).collect();
    ends.sort_unstable();
    let shared = ends
        .chunk_by(|end, other| end == other)
        .max_by_key(|group| group.len())?;
    if shared.len() < MIN_TASKS || shared.len() * 2 <= tasks.len() {
        return None;
    }
    let with_tail = tasks.iter().filter(|task| end_of(task) == Some(shared[0]));
    let with_tail: Vec<Vec<&str>> = with_tail.map(|task| last_words(task).collect()).collect();
    // All of the words that these tasks have in common.
    let first = with_tail.first()?;
    let common = (MIN_WORDS..first.len())
        .take_while(|index| {
            with_tail
                .iter()
                .all(|words| words.get(*index) == first.get(*index))
        })
        .last()
        .map_or(MIN_WORDS, |index| index + 1);
    let tail = first[..common].iter().rev();
    Some(tail.map(|word| (*word).to_owned()).collect())
}

/// Cuts the tail off every task, if the tasks are sentences without it. Returns whether it did.
pub(super) fn cut(weeks: &mut [DraftWeek]) -> bool {
    let Some(tail) = tail(weeks) else {
        return false;
    };
    let Some(joint) = tail
        .iter()
        .position(|word| JOINTS.contains(&word.to_lowercase().as_str()))
    else {
        return false;
    };
    let words = &tail[joint..];
    if words.len() < MIN_WORDS {
        return false;
    }
    let mut is_cut = false;
    let tasks = weeks.iter_mut().flat_map(|week| &mut week.tasks);
    for task in tasks.filter(|task| !task.vetted) {
        if let Some(end) = end_before(&task.text, words) {
            task.text.truncate(end);
            is_cut = true;
        }
    }
    is_cut
}

/// Returns the last words of a text that has more than those, the last first.
fn end_of(text: &str) -> Option<[&str; MIN_WORDS]> {
    let mut words = last_words(text);
    let mut end = [""; MIN_WORDS];
    for place in &mut end {
        *place = words.next()?;
    }
    words.next().map(|_| end)
}

/// Returns the words of a text from the last to the first, without the punctuation around them; at most thirty.
fn last_words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split_whitespace().rev().take(30);
    words.map(|word| word.trim_matches(is_punctuation))
}

/// Returns where a text ends without the words at its end; `None` if it does not end with them or would hold nothing else.
fn end_before(text: &str, tail: &[String]) -> Option<usize> {
    let mut rest = text.trim_end();
    for word in tail.iter().rev() {
        let start = rest.rfind(char::is_whitespace)? + 1;
        if rest[start..].trim_matches(is_punctuation) != word {
            return None;
        }
        rest = rest[..start].trim_end();
    }
    let rest = rest.trim_end_matches(is_punctuation).trim_end();
    (rest.split_whitespace().count() >= MIN_WORDS).then_some(rest.len())
}

fn is_punctuation(char: char) -> bool {
    matches!(
        char,
        ',' | ';' | ':' | '.' | '!' | '–' | '—' | '-' | '"' | '“' | '”' | '„' | '«' | '»'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::draft::DraftTask;

    fn week(tasks: &[&str]) -> Vec<DraftWeek> {
        vec![DraftWeek {
            tasks: tasks.iter().map(|task| DraftTask::from(*task)).collect(),
            ..DraftWeek::default()
        }]
    }

    fn texts(weeks: &[DraftWeek]) -> Vec<&str> {
        weeks[0]
            .tasks
            .iter()
            .map(|task| task.text.as_str())
            .collect()
    }

    #[test]
    fn a_shared_tail_is_cut_where_the_rest_is_a_sentence() {
        let mut weeks = week(&[
            "Play four scales, for better piano sight-reading.",
            "Clap ten rhythms a day for better piano sight-reading",
            "Name thirty notes in a minute for better piano sight-reading",
            "Read a new piece daily for better piano sight-reading",
        ]);
        assert!(cut(&mut weeks));
        assert_eq!(
            texts(&weeks),
            [
                "Play four scales",
                "Clap ten rhythms a day",
                "Name thirty notes in a minute",
                "Read a new piece daily"
            ]
        );
    }

    #[test]
    fn tasks_that_end_alike_now_and_then_stay() {
        let mut weeks = week(&[
            "Run 20 minutes at talking pace",
            "Run 30 minutes at talking pace",
            "Do 3 sets of 8 squats",
            "Sleep eight hours each night",
            "Walk for an hour",
            "Stretch the calves daily",
        ]);
        assert!(!cut(&mut weeks));
    }

    #[test]
    fn what_is_done_every_week_may_end_alike() {
        let tasks = [
            "Read chapter 1 of the guide and take notes",
            "Set up a virtual network with two subnets",
            "Answer 30 practice questions",
            "Read chapter 2 of the guide and take notes",
            "Host a page in object storage",
            "Read chapter 3 of the guide and take notes",
            "Restore a database from its backup",
            "Read chapter 4 of the guide and take notes",
        ];
        assert_eq!(tail(&week(&tasks)), None);
    }

    #[test]
    fn a_tail_that_is_no_phrase_of_its_own_is_found_and_not_cut() {
        let tasks = [
            "Write page 1 Big Blue Book",
            "Check page 2 Big Blue Book",
            "Read page 3 Big Blue Book",
            "Print page 4 Big Blue Book",
        ];
        let mut weeks = week(&tasks);
        assert!(!cut(&mut weeks));
        assert_eq!(tail(&weeks).unwrap(), ["Big", "Blue", "Book"]);
    }
}
