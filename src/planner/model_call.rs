//! Calls of a model: retried if that helps and the hold covers it, bounded by the deadline, charged to the bill, counted and logged.

use std::time::{Duration, Instant};

use planning::category::Category;
use tracing::Instrument as _;

use super::{GuardedModel, ModelCandidate, Planner, PlanningRun, guard};
use crate::llm::{Billed, Completion, ModelError, ModelErrorKind, NotSent, Prompt, StopReason};
use crate::money::{Money, ReportedUsage, Tokens};
use crate::resilience::retry::{MAX_DELAY, Retry};
use crate::telemetry::metrics::CallOutcome;
use crate::telemetry::{events, spans};

/// Number of calls that may still be billed within the hold.
#[derive(Debug)]
pub(super) struct BillableCallsLeft(pub u32);

impl Planner {
    /// Calls a model, and retries where that may help. `category` is the goal's current category, for the log.
    ///
    /// Each attempt that may have been billed reduces `calls_left`, which must not be zero at the start.
    ///
    /// # Errors
    /// Returns the error of the last attempt.
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
            let attempt = retry.attempt();
            let result = self
                .attempt(run, candidate, model, prompt, category, attempt)
                .await;
            let error = match result {
                Ok(completion) => {
                    calls_left.0 = calls_left.0.saturating_sub(1);
                    return Ok(completion);
                }
                Err(error) => error,
            };
            if error.billed == Billed::Unknown {
                calls_left.0 = calls_left.0.saturating_sub(1);
            }
            let pause = retry.next_delay();
            let Some(pause) = pause.filter(|_| error.is_retryable(calls_left.0 > 0)) else {
                return Err(error);
            };
            let pause = pause.max(error.retry_after.unwrap_or_default());
            // A person waits for the plan: the next model may be free, and if none is, the client learns when to come back.
            if pause > MAX_DELAY {
                return Err(error);
            }
            // A retry that would start at or after the deadline is pointless.
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
        attempt: u32,
    ) -> Result<Completion, ModelError> {
        let deadline = self.call_deadline(run);
        if deadline <= tokio::time::Instant::now() {
            let reason = "the deadline leaves no time for a call";
            return Err(ModelError::not_sent(NotSent::NoTime, reason));
        }
        let permit = model.breaker.permit().map_err(|_open| {
            let reason = "the circuit breaker is open after recent failures";
            ModelError::new(ModelErrorKind::CircuitOpen, Billed::No, reason)
        })?;
        if attempt > 1 {
            self.dependencies.metrics.model_retry(&candidate.name);
        }
        let (name, max_output_tokens) = (&candidate.name, prompt.max_output_tokens);
        let span = spans::chat(name, prompt.purpose, attempt, max_output_tokens);
        let started = Instant::now();
        let call = model.model.complete(prompt, deadline);
        let result = call.instrument(span.clone()).await;
        let took = started.elapsed();
        match &result {
            Err(error) if error.counts_against_model() => permit.failed(),
            _ => permit.succeeded(),
        }
        self.health
            .record(candidate.name.provider, result.as_ref().err());
        run.timings.model += took;
        let (tokens, cost) = self.record_call(run, candidate, prompt, category, took, &result);
        let ended = result.as_ref().map(|completion| completion.stop_reason);
        spans::chat_ended(&span, ended, model.model.output_mode(), tokens, cost);
        result
    }

    /// Charges a call to the bill, counts it and logs it. Returns what was charged.
    fn record_call(
        &self,
        run: &mut PlanningRun<'_>,
        candidate: &ModelCandidate,
        prompt: &Prompt,
        category: Category,
        took: Duration,
        result: &Result<Completion, ModelError>,
    ) -> (Tokens, Money) {
        let (outcome, usage) = match result {
            Ok(completion) => (
                CallOutcome::Answered(completion.stop_reason),
                Some(completion.usage),
            ),
            // A call that may have been billed and tells nothing is charged at its worst case.
            Err(error) => (
                CallOutcome::Failed(error.kind),
                (error.billed == Billed::Unknown).then(ReportedUsage::default),
            ),
        };
        let (tokens, cost) = usage.map_or((Tokens::default(), Money::ZERO), |usage| {
            charge(run, candidate, prompt, &usage)
        });
        match result {
            Ok(_) => run.wasted.answered(cost),
            Err(_) => run.wasted.call_failed(cost),
        }
        let (name, purpose) = (&candidate.name, prompt.purpose);
        self.dependencies
            .metrics
            .model_call(name, purpose, outcome, took, tokens, cost);
        let context = &run.request.context;
        let finished =
            matches!(result, Ok(completion) if completion.stop_reason == StopReason::Finished);
        let outcome = outcome.as_str();
        events::llm_call(
            context, category, name, purpose, tokens, cost, took, outcome, finished,
        );
        if let Err(error) = result {
            events::model_failed(context, name, error);
        }
        (tokens, cost)
    }

    /// Returns the deadline of a call that starts now.
    pub(super) fn call_deadline(&self, run: &PlanningRun<'_>) -> tokio::time::Instant {
        let attempt = tokio::time::Instant::now() + self.dependencies.limits.attempt_timeout;
        attempt.min(run.spending_deadline())
    }
}

/// Charges the bill for a call with this usage. Returns the tokens and the cost that were booked.
fn charge(
    run: &mut PlanningRun<'_>,
    candidate: &ModelCandidate,
    prompt: &Prompt,
    usage: &ReportedUsage,
) -> (Tokens, Money) {
    let max = guard::max_tokens(candidate, prompt, 0);
    let booking = candidate.capabilities.price.book(usage, max);
    if booking.exceeds_hold {
        events::usage_above_hold(&run.request.context, &candidate.name, usage, max);
    }
    run.bill.charge(booking.tokens, booking.cost);
    (booking.tokens, booking.cost)
}
