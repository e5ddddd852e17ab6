//! Splits a text into words, numbers, numeric dates and pauses, in one pass over its characters.

use std::ops::Range;

use super::identifier::identifier_len;
use super::tag::Tag;
use crate::fold::{fold_into, is_letter};

/// One piece of the text.
#[derive(Debug)]
pub(super) struct Token {
    /// Its bytes in the text.
    pub(super) span: Range<usize>,
    /// The bytes of its folded form in [`Tokens::folded`]; empty unless it is a word.
    pub(super) folded: Range<usize>,
    /// Its tag; words have [`Tag::Other`] until they are looked up.
    pub(super) tag: Tag,
    /// Whether it starts with a capital letter but is not all capitals.
    pub(super) capital: bool,
    /// Whether it starts with a capital letter.
    pub(super) upper: bool,
}

/// The tokens of a text, with the folded words in one buffer.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) list: Vec<Token>,
    pub(super) folded: String,
}

/// French words that drop their vowel before the next word ("jusqu'à"); the two are separate tokens.
const ELIDED: [&str; 14] = [
    "l", "d", "j", "m", "t", "s", "c", "n", "qu", "jusqu", "lorsqu", "puisqu", "quelqu", "presqu",
];

/// Abbreviations, whose full stop ends no sentence.
const ABBREVIATIONS: [&str; 73] = [
    "h", "hr", "hrs", "min", "mins", "std", "stdn", "wk", "wks", "wo", "mo", "mos", "p", "w", "d",
    "ca", "approx", "max", "mind", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept",
    "oct", "okt", "nov", "dec", "dez", "janv", "fevr", "avr", "juil", "sem", "aprox", "mon", "tue",
    "thu", "wed", "fri", "sat", "sun", "tues", "thurs", "lun", "mer", "jeu", "ven", "sam", "dim",
    "mie", "jue", "vie", "sab", "dom", "seg", "ter", "qua", "qui", "sex", "di", "mi", "do", "fr",
    "sa", "ene", "abr", "ago", "dic",
];

/// Splits `text` into tokens.
pub(super) fn tokens(text: &str) -> Tokens {
    let mut scanner = Scanner {
        text,
        at: 0,
        tokens: Tokens {
            list: Vec::with_capacity(text.len() / 4 + 4),
            folded: String::with_capacity(text.len() + 8),
        },
    };
    while let Some(letter) = scanner.peek() {
        scanner.step(letter);
    }
    scanner.tokens
}

/// The position in the text, and the tokens before it.
pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    tokens: Tokens,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Returns the byte `ahead` bytes further, 0 past the end. It is for parts of numbers, which are ASCII.
    pub(super) fn byte(&self, ahead: usize) -> u8 {
        self.text
            .as_bytes()
            .get(self.at + ahead)
            .copied()
            .unwrap_or(0)
    }

    /// Adds a token of `length` bytes that is no word, and moves behind it.
    pub(super) fn push(&mut self, length: usize, tag: Tag) {
        let span = self.at..self.at + length;
        self.at = span.end;
        self.tokens.list.push(Token {
            span,
            folded: 0..0,
            tag,
            capital: false,
            upper: false,
        });
    }

    /// Whether a chunk of text begins here: nothing but white space or an opening mark stands before it.
    fn starts_chunk(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default();
        before.chars().next_back().is_none_or(|last| {
            last.is_whitespace()
                || matches!(
                    last,
                    '(' | '[' | '"' | '\'' | '“' | '„' | '«' | '‘' | ',' | ';'
                )
        })
    }

    /// Scans the token that starts with `letter`.
    fn step(&mut self, letter: char) {
        let width = letter.len_utf8();
        if self.starts_chunk()
            && let Some(length) = identifier_len(self.rest())
        {
            self.push(length, Tag::Other);
            return;
        }
        match letter {
            '0'..='9' => self.number(),
            '½' => self.push(width, Tag::Num(50)),
            '¼' => self.push(width, Tag::Num(25)),
            '¾' => self.push(width, Tag::Num(75)),
            _ if is_letter(letter) => self.word(),
            '(' => self.push(width, Tag::Aside),
            ',' | ':' | ')' | '[' | ']' | '|' => self.push(width, Tag::Comma),
            '.' if self.starts_fraction() => self.fraction(),
            '.' => self.full_stop(),
            '!' | '?' | ';' | '\n' | '•' | '¿' | '¡' | '…' | '。' => {
                self.push(width, Tag::Stop);
            }
            '-' | '–' | '—' | '‑' | '−' => self.hyphen(width),
            '/' => self.push(width, Tag::Slash),
            '&' | '+' => self.push(width, Tag::And),
            '×' | '*' => self.push(width, Tag::Cross),
            '~' | '≈' | '±' | '<' | '≤' | '≥' | '>' => self.push(width, Tag::Approx),
            _ if letter.is_whitespace()
                || matches!(letter, '"' | '\'' | '’' | '“' | '”' | '„' | '«' | '»') =>
            {
                self.at += width;
            }
            _ => self.push(width, Tag::Other),
        }
    }

    fn hyphen(&mut self, width: usize) {
        let before = self.text.get(..self.at).unwrap_or_default();
        let after = self.text.get(self.at + width..).unwrap_or_default();
        let open = before.ends_with(char::is_whitespace) || after.starts_with(char::is_whitespace);
        self.push(width, if open { Tag::Dash } else { Tag::Hyphen });
    }

    fn full_stop(&mut self) {
        let abbreviated = self.tokens.list.last().is_some_and(|last| {
            last.span.end == self.at
                && self
                    .tokens
                    .folded
                    .get(last.folded.clone())
                    .is_some_and(|word| ABBREVIATIONS.contains(&word))
        });
        let capital_follows = self
            .text
            .get(self.at + 1..)
            .unwrap_or_default()
            .trim_start()
            .starts_with(char::is_uppercase);
        if abbreviated && !capital_follows {
            self.at += 1;
        } else {
            self.push(1, Tag::Stop);
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let fold_start = self.tokens.folded.len();
        let after_number = self
            .tokens
            .list
            .last()
            .is_some_and(|last| last.span.end == start && matches!(last.tag, Tag::Num(_)));
        let (mut capitals, mut letters) = (0_usize, 0_usize);
        while let Some(letter) = self.peek() {
            let width = letter.len_utf8();
            if is_letter(letter) || (!after_number && letter.is_ascii_digit()) {
                letters += 1;
                capitals += usize::from(letter.is_uppercase());
                fold_into(&mut self.tokens.folded, letter);
            } else if matches!(letter, '\'' | '’' | 'ʼ') {
                let next = self.text.get(self.at + width..).unwrap_or_default();
                let so_far = self.tokens.folded.get(fold_start..).unwrap_or_default();
                if !next.starts_with(is_letter) || ELIDED.contains(&so_far) {
                    break;
                }
                self.tokens.folded.push('\'');
            } else {
                break;
            }
            self.at += width;
        }
        let capital = self
            .text
            .get(start..)
            .unwrap_or_default()
            .starts_with(char::is_uppercase);
        self.tokens.list.push(Token {
            span: start..self.at,
            folded: fold_start..self.tokens.folded.len(),
            tag: Tag::Other,
            capital: capital && (capitals < letters || letters == 1),
            upper: capital,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> Vec<Tag> {
        tokens(text)
            .list
            .into_iter()
            .map(|token| token.tag)
            .collect()
    }

    #[test]
    fn numbers_may_have_points_commas_and_fractions() {
        assert_eq!(tags("1.5"), [Tag::Num(150)]);
        assert_eq!(tags("1,5"), [Tag::Num(150)]);
        assert_eq!(tags("1½"), [Tag::Num(150)]);
        assert_eq!(tags("10,000"), [Tag::Num(1_000_000)]);
        assert_eq!(tags("99999999999"), [Tag::Num(u32::MAX)]);
    }

    #[test]
    fn a_unit_glued_to_its_number_is_a_word_of_its_own() {
        assert_eq!(tags("1h30"), [Tag::Num(100), Tag::Other, Tag::Num(3000)]);
        assert_eq!(tags("7:30"), [Tag::Clock(450)]);
        assert_eq!(tags("95:30"), [Tag::Other]);
        assert_eq!(tags("14th"), [Tag::Ordinal(14)]);
    }

    #[test]
    fn a_numeric_date_is_one_token() {
        for written in ["2026-03-14", "14/03", "14.3.", "3/14/2026", "14.03.26"] {
            assert!(
                matches!(tags(written)[..], [Tag::NumericDate(_)]),
                "{written}"
            );
        }
    }

    #[test]
    fn words_are_folded_and_have_the_range_of_the_original() {
        let result = tokens("jusqu’à Février, I'm");

        let words: Vec<_> = result
            .list
            .iter()
            .map(|t| &result.folded[t.folded.clone()])
            .collect();
        assert_eq!(words, ["jusqu", "a", "fevrier", "", "i'm"]);
        assert_eq!(result.list[2].span, 11..19);
    }

    #[test]
    fn the_stop_of_an_abbreviation_ends_no_sentence() {
        assert!(!tags("6 hrs. a week").contains(&Tag::Stop));
        assert!(tags("6 hrs. Not more").contains(&Tag::Stop));
    }
}
