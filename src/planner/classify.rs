//! Local first, free and in microseconds; a model only for a goal that the local classifier is unsure about.

use std::time::Instant;

use planning::category::Category;
use planning::classifier::Intent;
use serde_json::Value;

use super::guard::CLASSIFIER_CALLS;
use super::model_call::BillableCallsLeft;
use super::{Classification, ClassifiedBy, Planner, PlanningRun};
use crate::llm::{CompletionContent, StopReason};
use crate::telemetry::events;

impl Planner {
    /// The category and confidence by the local classifier.
    pub(super) fn classify(&self, run: &mut PlanningRun<'_>) -> Intent {
        let started = Instant::now();
        let request = run.request;
        let classifier = &self.dependencies.classifier;
        let intent = classifier.classify(&request.goal, &request.constraints.phrases);
        run.timings.classify = started.elapsed();
        run.bill.set_category(intent.category);
        intent
    }

    /// The category that the plan is made for: a model's where the local classifier is unsure. A model that does not answer leaves
    /// the local answer standing: a plan for a likely category is worth more than none.
    pub(super) async fn confirm_category(
        &self,
        run: &mut PlanningRun<'_>,
        intent: Intent,
    ) -> Classification {
        let by_model = self.ask_for_category(run, intent).await;
        let classification = Classification {
            category: by_model.unwrap_or(intent.category),
            source: if by_model.is_some() {
                ClassifiedBy::Model
            } else {
                ClassifiedBy::Local
            },
            confidence: intent.confidence,
        };
        run.bill.set_category(classification.category);
        let source = classification.source.as_str();
        self.dependencies
            .metrics
            .classification(source, classification.category);
        events::classification(
            &run.request.context,
            classification.category,
            source,
            classification.confidence,
            run.timings.classify,
        );
        classification
    }

    async fn ask_for_category(
        &self,
        run: &mut PlanningRun<'_>,
        intent: Intent,
    ) -> Option<Category> {
        let prompt = run.prompts.classify.take()?;
        let candidate = self.dependencies.classifier_model.as_ref()?;
        let model = candidate.model.as_ref()?;
        let mut calls_left = BillableCallsLeft(CLASSIFIER_CALLS);
        let answer = self
            .call(
                run,
                candidate,
                model,
                &prompt,
                intent.category,
                &mut calls_left,
            )
            .await
            .ok()?;
        let finished = answer.stop_reason == StopReason::Finished;
        finished.then(|| category_in(&answer.content)).flatten()
    }
}

/// The category that an answer names: in the JSON asked for, or as the only thing it says.
fn category_in(words: &CompletionContent) -> Option<Category> {
    let named = |answer: &Value| Category::from_name(answer.get("category")?.as_str()?);
    match words {
        CompletionContent::Json(answer) => named(answer),
        CompletionContent::Text(text) => match serde_json::from_str(text.trim()) {
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
        let said = |text: &str| category_in(&CompletionContent::Text(text.to_owned()));
        assert_eq!(said("{\"category\": \"Fitness\"}"), Some(Category::Fitness));
        assert_eq!(said(" skill-learning.\n"), Some(Category::SkillLearning));
        assert_eq!(said("It could be fitness or creative"), None);
        assert_eq!(said("{\"category\": 4}"), None);
        let called = CompletionContent::Json(serde_json::json!({"category": "other"}));
        assert_eq!(category_in(&called), Some(Category::Other));
    }
}
