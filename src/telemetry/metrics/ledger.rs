//! The ledger: holds and writes, the store behind it, the spool, and sweeps.

use std::time::Duration;

use prometheus::{Histogram, IntCounter, IntGauge};

use super::Metrics;
use super::label::{CountBy, Label, labels};
use super::models::state_level;
use super::registrar::{Registrar, Total, level};
use crate::resilience::circuit_breaker::CircuitState;

/// A round trip takes milliseconds. The store's timeout is at most a few seconds.
const STORE_BUCKETS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.5, 2.5,
];

labels! {
    /// What became of the write of a request's row.
    LedgerWrite {
        /// The worst case is held.
        Held = "held",
        /// The row of a plan is stored.
        Settled = "settled",
        /// The row of a request that the cost guard rejected is stored.
        Rejected = "rejected",
        /// The row of a request that failed is stored.
        Failed = "failed",
        /// The row is on the local disk.
        Spooled = "spooled",
        /// A budget has no room for the hold.
        Refused = "refused",
        /// The hold is nowhere, so nothing was spent.
        Unavailable = "unavailable",
        /// The outcome is nowhere. If there was a hold, another task settles it at the held amount.
        Lost = "lost",
    }

    /// What became of a hold.
    HoldOutcome {
        /// It is in the store.
        Stored = "stored",
        /// It is on the local disk, against the outage allowance.
        Spooled = "spooled",
        /// A budget has no room for it.
        BudgetExceeded = "budget_exceeded",
        /// Other tasks changed the same counter at every attempt.
        Contended = "contended",
        /// The store was unavailable.
        Unavailable = "unavailable",
        /// The deadline passed.
        DeadlineExceeded = "deadline_exceeded",
    }

    /// A round trip to the store.
    StoreOperation {
        /// A transaction that writes.
        Write = "write",
        /// The read of one item.
        Read = "read",
        /// A query, which may take several round trips.
        Query = "query",
        /// The check that the store answers.
        Probe = "probe",
    }

    /// How a round trip to the store ended.
    StoreOutcome {
        /// It did what was asked.
        Ok = "ok",
        /// A condition was not met, or the store does not accept what was to be written.
        Refused = "refused",
        /// A concurrent write or a busy store cancelled it.
        Contended = "contended",
        /// There was no answer.
        Unavailable = "unavailable",
    }

    /// What became of a row of the spool.
    ReplayOutcome {
        /// It is in the store.
        Stored = "stored",
        /// It is damaged, or the store never accepts it; it was moved to a file of its own.
        SetAside = "set_aside",
    }

    /// How a sweep ended.
    SweepOutcome {
        /// All of its steps were done.
        Ok = "ok",
        /// The store did not answer to one of them.
        Failed = "failed",
    }
}

/// The state of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerLevels {
    /// The circuit breaker of the store.
    pub store_breaker: CircuitState,
    /// Rows in the spool.
    pub spool_rows: u64,
    /// Bytes in the spool.
    pub spool_bytes: u64,
    /// Size of the spool beyond which it takes no new holds.
    pub spool_limit_bytes: u64,
    /// Rows that were in files which somebody deleted, since the start.
    pub spool_lost_rows: u64,
    /// Items that the last sweep could not read.
    pub unreadable_items: u64,
}

pub(super) struct LedgerMetrics {
    writes: CountBy<LedgerWrite>,
    holds: CountBy<HoldOutcome>,
    open_holds: IntGauge,
    /// By operation and outcome; `None` where an operation cannot end so.
    store: Vec<[Option<Histogram>; 4]>,
    store_breaker: IntGauge,
    spool_rows: IntGauge,
    spool_bytes: IntGauge,
    spool_limit_bytes: IntGauge,
    replayed: CountBy<ReplayOutcome>,
    spool_lost_rows: Total,
    abandoned_rows: IntCounter,
    sweeps: CountBy<SweepOutcome>,
    last_sweep: IntGauge,
    unreadable_items: IntGauge,
}

impl LedgerMetrics {
    #[expect(clippy::too_many_lines, reason = "a list of metrics")]
    pub fn register(registrar: &Registrar) -> Result<Self, prometheus::Error> {
        Ok(Self {
            writes: CountBy::register(
                registrar,
                "goal_router_ledger_writes_total",
                "Writes of usage rows",
                "outcome",
            )?,
            holds: CountBy::register(
                registrar,
                "goal_router_holds_total",
                "Holds of the worst-case cost of a request",
                "outcome",
            )?,
            open_holds: registrar.gauge(
                "goal_router_open_holds",
                "Requests of this task whose worst-case cost is held",
            )?,
            store: store_requests(registrar)?,
            store_breaker: registrar.gauge(
                "goal_router_store_breaker_state",
                "State of the circuit breaker of the ledger's store: 0 closed, 1 half-open, 2 open",
            )?,
            spool_rows: registrar.gauge(
                "goal_router_spool_rows",
                "Usage rows on the local disk waiting to be written to the store",
            )?,
            spool_bytes: registrar.gauge(
                "goal_router_spool_bytes",
                "Size of the usage rows on the local disk",
            )?,
            spool_limit_bytes: registrar.gauge(
                "goal_router_spool_limit_bytes",
                "Size of the spool beyond which it takes no new holds",
            )?,
            replayed: CountBy::register(
                registrar,
                "goal_router_spool_replayed_rows_total",
                "Rows that left the spool: into the store, or set aside because the store never accepts them",
                "outcome",
            )?,
            spool_lost_rows: registrar.total(
                "goal_router_spool_lost_rows_total",
                "Rows of the spool in files that somebody deleted before they were replayed",
            )?,
            abandoned_rows: registrar.counter(
                "goal_router_abandoned_rows_total",
                "Rows of dead tasks that were settled at the held amount",
            )?,
            sweeps: CountBy::register(
                registrar,
                "goal_router_sweeps_total",
                "Sweeps, which settle what dead tasks left behind",
                "outcome",
            )?,
            last_sweep: registrar.gauge(
                "goal_router_last_sweep_timestamp_seconds",
                "Unix time of the last sweep that succeeded; 0 before the first",
            )?,
            unreadable_items: registrar.gauge(
                "goal_router_unreadable_items",
                "Expired rows and leases that the last sweep could not read, which a newer build may have written",
            )?,
        })
    }
}

/// Registers the round trips to the store.
fn store_requests(registrar: &Registrar) -> Result<Vec<[Option<Histogram>; 4]>, prometheus::Error> {
    let family = registrar.histograms(
        "goal_router_store_requests_duration_seconds",
        "Duration of round trips to the ledger's store",
        &["operation", "outcome"],
        &STORE_BUCKETS,
    )?;
    let of = |operation: StoreOperation, outcome: StoreOutcome| {
        can_end(operation, outcome)
            .then(|| family.with_label_values(&[operation.as_str(), outcome.as_str()]))
    };
    let outcomes = [
        StoreOutcome::Ok,
        StoreOutcome::Refused,
        StoreOutcome::Contended,
        StoreOutcome::Unavailable,
    ];
    let operations = StoreOperation::ALL.iter();
    Ok(operations
        .map(|operation| outcomes.map(|outcome| of(*operation, outcome)))
        .collect())
}

/// Returns whether an operation can end so. Only writes are refused or cancelled.
const fn can_end(operation: StoreOperation, outcome: StoreOutcome) -> bool {
    matches!(operation, StoreOperation::Write)
        || matches!(outcome, StoreOutcome::Ok | StoreOutcome::Unavailable)
}

impl Metrics {
    /// Counts a write of a usage row, successful or not.
    pub fn ledger_write(&self, outcome: LedgerWrite) {
        self.inner.ledger.writes.of(outcome).inc();
    }

    /// Counts a hold, successful or not.
    pub fn hold(&self, outcome: HoldOutcome) {
        self.inner.ledger.holds.of(outcome).inc();
    }

    /// Counts a hold as open until the returned guard is dropped.
    #[must_use]
    pub fn open_hold(&self) -> OpenHold {
        self.inner.ledger.open_holds.inc();
        OpenHold(self.inner.ledger.open_holds.clone())
    }

    /// Records a round trip to the store.
    pub fn store_request(&self, operation: StoreOperation, outcome: StoreOutcome, took: Duration) {
        let (operation, outcome): (usize, usize) = (operation.into(), outcome.into());
        if let Some(histogram) = &self.inner.ledger.store[operation][outcome] {
            histogram.observe(took.as_secs_f64());
        }
    }

    /// Counts rows that left the spool.
    pub fn spool_replayed(&self, outcome: ReplayOutcome, rows: u64) {
        self.inner.ledger.replayed.of(outcome).inc_by(rows);
    }

    /// Counts a row that a sweep settled because its task had died.
    pub fn row_abandoned(&self) {
        self.inner.ledger.abandoned_rows.inc();
    }

    /// Counts a sweep that ended at `timestamp`, in seconds since 1970.
    pub fn sweep(&self, outcome: SweepOutcome, timestamp: i64) {
        self.inner.ledger.sweeps.of(outcome).inc();
        if outcome == SweepOutcome::Ok {
            self.inner.ledger.last_sweep.set(timestamp);
        }
    }

    /// Sets the state of the ledger.
    pub fn ledger_levels(&self, levels: LedgerLevels) {
        let ledger = &self.inner.ledger;
        ledger.store_breaker.set(state_level(levels.store_breaker));
        ledger.spool_rows.set(level(levels.spool_rows));
        ledger.spool_bytes.set(level(levels.spool_bytes));
        ledger
            .spool_limit_bytes
            .set(level(levels.spool_limit_bytes));
        ledger.unreadable_items.set(level(levels.unreadable_items));
        #[expect(
            clippy::cast_precision_loss,
            reason = "the rows of a disk are few enough to be exact"
        )]
        let lost = levels.spool_lost_rows as f64;
        ledger.spool_lost_rows.advance_to(lost);
    }
}

/// A guard that counts a hold as open until it is dropped.
#[derive(Debug)]
pub struct OpenHold(IntGauge);

impl Drop for OpenHold {
    fn drop(&mut self) {
        self.0.dec();
    }
}
