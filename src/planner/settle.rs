//! The ledger steps of the pipeline: hold the worst case before anything is spent, and settle the outcome before it is returned.

use std::time::Instant;

use planning::classifier::Intent;
use tracing::Instrument as _;

use super::{PlanFailure, PlanFailureKind, PlanOutcome, Planner, PlanningRun};
use crate::ledger::{Bill, Durability, HoldError, LedgerUnavailable, RowStatus};
use crate::llm::Provider;
use crate::money::Money;
use crate::request_context::PlanningSummary;
use crate::telemetry::metrics::{HoldOutcome, LedgerWrite, PlanRequestOutcome, Stage};
use crate::telemetry::{events, spans};

impl Planner {
    /// Passes the cost guard, and holds the worst case.
    ///
    /// # Errors
    /// Returns a failure if the request is too large or too expensive, if a budget would be exceeded, or if the ledger is unavailable.
    pub(super) async fn guard_and_hold(
        &self,
        run: &mut PlanningRun<'_>,
        intent: Intent,
    ) -> Result<(), PlanFailure> {
        let span = spans::guard();
        let passed = async {
            let worst_case = self.guard(run, intent)?;
            spans::worst_case(&span, worst_case);
            self.hold(run, worst_case).await
        };
        let passed = passed.instrument(span.clone()).await;
        if let Err(failure) = &passed {
            let code = failure.kind.code();
            if failure.kind.rejection().is_some() {
                spans::refused(&span, code);
            } else {
                spans::failed(&span, code);
            }
        }
        passed
    }

    /// Holds the worst-case cost in the ledger. A request that cannot cost anything needs no hold; only its outcome is written.
    ///
    /// # Errors
    /// Returns a failure if a budget would be exceeded or the ledger is unavailable.
    pub(super) async fn hold(
        &self,
        run: &mut PlanningRun<'_>,
        worst_case: Money,
    ) -> Result<(), PlanFailure> {
        if worst_case == Money::ZERO {
            return Ok(());
        }
        let started = Instant::now();
        let deadline = run.spending_deadline();
        let held = self
            .dependencies
            .ledger
            .hold(&mut run.bill, worst_case, deadline)
            .await;
        let took = started.elapsed();
        run.timings.ledger += took;
        let metrics = &self.dependencies.metrics;
        metrics.stage(Stage::Hold, took);
        let (write, outcome) = labels_of_hold(&held);
        metrics.ledger_write(write);
        metrics.hold(outcome);
        run.open_hold = held.is_ok().then(|| metrics.open_hold());
        let over_budget = matches!(held, Err(HoldError::BudgetExceeded(_)));
        held.map(|_| ()).map_err(|error| {
            let failure = PlanFailure::from(error);
            if over_budget {
                self.report_refusal(run, &failure, worst_case);
            }
            failure
        })
    }

    /// Writes the outcome to the usage row and counts it. A plan is returned only if its row is durable.
    ///
    /// # Errors
    /// Returns the failure of the request, or that the row could not be written.
    pub(super) async fn settle(
        &self,
        run: &mut PlanningRun<'_>,
        outcome: Result<PlanOutcome, PlanFailure>,
    ) -> Result<PlanOutcome, PlanFailure> {
        match self.write_outcome(run, outcome).await {
            Ok(outcome) => {
                self.count(&run.bill, PlanRequestOutcome::Planned);
                self.count_waste_beside_plan(run.wasted);
                if !outcome.cached && outcome.model.provider != Provider::Offline {
                    let category = outcome.classification.category;
                    let metrics = &self.dependencies.metrics;
                    metrics.plan_cost(category, &outcome.model, outcome.cost);
                }
                note_outcome(run);
                Ok(outcome)
            }
            Err(failure) => Err(self.fail(run, failure.kind)),
        }
    }

    /// Counts a failure, and notes whether the request cost money nevertheless.
    pub(super) fn fail(&self, run: &PlanningRun<'_>, kind: PlanFailureKind) -> PlanFailure {
        self.count(&run.bill, kind.outcome());
        note_outcome(run);
        PlanFailure {
            kind,
            spent: run.bill.row().cost > Money::ZERO,
        }
    }

    async fn write_outcome(
        &self,
        run: &mut PlanningRun<'_>,
        outcome: Result<PlanOutcome, PlanFailure>,
    ) -> Result<PlanOutcome, PlanFailure> {
        let (status, error) = match outcome.as_ref().map_err(|failure| &failure.kind) {
            Ok(_) => (RowStatus::Settled, None),
            // Nothing was spent. If the hold was written although the store did not confirm it, it ends with its lease.
            Err(PlanFailureKind::LedgerUnavailable(_)) => return outcome,
            Err(kind) if kind.rejection().is_some() => (RowStatus::Rejected, Some(kind.code())),
            Err(kind) => (RowStatus::Failed, Some(kind.code())),
        };
        run.bill.close(status, error, self.dependencies.clock.now());
        let started = Instant::now();
        let span = spans::settle();
        let settling = self.dependencies.ledger.settle(&mut run.bill);
        let settled = settling.instrument(span.clone()).await;
        run.open_hold = None;
        let took = started.elapsed();
        run.timings.ledger += took;
        let metrics = &self.dependencies.metrics;
        metrics.stage(Stage::Settle, took);
        metrics.ledger_write(label_of_settle(status, &settled));
        match &settled {
            Ok(durability) => {
                let cost = run.bill.row().cost;
                spans::settled(&span, status.as_str(), cost, durability.as_str());
            }
            Err(_) => spans::failed(&span, "ledger_unavailable"),
        }
        // A row that is not durable is settled by a sweep, which counts it as abandoned.
        if outcome.is_err() && settled.is_ok() {
            self.count_wasted_request(&run.bill);
        }
        match (outcome, settled) {
            (Ok(mut outcome), Ok(_)) => {
                outcome.timings = run.timings;
                Ok(outcome)
            }
            (Ok(_), Err(unavailable)) => Err(unavailable.into()),
            (Err(failure), Ok(_)) => Err(failure),
            (Err(failure), Err(unavailable)) => {
                events::error(
                    &run.request.context,
                    "ledger_unavailable",
                    &unavailable.to_string(),
                );
                Err(failure)
            }
        }
    }

    fn count(&self, bill: &Bill, outcome: PlanRequestOutcome) {
        self.dependencies.metrics.plan(bill.row().category, outcome);
    }
}

/// Notes in the request's context what planning came to.
fn note_outcome(run: &PlanningRun<'_>) {
    let row = run.bill.row();
    // A request is planned once. If it was not, its first outcome stays.
    drop(run.request.context.outcome.planning.set(PlanningSummary {
        category: row.category,
        model: row.model.clone(),
        cost: row.cost,
        llm_calls: row.llm_calls,
    }));
}

/// Returns what a hold is as a write of a row, and as a hold.
const fn labels_of_hold(held: &Result<Durability, HoldError>) -> (LedgerWrite, HoldOutcome) {
    match held {
        Ok(Durability::Stored) => (LedgerWrite::Held, HoldOutcome::Stored),
        Ok(Durability::Spooled) => (LedgerWrite::Spooled, HoldOutcome::Spooled),
        Err(HoldError::BudgetExceeded(_)) => (LedgerWrite::Refused, HoldOutcome::BudgetExceeded),
        Err(HoldError::Contended) => (LedgerWrite::Unavailable, HoldOutcome::Contended),
        Err(HoldError::DeadlineExceeded) => {
            (LedgerWrite::Unavailable, HoldOutcome::DeadlineExceeded)
        }
        Err(HoldError::Unavailable(_)) => (LedgerWrite::Unavailable, HoldOutcome::Unavailable),
    }
}

/// Returns what the write of an outcome is.
const fn label_of_settle(
    status: RowStatus,
    settled: &Result<Durability, LedgerUnavailable>,
) -> LedgerWrite {
    match (settled, status) {
        (Ok(Durability::Stored), RowStatus::Settled) => LedgerWrite::Settled,
        (Ok(Durability::Stored), RowStatus::Rejected) => LedgerWrite::Rejected,
        (Ok(Durability::Stored), RowStatus::Held) => LedgerWrite::Held,
        (Ok(Durability::Stored), RowStatus::Failed | RowStatus::Abandoned) => LedgerWrite::Failed,
        (Ok(Durability::Spooled), _) => LedgerWrite::Spooled,
        (Err(_), _) => LedgerWrite::Lost,
    }
}
