//! Stems of words, so that "pesticide" is found where "pesticides" are ruled out.

use crate::words::Word;

/// Minimum length of a stem whose compounds count too: "bohr" is in "Bohrmaschine", but "sing" is not in "single".
const COMPOUND_LEN: usize = 6;

/// Endings of inflected words in the five languages, folded, longest first.
const ENDINGS: [&str; 22] = [
    "ings", "ungen", "ing", "ers", "ies", "ung", "aux", "ern", "en", "es", "er", "ed", "os", "as",
    "ns", "em", "e", "s", "n", "o", "a", "y",
];

/// Minimum length of what is left of a word without its ending.
const MIN_STEM_LEN: usize = 3;

/// Returns the stem of a folded word.
pub(super) fn stem(word: &str) -> String {
    let stem = ENDINGS
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .find(|stem| stem.len() >= MIN_STEM_LEN)
        .unwrap_or(word);
    // "running" and "run", "swimming" and "swim"
    let bytes = stem.as_bytes();
    match bytes {
        [.., before, last]
            if before == last && bytes.len() > MIN_STEM_LEN && stem.len() < word.len() =>
        {
            stem[..stem.len() - 1].to_owned()
        }
        _ => stem.to_owned(),
    }
}

/// The words of a text, whose stems are computed where they are needed.
pub(super) struct Stems<'a> {
    words: &'a [Word],
    stems: Vec<Option<String>>,
}

impl<'a> Stems<'a> {
    pub fn of(words: &'a [Word]) -> Self {
        Self {
            words,
            stems: vec![None; words.len()],
        }
    }

    /// Returns whether the words from `start` on have these stems.
    pub fn begin_at(&mut self, start: usize, stems: &[String]) -> bool {
        stems.iter().enumerate().all(|(offset, wanted)| {
            let index = start + offset;
            let Some(word) = self.words.get(index) else {
                return false;
            };
            // Words with other first letters need no stem.
            word.folded.as_bytes().first() == wanted.as_bytes().first()
                && (wanted.len() >= COMPOUND_LEN && word.folded.starts_with(wanted.as_str())
                    || self.stems[index].get_or_insert_with(|| stem(&word.folded)) == wanted)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn inflected_words_have_one_stem() {
        for (word, other) in [
            ("videos", "video"),
            ("pesticides", "pesticide"),
            ("running", "run"),
            ("bohren", "bohrung"),
            ("embutidos", "embutido"),
            ("drills", "drilling"),
        ] {
            assert_eq!(stem(word), stem(other), "{word} {other}");
        }
        assert_ne!(stem("sing"), stem("single"));
    }
}
