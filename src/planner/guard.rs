//! The cost guard: computes the worst-case cost of a request and rejects it if that is too high. Nothing is spent before.

use std::time::{Duration, Instant};

use planning::classifier::Intent;

use super::prompts::{self, RequestPrompts};
use super::{ModelCandidate, PlanFailure, PlanFailureKind, PlanRequest, Planner, PlanningRun};
use crate::llm::{Prompt, token_estimate};
use crate::money::{MaxTokens, Money};
use crate::telemetry::events;
use crate::telemetry::metrics::Stage;

/// The limits of a request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Maximum estimated tokens of goal and context, which are what the caller can shorten.
    pub max_input_tokens: u64,
    /// Maximum output tokens of a plan.
    pub max_output_tokens: u32,
    /// Maximum cost of a request in the worst case.
    pub max_request_cost: Money,
    /// Confidence below which a model is called for the category.
    pub confidence_threshold: f32,
    /// Maximum duration of a request.
    pub deadline: Duration,
    /// Maximum duration of one call of a model.
    pub attempt_timeout: Duration,
}

/// Number of classification calls that the hold covers.
pub(super) const CLASSIFIER_CALLS: u32 = 1;
/// Number of calls of each candidate that the hold covers: the plan, and one retry after output that cannot be repaired or a failed
/// call that may have been billed.
pub(super) const CANDIDATE_CALLS: u32 = 2;

impl Planner {
    /// Returns the worst-case cost of a request, and builds the prompts that it needs.
    ///
    /// # Errors
    /// Returns a failure if the request is too large or too expensive.
    pub(super) fn guard(
        &self,
        run: &mut PlanningRun<'_>,
        intent: Intent,
    ) -> Result<Money, PlanFailure> {
        let started = Instant::now();
        let first = &self.dependencies.candidates[0];
        run.bill.set_model(&first.name.to_string());
        run.prompts = self.prompts_for(run.request, intent);
        let worst_case = self.worst_case(&run.prompts);
        let checked = self.check_limits(run.request, worst_case);
        self.dependencies
            .metrics
            .stage(Stage::Guard, started.elapsed());
        checked
            .map_err(PlanFailure::from)
            .inspect_err(|refusal| self.report_refusal(run, refusal, worst_case))?;
        Ok(worst_case)
    }

    /// Checks a request with this worst-case cost against the limits.
    ///
    /// # Errors
    /// Returns a failure if the request is too large or too expensive.
    pub(super) fn check_limits(
        &self,
        request: &PlanRequest,
        worst_case: Money,
    ) -> Result<(), PlanFailureKind> {
        let limits = &self.dependencies.limits;
        let tokens = input_estimate(request);
        if tokens > limits.max_input_tokens {
            return Err(PlanFailureKind::InputTooLarge {
                tokens,
                max: limits.max_input_tokens,
            });
        }
        if worst_case > limits.max_request_cost {
            return Err(PlanFailureKind::RequestTooExpensive {
                worst_case,
                limit: limits.max_request_cost,
            });
        }
        Ok(())
    }

    /// Returns the maximum cost of all calls that a request may make: a classification if the local classifier is unsure, and a plan
    /// and a retry for every candidate.
    pub(super) fn worst_case(&self, prompts: &RequestPrompts) -> Money {
        let dependencies = &self.dependencies;
        let classify = prompts
            .classify
            .as_ref()
            .zip(dependencies.classifier_model.as_ref());
        let classify = classify.map_or(Money::ZERO, |(prompt, model)| {
            call_worst_case(model, prompt, 0)
        });
        let Some(prompt) = &prompts.plan else {
            return classify;
        };
        let models = dependencies.candidates.iter();
        let models = models.filter(|candidate| candidate.model.is_some());
        models.fold(classify, |sum, candidate| {
            let first = call_worst_case(candidate, prompt, prompts::MAX_GUIDANCE_TOKENS);
            let retry = call_worst_case(
                candidate,
                prompt,
                prompts::MAX_GUIDANCE_TOKENS + prompts::MAX_VIOLATION_TOKENS,
            );
            sum.saturating_add(first).saturating_add(retry)
        })
    }

    /// Builds the prompts that a request needs: one for the category if the local classifier is unsure, and one for the plan if a
    /// model may write it.
    pub(super) fn prompts_for(&self, request: &PlanRequest, intent: Intent) -> RequestPrompts {
        let dependencies = &self.dependencies;
        let unsure = intent.confidence < dependencies.limits.confidence_threshold;
        let classify = unsure && dependencies.classifier_model.is_some();
        let mut candidates = dependencies.candidates.iter();
        let needs_plan = candidates.any(|candidate| candidate.model.is_some());
        RequestPrompts {
            classify: classify
                .then(|| prompts::classify(&request.goal, &request.context.request_id)),
            plan: needs_plan.then(|| {
                let max_output_tokens = dependencies.limits.max_output_tokens;
                let constraints = &request.constraints;
                prompts::plan(
                    request,
                    intent.category,
                    max_output_tokens,
                    constraints,
                    &[],
                )
            }),
            category: Some(intent.category),
        }
    }

    /// Counts and logs a rejection.
    pub(super) fn report_refusal(
        &self,
        run: &PlanningRun<'_>,
        refusal: &PlanFailure,
        worst_case: Money,
    ) {
        if let Some(reason) = refusal.kind.rejection() {
            self.dependencies.metrics.cost_guard_rejection(reason);
        }
        events::cost_guard_triggered(&run.request.context, refusal.kind.code(), worst_case);
    }
}

/// Returns the estimated tokens of goal and context.
pub(super) fn input_estimate(request: &PlanRequest) -> u64 {
    token_estimate::estimate(request.goal.text())
        + request.goal.context().map_or(0, token_estimate::estimate)
}

/// Returns the maximum cost of one call; `more_input` are input tokens in addition to the prompt.
pub(super) fn call_worst_case(
    candidate: &ModelCandidate,
    prompt: &Prompt,
    more_input: u64,
) -> Money {
    let max = max_tokens(candidate, prompt, more_input);
    candidate
        .capabilities
        .price
        .worst_case(max.input, max.output)
}

/// Returns the maximum tokens of one call; `more_input` are input tokens in addition to the prompt.
pub(super) fn max_tokens(
    candidate: &ModelCandidate,
    prompt: &Prompt,
    more_input: u64,
) -> MaxTokens {
    let thinking = u64::from(candidate.capabilities.thinking_tokens);
    MaxTokens {
        input: prompts::max_input_tokens(prompt) + more_input,
        output: u64::from(prompt.max_output_tokens) + thinking,
    }
}
