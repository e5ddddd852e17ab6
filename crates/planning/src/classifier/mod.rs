//! The local model: linear classifiers over hashed words and n-grams, with calibrated confidence. One finds the category and another
//! the language. It takes microseconds and costs nothing, so it runs before anything is spent.
//!
//! `make classifier` trains the weights reproducibly from `crates/train-classifier`: the same goals give the same file,
//! byte for byte. This module does not know where a goal comes from or what its category is used for.

pub mod features;
mod language_detector;
pub mod weights;

use self::language_detector::LanguageDetector;
pub use self::language_detector::{Evidence, LANGUAGES};
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
    language: LanguageDetector,
    gate: Gate,
}

impl Classifier {
    /// Loads the weights that are built into the binary.
    ///
    /// # Errors
    /// [`InvalidWeights`] when the weights do not match this build.
    pub fn built_in() -> Result<Self, InvalidWeights> {
        let (intent, _) = Head::read(WEIGHTS, Category::ALL.len())?;
        Ok(Self {
            intent,
            language: LanguageDetector::built_in()?,
            gate: Gate::built_in()?,
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

    /// Returns the language of a goal in which something else has read phrases; English if it is unknown.
    #[must_use]
    pub fn language_with_evidence(&self, goal: &Goal, evidence: &[Evidence<'_>]) -> Language {
        self.language.detect(goal.text(), goal.context(), evidence)
    }

    /// Returns the language of a text that need not be a valid goal; English if it is unknown.
    #[must_use]
    pub fn language_of(&self, text: &str, context: Option<&str>) -> Language {
        self.language.detect(text, context, &[])
    }
}
