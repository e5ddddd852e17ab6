//! Letters as people mean them: case, accents, look-alikes, invisible characters and digits in place of letters make no difference.

use unicode_normalization::UnicodeNormalization as _;

/// Look-alikes of Latin letters in other scripts, as pairs: the look-alike, then the letter. They count as that letter only in a
/// word that also has Latin letters.
const LOOK_ALIKES: &str = "аaвbеeкkмmнhоoрpсcтtуyхxіiјjѕsԁdһhԛqԝwαaβbεeιiκkνvοoρpτtυuχxγyωwηn";
/// Small capitals and other letters that compatibility decomposition leaves alone, as pairs.
const SPECIAL_LETTERS: &str = "ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpʀrꜱsᴛtᴜuᴠvᴡwʏyᴢzıiłløođdæaœoþtðd";

/// Normalizes a text, at most `max` characters of it, into `letters`.
pub(super) fn normalize_into(text: &str, max: usize, letters: &mut Vec<char>) {
    letters.clear();
    if text.is_ascii() {
        letters.extend(
            text.bytes()
                .take(max)
                .map(|byte| char::from(byte.to_ascii_lowercase())),
        );
        return;
    }
    letters.extend(
        text.chars()
            .filter(|char| !is_default_ignorable(*char))
            .nfkd()
            .filter(|char| !is_accent(*char))
            .flat_map(char::to_lowercase)
            // The capital dotted i decomposes only after it was made lower case.
            .filter(|char| !is_accent(*char))
            .map(plain)
            .take(max),
    );
}

/// Replaces look-alikes in a word that mixes them with Latin letters, and digits between letters that stand for letters.
pub(super) fn unmask(word: &mut [char]) {
    if word.iter().all(char::is_ascii_alphabetic) {
        return;
    }
    if word.iter().any(char::is_ascii_alphabetic) {
        for char in word.iter_mut() {
            *char = paired(LOOK_ALIKES, *char).unwrap_or(*char);
        }
    }
    for index in 1..word.len().saturating_sub(1) {
        let between = word[index - 1].is_alphabetic()
            && (word[index + 1].is_alphabetic() || meant_letter(word[index + 1]).is_some());
        if between && let Some(letter) = meant_letter(word[index]) {
            word[index] = letter;
        }
    }
}

/// Returns the letter that a digit or sign between letters stands for.
const fn meant_letter(char: char) -> Option<char> {
    match char {
        '0' => Some('o'),
        '1' | '!' | '|' => Some('i'),
        '3' => Some('e'),
        '4' | '@' => Some('a'),
        '5' | '$' => Some('s'),
        '7' => Some('t'),
        _ => None,
    }
}

/// Returns whether a sign between letters belongs to the word: it masks a letter.
pub(super) const fn masks_letter(char: char) -> bool {
    matches!(char, '*' | '@' | '$' | '!' | '|')
}

fn plain(char: char) -> char {
    match char {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '\u{b4}' | '`' | '\u{ff07}' => '\'',
        '\u{1f150}'..='\u{1f169}' => in_alphabet(char, 0x1_f150),
        '\u{1f170}'..='\u{1f189}' => in_alphabet(char, 0x1_f170),
        _ if char.is_ascii() => char,
        _ => paired(SPECIAL_LETTERS, char).unwrap_or(char),
    }
}

/// Returns the lower-case letter at the place of `char` in an alphabet that begins at code point `first`.
fn in_alphabet(char: char, first: u32) -> char {
    let place = u32::from(char) - first;
    char::from_u32(u32::from('a') + place).unwrap_or(char)
}

fn paired(pairs: &str, char: char) -> Option<char> {
    let mut rest = pairs.chars();
    while let (Some(special), Some(letter)) = (rest.next(), rest.next()) {
        if special == char {
            return Some(letter);
        }
    }
    None
}

/// Returns whether a character has no appearance of its own (Unicode property `Default_Ignorable_Code_Point`).
const fn is_default_ignorable(char: char) -> bool {
    matches!(
        char,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Returns whether a character is a mark that people omit or stack: the accents of Latin, Cyrillic and Greek, and Arabic vowels.
const fn is_accent(char: char) -> bool {
    matches!(
        char,
        '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{489}'
            | '\u{640}'
            | '\u{64b}'..='\u{652}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_leads_from_another_letter_to_a_latin_one() {
        for pairs in [LOOK_ALIKES, SPECIAL_LETTERS] {
            let letters: Vec<char> = pairs.chars().collect();
            for pair in letters.chunks(2) {
                assert!(
                    !pair[0].is_ascii() && pair[1].is_ascii_lowercase(),
                    "{pair:?}"
                );
            }
        }
    }
}
