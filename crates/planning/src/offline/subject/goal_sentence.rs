//! Finds the sentence of a text that names the goal, and ignores those that try to instruct the model.

use crate::plan::dedup;

/// Words that instruct the model. A sentence with one of them is not a goal.
const INSTRUCTIONS: &str = "\
    ignore|disregard|override|classify|category|categories|system:|developer note|\
    instructions|answer with|prompt|###|no matter what|<system|assistant:";

/// Returns the sentence that names the goal: what follows the first wish, else the first sentence without instructions, else the
/// last sentence.
pub(super) fn goal_sentence(text: &str) -> String {
    let sentences: Vec<&str> = sentences(text)
        .filter(|sentence| dedup::has_letters(sentence, 1))
        .collect();
    let goals = || {
        sentences
            .iter()
            .copied()
            .filter(|sentence| !instructs(sentence))
    };
    let wish = goals().find_map(after_wish);
    let first = goals().next();
    wish.or(first)
        .or_else(|| sentences.last().copied())
        .unwrap_or(text)
        .to_owned()
}

/// Splits a text into sentences, without their punctuation.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest
            .char_indices()
            .find(|(index, char)| match char {
                '\n' | '。' | '！' | '？' | '।' => true,
                '.' | '!' | '?' => {
                    rest[index + 1..].starts_with([' ', '\n']) || rest[index + 1..].is_empty()
                }
                _ => false,
            })
            .map_or(rest.len(), |(index, char)| index + char.len_utf8());
        let (sentence, tail) = rest.split_at(end);
        rest = tail;
        Some(
            sentence
                .trim()
                .trim_end_matches(['.', '!', '?', '。', '！', '？', '।']),
        )
    })
}

/// Returns whether the sentence instructs the model.
fn instructs(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    INSTRUCTIONS.split('|').any(|word| lower.contains(word))
}

/// Returns what follows the first wish in the middle of a sentence, as in "I'm a nurse and have to …".
fn after_wish(sentence: &str) -> Option<&str> {
    const WISHES: [&str; 9] = [
        "want to ",
        "wanna ",
        "have to ",
        "need to ",
        "like to ",
        "love to ",
        "goal is to ",
        "goal: ",
        "trying to ",
    ];
    if !sentence.is_ascii() {
        return None;
    }
    let lower = sentence.to_ascii_lowercase();
    WISHES
        .iter()
        .filter_map(|wish| lower.find(wish).map(|index| index + wish.len()))
        .min()
        .map(|index| &sentence[index..])
        .filter(|rest| rest.len() > 3)
}
