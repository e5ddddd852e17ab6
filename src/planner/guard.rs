//! The cost guard: what a request could cost at most, and whether it may. Nothing is spent before it.

use std::time::Duration;

use planning::classifier::Intent;

use super::prompts::{self, RequestPrompts};
use super::{ModelCandidate, PlanFailure, PlanFailureKind, PlanRequest, Planner, PlanningRun};
use crate::llm::{Prompt, token_estimate};
use crate::money::Money;
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
pub(super) const CLASSIFIER_CALLS: u32 = 1;
/// Calls of each candidate that the hold covers: the plan, and one more after an answer that cannot be repaired or a call that may
/// have been billed unseen.
pub(super) const CANDIDATE_CALLS: u32 = 2;

impl Planner {
    /// Refuses what is too large or too expensive; else returns the worst case. Builds the prompts that the request will need.
    pub(super) fn guard(
        &self,
        run: &mut PlanningRun<'_>,
        intent: Intent,
    ) -> Result<Money, PlanFailure> {
        let first = &self.dependencies.candidates[0];
        run.bill.set_model(&first.name.to_string());
        run.prompts = self.prompts_for(run.request, intent);
        let worst_case = self.worst_case(&run.prompts);
        self.check_limits(run.request, worst_case)
            .map_err(PlanFailure::from)
            .inspect_err(|refusal| self.report_refusal(run, refusal, worst_case))?;
        Ok(worst_case)
    }

    /// Whether a request of this worst case is within the limits of every request.
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

    /// The most that all calls which a request may make can cost together: a question for the category where the local
    /// classifier is unsure, and of every candidate a plan and a second try.
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
            let again = call_worst_case(
                candidate,
                prompt,
                prompts::MAX_GUIDANCE_TOKENS + prompts::MAX_VIOLATION_TOKENS,
            );
            sum.saturating_add(first).saturating_add(again)
        })
    }

    /// The prompts that a request needs: one for the category where the local classifier is unsure, and one for the plan where a
    /// model may write it.
    pub(super) fn prompts_for(&self, request: &PlanRequest, intent: Intent) -> RequestPrompts {
        let dependencies = &self.dependencies;
        let unsure = intent.confidence < dependencies.limits.confidence_threshold;
        let classify = unsure && dependencies.classifier_model.is_some();
        let mut candidates = dependencies.candidates.iter();
        let by_model = candidates.any(|candidate| candidate.model.is_some());
        RequestPrompts {
            classify: classify
                .then(|| prompts::classify(&request.goal, &request.context.request_id)),
            plan: by_model.then(|| {
                let max_output_tokens = dependencies.limits.max_output_tokens;
                prompts::plan(request, intent.category, max_output_tokens, &[])
            }),
            category: Some(intent.category),
        }
    }

    /// Counts and logs a refusal.
    pub(super) fn report_refusal(
        &self,
        run: &PlanningRun<'_>,
        refusal: &PlanFailure,
        worst_case: Money,
    ) {
        let code = refusal.kind.code();
        self.dependencies.metrics.cost_guard_rejection(code);
        events::cost_guard_triggered(&run.request.context, code, worst_case);
    }
}

/// About how many tokens the caller's words have.
pub(super) fn input_estimate(request: &PlanRequest) -> u64 {
    token_estimate::estimate(request.goal.text())
        + request.goal.context().map_or(0, token_estimate::estimate)
}

/// The most that one call can cost.
pub(super) fn call_worst_case(
    candidate: &ModelCandidate,
    prompt: &Prompt,
    more_input: u64,
) -> Money {
    let capabilities = &candidate.capabilities;
    let output = u64::from(prompt.max_output_tokens) + u64::from(capabilities.thinking_tokens);
    capabilities
        .price
        .worst_case(prompts::max_input_tokens(prompt) + more_input, output)
}
