//! One call of a model: tried again where that helps and nothing is paid twice, bounded by the deadline, charged to the bill,
//! counted and logged, whatever it was for.

use std::time::{Duration, Instant};

use super::author::AskedModel;
use super::{Author, Planner, Run, guard};
use crate::category::Category;
use crate::ledger::Money;
use crate::model::resilience::counts_against_model;
use crate::model::resilience::retry::Retry;
use crate::model::{Billed, Completion, Failure, ModelError, Prompt, Stop};
use crate::telemetry::events;

/// Time that a call leaves for settling.
const SETTLING: Duration = Duration::from_secs(1);

/// How many calls the hold still covers that may be billed.
#[derive(Debug)]
pub(super) struct Covered(pub u32);

impl Planner {
    /// Asks a model until it answers, or trying again is of no use. `category` is what the goal is taken for so far.
    ///
    /// Takes from `covered` what may have been billed; there has to be one left for the call to begin.
    pub(super) async fn call(
        &self,
        run: &mut Run<'_>,
        author: &Author,
        asked: &AskedModel,
        prompt: &Prompt,
        category: Category,
        covered: &mut Covered,
    ) -> Result<Completion, ModelError> {
        let mut retry = Retry::default();
        loop {
            let answered = self.attempt(run, author, asked, prompt, category).await;
            let error = match answered {
                Ok(completion) => {
                    covered.0 = covered.0.saturating_sub(1);
                    return Ok(completion);
                }
                Err(error) => error,
            };
            if error.billed == Billed::Perhaps {
                covered.0 = covered.0.saturating_sub(1);
            }
            let Some(pause) = retry.after(&error, covered.0 > 0) else {
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
        run: &mut Run<'_>,
        author: &Author,
        asked: &AskedModel,
        prompt: &Prompt,
        category: Category,
    ) -> Result<Completion, ModelError> {
        let deadline = self.call_deadline(run);
        if deadline <= tokio::time::Instant::now() {
            return Err(ModelError {
                kind: Failure::TimedOut,
                billed: Billed::No,
                message: "no time is left for a call".to_owned(),
            });
        }
        let permit = asked.breaker.permit().map_err(|broken| ModelError {
            kind: Failure::Resting,
            billed: Billed::No,
            message: format!(
                "{} failed too often lately; it is asked again in {} s",
                author.name,
                broken.retry_after.as_secs_f64().ceil()
            ),
        })?;
        let started = Instant::now();
        let answered = asked.model.complete(prompt, deadline).await;
        let took = started.elapsed();
        match &answered {
            Err(error) if counts_against_model(error) => permit.failed(),
            _ => permit.succeeded(),
        }
        run.timings.model += took;
        // What cannot be known is booked at what it can have cost at most.
        let worst_case = guard::call_worst_case(author, prompt, 0);
        let (outcome, tokens, billed) = match &answered {
            Ok(completion) => (completion.stop.as_str(), completion.tokens, true),
            Err(error) => (error.kind.as_str(), None, error.billed == Billed::Perhaps),
        };
        let cost = if billed {
            run.bill.charge(&author.abilities.price, tokens, worst_case)
        } else {
            Money::ZERO
        };
        let tokens = tokens.unwrap_or_default();
        self.parts
            .metrics
            .model_call(&author.name, prompt.purpose, outcome, took, tokens, cost);
        events::llm_call(
            &run.request.caller,
            category,
            &author.name,
            prompt.purpose,
            tokens,
            cost,
            took,
            matches!(&answered, Ok(completion) if completion.stop == Stop::Finished),
        );
        if let Err(error) = &answered {
            events::error(&run.request.caller, error.kind.as_str(), &error.message);
        }
        answered
    }

    /// When a call that starts now has to be over.
    pub(super) fn call_deadline(&self, run: &Run<'_>) -> tokio::time::Instant {
        let attempt = tokio::time::Instant::now() + self.parts.limits.attempt_timeout;
        attempt.min(run.deadline.checked_sub(SETTLING).unwrap_or(run.deadline))
    }
}
