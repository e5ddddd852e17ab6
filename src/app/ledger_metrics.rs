//! Counts what the ledger does. The ledger knows no metrics, and the metrics know no ledger.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::ledger::{self, LedgerObserver};
use crate::money::Money;
use crate::telemetry::Metrics;
use crate::telemetry::metrics::{ReplayOutcome, StoreOperation, StoreOutcome, SweepOutcome, Waste};

/// Counts what the ledger does.
pub(super) struct LedgerMetrics(pub Metrics);

impl LedgerObserver for LedgerMetrics {
    fn store_request(
        &self,
        operation: ledger::StoreOperation,
        outcome: ledger::StoreOutcome,
        took: Duration,
    ) {
        let operation = match operation {
            ledger::StoreOperation::Write => StoreOperation::Write,
            ledger::StoreOperation::Read => StoreOperation::Read,
            ledger::StoreOperation::Query => StoreOperation::Query,
            ledger::StoreOperation::Probe => StoreOperation::Probe,
        };
        let outcome = match outcome {
            ledger::StoreOutcome::Ok => StoreOutcome::Ok,
            ledger::StoreOutcome::Refused => StoreOutcome::Refused,
            ledger::StoreOutcome::Contended => StoreOutcome::Contended,
            ledger::StoreOutcome::Unavailable => StoreOutcome::Unavailable,
        };
        self.0.store_request(operation, outcome, took);
    }

    fn spool_replayed(&self, stored: u64, set_aside: u64) {
        self.0.spool_replayed(ReplayOutcome::Stored, stored);
        self.0.spool_replayed(ReplayOutcome::SetAside, set_aside);
    }

    fn row_abandoned(&self, held: Money) {
        self.0.row_abandoned();
        self.0.wasted(Waste::Abandoned, held);
    }

    fn swept(&self, succeeded: bool, at: DateTime<Utc>) {
        let outcome = if succeeded {
            SweepOutcome::Ok
        } else {
            SweepOutcome::Failed
        };
        self.0.sweep(outcome, at.timestamp());
    }
}
