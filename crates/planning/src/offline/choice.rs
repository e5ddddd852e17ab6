//! Matches goals to topics: the best topic is the one whose keywords match most.

use std::collections::HashMap;

/// The keywords of all topics of a set, indexed by word.
#[derive(Debug, Default)]
pub struct TopicMatcher {
    words: HashMap<String, Vec<usize>>,
    stems: HashMap<String, Vec<usize>>,
    /// Phrases by their first word.
    phrases: HashMap<String, Vec<Phrase>>,
}

/// A keyword of several words, without its first.
#[derive(Debug)]
struct Phrase {
    rest: Vec<String>,
    /// Whether the last word is a stem.
    stem: bool,
    topic: usize,
}

impl Phrase {
    /// Returns whether `words`, which follow the first word of the phrase, begin with the rest of it.
    fn matches_start(&self, words: &[String]) -> bool {
        let Some((last, middle)) = self.rest.split_last() else {
            return true;
        };
        let matches_last = |word: &String| {
            if self.stem {
                word.starts_with(last.as_str())
            } else {
                word == last
            }
        };
        words.starts_with(middle) && words.get(middle.len()).is_some_and(matches_last)
    }

    fn rest_len(&self) -> usize {
        self.rest.iter().map(String::len).sum()
    }
}

/// Minimum length of a stem, in bytes.
const MIN_STEM_LEN: usize = 2;

impl TopicMatcher {
    /// Creates a matcher for topics with these keywords. Topics are numbered in the given order. A keyword is a word, a stem that
    /// ends in `*`, or a phrase of several words.
    pub fn of<'a>(topics: impl Iterator<Item = &'a [String]>) -> Self {
        let mut matcher = Self::default();
        for (topic, keywords) in topics.enumerate() {
            for keyword in keywords {
                let words = words(keyword);
                match (words.as_slice(), keyword.strip_suffix('*')) {
                    ([], _) => {}
                    ([stem], Some(_)) => matcher.stems.entry(stem.clone()).or_default().push(topic),
                    ([word], None) => matcher.words.entry(word.clone()).or_default().push(topic),
                    ([first, rest @ ..], stem) => {
                        let phrase = Phrase {
                            rest: rest.to_vec(),
                            stem: stem.is_some(),
                            topic,
                        };
                        matcher
                            .phrases
                            .entry(first.clone())
                            .or_default()
                            .push(phrase);
                    }
                }
            }
        }
        matcher
    }

    /// Returns the topic with the highest score. Each match in the text adds to the score of its topic, longer matches add more.
    /// Returns `None` if nothing matches.
    pub fn best(&self, text: &str) -> Option<usize> {
        let words = words(text);
        let mut scores: HashMap<usize, usize> = HashMap::new();
        for (index, word) in words.iter().enumerate() {
            for topic in self.words.get(word).into_iter().flatten() {
                *scores.entry(*topic).or_default() += 2 + word.len();
            }
            for end in word
                .char_indices()
                .map(|(start, char)| start + char.len_utf8())
                .filter(|end| *end >= MIN_STEM_LEN)
            {
                for topic in self.stems.get(&word[..end]).into_iter().flatten() {
                    *scores.entry(*topic).or_default() += 1 + end;
                }
            }
            for phrase in self
                .phrases
                .get(word)
                .into_iter()
                .flatten()
                .filter(|phrase| phrase.matches_start(&words[index + 1..]))
            {
                *scores.entry(phrase.topic).or_default() += 6 + word.len() + phrase.rest_len();
            }
        }
        // Among equals the first topic wins, so that the choice does not depend on the order of a hash map.
        scores
            .into_iter()
            .max_by_key(|(topic, score)| (*score, std::cmp::Reverse(*topic)))
            .map(|(topic, _)| topic)
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
        let topics = TopicMatcher::of(keywords.iter().map(Vec::as_slice));

        assert_eq!(topics.best("Running my first 5K"), Some(0));
        assert_eq!(topics.best("run a few half-marathons"), Some(1));
        assert_eq!(topics.best("C++ or Rust"), Some(2));
        assert_eq!(topics.best("学游泳 ✨"), None);
    }
}
