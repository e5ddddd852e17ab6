//! The record of what every request cost, and the budgets it has to keep to.
//!
//! **Hold, then settle.** Before the first call of a model a request's worst case is held ([`mod@hold`]): in memory on the task's
//! leased part of the service's budget ([`allowance`]), and in the store as a `held` row, in one transaction with the client's
//! counter where clients have a budget. Afterwards the row is settled ([`mod@settle`]) to what the provider counted. Both go through
//! [`turns`], so that under load many rows share one round trip.
//!
//! **Nothing is lost.** An outcome that the store does not take in time goes to the [`spool`]; what a dead task left is settled
//! by the [`sweep`] of another; what finds the store otherwise than expected is recorded by [`late`] compare-and-swap.
//!
//! The ledger knows no database: it asks [`Books`].

mod allowance;
pub mod bill;
pub mod budget;
mod hold;
mod maintenance;
mod outage_allowance;
mod reconcile;
mod settle;
pub mod spool;
pub mod store;
mod sweep;
pub mod usage_row;
mod write_batcher;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::TimeDelta;

use self::allowance::Allowance;
pub use self::bill::Bill;
pub use self::budget::{BudgetExceeded, Scope};
pub use self::hold::HoldError;
use self::outage_allowance::OutageAllowance;
pub use self::spool::Spool;
pub use self::store::{LedgerStore, Unavailable};
pub use self::sweep::SweepReport;
pub use self::usage_row::{RowKey, RowStatus, UsageRow};
use self::write_batcher::WriteBatcher;
use crate::clock::Clock;
use crate::money::Money;
use crate::resilience::circuit_breaker::{CircuitBreaker, CircuitBreakerSettings};

/// After so many failures in a row nobody asks the store any more, until a probe finds it well.
const STORE_FAILURES: u32 = 3;

/// What the ledger has to keep to.
#[derive(Debug, Clone, Copy)]
pub struct LedgerSettings {
    /// `DAILY_BUDGET_USD`: what the service may spend in a day, in UTC.
    pub service_limit: Money,
    /// `OUTAGE_ALLOWANCE_USD`: what this task may spend while the store is away.
    pub outage_allowance: Money,
    /// `STORE_TIMEOUT_MS`: how long an outcome waits for the store before it goes to the spool.
    pub store_timeout: Duration,
    /// How long a store that failed three times in a row is left alone before it is asked for a sign of life.
    pub store_open_duration: Duration,
    /// `LEDGER_LEASE_SECONDS`: how long held rows and allowance belong to their task.
    pub lease: TimeDelta,
    /// `LEDGER_SWEEP_SECONDS`: pause between sweeps.
    pub sweep: Duration,
}

/// The outcome of a request is not safe: neither the store nor the disk took it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ledger is unavailable: {0}")]
pub struct LedgerUnavailable(pub String);

/// Where a row is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Durability {
    /// In the store.
    Stored,
    /// On the local disk, until the store takes it.
    Spooled,
}

/// What the ledger shows of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerState {
    /// Rows that wait in the spool.
    pub spool_rows: u64,
    /// What is left of the service's budget of today, where it is known.
    pub service_left: Option<Money>,
}

/// Holds, settles, and keeps what was settled. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn LedgerStore>,
    batcher: WriteBatcher,
    allowance: Allowance,
    outage: OutageAllowance,
    spool: Option<Spool>,
    clock: Arc<dyn Clock>,
    settings: LedgerSettings,
    seen_healthy: AtomicBool,
}

impl Ledger {
    /// A ledger over these books; without a spool, what the store does not take is lost with an error. Call it in a tokio
    /// runtime, in which its posts are made.
    #[must_use]
    pub fn new(
        books: Arc<dyn LedgerStore>,
        spool: Option<Spool>,
        clock: Arc<dyn Clock>,
        settings: LedgerSettings,
    ) -> Self {
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
                batcher: WriteBatcher::new(Arc::clone(&books), Arc::clone(&breaker)),
                allowance: Allowance::new(Arc::clone(&books), breaker, &settings),
                outage: OutageAllowance::new(settings.outage_allowance),
                store: books,
                spool,
                clock,
                settings,
                seen_healthy: AtomicBool::new(false),
            }),
        }
    }

    /// Whether a request may begin at all: not while the store is known to be unavailable and no allowance is given for that case.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] says why.
    pub fn check_available(&self) -> Result<(), LedgerUnavailable> {
        if self.inner.batcher.is_unavailable() && !self.inner.outage.is_given() {
            return Err(LedgerUnavailable(write_batcher::unavailable().0));
        }
        Ok(())
    }

    /// Whether requests can be recorded now.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] says why not.
    pub async fn ready(&self) -> Result<(), LedgerUnavailable> {
        let inner = &self.inner;
        let in_outage = inner.outage.is_left() && inner.spool.as_ref().is_some_and(Spool::has_room);
        if in_outage {
            return Ok(());
        }
        if !inner.seen_healthy.load(Ordering::Relaxed) {
            // Before the store has answered once, nobody knows.
            return match inner.store.probe().await {
                Ok(()) => {
                    inner.seen_healthy.store(true, Ordering::Relaxed);
                    Ok(())
                }
                Err(why) => Err(LedgerUnavailable(why.0)),
            };
        }
        if inner.batcher.is_unavailable() {
            return Err(LedgerUnavailable(write_batcher::unavailable().0));
        }
        Ok(())
    }

    /// Whether the store is known to be away.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        self.inner.batcher.is_unavailable()
    }

    /// Asks a store that is away whether it is back, unless it is to be left alone. Whether it is there.
    pub async fn probe(&self) -> bool {
        self.inner.batcher.probe().await
    }

    /// What the ledger shows of itself.
    #[must_use]
    pub fn state(&self) -> LedgerState {
        LedgerState {
            spool_rows: self.inner.spool.as_ref().map_or(0, Spool::rows),
            service_left: self.inner.allowance.left(self.inner.clock.now()),
        }
    }
}
