//! The local model: a linear classifier over hashed words and letter groups, with calibrated confidence, and the same
//! for the goal's language. It costs microseconds and nothing else, so it runs before anything may be spent.
//!
//! The weights are trained by `make classifier` from the goals in `classifier/training`, reproducibly: the same goals give
//! the same file, byte for byte. Nothing in here knows where a goal comes from or what its category is used for.

pub mod features;
pub mod weights;

use self::weights::Sums;
pub use self::weights::{BrokenWeights, Head};
use std::ops::Range;

use crate::category::Category;
use crate::constraints::strip_phrases;
use crate::goal::Goal;
use crate::language::Language;
use features::Features;

static WEIGHTS: &[u8] = include_bytes!("../../data/classifier_weights.bin");

/// Languages that the language head tells apart; the first is what an unsure answer falls back to.
pub const LANGUAGES: [&str; 15] = [
    "en", "de", "es", "fr", "pt", "ja", "zh", "hi", "it", "nl", "ko", "ar", "ru", "pl", "tr",
];

/// Below this confidence a goal's language counts as unknown.
const LANGUAGE_CONFIDENCE: f32 = 0.6;

/// A goal's category as the local model sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Intent {
    /// The likeliest category.
    pub category: Category,
    /// How likely it is, 0..=1; calibrated on goals that the model was not trained on.
    pub confidence: f32,
}

/// The local model.
#[derive(Debug)]
pub struct Classifier {
    intent: Head<'static>,
    language: Head<'static>,
}

impl Classifier {
    /// The model of the build.
    ///
    /// # Errors
    /// [`BrokenWeights`] when the file of the build is not of this version.
    pub fn built_in() -> Result<Self, BrokenWeights> {
        let (intent, rest) = Head::read(WEIGHTS, Category::ALL.len())?;
        let (language, _) = Head::read(rest, LANGUAGES.len())?;
        Ok(Self { intent, language })
    }

    /// The category of a goal, without the byte ranges of its text that state constraints: how much time there is says
    /// nothing of what it is for. Where nothing else is said, all words count.
    #[must_use]
    pub fn classify(&self, goal: &Goal, constraints: &[Range<usize>]) -> Intent {
        let left = strip_phrases(goal.text(), constraints);
        let text = if constraints.is_empty() || left.trim().chars().count() < 2 {
            goal.text()
        } else {
            left.trim()
        };
        let mut sums = Sums::default();
        let mut features = Features::default();
        features.each_of_goal(text, goal.context(), |hash| {
            self.intent.add(hash, &mut sums);
        });
        let (index, confidence) = self.intent.decide(&sums, features.count());
        Intent {
            category: Category::ALL[index],
            confidence,
        }
    }

    /// The language of a goal; English where the words do not tell.
    #[must_use]
    pub fn language(&self, goal: &Goal) -> Language {
        let mut sums = Sums::default();
        let mut features = Features::default();
        features.each_of_language(goal.text(), goal.context(), |hash| {
            self.language.add(hash, &mut sums);
        });
        let (index, confidence) = self.language.decide(&sums, features.count());
        let tag = if confidence < LANGUAGE_CONFIDENCE {
            LANGUAGES[0]
        } else {
            LANGUAGES[index]
        };
        Language::parse(tag).unwrap_or_else(Language::english)
    }
}
