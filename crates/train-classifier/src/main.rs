//! Trains the local classifier from the goals in `goals/` and writes the weights that `planning` includes; with `--score`, reports
//! how the weights of the build do on the held-out goals, which no training has seen.
//!
//! Run by `make classifier` and `make score`.

mod training;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::NaiveDate;
use planning::category::Category;
use planning::classifier::Classifier;
use planning::constraints::phrases_of;
use planning::goal::Goal;
use planning::validation::FieldErrors;

use self::training::{
    Example, INTENT, LANGUAGE, LabelledGoal, Trained, accuracy, cross_validated, temperature,
};

/// The weights that the crate `planning` includes.
const WEIGHTS: &str = "../planning/data/classifier_weights.bin";

fn main() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    if std::env::args().nth(1).as_deref() == Some("--score") {
        score(folder)
    } else {
        train(folder)
    }
}

fn train(folder: &Path) -> anyhow::Result<()> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder.join("goals"))?
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
    print(&format!("{} goals in {} files", goals.len(), files.len()));
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
    let intents: Vec<Example> = goals.iter().map(Example::of_intent).collect();
    let languages: Vec<Example> = goals.iter().filter_map(Example::of_language).collect();
    let mut bytes = Vec::new();
    for (name, examples, recipe) in [
        ("category", &intents, INTENT),
        ("language", &languages, LANGUAGE),
    ] {
        let scored = cross_validated(examples, recipe);
        let heat = temperature(&scored);
        let (right, sure) = accuracy(&scored, heat);
        print(&format!(
            "{name}: cross-validated accuracy {right:.3}, mean confidence {sure:.3}, temperature {heat:.2}"
        ));
        let all: Vec<&Example> = examples.iter().collect();
        bytes.extend(Trained::on(&all, recipe).bytes(heat));
    }
    fs::write(folder.join(WEIGHTS), &bytes)?;
    print(&format!(
        "wrote {} bytes; `make score` says how they do on the held-out goals",
        bytes.len()
    ));
    Ok(())
}

/// How often a category was right, said and meant.
#[derive(Default, Clone, Copy)]
struct Tally {
    correct: f64,
    predicted: f64,
    actual: f64,
}

impl Tally {
    fn f1(self) -> f64 {
        2.0 * self.correct / (self.predicted + self.actual).max(1.0)
    }
}

fn score(folder: &Path) -> anyhow::Result<()> {
    let goals = read(&folder.join("heldout.jsonl"))?;
    let classifier = Classifier::built_in()?;
    let today = NaiveDate::default();
    let mut tallies = [Tally::default(); Category::ALL.len()];
    let mut sources: BTreeMap<&str, Tally> = BTreeMap::new();
    // Ten bins of confidence: how many, how many right, and the sum of what they claimed.
    let mut bins = [(0.0_f64, 0.0_f64, 0.0_f64); 10];
    let mut total = 0.0;
    for labelled in &goals {
        let mut complaints = FieldErrors::default();
        let goal = Goal::parse(
            Some(&labelled.goal),
            labelled.context.as_deref(),
            &mut complaints,
        );
        let goal = complaints.into_result(goal)?;
        let intent = classifier.classify(&goal, &phrases_of(&goal, today));
        let right = if intent.category == labelled.category {
            1.0
        } else {
            0.0
        };
        tallies[intent.category.index()].predicted += 1.0;
        tallies[labelled.category.index()].actual += 1.0;
        tallies[labelled.category.index()].correct += right;
        let source = sources
            .entry(labelled.source.split(':').next().unwrap_or_default())
            .or_default();
        source.correct += right;
        source.predicted += 1.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0..=9"
        )]
        let bin = &mut bins[((intent.confidence * 10.0) as usize).min(9)];
        *bin = (
            bin.0 + 1.0,
            bin.1 + right,
            bin.2 + f64::from(intent.confidence),
        );
        total += 1.0;
    }
    for category in Category::ALL {
        let tally = tallies[category.index()];
        let (precision, recall) = (
            tally.correct / tally.predicted.max(1.0),
            tally.correct / tally.actual.max(1.0),
        );
        print(&format!(
            "{:15} precision {precision:.3}  recall {recall:.3}  F1 {:.3}  of {}",
            category.as_str(),
            tally.f1(),
            tally.actual
        ));
    }
    for (source, tally) in sources {
        print(&format!(
            "{source:15} accuracy {:.3} of {}",
            tally.correct / tally.predicted,
            tally.predicted
        ));
    }
    let error: f64 = bins
        .iter()
        .map(|(_, right, claimed)| (right - claimed).abs())
        .sum::<f64>()
        / total;
    let macro_f1 = tallies.iter().map(|tally| tally.f1()).sum::<f64>() / 6.0;
    print(&format!(
        "macro-F1 {macro_f1:.4}, expected calibration error {error:.3}, {total} held-out goals"
    ));
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<Vec<LabelledGoal>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    text.lines()
        .enumerate()
        .map(|(place, line)| {
            serde_json::from_str(line).with_context(|| format!("{}:{}", file.display(), place + 1))
        })
        .collect()
}

#[expect(clippy::print_stdout, reason = "a program for the terminal")]
fn print(line: &str) {
    println!("{line}");
}
