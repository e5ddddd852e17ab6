//! Scores the language head on short goals that it was not trained on.

use std::collections::BTreeMap;
use std::path::Path;

use planning::classifier::Classifier;
use serde::Deserialize;

use crate::{print, read};

/// The held-out goals, relative to this crate. Written for evaluation.
const HELD_OUT: &str = "languages_heldout.jsonl";
const ENGLISH: &str = "en";

/// A held-out goal.
#[derive(Debug, Deserialize)]
struct HeldOut {
    goal: String,
    /// The language codes of which any is correct: "Aprender Kotlin" may be Spanish or Portuguese.
    lang: Vec<String>,
}

/// How many goals of a language there are, and how many of them were detected.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    correct: u32,
    total: u32,
}

impl Tally {
    fn share(self) -> f64 {
        f64::from(self.correct) / f64::from(self.total.max(1))
    }
}

/// What the head of this build detects in the held-out goals.
struct Report {
    /// By the correct languages, joined with `|`.
    tallies: BTreeMap<String, Tally>,
    /// Every wrong goal, with the language that it was taken for.
    mistakes: Vec<(HeldOut, String)>,
}

impl Report {
    fn of(goals: Vec<HeldOut>) -> anyhow::Result<Self> {
        let classifier = Classifier::built_in()?;
        let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
        let mut mistakes = Vec::new();
        for goal in goals {
            let detected = classifier.language_of(&goal.goal, None);
            let tally = tallies.entry(goal.lang.join("|")).or_default();
            tally.total += 1;
            if goal.lang.iter().any(|lang| lang == detected.as_str()) {
                tally.correct += 1;
            } else {
                mistakes.push((goal, detected.as_str().to_owned()));
            }
        }
        Ok(Self { tallies, mistakes })
    }

    fn of_held_out(folder: &Path) -> anyhow::Result<Self> {
        Self::of(read(&folder.join(HELD_OUT))?)
    }

    fn total(&self) -> Tally {
        self.tallies
            .values()
            .fold(Tally::default(), |sum, tally| Tally {
                correct: sum.correct + tally.correct,
                total: sum.total + tally.total,
            })
    }

    /// Returns the number of English goals that were taken for another language.
    fn english_mistaken(&self) -> u32 {
        self.tallies
            .get(ENGLISH)
            .map_or(0, |tally| tally.total - tally.correct)
    }
}

/// Returns the texts of the held-out goals.
#[cfg(test)]
pub(super) fn held_out(folder: &Path) -> anyhow::Result<Vec<String>> {
    let goals: Vec<HeldOut> = read(&folder.join(HELD_OUT))?;
    Ok(goals.into_iter().map(|goal| goal.goal).collect())
}

/// Prints the share of the short held-out goals whose language is detected, by language, and each mistake.
///
/// # Errors
/// When a file or the weights cannot be read.
pub fn score(folder: &Path) -> anyhow::Result<()> {
    let report = Report::of_held_out(folder)?;
    for (languages, tally) in &report.tallies {
        print(&format!(
            "language {languages:6} detected {:.3} of {}",
            tally.share(),
            tally.total
        ));
    }
    for (goal, detected) in &report.mistakes {
        print(&format!(
            "  {} as {detected}: {}",
            goal.lang.join("|"),
            goal.goal
        ));
    }
    let total = report.total();
    print(&format!(
        "language detected {:.3} of {} short goals; English taken for another: {}",
        total.share(),
        total.total,
        report.english_mistaken()
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Report;

    /// The least share of the short goals of a language with at least [`MANY`] of them that must be detected.
    const FLOOR: f64 = 0.95;
    /// The least share of all short goals.
    const TOTAL_FLOOR: f64 = 0.97;
    const MANY: u32 = 60;

    #[test]
    fn the_language_of_short_goals_is_detected_and_english_never_mistaken() {
        let report = Report::of_held_out(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();

        let many: Vec<_> = report
            .tallies
            .iter()
            .filter(|(_, tally)| tally.total >= MANY)
            .collect();
        assert_eq!(many.len(), 5, "{:?}", report.tallies);
        for (languages, tally) in many {
            assert!(tally.share() >= FLOOR, "{languages}: {tally:?}");
        }
        assert!(
            report.total().share() >= TOTAL_FLOOR,
            "{:?}",
            report.total()
        );
        assert_eq!(report.english_mistaken(), 0);
    }
}
