//! Removes what people say before they name a goal.

use std::sync::LazyLock;

/// What people say before they name a goal, in the languages of the curricula other than English.
static WISHES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    longest_first(
        "ich will|ich möchte|ich muss|ich würde gerne|ich würde gern|wir wollen|wir möchten|mein ziel ist es|\
    quiero|queremos|necesito|tengo que|me gustaría|mi meta es|mi objetivo es|je veux|je voudrais|j'aimerais|je dois|\
    nous voulons|mon objectif est de|quero|eu quero|queremos|preciso|gostaria de|tenho que|meu objetivo é",
    )
});

/// Removes a wish from the start of a phrase that is not English.
pub(super) fn without_wishes(phrase: &str) -> &str {
    let rest = strip_any(phrase, &WISHES).unwrap_or(phrase);
    strip_any(rest, &["finalmente", "endlich", "por fin", "enfin"]).unwrap_or(rest)
}

/// Splits a list separated by `|` and sorts it, longest first.
pub(super) fn longest_first(phrases: &'static str) -> Vec<&'static str> {
    let mut phrases: Vec<&str> = phrases.split('|').collect();
    phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    phrases
}

/// Removes the first of `prefixes` that the text starts with, if it ends at the end of a word. Returns the rest; `None` if no
/// prefix matches or nothing is left.
pub(super) fn strip_any<'a>(text: &'a str, prefixes: &[&str]) -> Option<&'a str> {
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
