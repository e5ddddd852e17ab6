//! Splits goal and context into normalized words and sentences.

use crate::classifier::features::is_spaceless;
use std::ops::Range;

use super::letters::{masks_letter, normalize_into, unmask};

/// Maximum number of characters read of the goal, and of the context. Valid ones are shorter; the gate also reads invalid ones.
const MAX_CHARS: usize = 2000;
/// French and Italian words that lose their vowel before an apostrophe. What follows is a word of its own.
const ELIDED: [&str; 18] = [
    "c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu", "un", "all", "dell",
    "nell", "dall", "sull",
];
/// Minimum number of single letters in a row that count as one word written with gaps.
const MIN_SPACED_LETTERS: usize = 4;

/// The words of goal and context, normalized.
#[derive(Debug, Default)]
pub struct Words {
    letters: Vec<char>,
    /// The words, as ranges of letters.
    ranges: Vec<Range<usize>>,
    sentences: Vec<Range<usize>>,
    /// Number of words of the goal.
    of_goal: usize,
}

impl Words {
    /// Reads goal and context.
    #[must_use]
    pub fn of(goal: &str, context: Option<&str>) -> Self {
        let mut words = Self::default();
        let mut buffer = Vec::with_capacity(goal.len() + 1);
        words.read(goal, &mut buffer);
        words.of_goal = words.ranges.len();
        if let Some(context) = context {
            words.read(context, &mut buffer);
        }
        words
    }

    /// Returns the number of words.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Returns whether there is no word.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Returns the letters of a word.
    #[must_use]
    pub fn word(&self, index: usize) -> &[char] {
        self.ranges
            .get(index)
            .and_then(|range| self.letters.get(range.clone()))
            .unwrap_or_default()
    }

    /// Returns the sentences, as ranges of words. The goal's come first, and none spans goal and context.
    #[must_use]
    pub fn sentences(&self) -> &[Range<usize>] {
        &self.sentences
    }

    /// Returns the number of words of the goal, which are the first ones.
    #[must_use]
    pub const fn goal_words(&self) -> usize {
        self.of_goal
    }

    fn read(&mut self, text: &str, buffer: &mut Vec<char>) {
        normalize_into(text, MAX_CHARS, buffer);
        let mut sentence = self.ranges.len();
        let mut place = 0;
        while place < buffer.len() {
            if is_word(buffer, place) {
                place = self.read_word(buffer, place);
            } else {
                if ends_sentence(buffer, place) {
                    self.end_sentence(&mut sentence);
                }
                place += 1;
            }
        }
        self.end_sentence(&mut sentence);
    }

    fn end_sentence(&mut self, start: &mut usize) {
        if *start < self.ranges.len() {
            self.sentences.push(*start..self.ranges.len());
            *start = self.ranges.len();
        }
    }

    /// Reads the word that begins at `place`, and returns where it ends.
    fn read_word(&mut self, buffer: &[char], place: usize) -> usize {
        if is_spaceless(buffer[place]) {
            self.push(&buffer[place..=place]);
            return place + 1;
        }
        if let Some(end) = spaced_letters_end(buffer, place) {
            let letters: Vec<char> = (place..end).step_by(2).map(|index| buffer[index]).collect();
            self.push(&letters);
            return end;
        }
        let mut end = place;
        let mut start = place;
        while end < buffer.len() && is_word(buffer, end) && !is_spaceless(buffer[end]) {
            if buffer[end] == '\'' {
                let part: String = buffer[start..end].iter().collect();
                if ELIDED.contains(&part.as_str()) {
                    self.push(&buffer[start..end]);
                    start = end + 1;
                }
            }
            end += 1;
        }
        self.push(&buffer[start.min(end)..end]);
        end
    }

    /// Adds a word without its apostrophes. A letter that is repeated three times or more counts once.
    fn push(&mut self, word: &[char]) {
        let start = self.letters.len();
        let mut index = 0;
        while index < word.len() {
            let letter = word[index];
            let run = word[index..]
                .iter()
                .take_while(|other| **other == letter)
                .count();
            if letter == 'ß' {
                self.letters.extend(['s', 's']);
            } else if letter != '\'' {
                let kept = if run >= 3 && !letter.is_ascii_digit() {
                    1
                } else {
                    run
                };
                self.letters.extend(std::iter::repeat_n(letter, kept));
            }
            index += run;
        }
        unmask(&mut self.letters[start..]);
        if self.letters.len() > start {
            self.ranges.push(start..self.letters.len());
        }
    }
}

/// Returns the end of a word written with one separator between its letters ("k i l l", "k.i.l.l"), if one begins at `place`.
fn spaced_letters_end(buffer: &[char], place: usize) -> Option<usize> {
    let separator = *buffer.get(place + 1)?;
    let is_single = |at: usize| {
        buffer.get(at).is_some_and(|char| char.is_alphabetic())
            && buffer
                .get(at + 1)
                .is_none_or(|next| !next.is_alphanumeric() && *next != '\'')
    };
    let mut count = 0;
    while is_single(place + 2 * count) {
        count += 1;
        if buffer.get(place + 2 * count - 1) != Some(&separator) {
            break;
        }
    }
    (count >= MIN_SPACED_LETTERS).then(|| place + 2 * count - 1)
}

fn is_word(buffer: &[char], place: usize) -> bool {
    let char = buffer[place];
    if char.is_alphanumeric() || char == '\'' || u32::from(char) >= 0x1_f300 {
        return true;
    }
    if unicode_normalization::char::is_combining_mark(char) {
        return true;
    }
    masks_letter(char)
        && place > 0
        && buffer[place - 1].is_alphanumeric()
        && buffer
            .get(place + 1)
            .is_some_and(|next| next.is_alphanumeric())
}

/// Returns whether the character at `place` ends a sentence. A full stop inside a number or an abbreviation does not.
fn ends_sentence(buffer: &[char], place: usize) -> bool {
    match buffer[place] {
        '!' | '?' | ';' | '\n' | '\u{3002}' | '\u{964}' | '\u{61f}' | '\u{2026}' => true,
        '.' | ':' => buffer
            .get(place + 1)
            .is_none_or(|next| !next.is_alphanumeric()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let words = Words::of(text, None);
        (0..words.len())
            .map(|index| words.word(index).iter().collect())
            .collect()
    }

    #[test]
    fn disguised_words_are_read_as_what_they_mean() {
        for (disguised, plain) in [
            ("END  my\u{200b}  Life", "end my life"),
            ("e\u{301}n\u{ad}d m\u{2060}y life", "end my life"),
            ("ｅｎｄ ｍｙ ｌｉｆｅ", "end my life"),
            ("𝓮𝓷𝓭 𝖒𝖞 𝐥𝐢𝐟𝐞", "end my life"),
            ("еnd my lіfе", "end my life"),
            ("3nd my l1fe", "3nd my life"),
            ("e n d my l.i.f.e", "e n d my life"),
            ("l i f e", "life"),
            ("l-i-f-e plan", "life plan"),
            ("liiiiife", "life"),
            ("I don't, don’t dont", "i dont dont dont"),
            ("ᴇɴᴅ ᴍʏ ʟɪꜰᴇ", "end my life"),
        ] {
            assert_eq!(words(disguised).join(" "), plain, "{disguised}");
        }
    }

    #[test]
    fn ordinary_words_stay_as_they_are() {
        for (text, plain) in [
            ("B2 exam in 12 weeks", "b2 exam in 12 weeks"),
            ("H2O and K8s", "h2o and k8s"),
            ("a b c of music", "a b c of music"),
            ("j'apprends l'espagnol", "j apprends l espagnol"),
            ("хочу бегать", "хочу бегать"),
            ("Straße", "strasse"),
        ] {
            assert_eq!(words(text).join(" "), plain, "{text}");
        }
        assert_eq!(words("学游泳").len(), 3);
    }

    #[test]
    fn sentences_do_not_span_goal_and_context() {
        let words = Words::of("Run. Run far, 3.5 km", Some("by May"));

        assert_eq!(words.sentences(), [0..1, 1..6, 6..8]);
        assert_eq!(words.goal_words(), 6);
    }
}
