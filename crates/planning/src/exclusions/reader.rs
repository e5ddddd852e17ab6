//! Reads exclusions from the words of a text: a negation and what it rules out, or a condition of the body or the purse.

use std::ops::Range;

use super::lexicon::{Part, Role, WORDS};
use crate::demand::Demands;
use crate::words::Word;

/// Maximum number of words of a thing.
const MAX_WORDS: usize = 3;
/// Maximum number of words between a negation and what it rules out.
const MAX_FILLERS: usize = 4;

/// Something that a text rules out.
#[derive(Debug)]
pub(super) struct Found {
    pub demands: Demands,
    /// The words by which tasks would name it; empty for a condition.
    pub named: Range<usize>,
    /// All of its words, from the negation on.
    pub whole: Range<usize>,
    /// Whether it was ruled out in words, not by a condition.
    pub is_spoken: bool,
    /// Whether it may be what the goal is about all the same.
    pub is_partial: bool,
}

/// Returns everything that the words of a text in this language rule out.
pub(super) fn read(words: &[Word], language: &str) -> Vec<Found> {
    let mut all = Vec::new();
    let mut index = 0;
    while index < words.len() {
        let rest = &words[index..];
        if let Some(condition) = WORDS.conditions.longest(rest) {
            let whole = index..index + condition.words;
            all.push(Found {
                demands: condition.value.0,
                named: 0..0,
                whole: whole.clone(),
                is_spoken: false,
                is_partial: condition.value.1,
            });
            index = whole.end;
            continue;
        }
        // In Portuguese, "no" is "in the".
        let is_other_word = language == "pt" && rest[0].folded == "no";
        let negation = WORDS.negations.longest(rest).filter(|_| !is_other_word);
        let Some(negation) = negation else {
            index += 1;
            continue;
        };
        index = read_things(words, index, negation.words, negation.value, &mut all);
    }
    all
}

/// Reads the things after a negation of `len` words at `start`. Returns where to read on.
fn read_things(
    words: &[Word],
    start: usize,
    len: usize,
    role: Role,
    all: &mut Vec<Found>,
) -> usize {
    let mut index = start + len;
    let mut is_first = true;
    loop {
        let from = skip_fillers(words, index);
        let Some(found) = thing(words, start, from, role) else {
            return if is_first { start + len } else { index };
        };
        index = found.whole.end;
        all.push(found);
        is_first = false;
        // "no gym or running"
        let also = words.get(index..).unwrap_or_default();
        match WORDS.ends.longest(also) {
            Some(part) if part.value == Part::Also && !also[0].after_pause => index += part.words,
            _ => return index,
        }
    }
}

fn skip_fillers(words: &[Word], start: usize) -> usize {
    let mut index = start;
    while index < start + MAX_FILLERS
        && index + 1 < words.len()
        && !words[index].after_pause
        && WORDS.fillers.longest(&words[index..=index]).is_some()
    {
        index += 1;
    }
    index
}

/// Reads the thing at `from`, which a negation at `start` rules out.
fn thing(words: &[Word], start: usize, from: usize, role: Role) -> Option<Found> {
    let rest = words.get(from..)?;
    let first = rest.first()?;
    if first.after_pause {
        return None;
    }
    let known = WORDS.things.longest(rest);
    if known.is_none() && WORDS.harmless.longest(rest).is_some() {
        return None;
    }
    let end = from + end_of(rest);
    if let Some(known) = known {
        let words_of_known = from..from + known.words;
        return Some(Found {
            demands: known.value,
            whole: start..words_of_known.end,
            named: if is_named(known.value) {
                words_of_known
            } else {
                0..0
            },
            is_spoken: true,
            is_partial: false,
        });
    }
    // "ohne in den Baum zu bohren": the verb at the end is what is ruled out.
    let known_last = (from..end)
        .rev()
        .take(6)
        .find_map(|index| Some((index, WORDS.things.longest(&words[index..])?)));
    if let Some((index, known)) = known_last {
        return Some(Found {
            demands: known.value,
            named: if is_named(known.value) {
                index..index + known.words
            } else {
                0..0
            },
            whole: start..end,
            is_spoken: true,
            is_partial: false,
        });
    }
    // What somebody would not do is only understood where the lexicon has it.
    (role == Role::Before && end - from <= MAX_WORDS && end > from).then_some(Found {
        demands: Demands::NONE,
        named: from..end,
        whole: start..end,
        is_spoken: true,
        is_partial: false,
    })
}

/// The demands that tasks name for other reasons: a task about money need not cost any.
fn is_named(demands: Demands) -> bool {
    Demands::named("spending") != Some(demands)
}

/// Returns the number of words up to a pause, a conjunction or what else ends a thing.
fn end_of(rest: &[Word]) -> usize {
    let mut end = 0;
    while end < rest.len() {
        let is_end = end > 0
            && (rest[end].after_pause
                || rest[end].folded.bytes().all(|byte| byte.is_ascii_digit())
                || WORDS.ends.longest(&rest[end..]).is_some());
        if is_end {
            break;
        }
        end += 1;
    }
    end
}
