//! `goal-router classify`: the local model's answers for lines of JSON, for scoring it.

use std::io::BufRead;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::clock::{Clock as _, SystemClock};
use planning::category::Category;
use planning::classifier::Classifier;
use planning::constraints::phrases_of;
use planning::goal::Goal;
use planning::validation::FieldErrors;

#[derive(Deserialize)]
struct Line {
    goal: String,
    #[serde(default)]
    context: Option<String>,
}

#[derive(Serialize)]
struct Answer {
    category: Category,
    confidence: f32,
    language: String,
}

/// Reads objects with `goal` and `context`, one a line, and gives each answer to `print` as a line of JSON.
///
/// # Errors
/// The first line that is no such object, or holds a goal that the API would refuse.
pub fn run(input: impl BufRead, mut print: impl FnMut(&str)) -> anyhow::Result<()> {
    let classifier = Classifier::built_in()?;
    let today = SystemClock.today();
    for (place, line) in input.lines().enumerate() {
        let line = line?;
        let at = || format!("line {}", place + 1);
        let Line { goal, context } = serde_json::from_str(&line).with_context(at)?;
        let mut complaints = FieldErrors::default();
        let goal = Goal::parse(Some(&goal), context.as_deref(), &mut complaints);
        let goal = complaints.into_result(goal).with_context(at)?;
        let intent = classifier.classify(&goal, &phrases_of(&goal, today));
        let answer = Answer {
            category: intent.category,
            confidence: intent.confidence,
            language: classifier.language(&goal).as_str().to_owned(),
        };
        print(&serde_json::to_string(&answer)?);
    }
    Ok(())
}
