//! Trains the local classifier on the goals in `goals/` and writes the weights that `planning` includes. With `--score`, reports
//! how well the weights of this build classify the held-out goals, which are never trained on.
//!
//! The gate for people in danger ([`care`]) and the head that detects the [`language`] are trained and scored beside it, on goals of
//! their own.
//!
//! Run by `make classifier` and `make score`.

mod care;
mod language;
mod scoring;
mod training;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use planning::category::Category;
use serde::de::DeserializeOwned;

use self::training::{
    Example, INTENT, LabelledGoal, Trained, accuracy, calibrated_temperature, cross_validated,
};

/// Path of the weights that the crate `planning` includes, relative to this crate.
const WEIGHTS: &str = "../planning/data/classifier_weights.bin";

fn main() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    match std::env::args().nth(1).as_deref() {
        Some("--score") => {
            scoring::score(&read(&folder.join("heldout.jsonl"))?)?;
            language::score(folder)?;
            care::score(folder)
        }
        Some("--language") => language::train(folder),
        // The gate alone: its goals change more often.
        Some("--care") => care::train(folder),
        _ => {
            train(folder)?;
            language::train(folder)?;
            care::train(folder)
        }
    }
}

/// Trains the category head and writes its weights.
fn train(folder: &Path) -> anyhow::Result<()> {
    let goals: Vec<LabelledGoal> = read_folder(&folder.join("goals"))?;
    print(&format!("{} goals", goals.len()));
    for category in Category::ALL {
        print(&format!(
            "  {:15} {}",
            category.as_str(),
            goals
                .iter()
                .filter(|goal| goal.category == category)
                .count()
        ));
    }
    let examples: Vec<Example> = goals.iter().map(Example::of_intent).collect();
    let scored = cross_validated(&examples, &[], INTENT);
    let temperature = calibrated_temperature(&scored);
    let (correct, confidence) = accuracy(&scored, temperature);
    print(&format!(
        "category: cross-validated accuracy {correct:.3}, mean confidence {confidence:.3}, temperature {temperature:.2}"
    ));
    let all: Vec<&Example> = examples.iter().collect();
    let bytes = Trained::on(&all, INTENT).bytes(temperature);
    fs::write(folder.join(WEIGHTS), &bytes)?;
    print(&format!(
        "wrote {} bytes; run `make score` to evaluate them on the held-out goals",
        bytes.len()
    ));
    Ok(())
}

/// Reads the labelled goals of all files in a folder, in the order of their names.
fn read_folder<T: DeserializeOwned>(folder: &Path) -> anyhow::Result<Vec<T>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "jsonl")
    });
    files.sort();
    let mut goals = Vec::new();
    for file in &files {
        goals.extend(read(file)?);
    }
    Ok(goals)
}

/// Reads labelled goals, one JSON object per line.
///
/// # Errors
/// Names the file, and the line that is not a labelled goal.
fn read<T: DeserializeOwned>(file: &Path) -> anyhow::Result<Vec<T>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    text.lines()
        .enumerate()
        .map(|(index, line)| {
            serde_json::from_str(line).with_context(|| format!("{}:{}", file.display(), index + 1))
        })
        .collect()
}

#[expect(clippy::print_stdout, reason = "a command-line program")]
fn print(line: &str) {
    println!("{line}");
}
