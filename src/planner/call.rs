//! One call of a model: bounded by the deadline, charged to the bill, counted and logged, whatever it was for.

use std::time::{Duration, Instant};

use super::{Author, Planner, Run, guard};
use crate::category::Category;
use crate::ledger::Money;
use crate::model::{Billed, Completion, LanguageModel, ModelError, Prompt, Stop};
use crate::telemetry::events;

/// Time that a call leaves for settling.
const SETTLING: Duration = Duration::from_secs(1);

impl Planner {
    /// Asks a model. `category` is what the goal is taken for so far.
    pub(super) async fn call(
        &self,
        run: &mut Run<'_>,
        author: &Author,
        model: &dyn LanguageModel,
        prompt: &Prompt,
        category: Category,
    ) -> Result<Completion, ModelError> {
        let started = Instant::now();
        let answered = model.complete(prompt, self.call_deadline(run)).await;
        let took = started.elapsed();
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
