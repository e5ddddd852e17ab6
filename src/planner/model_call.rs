//! One call of a model: retried where that helps and nothing is paid twice, bounded by the deadline, charged to the bill, counted
//! and logged, whatever it was for.

use std::time::{Duration, Instant};

use planning::category::Category;

use super::{GuardedModel, ModelCandidate, Planner, PlanningRun, guard};
use crate::llm::{Billed, Completion, ModelError, ModelErrorKind, Prompt, StopReason};
use crate::money::Money;
use crate::resilience::retry::Retry;
use crate::telemetry::events;

/// Time that a call leaves for settling.
const SETTLING: Duration = Duration::from_secs(1);

/// How many calls the hold still covers that may be billed.
#[derive(Debug)]
pub(super) struct BillableCallsLeft(pub u32);

impl Planner {
    /// Calls a model until it answers, or another try makes no sense. `category` is what the goal is classified as so far.
    ///
    /// Takes from `calls_left` what may have been billed; there has to be one left for the call to begin.
    pub(super) async fn call(
        &self,
        run: &mut PlanningRun<'_>,
        candidate: &ModelCandidate,
        model: &GuardedModel,
        prompt: &Prompt,
        category: Category,
        calls_left: &mut BillableCallsLeft,
    ) -> Result<Completion, ModelError> {
        let mut retry = Retry::default();
        loop {
            let answer = self.attempt(run, candidate, model, prompt, category).await;
            let error = match answer {
                Ok(completion) => {
                    calls_left.0 = calls_left.0.saturating_sub(1);
                    return Ok(completion);
                }
                Err(error) => error,
            };
            if error.billed == Billed::Unknown {
                calls_left.0 = calls_left.0.saturating_sub(1);
            }
            let pause = retry.next_pause();
            let Some(pause) = pause.filter(|_| error.is_retryable(calls_left.0 > 0)) else {
                return Err(error);
            };
            // A try that would begin at the deadline is none.
            if tokio::time::Instant::now() + pause >= self.call_deadline(run) {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(
        &self,
        run: &mut PlanningRun<'_>,
        candidate: &ModelCandidate,
        model: &GuardedModel,
        prompt: &Prompt,
        category: Category,
    ) -> Result<Completion, ModelError> {
        let deadline = self.call_deadline(run);
        if deadline <= tokio::time::Instant::now() {
            return Err(ModelError {
                kind: ModelErrorKind::TimedOut,
                billed: Billed::No,
                message: "no time is left for a call".to_owned(),
            });
        }
        let permit = model.breaker.permit().map_err(|open| ModelError {
            kind: ModelErrorKind::CircuitOpen,
            billed: Billed::No,
            message: format!(
                "{} failed too often recently; it is called again in {} s",
                candidate.name,
                open.retry_after.as_secs_f64().ceil()
            ),
        })?;
        let started = Instant::now();
        let answer = model.model.complete(prompt, deadline).await;
        let took = started.elapsed();
        match &answer {
            Err(error) if error.counts_against_model() => permit.failed(),
            _ => permit.succeeded(),
        }
        run.timings.model += took;
        self.book(run, candidate, prompt, category, took, &answer);
        answer
    }

    /// Charges a call to the bill, counts and logs it.
    fn book(
        &self,
        run: &mut PlanningRun<'_>,
        candidate: &ModelCandidate,
        prompt: &Prompt,
        category: Category,
        took: Duration,
        answer: &Result<Completion, ModelError>,
    ) {
        let (outcome, tokens, billed) = match answer {
            Ok(completion) => (completion.stop_reason.as_str(), completion.tokens, true),
            Err(error) => (error.kind.as_str(), None, error.billed == Billed::Unknown),
        };
        let cost = if billed {
            // What cannot be known is booked at what it can have cost at most.
            let worst_case = guard::call_worst_case(candidate, prompt, 0);
            let price = &candidate.capabilities.price;
            run.bill.charge(price, tokens, worst_case)
        } else {
            Money::ZERO
        };
        let tokens = tokens.unwrap_or_default();
        let (name, purpose) = (&candidate.name, prompt.purpose);
        self.dependencies
            .metrics
            .model_call(name, purpose, outcome, took, tokens, cost);
        let context = &run.request.context;
        let finished =
            matches!(answer, Ok(completion) if completion.stop_reason == StopReason::Finished);
        events::llm_call(
            context, category, name, purpose, tokens, cost, took, finished,
        );
        if let Err(error) = answer {
            events::error(context, error.kind.as_str(), &error.message);
        }
    }

    /// The deadline of a call that starts now.
    pub(super) fn call_deadline(&self, run: &PlanningRun<'_>) -> tokio::time::Instant {
        let attempt = tokio::time::Instant::now() + self.dependencies.limits.attempt_timeout;
        attempt.min(run.deadline.checked_sub(SETTLING).unwrap_or(run.deadline))
    }
}
