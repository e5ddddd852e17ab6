//! Generation: ask a candidate, repair what rules can repair, check, ask at most once more; then the next candidate (fallback).

use std::time::Instant;

use planning::language::Language;
use planning::plan::check::{Violation, check};
use planning::plan::repair::{Repair, repair};
use planning::plan::{Draft, Plan};

use super::guard::CANDIDATE_CALLS;
use super::model_call::BillableCallsLeft;
use super::{
    Classification, GuardedModel, ModelCandidate, PlanFailure, PlanFailureKind, PlanOutcome,
    Planner, PlanningRun, prompts,
};
use crate::llm::{Completion, CompletionContent, ModelError, Prompt, Purpose, StopReason};
use crate::money::{Money, Tokens};
use crate::telemetry::events;

/// A checked plan and how it came about.
struct Generated {
    plan: Plan,
    repaired: bool,
    language: Language,
}

impl Planner {
    /// The plan of the first candidate that writes a valid one.
    pub(super) async fn generate(
        &self,
        run: &mut PlanningRun<'_>,
        classification: Classification,
    ) -> Result<PlanOutcome, PlanFailure> {
        let mut failure = PlanFailureKind::ProviderUnavailable("no model is configured".to_owned());
        for (place, candidate) in self.dependencies.candidates.iter().enumerate() {
            run.bill.set_model(&candidate.name.to_string());
            let generated = match &candidate.model {
                None => self.write_offline(run, candidate, classification),
                Some(model) => self.ask(run, candidate, model, classification).await,
            };
            match generated {
                Ok(generated) => {
                    let is_fallback = place > 0;
                    return Ok(self.outcome(
                        run,
                        candidate,
                        classification,
                        generated,
                        is_fallback,
                    ));
                }
                Err(kind) => failure = kind,
            }
            if tokio::time::Instant::now() >= run.deadline {
                break;
            }
        }
        Err(failure.into())
    }

    fn outcome(
        &self,
        run: &PlanningRun<'_>,
        candidate: &ModelCandidate,
        classification: Classification,
        generated: Generated,
        fallback: bool,
    ) -> PlanOutcome {
        let row = run.bill.row();
        PlanOutcome {
            plan: generated.plan,
            classification,
            model: candidate.name.clone(),
            language: generated.language,
            tokens: row.tokens,
            cost: row.cost,
            llm_calls: row.llm_calls,
            repaired: generated.repaired,
            fallback,
            cached: false,
            created_at: self.dependencies.clock.now(),
            timings: run.timings,
        }
    }

    fn write_offline(
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
        let repairs = repair(&mut written.draft, &request.constraints);
        let checked = check(written.draft, &request.constraints);
        let took = started.elapsed();
        run.timings.model += took;
        let (tokens, cost) = (Tokens::default(), Money::ZERO);
        self.dependencies.metrics.model_call(
            &candidate.name,
            Purpose::Plan,
            StopReason::Finished.as_str(),
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
            checked.is_ok(),
        );
        let plan = checked
            .map_err(|violations| PlanFailureKind::InvalidModelOutput(listed(&violations)))?;
        Ok(Generated {
            plan,
            repaired: self.count_repairs(&repairs),
            language: written.language,
        })
    }

    async fn ask(
        &self,
        run: &mut PlanningRun<'_>,
        candidate: &ModelCandidate,
        model: &GuardedModel,
        classification: Classification,
    ) -> Result<Generated, PlanFailureKind> {
        let category = classification.category;
        let mut violations = Vec::new();
        let mut calls_left = BillableCallsLeft(CANDIDATE_CALLS);
        // The plan, and one more try with what was wrong with the first, where the hold still covers it.
        for attempt in 0..2 {
            if calls_left.0 == 0 {
                break;
            }
            let prompt = self.take_prompt(run, classification, &violations);
            let answer = self
                .call(run, candidate, model, &prompt, category, &mut calls_left)
                .await;
            if violations.is_empty() {
                // The next candidate is asked the same.
                run.prompts.plan = Some(prompt);
            }
            let completion = answer.map_err(|error| self.map_model_error(run, &error))?;
            if completion.stop_reason == StopReason::Refused {
                // The same words would be refused again.
                return Err(PlanFailureKind::InvalidModelOutput(
                    "a guardrail or content filter of the provider refused the goal".to_owned(),
                ));
            }
            match read(&completion, run) {
                Ok((plan, repairs)) => {
                    let repaired = self.count_repairs(&repairs) || attempt > 0;
                    if attempt > 0 {
                        self.dependencies.metrics.plan_repair("asked_again");
                    }
                    return Ok(Generated {
                        plan,
                        repaired,
                        language: run.request.constraints.language.clone(),
                    });
                }
                Err(found) => violations = found,
            }
        }
        Err(PlanFailureKind::InvalidModelOutput(listed(&violations)))
    }

    /// The prompt of the run, which the guard built; a new one only for another category, or to name what was wrong.
    fn take_prompt(
        &self,
        run: &mut PlanningRun<'_>,
        classification: Classification,
        violations: &[Violation],
    ) -> Prompt {
        let category = classification.category;
        let max_output_tokens = self.dependencies.limits.max_output_tokens;
        let build = || prompts::plan(run.request, category, max_output_tokens, violations);
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
        // A call's own deadline lies a little before the request's, so that there is time to settle.
        if self.call_deadline(run) <= now || run.deadline <= now {
            PlanFailureKind::DeadlineExceeded
        } else {
            PlanFailureKind::ProviderUnavailable(error.to_string())
        }
    }

    /// Counts repairs. Whether there were any.
    fn count_repairs(&self, repairs: &[Repair]) -> bool {
        for repair in repairs {
            self.dependencies.metrics.plan_repair(repair.as_str());
        }
        !repairs.is_empty()
    }
}

/// The plan in an answer, repaired where rules suffice.
fn read(
    completion: &Completion,
    run: &PlanningRun<'_>,
) -> Result<(Plan, Vec<Repair>), Vec<Violation>> {
    // What was cut off may look whole to a tolerant reader, with its last weeks missing.
    if completion.stop_reason == StopReason::MaxTokens {
        return Err(vec![Violation::CutOff]);
    }
    let draft = match &completion.content {
        CompletionContent::Json(value) => Draft::from_json(value),
        CompletionContent::Text(text) => Draft::from_text(text),
    };
    let mut draft = draft.ok_or_else(|| vec![Violation::NotAPlan])?;
    let constraints = &run.request.constraints;
    let repairs = repair(&mut draft, constraints);
    check(draft, constraints).map(|plan| (plan, repairs))
}

fn listed(violations: &[Violation]) -> String {
    let rules: Vec<String> = violations.iter().map(ToString::to_string).collect();
    rules.join("; ")
}
