//! English subjects: without lead-ins, with verbs as gerunds, and with the person as "you".

use std::sync::LazyLock;

use super::lead_ins::{longest_first, strip_any};
use crate::offline::gerund::gerund;

/// What people say before they name a goal. The longest match is removed, repeatedly.
static LEAD_INS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    longest_first(
        "\
    i want to|i wanna|i would like to|i'd like to|i’d like to|i need to|i have to|i must|\
    i plan to|i hope to|i am trying to|i'm trying to|i'm going to|i am going to|i will|\
    i'll|we want to|we need to|we would like to|we'd like to|we have to|my goal is to|\
    my goal is|my goal:|my resolution is to|my resolution:|goal:|goal is to|help me to|\
    help me|please|how to|how do i|how can i|want to|wanna|would like to|need to|have to|\
    hope to|hoping to|trying to|looking to|planning to|going to|gonna|to|finally|\
    i'd love to|i want|i need|we want|we need|and|so",
    )
});

/// Verbs that any plan implies: the subject of "learn Rust" is Rust.
static IMPLIED_VERBS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    longest_first(
        "\
    prepare for|preparing for|study for|studying for|get ready for|getting ready for|\
    train for|training for|learn about|learn|lern|learning|study|pass|passing|get through|\
    ace|obtain|earn|sit|take up|get certified as|get certified in",
    )
});

/// Returns an English phrase for the middle of a sentence, and whether it reads well there without quotes.
pub(super) fn english(phrase: &str) -> (String, bool) {
    let mut rest = phrase;
    while let Some(after) = strip_any(rest, &LEAD_INS) {
        rest = after;
    }
    // In "learn to swim" and "learn how to code", the verb belongs to the subject.
    let object = strip_any(rest, &IMPLIED_VERBS)
        .filter(|object| !matches!(object.split_whitespace().next(), Some("to" | "how") | None));
    rest = object.unwrap_or(rest);
    let rest = strip_any(rest, &["our", "my"]).unwrap_or(rest);
    let first = rest.split_whitespace().next().unwrap_or_default();
    let verb = first.trim_end_matches(',').to_ascii_lowercase();
    let addressed = second_person(rest);
    match gerund(&verb) {
        // The object of an implied verb is a noun: in "learn Go", Go is a language.
        Some(gerund) if object.is_none() && first.len() == verb.len() => {
            (format!("{gerund}{}", &addressed[first.len()..]), true)
        }
        _ if verb.ends_with("n't")
            || ["no", "not", "less", "fewer", "be", "never", "stop", "don’t"]
                .contains(&verb.as_str()) =>
        {
            (addressed, false)
        }
        _ => (
            lower_first(&addressed),
            addressed
                .chars()
                .all(|char| char < '\u{250}' || char == '’'),
        ),
    }
}

/// Turns the first person into the second, because the plan addresses the person.
fn second_person(phrase: &str) -> String {
    let mut result = String::with_capacity(phrase.len() + 8);
    for (index, word) in phrase.split(' ').enumerate() {
        if index > 0 {
            result.push(' ');
        }
        let core = word.trim_end_matches([',', '.', ';', '!', '?']);
        let end = &word[core.len()..];
        result.push_str(match core {
            "my" | "our" | "My" | "Our" => "your",
            "me" | "us" | "I" | "we" => "you",
            "mine" | "ours" => "yours",
            "myself" => "yourself",
            "I'm" | "i'm" => "you are",
            "am" => "are",
            other => other,
        });
        result.push_str(end);
    }
    result
}

/// Lower-cases the first word if it is one that is capitalised only at the start of a sentence.
fn lower_first(phrase: &str) -> String {
    let first = phrase.split(' ').next().unwrap_or_default();
    let lowered = [
        "The",
        "A",
        "An",
        "Your",
        "Better",
        "More",
        "Two",
        "Three",
        "First",
        "Daily",
        "Weekly",
        "Public",
        "Conversational",
        "Basic",
    ];
    if lowered.contains(&first) {
        format!("{}{}", first.to_lowercase(), &phrase[first.len()..])
    } else {
        phrase.to_owned()
    }
}
