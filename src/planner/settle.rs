//! The ledger steps of the pipeline: hold the worst case before anything is spent, and settle the outcome before it is returned.

use std::time::Instant;

use super::{PlanFailure, PlanFailureKind, PlanOutcome, Planner, PlanningRun};
use crate::ledger::{Bill, Durability, HoldError, RowStatus};
use crate::money::Money;
use crate::request_context::PlanningSummary;
use crate::telemetry::events;

impl Planner {
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
        run.timings.ledger += started.elapsed();
        self.dependencies.metrics.ledger_write(match &held {
            Ok(Durability::Stored) => "held",
            Ok(Durability::Spooled) => "spooled",
            Err(HoldError::BudgetExceeded(_)) => "refused",
            Err(HoldError::Contended | HoldError::DeadlineExceeded | HoldError::Unavailable(_)) => {
                "failed"
            }
        });
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
                self.count(&run.bill, "planned");
                note_outcome(run);
                Ok(outcome)
            }
            Err(failure) => Err(self.fail(run, failure.kind)),
        }
    }

    /// Counts a failure, and notes whether the request cost money nevertheless.
    pub(super) fn fail(&self, run: &PlanningRun<'_>, kind: PlanFailureKind) -> PlanFailure {
        self.count(&run.bill, kind.code());
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
            Err(kind) if kind.is_refusal() => (RowStatus::Rejected, Some(kind.code())),
            Err(kind) => (RowStatus::Failed, Some(kind.code())),
        };
        run.bill.close(status, error, self.dependencies.clock.now());
        let started = Instant::now();
        let settled = self.dependencies.ledger.settle(&mut run.bill).await;
        run.timings.ledger += started.elapsed();
        self.dependencies.metrics.ledger_write(match &settled {
            Ok(Durability::Stored) => status.as_str(),
            Ok(Durability::Spooled) => "spooled",
            Err(_) => "failed",
        });
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

    fn count(&self, bill: &Bill, outcome: &str) {
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
