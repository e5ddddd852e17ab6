//! Local first, free and in microseconds; a model only for a goal that the local one is unsure about.

use std::time::Instant;

use serde_json::Value;

use super::call::Covered;
use super::guard::SORTING_CALLS;
use super::{Classification, ClassifiedBy, Planner, Run, prompts};
use crate::category::Category;
use crate::classifier::Intent;
use crate::model::{Stop, Words};
use crate::telemetry::events;

impl Planner {
    /// What the local model takes the goal for.
    pub(super) fn classify(&self, run: &mut Run<'_>) -> Intent {
        let started = Instant::now();
        let intent = self
            .parts
            .classifier
            .classify(&run.request.goal, &run.request.constraints.phrases);
        run.timings.classify = started.elapsed();
        run.bill.set_category(intent.category);
        intent
    }

    /// The category that the plan is made for. A model that does not answer leaves the local answer standing: a plan for
    /// a likely category is worth more than none.
    pub(super) async fn classify_again(&self, run: &mut Run<'_>, intent: Intent) -> Classification {
        let asked = self.ask_for_category(run, intent).await;
        let classification = Classification {
            category: asked.unwrap_or(intent.category),
            source: if asked.is_some() {
                ClassifiedBy::Model
            } else {
                ClassifiedBy::Local
            },
            confidence: intent.confidence,
        };
        run.bill.set_category(classification.category);
        self.parts
            .metrics
            .classification(classification.source.as_str(), classification.category);
        events::classification(
            &run.request.caller,
            classification.category,
            classification.source.as_str(),
            classification.confidence,
            run.timings.classify,
        );
        classification
    }

    async fn ask_for_category(&self, run: &mut Run<'_>, intent: Intent) -> Option<Category> {
        let sorter = self.sorter_for(intent)?;
        let model = sorter.model.as_ref()?;
        let prompt = prompts::classify(&run.request.goal, &run.request.caller.request_id);
        let mut covered = Covered(SORTING_CALLS);
        let answered = self
            .call(run, sorter, model, &prompt, intent.category, &mut covered)
            .await
            .ok()?;
        let finished = answered.stop == Stop::Finished;
        finished.then(|| category_in(&answered.words)).flatten()
    }
}

/// The category that an answer names: in the JSON asked for, or as the only thing it says.
fn category_in(words: &Words) -> Option<Category> {
    let named = |answer: &Value| Category::from_name(answer.get("category")?.as_str()?);
    match words {
        Words::Json(answer) => named(answer),
        Words::Text(text) => match serde_json::from_str(text.trim()) {
            Ok(answer) => named(&answer),
            Err(_) => {
                Category::from_name(text.trim_matches(|char: char| !char.is_ascii_alphabetic()))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_read_from_json_or_from_a_bare_word_and_else_not_at_all() {
        let said = |text: &str| category_in(&Words::Text(text.to_owned()));
        assert_eq!(said("{\"category\": \"Fitness\"}"), Some(Category::Fitness));
        assert_eq!(said(" skill-learning.\n"), Some(Category::SkillLearning));
        assert_eq!(said("It could be fitness or creative"), None);
        assert_eq!(said("{\"category\": 4}"), None);
        let called = Words::Json(serde_json::json!({"category": "other"}));
        assert_eq!(category_in(&called), Some(Category::Other));
    }
}
