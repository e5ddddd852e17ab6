//! Trains the local classifier from the goals in `src/classifier/training` and writes `src/classifier/weights.bin`.
//!
//! Run by `make classifier`. Prints what cross-validation and the held-out goals say of the result.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use goal_router::category::Category;
use goal_router::classifier::training::{Example, INTENT, LANGUAGE, LabelledGoal, Trained, accuracy, cross_validated, temperature};

fn main() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/classifier");
    let mut files: Vec<_> = fs::read_dir(folder.join("training"))?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut goals = Vec::new();
    for file in &files {
        goals.extend(read(file)?);
    }
    report(&format!("{} goals in {} files", goals.len(), files.len()));
    for category in Category::ALL {
        report(&format!("  {:15} {}", category.as_str(), goals.iter().filter(|goal| goal.category == category).count()));
    }

    let intents: Vec<Example> = goals.iter().map(Example::of_intent).collect();
    let languages: Vec<Example> = goals.iter().filter_map(Example::of_language).collect();
    let mut bytes = Vec::new();
    for (name, examples, recipe) in [("category", &intents, INTENT), ("language", &languages, LANGUAGE)] {
        let scored = cross_validated(examples, recipe);
        let heat = temperature(&scored);
        let (right, sure) = accuracy(&scored, heat);
        report(&format!("{name}: cross-validated accuracy {right:.3}, mean confidence {sure:.3}, temperature {heat:.2}"));
        let all: Vec<&Example> = examples.iter().collect();
        bytes.extend(Trained::on(&all, recipe).bytes(heat));
    }
    fs::write(folder.join("weights.bin"), &bytes)?;
    report(&format!("wrote {} bytes; `cargo run --release -- classify --score src/classifier/heldout.jsonl` scores them", bytes.len()));
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<Vec<LabelledGoal>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    text.lines()
        .enumerate()
        .map(|(place, line)| serde_json::from_str(line).with_context(|| format!("{}:{}", file.display(), place + 1)))
        .collect()
}

#[expect(clippy::print_stdout, reason = "a program for the terminal")]
fn report(line: &str) {
    println!("{line}");
}
