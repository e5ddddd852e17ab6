//! The guard: what a request could cost at most, and whether it may. Nothing is spent before it.

use std::time::Duration;

use super::{Author, PlanError, PlanRequest, Planner, Run, prompts};
use crate::classifier::Intent;
use crate::ledger::Money;
use crate::model::{Prompt, tokens};
use crate::telemetry::events;

/// What a request may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most estimated tokens of goal and context: what the caller can make smaller.
    pub max_input_tokens: u64,
    /// Most tokens of a plan.
    pub max_output_tokens: u32,
    /// Most that a request may cost in the worst case.
    pub max_request_cost: Money,
    /// Confidence below which a model is asked for the category.
    pub confidence_threshold: f32,
    /// How long a request may take.
    pub deadline: Duration,
    /// How long one call of a model may take.
    pub attempt_timeout: Duration,
}

/// Calls for the category that the hold covers.
pub(super) const SORTING_CALLS: u32 = 1;
/// Calls of each author that the hold covers: the plan, and one more after an answer that cannot be mended or a call that may
/// have been billed unseen.
pub(super) const AUTHOR_CALLS: u32 = 2;

impl Planner {
    /// Refuses what is too large or too dear; else returns the worst case.
    pub(super) fn guard(&self, run: &mut Run<'_>, intent: Intent) -> Result<Money, PlanError> {
        let author = &self.parts.authors[0];
        run.bill.set_model(&author.name.to_string());
        let worst_case = self.worst_case(run.request, intent);
        self.admit(run.request, worst_case).inspect_err(|refusal| {
            self.parts.metrics.cost_guard_rejection(refusal.code());
            events::cost_guard_triggered(&run.request.caller, refusal.code(), worst_case);
        })?;
        Ok(worst_case)
    }

    pub(super) fn admit(&self, request: &PlanRequest, worst_case: Money) -> Result<(), PlanError> {
        let limits = &self.parts.limits;
        let tokens = input_estimate(request);
        if tokens > limits.max_input_tokens {
            return Err(PlanError::InputTooLarge {
                tokens,
                most: limits.max_input_tokens,
            });
        }
        if worst_case > limits.max_request_cost {
            return Err(PlanError::RequestTooExpensive {
                worst_case,
                limit: limits.max_request_cost,
            });
        }
        Ok(())
    }

    /// The most that all calls which a request may make can cost together: a question for the category where the local
    /// model is unsure, and of every author a plan and a second try.
    pub(super) fn worst_case(&self, request: &PlanRequest, intent: Intent) -> Money {
        let sorting = self.sorter_for(intent).map_or(Money::ZERO, |sorter| {
            call_worst_case(
                sorter,
                &prompts::classify(&request.goal, &request.caller.request_id),
                0,
            )
        });
        let mut authors = self
            .parts
            .authors
            .iter()
            .filter(|author| author.model.is_some())
            .peekable();
        if authors.peek().is_none() {
            return sorting;
        }
        let prompt = prompts::plan(
            request,
            intent.category,
            self.parts.limits.max_output_tokens,
            &[],
        );
        authors.fold(sorting, |sum, author| {
            let first = call_worst_case(author, &prompt, prompts::MOST_GUIDANCE_TOKENS);
            let again = call_worst_case(
                author,
                &prompt,
                prompts::MOST_GUIDANCE_TOKENS + prompts::MOST_VIOLATION_TOKENS,
            );
            sum.saturating_add(first).saturating_add(again)
        })
    }

    /// The model to ask for the category, where the local one is unsure.
    pub(super) fn sorter_for(&self, intent: Intent) -> Option<&Author> {
        self.parts
            .sorter
            .as_ref()
            .filter(|_| intent.confidence < self.parts.limits.confidence_threshold)
    }
}

/// About how many tokens the caller's words have.
pub(super) fn input_estimate(request: &PlanRequest) -> u64 {
    tokens::estimate(request.goal.text()) + request.goal.context().map_or(0, tokens::estimate)
}

/// The most that one call can cost.
pub(super) fn call_worst_case(author: &Author, prompt: &Prompt, more_input: u64) -> Money {
    let output = u64::from(prompt.max_output_tokens) + u64::from(author.abilities.thinking_tokens);
    author
        .abilities
        .price
        .worst_case(prompts::most_input_tokens(prompt) + more_input, output)
}
