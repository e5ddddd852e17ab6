//! `goal-router classify`: classifies JSON lines with the local classifier, for evaluating it.

use std::io::BufRead;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::clock::{Clock as _, SystemClock};
use crate::planner::request::language_of;
use planning::category::Category;
use planning::classifier::Classifier;
use planning::constraints::extract::extract;
use planning::constraints::goal_phrases;
use planning::goal::Goal;
use planning::validation::FieldErrors;

#[derive(Deserialize)]
struct Input {
    goal: String,
    #[serde(default)]
    context: Option<String>,
}

#[derive(Serialize)]
struct Output {
    category: Category,
    confidence: f32,
    language: String,
    care: &'static str,
}

/// Reads one JSON object with `goal` and `context` per line, and passes each result to `print` as a line of JSON. Blank lines are
/// skipped.
///
/// # Errors
/// Returns an error for the first line that is not such an object, or has a goal that the API would reject.
pub fn run(
    input: impl BufRead,
    mut print: impl FnMut(&str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let classifier = Classifier::built_in()?;
    let today = SystemClock.today();
    for (index, line) in input.split(b'\n').enumerate() {
        let line = line.context("standard input cannot be read")?;
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let at = || format!("line {}", index + 1);
        let Input { goal, context } = parse(line).with_context(at)?;
        let mut errors = FieldErrors::default();
        let goal = Goal::parse(Some(&goal), context.as_deref(), &mut errors);
        let goal = errors.into_result(goal).with_context(at)?;
        let extracted = extract(goal.text(), goal.context(), today);
        let intent = classifier.classify(&goal, &goal_phrases(&extracted));
        let output = Output {
            category: intent.category,
            confidence: intent.confidence,
            language: language_of(&classifier, &goal, &extracted.languages())
                .as_str()
                .to_owned(),
            care: classifier
                .gate()
                .assess(goal.text(), goal.context())
                .as_str(),
        };
        print(&serde_json::to_string(&output)?)?;
    }
    Ok(())
}

fn parse(line: &[u8]) -> anyhow::Result<Input> {
    let line = std::str::from_utf8(line).context("not valid UTF-8")?;
    serde_json::from_str(line).map_err(|error| {
        // The library counts lines from the start of this one.
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        anyhow::anyhow!(
            "column {}: {message}; each line must be a JSON object such as {{\"goal\": \"Learn chess\"}}",
            error.column()
        )
    })
}
