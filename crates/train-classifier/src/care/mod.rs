//! Trains and scores the gate that reads goal and context for people in danger, for goals that would harm, and for goals that need a
//! professional first.
//!
//! Its goals are in `care/*.jsonl`; what it must leave alone are the harmless ones among them, and the goals of the classifier
//! (`goals/*.jsonl`) except for those that `care_overrides.jsonl` relabels.

mod data;
mod model;
mod report;
mod thresholds;
mod variation;

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use planning::care::Gate;

use self::data::{CareGoal, Origin};
use self::model::{Example, Model};
use self::report::Report;
use crate::{print, read};

/// Path of the weights that the crate `planning` includes, relative to this crate.
const WEIGHTS: &str = "../planning/data/care/weights.bin";

/// Trains the gate, chooses its thresholds by cross-validation, and writes both.
///
/// # Errors
/// When a file cannot be read or written.
pub fn train(folder: &Path) -> anyhow::Result<()> {
    let goals = data::training_goals(folder)?;
    let varied = variation::varied(&goals);
    let examples: Vec<Example> = goals
        .iter()
        .enumerate()
        .chain(varied.iter().map(|(source, goal)| (*source, goal)))
        .map(|(source, goal)| Example::of(goal, source))
        .collect();
    print(&format!(
        "care: {} goals, {} examples",
        goals.len(),
        examples.len()
    ));
    let scored = model::cross_validated(&examples, goals.len());
    let thresholds = thresholds::choose(&goals, &scored);
    print(&format!("care: {thresholds:?}"));
    let mut report = Report::default();
    for (goal, probabilities) in goals.iter().zip(&scored) {
        report.add(goal, thresholds.assess(probabilities));
    }
    report.print("cross-validated", &[Origin::Care, Origin::Classifier]);
    if let Some(path) = std::env::var_os("CARE_SCORES") {
        report::write_scores(Path::new(&path), &goals, &scored)?;
    }
    let all: Vec<&Example> = examples.iter().collect();
    let mut bytes = Model::trained_on(&all).bytes();
    bytes.extend(thresholds.write());
    let path = folder.join(WEIGHTS);
    fs::write(&path, &bytes).with_context(|| path.display().to_string())?;
    print(&format!("care: wrote {} bytes", bytes.len()));
    Ok(())
}

/// Prints how the gate of this build does on the held-out goals, by kind and language.
///
/// # Errors
/// When a file or the weights cannot be read.
pub fn score(folder: &Path) -> anyhow::Result<()> {
    let gate = Gate::built_in()?;
    let mut report = Report::default();
    for goal in read::<CareGoal>(&folder.join("care_heldout.jsonl"))? {
        report.add(&goal, gate.assess(&goal.goal, goal.context.as_deref()));
    }
    report.print("held out", &[Origin::Care]);
    Ok(())
}
