//! The language of a text, by the words in it that we know.

use super::lexicon::{Entry, FOREIGN, Language, language_by_spelling};

/// Returns the language that has most of the words; in a tie, the first of [`Language::ALL`]. It is [`Language::Foreign`] only if a
/// language that we cannot read has more of them than any other.
///
/// `unknown` are the words that are not in the lexicon: their endings count.
pub(super) fn language_of<'a>(
    entries: &[Option<&'static Entry>],
    unknown: impl Iterator<Item = &'a str>,
) -> Language {
    let mut spelled = [0; Language::ALL.len()];
    for language in unknown.filter_map(language_by_spelling) {
        if let Some(votes) = spelled.get_mut(language.index()) {
            *votes += 1;
        }
    }
    let mut winner = (Language::English, 0);
    for language in Language::ALL {
        let known = entries
            .iter()
            .flatten()
            .filter(|entry| entry.is_in(language));
        let votes = known.map(|entry| entry.weight()).sum::<usize>()
            + spelled.get(language.index()).copied().unwrap_or(0);
        if votes > winner.1 {
            winner = (language, votes);
        }
    }
    let mut foreign = [0_usize; FOREIGN];
    for entry in entries.iter().flatten() {
        for language in entry.foreign() {
            if let Some(votes) = foreign.get_mut(language) {
                *votes += entry.weight();
            }
        }
    }
    match foreign.into_iter().max() {
        Some(votes) if votes > winner.1 => Language::Foreign,
        _ => winner.0,
    }
}
