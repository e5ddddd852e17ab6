//! Trains and scores the language head, on all goals with a language: those of the classifier and of the gate, and short ones that
//! are composed from `phrases/`.

mod phrases;
mod report;

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

pub use self::report::score;
use crate::training::{
    Example, LANGUAGE, Random, Trained, accuracy, calibrated_temperature, cross_validated,
};
use crate::{print, read_folder};

/// Path of the weights that the crate `planning` includes, relative to this crate.
const WEIGHTS: &str = "../planning/data/language_weights.bin";
/// Share of the goals with accents that are learned without them as well: people omit those.
const UNACCENTED: f32 = 0.3;

/// A goal whose language is known.
#[derive(Debug, Clone, Deserialize)]
struct Goal {
    #[serde(rename = "goal")]
    text: String,
    context: Option<String>,
    lang: String,
}

/// Trains the language head and writes its weights.
///
/// The confidence is calibrated on written goals alone. Composed ones share their phrases, so none of them is unseen.
///
/// # Errors
/// When a file cannot be read or written.
pub fn train(folder: &Path) -> anyhow::Result<()> {
    let (written, composed) = training_goals(folder)?;
    print(&format!(
        "language: {} written goals, {} composed or without accents",
        written.len(),
        composed.len()
    ));
    let written: Vec<Example> = written.iter().filter_map(example).collect();
    let composed: Vec<Example> = composed.iter().filter_map(example).collect();
    let scored = cross_validated(&written, &composed, LANGUAGE);
    let temperature = calibrated_temperature(&scored);
    let (correct, confidence) = accuracy(&scored, temperature);
    print(&format!(
        "language: cross-validated accuracy {correct:.3}, mean confidence {confidence:.3}, temperature {temperature:.2}"
    ));
    let all: Vec<&Example> = written.iter().chain(&composed).collect();
    let bytes = Trained::on(&all, LANGUAGE).bytes(temperature);
    let path = folder.join(WEIGHTS);
    fs::write(&path, &bytes).with_context(|| path.display().to_string())?;
    print(&format!("language: wrote {} bytes", bytes.len()));
    Ok(())
}

/// Returns the written goals, and those that are composed or lack their accents.
fn training_goals(folder: &Path) -> anyhow::Result<(Vec<Goal>, Vec<Goal>)> {
    let mut written: Vec<Goal> = read_folder(&folder.join("goals"))?;
    written.extend(read_folder::<Goal>(&folder.join("care"))?);
    let mut composed = phrases::composed(&folder.join("phrases"))?;
    composed.extend(unaccented(written.iter().chain(&composed)));
    Ok((written, composed))
}

fn example(goal: &Goal) -> Option<Example> {
    Example::of_language(&goal.text, goal.context.as_deref(), &goal.lang)
}

/// Returns some of the goals without their accents.
fn unaccented<'a>(goals: impl Iterator<Item = &'a Goal>) -> Vec<Goal> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    goals
        .filter_map(|goal| {
            let plain: String = goal
                .text
                .nfd()
                .filter(|char| !is_combining_mark(*char))
                .collect();
            (plain != goal.text && plain.is_ascii() && random.fraction() < UNACCENTED).then(|| {
                Goal {
                    text: plain,
                    context: None,
                    lang: goal.lang.clone(),
                }
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use super::{report, training_goals};

    #[test]
    fn no_held_out_goal_is_trained_on() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (written, composed) = training_goals(folder).unwrap();
        let trained: HashSet<String> = written
            .iter()
            .chain(&composed)
            .map(|goal| goal.text.to_lowercase())
            .collect();

        let mut held_out = report::held_out(folder).unwrap();
        held_out.retain(|goal| trained.contains(&goal.to_lowercase()));
        assert!(held_out.is_empty(), "{held_out:?}");
    }
}
