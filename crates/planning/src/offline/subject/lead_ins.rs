//! Removes what people say before they name a goal.

use std::sync::LazyLock;

/// What people say before they name a goal, in the languages of the curricula.
static WISHES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    longest_first(
        "i want to|i wanna|i would like to|i'd like to|i’d like to|i need to|i have to|i must|i plan to|i hope to|i am trying to|\
    i'm trying to|i'm going to|i am going to|we want to|we need to|we would like to|we'd like to|we have to|my goal is to|\
    my goal is|my goal:|my resolution is to|my resolution:|goal:|goal is to|help me to|help me|please|how to|how do i|how can i|\
    want to|wanna|would like to|trying to|i'd love to|\
    ich will|ich möchte|ich muss|ich würde gerne|ich würde gern|wir wollen|wir möchten|mein ziel ist es|\
    quiero|queremos|necesito|tengo que|me gustaría|mi meta es|mi objetivo es|je veux|je voudrais|j'aimerais|je dois|\
    nous voulons|mon objectif est de|quero|eu quero|queremos|preciso|gostaria de|tenho que|meu objetivo é",
    )
});

/// Removes what people say before they name a goal.
pub(super) fn without_lead_ins(phrase: &str) -> &str {
    let rest = strip_any(phrase, &WISHES).unwrap_or(phrase);
    strip_any(
        rest,
        &["finally", "finalmente", "endlich", "por fin", "enfin"],
    )
    .unwrap_or(rest)
}

/// Splits a list separated by `|` and sorts it, longest first.
fn longest_first(phrases: &'static str) -> Vec<&'static str> {
    let mut phrases: Vec<&str> = phrases.split('|').collect();
    phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    phrases
}

/// Removes the first of `prefixes` that the text starts with, if it ends at the end of a word. Returns the rest; `None` if no
/// prefix matches or nothing is left.
fn strip_any<'a>(text: &'a str, prefixes: &[&str]) -> Option<&'a str> {
    let text = text.trim_start();
    let matches = |prefix: &&&str| {
        text.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
            && text[prefix.len()..]
                .chars()
                .next()
                .is_some_and(|next| next == ' ' || next == ',' || prefix.ends_with(':'))
    };
    let prefix = prefixes.iter().find(matches)?;
    let rest = text[prefix.len()..].trim_start_matches([' ', ',']);
    (!rest.is_empty()).then_some(rest)
}
