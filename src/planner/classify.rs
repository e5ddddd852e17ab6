//! Local first, free and in microseconds; a model only for a goal that the local one is unsure about.

use std::time::Instant;

use serde_json::Value;

use super::{Classification, ClassifiedBy, Planner, Run, guard, prompts};
use crate::category::Category;
use crate::classifier::Intent;
use crate::ledger::{Money, Tokens};
use crate::model::{Billed, Purpose, Stop, Words};
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
        let started = Instant::now();
        let answered = model.complete(&prompt, self.call_deadline(run)).await;
        let took = started.elapsed();
        run.timings.model += took;
        let worst_case = guard::call_worst_case(sorter, &prompt, 0);
        match answered {
            Ok(completion) => {
                let cost = run
                    .bill
                    .charge(&sorter.abilities.price, completion.tokens, worst_case);
                let tokens = completion.tokens.unwrap_or_default();
                let category = (completion.stop == Stop::Finished)
                    .then(|| category_in(&completion.words))
                    .flatten();
                let outcome = if category.is_some() {
                    completion.stop.as_str()
                } else {
                    "no_category"
                };
                self.parts.metrics.model_call(
                    &sorter.name,
                    Purpose::Classify,
                    outcome,
                    took,
                    tokens,
                    cost,
                );
                events::llm_call(
                    &run.request.caller,
                    intent.category,
                    &sorter.name,
                    Purpose::Classify,
                    tokens,
                    cost,
                    took,
                    category.is_some(),
                );
                category
            }
            Err(error) => {
                let cost = if error.billed == Billed::Perhaps {
                    run.bill.charge(&sorter.abilities.price, None, worst_case)
                } else {
                    Money::ZERO
                };
                self.parts.metrics.model_call(
                    &sorter.name,
                    Purpose::Classify,
                    error.kind.as_str(),
                    took,
                    Tokens::default(),
                    cost,
                );
                events::model_failure(
                    &run.request.caller,
                    intent.category,
                    &sorter.name,
                    Purpose::Classify,
                    &error,
                    cost,
                    took,
                );
                None
            }
        }
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
