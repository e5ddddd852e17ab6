//! The language of a text, from its letters and words. Texts may be as short as two words.
//!
//! A wrong language is worse than English, and English is by far the most frequent. So another language needs English to be unlikely.
//! It need not be likely itself: "Correr 15 km" is Spanish or Portuguese, and either is better than English.

use super::features::Features;
use super::weights::{Head, InvalidWeights, LANES, Sums};
use crate::language::Language;

static WEIGHTS: &[u8] = include_bytes!("../../data/language_weights.bin");

/// The languages that are distinguished. The first is the fallback.
pub const LANGUAGES: [&str; 15] = [
    "en", "de", "es", "fr", "pt", "ja", "zh", "hi", "it", "nl", "ko", "ar", "ru", "pl", "tr",
];

/// A text whose probability of English is at least this is English, even if another language is more likely.
const ENGLISH: f32 = 0.36;

/// How much more likely a language becomes with each phrase that was read in it.
const PHRASE_FACTOR: f32 = 4.0;
/// Maximum number of phrases that count. More of them must not outvote a text that is clearly in another language.
const MAX_PHRASES: u32 = 2;

/// What speaks for a language beside the letters and words of a text: phrases that mean something in it and in no other language, such
/// as "bis Ende Mai" for German.
///
/// Evidence decides between languages that the text leaves open. It never overrides a text that is clearly in another language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence<'a> {
    /// The code of the language, one of [`LANGUAGES`]; others are ignored.
    pub language: &'a str,
    /// The number of phrases.
    pub phrases: u32,
}

/// Detects the language of texts.
#[derive(Debug)]
pub(super) struct LanguageDetector {
    head: Head<'static>,
}

impl LanguageDetector {
    /// Loads the weights that are built into the binary.
    pub(super) fn built_in() -> Result<Self, InvalidWeights> {
        let (head, _) = Head::read(WEIGHTS, LANGUAGES.len())?;
        Ok(Self { head })
    }

    /// Returns the language of a text and its context.
    pub(super) fn detect(
        &self,
        text: &str,
        context: Option<&str>,
        evidence: &[Evidence<'_>],
    ) -> Language {
        let mut sums = Sums::default();
        let mut features = Features::default();
        features.each_of_language(text, context, |hash| self.head.add(hash, &mut sums));
        let mut likelihoods = self.head.probabilities(&sums, features.count());
        for (likelihood, language) in likelihoods.iter_mut().zip(LANGUAGES) {
            *likelihood *= factor(language, evidence);
        }
        Language::parse(LANGUAGES[decide(&likelihoods)]).unwrap_or_else(Language::english)
    }
}

/// Returns how much more likely the evidence makes a language. It is at least 1, and bounded.
fn factor(language: &str, evidence: &[Evidence<'_>]) -> f32 {
    let phrases = evidence
        .iter()
        .filter(|evidence| evidence.language == language)
        .fold(0_u32, |sum, evidence| sum.saturating_add(evidence.phrases));
    (0..phrases.min(MAX_PHRASES))
        .map(|_| PHRASE_FACTOR)
        .product()
}

/// Returns the index of the language, given how likely each is. The likelihoods need not sum up to 1.
fn decide(likelihoods: &[f32; LANES]) -> usize {
    let [english, others @ ..] = likelihoods;
    let total: f32 = likelihoods.iter().sum();
    if *english >= ENGLISH * total {
        return 0;
    }
    let (index, _) = others.iter().enumerate().take(LANGUAGES.len() - 1).fold(
        (0, 0.0),
        |best, (index, likelihood)| {
            if *likelihood > best.1 {
                (index, *likelihood)
            } else {
                best
            }
        },
    );
    index + 1
}

#[cfg(test)]
mod tests {
    use super::{Evidence, LANGUAGES, LanguageDetector};

    fn detected(text: &str, evidence: &[Evidence<'_>]) -> String {
        let detector = LanguageDetector::built_in().unwrap();
        detector.detect(text, None, evidence).as_str().to_owned()
    }

    fn phrases(language: &str, phrases: u32) -> [Evidence<'_>; 1] {
        [Evidence { language, phrases }]
    }

    #[test]
    fn every_language_is_a_tag() {
        for language in LANGUAGES {
            assert!(crate::language::Language::parse(language).is_some());
        }
    }

    #[test]
    fn a_word_or_two_are_enough() {
        for (text, language) in [
            ("Geige üben", "de"),
            ("Yoga jeden Abend", "de"),
            ("Excel para el trabajo", "es"),
            ("Marathon au printemps", "fr"),
            ("Python até o Natal", "pt"),
            ("Cook coq au vin", "en"),
            ("Chess before breakfast", "en"),
        ] {
            assert_eq!(detected(text, &[]), language, "{text}");
        }
    }

    #[test]
    fn names_and_noise_alone_are_english() {
        for text in ["", "12345", "Kubernetes", "AZ-900", "🎸🎸", "Λύρα"] {
            assert_eq!(detected(text, &[]), "en", "{text}");
        }
    }

    #[test]
    fn what_is_spanish_or_portuguese_is_not_english() {
        for text in ["Aprender Scala", "Nadar 3 km", "Estudar Excel"] {
            assert!(
                ["es", "pt"].contains(&detected(text, &[]).as_str()),
                "{text}"
            );
        }
    }

    #[test]
    fn evidence_decides_what_the_text_leaves_open() {
        for text in ["Nadar 3 km", "Correr", "Tocar guitarra"] {
            assert_eq!(detected(text, &phrases("es", 2)), "es", "{text}");
            assert_eq!(detected(text, &phrases("pt", 2)), "pt", "{text}");
        }
    }

    #[test]
    fn evidence_never_overrides_clear_words() {
        let english = "I want to learn to cook for my family";
        let german = "Ich möchte endlich besser kochen lernen";
        for language in LANGUAGES {
            assert_eq!(detected(english, &phrases(language, u32::MAX)), "en");
            assert_eq!(detected(german, &phrases(language, u32::MAX)), "de");
        }
    }

    #[test]
    fn evidence_is_bounded_however_it_is_divided() {
        let many = [Evidence {
            language: "de",
            phrases: 1,
        }; 40];

        assert_eq!(detected("Cook coq au vin for my parents", &many), "en");
    }

    #[test]
    fn evidence_for_a_language_that_is_not_distinguished_is_ignored() {
        assert_eq!(detected("Geige üben", &phrases("sv", 2)), "de");
    }
}
