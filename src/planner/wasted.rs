//! What a request spends for nothing, for the metrics. The bill has the whole cost; this tells its parts.
//!
//! What counts as wasted is known only at the end. If there is a plan, it is what was paid for failed calls and for answers of no use.
//! If there is none, it is everything.

use super::Planner;
use crate::ledger::Bill;
use crate::money::Money;
use crate::telemetry::metrics::Waste;

/// What a request has spent so far on calls that did not lead to its plan.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct WastedCosts {
    failed_calls: Money,
    unused_answers: Money,
    last_answer: Money,
}

impl WastedCosts {
    /// Records the cost of a call that failed and may have been billed.
    pub fn call_failed(&mut self, cost: Money) {
        self.failed_calls = self.failed_calls.saturating_add(cost);
    }

    /// Records the cost of an answer, which may turn out to be of no use.
    pub fn answered(&mut self, cost: Money) {
        self.last_answer = cost;
    }

    /// Records that the last answer is of no use.
    pub fn answer_is_unused(&mut self) {
        self.unused_answers = self.unused_answers.saturating_add(self.last_answer);
        self.last_answer = Money::ZERO;
    }
}

impl Planner {
    /// Counts what a request with a plan has wasted.
    pub(super) fn count_waste_beside_plan(&self, wasted: WastedCosts) {
        let metrics = &self.dependencies.metrics;
        metrics.wasted(Waste::Retried, wasted.failed_calls);
        metrics.wasted(Waste::ReAsked, wasted.unused_answers);
    }

    /// Counts all that a request without a plan has cost.
    pub(super) fn count_wasted_request(&self, bill: &Bill) {
        self.dependencies
            .metrics
            .wasted(Waste::Failed, bill.row().cost);
    }
}
