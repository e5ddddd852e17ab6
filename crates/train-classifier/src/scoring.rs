//! Scores the weights of this build on labelled goals: precision and recall per category, accuracy per source, and calibration.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use planning::category::Category;
use planning::classifier::{Classifier, Intent};
use planning::constraints::phrases_of;
use planning::goal::Goal;
use planning::validation::FieldErrors;

use crate::print;
use crate::training::LabelledGoal;

/// How often a category was predicted correctly, predicted at all, and the actual label.
#[derive(Default, Clone, Copy)]
struct Tally {
    correct: f64,
    predicted: f64,
    actual: f64,
}

impl Tally {
    fn precision(self) -> f64 {
        self.correct / self.predicted.max(1.0)
    }

    fn recall(self) -> f64 {
        self.correct / self.actual.max(1.0)
    }

    fn f1(self) -> f64 {
        2.0 * self.correct / (self.predicted + self.actual).max(1.0)
    }
}

/// Predictions of similar confidence: how many are correct, and the sum of their confidences.
#[derive(Default, Clone, Copy)]
struct ConfidenceBin {
    correct: f64,
    claimed: f64,
}

/// What has been counted so far.
#[derive(Default)]
struct Scores {
    total: f64,
    categories: [Tally; Category::ALL.len()],
    sources: BTreeMap<String, Tally>,
    /// One bin per tenth of confidence.
    bins: [ConfidenceBin; 10],
}

/// Prints how well the weights of this build classify the goals.
///
/// # Errors
/// When the weights cannot be read, or a goal is not valid.
pub fn score(goals: &[LabelledGoal]) -> anyhow::Result<()> {
    let classifier = Classifier::built_in()?;
    let mut scores = Scores::default();
    for labelled in goals {
        scores.add(labelled, classify(&classifier, labelled)?);
    }
    scores.print_categories();
    scores.print_sources();
    scores.print_summary();
    Ok(())
}

fn classify(classifier: &Classifier, labelled: &LabelledGoal) -> anyhow::Result<Intent> {
    let mut errors = FieldErrors::default();
    let goal = Goal::parse(
        Some(&labelled.goal),
        labelled.context.as_deref(),
        &mut errors,
    );
    let goal = errors.into_result(goal)?;
    Ok(classifier.classify(&goal, &phrases_of(&goal, NaiveDate::default())))
}

impl Scores {
    fn add(&mut self, labelled: &LabelledGoal, intent: Intent) {
        let correct = if intent.category == labelled.category {
            1.0
        } else {
            0.0
        };
        self.total += 1.0;
        self.categories[intent.category.index()].predicted += 1.0;
        self.categories[labelled.category.index()].actual += 1.0;
        self.categories[labelled.category.index()].correct += correct;
        let kind = labelled.source.split(':').next().unwrap_or_default();
        let source = self.sources.entry(kind.to_owned()).or_default();
        source.correct += correct;
        source.predicted += 1.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0..=9"
        )]
        let bin = &mut self.bins[((intent.confidence * 10.0) as usize).min(9)];
        bin.correct += correct;
        bin.claimed += f64::from(intent.confidence);
    }

    fn print_categories(&self) {
        for category in Category::ALL {
            let tally = self.categories[category.index()];
            print(&format!(
                "{:15} precision {:.3}  recall {:.3}  F1 {:.3}  of {}",
                category.as_str(),
                tally.precision(),
                tally.recall(),
                tally.f1(),
                tally.actual
            ));
        }
    }

    fn print_sources(&self) {
        for (source, tally) in &self.sources {
            print(&format!(
                "{source:15} accuracy {:.3} of {}",
                tally.correct / tally.predicted,
                tally.predicted
            ));
        }
    }

    fn print_summary(&self) {
        let macro_f1 = self.categories.iter().map(|tally| tally.f1()).sum::<f64>() / 6.0;
        let error: f64 = self
            .bins
            .iter()
            .map(|bin| (bin.correct - bin.claimed).abs())
            .sum::<f64>()
            / self.total;
        print(&format!(
            "macro-F1 {macro_f1:.4}, expected calibration error {error:.3}, {} held-out goals",
            self.total
        ));
    }
}
