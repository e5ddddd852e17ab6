//! Which family of topics a goal belongs to, by the keywords of the curricula.

use std::collections::HashMap;

/// Keywords of all families of a shelf, made for looking up a text's words.
#[derive(Debug, Default)]
pub struct TopicMatcher {
    words: HashMap<String, Vec<usize>>,
    stems: HashMap<String, Vec<usize>>,
    /// Phrases under their first word.
    phrases: HashMap<String, Vec<Phrase>>,
}

/// The words of a phrase behind its first, the last perhaps only a stem.
#[derive(Debug)]
struct Phrase {
    rest: Vec<String>,
    stem: bool,
    family: usize,
}

impl Phrase {
    fn begins(&self, words: &[String]) -> bool {
        let Some((last, middle)) = self.rest.split_last() else {
            return true;
        };
        let same = |word: &String| {
            if self.stem {
                word.starts_with(last.as_str())
            } else {
                word == last
            }
        };
        words.starts_with(middle) && words.get(middle.len()).is_some_and(same)
    }

    fn letters(&self) -> usize {
        self.rest.iter().map(String::len).sum()
    }
}

/// Fewest letters of a stem.
const STEM_MIN: usize = 2;

impl TopicMatcher {
    /// Families in the order given; a keyword is a word, a stem that ends in `*`, or several words.
    pub fn of<'a>(families: impl Iterator<Item = &'a [String]>) -> Self {
        let mut all = Self::default();
        for (family, keywords) in families.enumerate() {
            for keyword in keywords {
                let words = words(keyword);
                match (words.as_slice(), keyword.strip_suffix('*')) {
                    ([], _) => {}
                    ([stem], Some(_)) => all.stems.entry(stem.clone()).or_default().push(family),
                    ([word], None) => all.words.entry(word.clone()).or_default().push(family),
                    ([first, rest @ ..], stem) => {
                        let phrase = Phrase {
                            rest: rest.to_vec(),
                            stem: stem.is_some(),
                            family,
                        };
                        all.phrases.entry(first.clone()).or_default().push(phrase);
                    }
                }
            }
        }
        all
    }

    /// The family that most of the text speaks for; longer matches speak louder. `None` where nothing does.
    pub fn best(&self, text: &str) -> Option<usize> {
        let words = words(text);
        let mut scores: HashMap<usize, usize> = HashMap::new();
        for (place, word) in words.iter().enumerate() {
            for family in self.words.get(word).into_iter().flatten() {
                *scores.entry(*family).or_default() += 2 + word.len();
            }
            for end in word
                .char_indices()
                .map(|(start, char)| start + char.len_utf8())
                .filter(|end| *end >= STEM_MIN)
            {
                for family in self.stems.get(&word[..end]).into_iter().flatten() {
                    *scores.entry(*family).or_default() += 1 + end;
                }
            }
            for phrase in self
                .phrases
                .get(word)
                .into_iter()
                .flatten()
                .filter(|phrase| phrase.begins(&words[place + 1..]))
            {
                *scores.entry(phrase.family).or_default() += 6 + word.len() + phrase.letters();
            }
        }
        // The first of equals, so that the choice does not hang on a hash's order.
        scores
            .into_iter()
            .max_by_key(|(family, score)| (*score, std::cmp::Reverse(*family)))
            .map(|(family, _)| family)
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|char: char| !char.is_alphanumeric() && char != '+' && char != '#')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_and_most_matches_choose_and_no_match_chooses_none() {
        let keywords: [Vec<String>; 3] = [
            vec!["run*".into(), "5k".into()],
            vec!["half marathon*".into(), "ironman".into()],
            vec!["c++".into(), "rust".into()],
        ];
        let families = TopicMatcher::of(keywords.iter().map(Vec::as_slice));

        assert_eq!(families.best("Running my first 5K"), Some(0));
        assert_eq!(families.best("run a few half-marathons"), Some(1));
        assert_eq!(families.best("C++ or Rust"), Some(2));
        assert_eq!(families.best("学游泳 ✨"), None);
    }
}
