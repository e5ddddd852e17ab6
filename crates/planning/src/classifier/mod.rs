//! The local model: a linear classifier over hashed words and n-grams, with calibrated confidence. One head finds the category and
//! another the language. It takes microseconds and costs nothing, so it runs before anything is spent.
//!
//! `make classifier` trains the weights reproducibly from `crates/train-classifier/goals`: the same goals give the same file,
//! byte for byte. This module does not know where a goal comes from or what its category is used for.

pub mod features;
pub mod weights;

use self::weights::Sums;
pub use self::weights::{Head, InvalidWeights};
use std::ops::Range;

use crate::care::Gate;
use crate::category::Category;
use crate::constraints::strip_phrases;
use crate::goal::Goal;
use crate::language::Language;
use features::Features;

static WEIGHTS: &[u8] = include_bytes!("../../data/classifier_weights.bin");

/// The languages that the language head distinguishes. The first is the fallback if the confidence is too low.
pub const LANGUAGES: [&str; 15] = [
    "en", "de", "es", "fr", "pt", "ja", "zh", "hi", "it", "nl", "ko", "ar", "ru", "pl", "tr",
];

/// Below this confidence a goal's language counts as unknown.
const LANGUAGE_CONFIDENCE: f32 = 0.6;

/// The local model's classification of a goal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Intent {
    /// The most likely category.
    pub category: Category,
    /// The probability of the category, 0..=1. Calibrated on goals that the model was not trained on.
    pub confidence: f32,
}

/// The local model.
#[derive(Debug)]
pub struct Classifier {
    intent: Head<'static>,
    language: Head<'static>,
    gate: Gate,
}

impl Classifier {
    /// Loads the weights that are built into the binary.
    ///
    /// # Errors
    /// [`InvalidWeights`] when the weights do not match this build.
    pub fn built_in() -> Result<Self, InvalidWeights> {
        let (intent, rest) = Head::read(WEIGHTS, Category::ALL.len())?;
        let (language, _) = Head::read(rest, LANGUAGES.len())?;
        let gate = Gate::built_in()?;
        Ok(Self {
            intent,
            language,
            gate,
        })
    }

    /// Returns the category of a goal. `constraints` are the byte ranges of its text that state constraints; they are ignored,
    /// because the available time says nothing about the category. If nothing else is left, the whole text counts.
    #[must_use]
    pub fn classify(&self, goal: &Goal, constraints: &[Range<usize>]) -> Intent {
        let remaining = strip_phrases(goal.text(), constraints);
        let text = if constraints.is_empty() || remaining.trim().chars().count() < 2 {
            goal.text()
        } else {
            remaining.trim()
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

    /// Returns the gate that comes before everything else.
    #[must_use]
    pub const fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Returns the language of a goal; English if the confidence is too low.
    #[must_use]
    pub fn language(&self, goal: &Goal) -> Language {
        self.language_of(goal.text(), goal.context())
    }

    /// Returns the language of a text that need not be a valid goal; English if the confidence is too low.
    #[must_use]
    pub fn language_of(&self, text: &str, context: Option<&str>) -> Language {
        let mut sums = Sums::default();
        let mut features = Features::default();
        features.each_of_language(text, context, |hash| {
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
