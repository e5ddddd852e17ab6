//! The ledger: records the cost of every request and enforces the budgets.
//!
//! **Hold, then settle.** Before a request's first model call, its worst-case cost is held ([`mod@hold`]): in memory against the
//! task's leased part of the service's budget ([`allowance`]), and in the store as a `held` row, in one transaction with the
//! client's counter if the client has a budget. Afterwards the row is settled ([`mod@settle`]) at the cost of the tokens that the
//! provider counted. Both go through [`write_batcher`], so that many rows share one round trip under load.
//!
//! **Nothing is lost.** An outcome that the store does not accept in time goes to the [`spool`]. Another task's [`sweep`] settles
//! what a dead task left behind. A write that finds an unexpected row in the store is retried by [`reconcile`] with
//! compare-and-swap.
//!
//! The ledger knows no database: it uses the [`LedgerStore`] trait.

mod allowance;
mod arrival;
pub mod bill;
pub mod budget;
mod hold;
mod maintenance;
mod observed_store;
pub mod observer;
mod outage_allowance;
mod reconcile;
mod settle;
pub mod spool;
pub mod store;
mod sweep;
pub mod usage_row;
mod write_batcher;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use chrono::TimeDelta;

use self::allowance::Allowance;
use self::arrival::ArrivalTimes;
pub use self::bill::Bill;
pub use self::budget::{BudgetExceeded, Scope};
pub use self::hold::HoldError;
use self::observed_store::ObservedStore;
use self::observer::NoObserver;
pub use self::observer::{LedgerObserver, StoreOperation, StoreOutcome};
use self::outage_allowance::OutageAllowance;
pub use self::spool::Spool;
pub use self::store::{LedgerStore, Unavailable};
pub use self::sweep::SweepReport;
use self::sweep::UnreadableRows;
pub use self::usage_row::{RowKey, RowStatus, UsageRow};
use self::write_batcher::WriteBatcher;
use crate::clock::Clock;
use crate::money::Money;
use crate::request_context::RequestContext;
use crate::resilience::circuit_breaker::{CircuitBreaker, CircuitBreakerSettings, CircuitState};

/// Consecutive failures that open the store's circuit breaker.
const STORE_FAILURES: u32 = 3;

/// The ledger's settings.
#[derive(Debug, Clone, Copy)]
pub struct LedgerSettings {
    /// `DAILY_BUDGET_USD`: what the service may spend per UTC day.
    pub service_limit: Money,
    /// `OUTAGE_ALLOWANCE_USD`: what this task may spend while the store is unavailable. Zero means nothing.
    pub outage_allowance: Money,
    /// `STORE_TIMEOUT_MS`: how long an outcome waits for the store before it goes to the spool.
    pub store_timeout: Duration,
    /// How long the store's circuit breaker stays open before a probe.
    pub store_open_duration: Duration,
    /// `LEDGER_LEASE_SECONDS`: how long held rows and allowance belong to their task without renewal.
    pub lease: TimeDelta,
    /// `LEDGER_SWEEP_SECONDS`: interval between sweeps.
    pub sweep_interval: Duration,
}

/// The ledger cannot record a request: neither the store nor the spool can accept it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ledger is unavailable: {0}")]
pub struct LedgerUnavailable(pub String);

/// Where a row is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Durability {
    /// In the store.
    Stored,
    /// On the local disk, until it is replayed into the store.
    Spooled,
}

impl Durability {
    /// Returns its name in traces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Spooled => "spooled",
        }
    }
}

/// The ledger's state for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerState {
    /// The state of the store's circuit breaker.
    pub store_breaker: CircuitState,
    /// Number of rows in the spool.
    pub spool_rows: u64,
    /// Size of the rows in the spool.
    pub spool_bytes: u64,
    /// Size of the spool beyond which it takes no new holds; 0 if there is no spool.
    pub spool_limit_bytes: u64,
    /// Number of rows that were lost with files that somebody deleted, since the spool was opened.
    pub spool_lost_rows: u64,
    /// What the service may spend per day.
    pub service_limit: Money,
    /// What is left of the service's budget today; `None` if unknown. Never more than the budget.
    pub service_left: Option<Money>,
    /// What this task may spend in an outage of the store.
    pub outage_limit: Money,
    /// What is left of that.
    pub outage_left: Money,
    /// Number of items that the last sweep could not read.
    pub unreadable_items: u64,
}

/// Holds and settles the cost of requests. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn LedgerStore>,
    observer: Arc<dyn LedgerObserver>,
    batcher: WriteBatcher,
    allowance: Arc<Allowance>,
    outage: OutageAllowance,
    spool: Option<Spool>,
    clock: Arc<dyn Clock>,
    settings: LedgerSettings,
    arrivals: ArrivalTimes,
    seen_healthy: AtomicBool,
    unreadable_rows: UnreadableRows,
    unreadable_items: AtomicU64,
}

impl Ledger {
    /// Creates a ledger over this store. Without a spool, a row that the store does not accept is lost with an error. Must be
    /// called inside a tokio runtime, which will run the writes.
    #[must_use]
    pub fn new(
        store: Arc<dyn LedgerStore>,
        spool: Option<Spool>,
        clock: Arc<dyn Clock>,
        settings: LedgerSettings,
    ) -> Self {
        Self::observed(store, spool, clock, settings, Arc::new(NoObserver))
    }

    /// Creates a ledger, as [`Ledger::new`] does, that tells this observer what it does.
    #[must_use]
    pub fn observed(
        store: Arc<dyn LedgerStore>,
        spool: Option<Spool>,
        clock: Arc<dyn Clock>,
        settings: LedgerSettings,
        observer: Arc<dyn LedgerObserver>,
    ) -> Self {
        let store: Arc<dyn LedgerStore> =
            Arc::new(ObservedStore::new(store, Arc::clone(&observer)));
        let breaker = Arc::new(CircuitBreaker::new(
            "the ledger's store",
            CircuitBreakerSettings {
                failures: STORE_FAILURES,
                coalesce_concurrent: true,
                open_duration: settings.store_open_duration,
            },
        ));
        Self {
            inner: Arc::new(Inner {
                batcher: WriteBatcher::new(Arc::clone(&store), Arc::clone(&breaker)),
                allowance: Arc::new(Allowance::new(Arc::clone(&store), breaker, &settings)),
                outage: OutageAllowance::new(settings.outage_allowance),
                store,
                observer,
                spool,
                clock,
                settings,
                arrivals: ArrivalTimes::default(),
                seen_healthy: AtomicBool::new(false),
                unreadable_rows: UnreadableRows::default(),
                unreadable_items: AtomicU64::new(0),
            }),
        }
    }

    /// Opens the bill of a request that arrives now.
    #[must_use]
    pub fn open_bill(
        &self,
        context: &RequestContext,
        goal_length: usize,
        prompt_version: &'static str,
    ) -> Bill {
        let arrived = self.inner.arrivals.next(self.inner.clock.now());
        Bill::open(context, goal_length, prompt_version, arrived)
    }

    /// Checks whether a request may start: not while the store is known to be unavailable and no outage allowance is configured.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] says why.
    pub fn check_available(&self) -> Result<(), LedgerUnavailable> {
        if self.inner.batcher.is_unavailable() && !self.inner.outage.is_configured() {
            return Err(LedgerUnavailable(write_batcher::unavailable().0));
        }
        Ok(())
    }

    /// Checks whether requests can be recorded now.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] says why not.
    pub async fn ready(&self) -> Result<(), LedgerUnavailable> {
        let inner = &self.inner;
        if !inner.seen_healthy.load(Ordering::Relaxed) {
            // Until the store has answered once, its health is unknown. The allowance does not help: a task that cannot reach its
            // tables at all must not replace one that can, nor bring a new allowance into each outage.
            return match inner.store.probe().await {
                Ok(()) => {
                    inner.seen_healthy.store(true, Ordering::Relaxed);
                    Ok(())
                }
                Err(why) => Err(LedgerUnavailable(why.0)),
            };
        }
        if inner.batcher.is_unavailable() && !inner.may_serve_in_outage() {
            return Err(LedgerUnavailable(write_batcher::unavailable().0));
        }
        Ok(())
    }

    /// Returns whether requests can be recorded, as far as is known: what [`Ledger::ready`] would say if the store answers as it did
    /// last.
    #[must_use]
    pub fn was_ready(&self) -> bool {
        let inner = &self.inner;
        inner.seen_healthy.load(Ordering::Relaxed)
            && (inner.may_serve_in_outage() || !inner.batcher.is_unavailable())
    }

    /// Returns whether the store is known to be unavailable.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        self.inner.batcher.is_unavailable()
    }

    /// Probes the store, if its circuit breaker permits a call. Returns whether the store answered.
    pub async fn probe(&self) -> bool {
        let answered = self.inner.batcher.probe().await;
        if answered {
            self.inner.seen_healthy.store(true, Ordering::Relaxed);
        }
        answered
    }

    /// Returns the ledger's state for metrics.
    #[must_use]
    pub fn state(&self) -> LedgerState {
        let inner = &self.inner;
        let spool = inner.spool.as_ref().map(Spool::state).unwrap_or_default();
        LedgerState {
            store_breaker: inner.batcher.breaker_state(),
            spool_rows: spool.rows,
            spool_bytes: spool.bytes,
            spool_limit_bytes: spool.max_bytes,
            spool_lost_rows: spool.lost_rows,
            service_limit: inner.settings.service_limit,
            service_left: inner.allowance.left(inner.clock.now()),
            outage_limit: inner.settings.outage_allowance,
            outage_left: inner.outage.left(),
            unreadable_items: inner.unreadable_items.load(Ordering::Relaxed),
        }
    }
}

impl Inner {
    fn may_serve_in_outage(&self) -> bool {
        self.outage.has_remaining() && self.spool.as_ref().is_some_and(Spool::has_room)
    }
}
