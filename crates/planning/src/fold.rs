//! Folds letters to the form that lexicons use: lower case and without accents.

use unicode_normalization::char::decompose_canonical;

/// Appends `letter` to `folded` in lower case and without accents. A combining accent appends nothing.
pub(crate) fn fold_into(folded: &mut String, letter: char) {
    if letter.is_ascii() {
        folded.push(letter.to_ascii_lowercase());
        return;
    }
    for small in letter.to_lowercase() {
        match small {
            // Unicode does not decompose these letters.
            'ø' => folded.push('o'),
            'ß' => folded.push_str("ss"),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            other => decompose_canonical(other, |part| {
                if !is_accent(part) {
                    folded.push(part);
                }
            }),
        }
    }
}

/// Whether `letter` is a combining diacritical mark, as Latin letters use them.
const fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

/// Whether `letter` can stand inside a word.
pub(crate) fn is_letter(letter: char) -> bool {
    letter.is_alphabetic() || is_accent(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_do_not_matter_in_any_encoding() {
        for written in ["Février", "FÉVRIER", "Fe\u{301}vrier"] {
            let mut folded = String::new();
            written.chars().for_each(|c| fold_into(&mut folded, c));
            assert_eq!(folded, "fevrier");
        }
        for (written, plain) in [
            ("Größe", "grosse"),
            ("søndag", "sondag"),
            ("œuvre", "oeuvre"),
            ("mañana às 9", "manana as 9"),
            ("Çà ëïôûý", "ca eiouy"),
            ("日本語", "日本語"),
        ] {
            let mut folded = String::new();
            written.chars().for_each(|c| fold_into(&mut folded, c));
            assert_eq!(folded, plain);
        }
    }
}
