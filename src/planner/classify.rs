//! Classification of goals: by the local classifier, which is free and takes microseconds, or by a model if that is unsure.

use std::time::Instant;

use planning::answer::Answer;
use planning::category::Category;
use planning::classifier::Intent;
use tracing::Instrument as _;

use super::guard::CLASSIFIER_CALLS;
use super::model_call::BillableCallsLeft;
use super::{Classification, ClassifiedBy, PlanRequest, Planner, PlanningRun, Progress};
use crate::llm::StopReason;
use crate::telemetry::metrics::Stage;
use crate::telemetry::{events, spans};

impl Planner {
    /// Returns the category of a goal without calling a model: by the local classifier, and by the curricula where it is in doubt.
    pub(super) fn intent(&self, request: &PlanRequest) -> Intent {
        let dependencies = &self.dependencies;
        let constraints = &request.constraints;
        let intent = dependencies
            .classifier
            .classify(&request.goal, &constraints.phrases);
        dependencies
            .offline
            .reconsidered(&request.goal, intent, constraints)
    }

    /// Returns the category and its confidence, and measures how long it takes.
    pub(super) fn classify(&self, run: &mut PlanningRun<'_>) -> Intent {
        let started = Instant::now();
        let span = spans::classify("local");
        let intent = span.in_scope(|| self.intent(run.request));
        spans::classified(&span, intent.category, Some(intent.confidence));
        run.timings.classify = started.elapsed();
        self.dependencies
            .metrics
            .stage(Stage::Classify, run.timings.classify);
        run.bill.set_category(intent.category);
        intent
    }

    /// Returns the final category: from a model if the local classifier is unsure. If that model fails, the local category is used: a
    /// plan for a likely category is better than none.
    pub(super) async fn confirm_category(
        &self,
        run: &mut PlanningRun<'_>,
        intent: Intent,
    ) -> Classification {
        let by_model = self.classify_with_model(run, intent).await;
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
            .classification(classification.source.into(), classification.category);
        events::classification(
            &run.request.context,
            classification.category,
            source,
            classification.confidence,
            run.timings.classify,
        );
        classification
    }

    async fn classify_with_model(
        &self,
        run: &mut PlanningRun<'_>,
        intent: Intent,
    ) -> Option<Category> {
        let prompt = run.prompts.classify.take()?;
        let candidate = self.dependencies.classifier_model.as_ref()?;
        let model = candidate.model.as_ref()?;
        self.report(Progress::Classifying(&candidate.name));
        let mut calls_left = BillableCallsLeft(CLASSIFIER_CALLS);
        let span = spans::classify("model");
        let call = self.call(
            run,
            candidate,
            model,
            &prompt,
            intent.category,
            &mut calls_left,
        );
        let completion = call.instrument(span.clone()).await.ok()?;
        let finished = completion.stop_reason == StopReason::Finished;
        let category = finished
            .then(|| parse_category(&completion.content))
            .flatten();
        match category {
            Some(category) => spans::classified(&span, category, None),
            None => run.wasted.answer_is_unused(),
        }
        category
    }
}

/// Parses the category of an answer: from the requested JSON, or from a text that consists of the category alone.
fn parse_category(answer: &Answer) -> Option<Category> {
    let mut named = answer.find_in_objects(|fields| {
        fields
            .get("category")
            .or_else(|| fields.get("Category"))
            .cloned()
    });
    // The last is the answer, as with plans.
    if let Some(named) = named.pop() {
        return Category::from_name(named.as_str()?);
    }
    let text = answer.visible_text();
    Category::from_name(text.trim_matches(|char: char| !char.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_parsed_from_json_or_from_a_single_word_only() {
        let parsed = |text: &str| parse_category(&Answer::from(text));
        assert_eq!(
            parsed("{\"category\": \"Fitness\"}"),
            Some(Category::Fitness)
        );
        assert_eq!(parsed(" skill-learning.\n"), Some(Category::SkillLearning));
        assert_eq!(parsed("It could be fitness or creative"), None);
        assert_eq!(parsed("{\"category\": 4}"), None);
        let json = Answer::from(serde_json::json!({"category": "other"}));
        assert_eq!(parse_category(&json), Some(Category::Other));
    }
}
