//! Generation of a plan by one candidate: call it, repair its draft by rules, check it, and retry at most once.

use std::time::Instant;

use planning::care::Matter;
use planning::constraints::{Constraints, with_seen};
use planning::language::Language;
use planning::plan::Plan;
use planning::plan::check::Violation;
use planning::plan::repair::Repair;

use super::guard::CANDIDATE_CALLS;
use super::model_call::BillableCallsLeft;
use super::read_answer::{Checked, assess, join_violations, parse_plan, repair_and_check};
use super::{
    Classification, GuardedModel, ModelCandidate, PlanFailureKind, Planner, PlanningRun, prompts,
};
use crate::llm::{ModelError, ModelErrorKind, Prompt, Purpose, StopReason};
use crate::money::{Money, Tokens};
use crate::telemetry::metrics::{CallOutcome, Stage};
use crate::telemetry::{events, spans};

/// The reason of a refusal, for operators.
const REFUSED: &str = "a guardrail or content filter of the provider refused the goal";

/// A checked plan, whether it was repaired, and its language.
pub(super) struct Generated {
    pub plan: Plan,
    pub repaired: bool,
    pub language: Language,
    pub ask_first: Option<Matter>,
    /// The request's constraints, and those that the model saw.
    pub constraints: Constraints,
}

impl Planner {
    pub(super) fn generate_offline(
        &self,
        run: &mut PlanningRun<'_>,
        candidate: &ModelCandidate,
        classification: Classification,
    ) -> Result<Generated, PlanFailureKind> {
        let started = Instant::now();
        let request = run.request;
        let offline = &self.dependencies.offline;
        let mut written =
            offline.write(&request.goal, classification.category, &request.constraints);
        if let Some(matter) = request.ask_first {
            matter.put_first(&mut written.draft, &written.language);
        }
        let checked = self.in_check(|| repair_and_check(written.draft, &request.constraints));
        let took = started.elapsed();
        run.timings.model += took;
        let (tokens, cost) = (Tokens::default(), Money::ZERO);
        self.dependencies.metrics.model_call(
            &candidate.name,
            Purpose::Plan,
            CallOutcome::Answered(StopReason::Finished),
            took,
            tokens,
            cost,
        );
        events::llm_call(
            &request.context,
            classification.category,
            &candidate.name,
            Purpose::Plan,
            tokens,
            cost,
            took,
            StopReason::Finished.as_str(),
            checked.is_ok(),
        );
        let (plan, repairs) = checked.map_err(|violations| {
            PlanFailureKind::InvalidModelOutput(join_violations(&violations))
        })?;
        Ok(Generated {
            plan,
            repaired: self.count_repairs(&repairs),
            language: written.language,
            ask_first: request.ask_first,
            constraints: request.constraints.clone(),
        })
    }

    pub(super) async fn generate_with_model(
        &self,
        run: &mut PlanningRun<'_>,
        candidate: &ModelCandidate,
        model: &GuardedModel,
        classification: Classification,
    ) -> Result<Generated, PlanFailureKind> {
        let category = classification.category;
        let mut violations = Vec::new();
        let mut constraints = run.request.constraints.clone();
        let mut calls_left = BillableCallsLeft(CANDIDATE_CALLS);
        // The plan, and one retry that names the violations of the first, if the hold still covers it.
        for attempt in 0..2_u8 {
            if calls_left.0 == 0 {
                break;
            }
            let prompt = self.take_prompt(run, classification, &constraints, &violations);
            let result = self
                .call(run, candidate, model, &prompt, category, &mut calls_left)
                .await;
            if violations.is_empty() {
                // The next candidate gets the same prompt.
                run.prompts.plan = Some(prompt);
            }
            let completion = result.map_err(|error| self.map_model_error(run, &error))?;
            if completion.stop_reason == StopReason::Refused {
                // The same prompt would be refused again.
                run.wasted.answer_is_unused();
                return Err(PlanFailureKind::InvalidModelOutput(REFUSED.to_owned()));
            }
            let ask_first = assess(&completion, run)?;
            constraints = with_seen(&constraints, &run.request.goal, &completion.content);
            match self.in_check(|| parse_plan(&completion, &constraints, ask_first)) {
                Ok((plan, repairs)) => {
                    let repaired = self.count_repairs(&repairs) || attempt > 0;
                    if attempt > 0 {
                        self.dependencies.metrics.plan_asked_again();
                    }
                    return Ok(Generated {
                        plan,
                        repaired,
                        language: run.request.constraints.language.clone(),
                        ask_first,
                        constraints,
                    });
                }
                Err(found) => {
                    run.wasted.answer_is_unused();
                    let (context, name) = (&run.request.context, &candidate.name);
                    let told = join_violations(&found);
                    events::draft_rejected(context, category, name, attempt + 1, &told);
                    violations = found;
                }
            }
        }
        Err(PlanFailureKind::InvalidModelOutput(join_violations(
            &violations,
        )))
    }

    /// Takes the run's prompt, which the cost guard built. Builds a new one for another category, or to name violations.
    fn take_prompt(
        &self,
        run: &mut PlanningRun<'_>,
        classification: Classification,
        constraints: &Constraints,
        violations: &[Violation],
    ) -> Prompt {
        let category = classification.category;
        let max_output_tokens = self.dependencies.limits.max_output_tokens;
        let build = || {
            let max = max_output_tokens;
            prompts::plan(run.request, category, max, constraints, violations)
        };
        if !violations.is_empty() {
            return build();
        }
        let built = run.prompts.plan.take();
        let prompt = built
            .filter(|_| run.prompts.category == Some(category))
            .unwrap_or_else(build);
        run.prompts.category = Some(category);
        prompt
    }

    fn map_model_error(&self, run: &PlanningRun<'_>, error: &ModelError) -> PlanFailureKind {
        let now = tokio::time::Instant::now();
        if error.kind == ModelErrorKind::Refused {
            return PlanFailureKind::InvalidModelOutput(REFUSED.to_owned());
        }
        // A call's deadline is a little before the request's, which leaves time to settle.
        if self.call_deadline(run) <= now {
            PlanFailureKind::DeadlineExceeded
        } else {
            PlanFailureKind::ProviderUnavailable {
                reason: error.to_string(),
                retry_after: error.retry_after,
            }
        }
    }

    /// Runs a check in a span of its own, and measures it.
    fn in_check(&self, run: impl FnOnce() -> Checked) -> Checked {
        let span = spans::check();
        let started = Instant::now();
        let checked = span.in_scope(run);
        let took = started.elapsed();
        self.dependencies.metrics.stage(Stage::Check, took);
        let repairs = checked.as_ref().map_or(0, |(_, repairs)| repairs.len());
        let violations = checked.as_ref().err().map_or(0, Vec::len);
        spans::checked(&span, repairs, violations);
        checked
    }

    /// Counts the repairs, and returns whether there were any.
    fn count_repairs(&self, repairs: &[Repair]) -> bool {
        for repair in repairs {
            self.dependencies.metrics.plan_repair(*repair);
        }
        !repairs.is_empty()
    }
}
