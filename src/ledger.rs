//! The record of what every request cost, and the budgets it has to keep to.
//!
//! **Hold, then settle.** Before the first call of a model a request's worst case is held: in memory on the task's leased part
//! of the service's budget ([`allowance`]), and in the store as a `held` row, in one transaction with the client's counter
//! where clients have a budget. Afterwards the row is settled to what the provider counted. Both go through [`turns`], so that
//! under load many rows share one round trip.
//!
//! **Nothing is lost.** An outcome that the store does not take in time goes to the [`spool`]; what a dead task left is settled
//! by the [`sweep`] of another; what finds the store otherwise than expected is recorded by [`late`] compare-and-swap.
//!
//! The ledger knows no database: it asks [`Books`].

mod allowance;
pub mod bill;
pub mod books;
pub mod budget;
mod keeper;
mod late;
mod outage;
pub mod row;
pub mod spool;
mod sweep;
mod turns;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::TimeDelta;

use self::allowance::{Allowance, TakeError};
pub use self::bill::Bill;
use self::books::{Account, Over};
pub use self::books::{Books, Unavailable};
pub use self::budget::{BudgetExceeded, Scope};
use self::outage::OutageAllowance;
pub use self::row::{RowKey, RowStatus, UsageRow};
pub use self::spool::Spool;
pub use self::sweep::Swept;
use self::turns::{Count, Posted, Posting, Turns};
use crate::breaker::{Breaker, BreakerSettings};
use crate::clock::Clock;
pub use crate::money::{Money, Price, Rates, Tokens};

/// After so many failures in a row nobody asks the store any more, until a probe finds it well.
const STORE_FAILURES: u32 = 3;

/// What is said when every try met another task's.
const CROWDED: &str = "others change the same counter all the time";

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
    pub store_rest: Duration,
    /// `LEDGER_LEASE_SECONDS`: how long held rows and allowance belong to their task.
    pub lease: TimeDelta,
    /// `LEDGER_SWEEP_SECONDS`: pause between sweeps.
    pub sweep: Duration,
}

/// Why nothing was held.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    /// A budget has no room.
    #[error(transparent)]
    BudgetExceeded(BudgetExceeded),
    /// The store is away, and so is what there was for that case.
    #[error("the ledger is unavailable: {0}")]
    Unavailable(String),
}

/// The outcome of a request is not safe: neither the store nor the disk took it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ledger is unavailable: {0}")]
pub struct LedgerUnavailable(pub String);

/// Where a row is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kept {
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
    books: Arc<dyn Books>,
    turns: Turns,
    allowance: Allowance,
    outage: OutageAllowance,
    spool: Option<Spool>,
    clock: Arc<dyn Clock>,
    settings: LedgerSettings,
    proven: AtomicBool,
}

impl Ledger {
    /// A ledger over these books; without a spool, what the store does not take is lost with an error. Call it in a tokio
    /// runtime, in which its posts are made.
    #[must_use]
    pub fn new(
        books: Arc<dyn Books>,
        spool: Option<Spool>,
        clock: Arc<dyn Clock>,
        settings: LedgerSettings,
    ) -> Self {
        let breaker = Arc::new(Breaker::new(
            "the ledger's store",
            BreakerSettings {
                failures: STORE_FAILURES,
                together_as_one: true,
                pause: settings.store_rest,
            },
        ));
        Self {
            inner: Arc::new(Inner {
                turns: Turns::new(Arc::clone(&books), Arc::clone(&breaker)),
                allowance: Allowance::new(Arc::clone(&books), breaker, &settings),
                outage: OutageAllowance::new(settings.outage_allowance),
                books,
                spool,
                clock,
                settings,
                proven: AtomicBool::new(false),
            }),
        }
    }

    /// Whether a request may begin at all: not while the store is known to be away and nothing is given for that case.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] says why.
    pub fn admit(&self) -> Result<(), LedgerUnavailable> {
        if self.inner.turns.is_down() && !self.inner.outage.is_given() {
            return Err(LedgerUnavailable(turns::down().0));
        }
        Ok(())
    }

    /// Holds the worst case of what the request may cost, in every budget and on its row. Nothing may be spent before this
    /// returns well.
    ///
    /// # Errors
    /// [`HoldError`]; then nothing is held.
    pub async fn hold(&self, bill: &mut Bill, worst_case: Money) -> Result<Kept, HoldError> {
        let inner = &self.inner;
        if inner.turns.is_down() {
            return inner
                .hold_in_outage(bill, worst_case, &turns::down().0)
                .await;
        }
        let now = inner.clock.now();
        let day = bill.row().day();
        let taken = match inner.allowance.take(worst_case, day, now).await {
            Ok(taken) => taken,
            Err(TakeError::BudgetExceeded(refusal)) => {
                return Err(HoldError::BudgetExceeded(refusal));
            }
            Err(TakeError::Crowded) => return Err(HoldError::Unavailable(CROWDED.to_owned())),
            Err(TakeError::Unavailable(Unavailable(why))) => {
                return inner.hold_in_outage(bill, worst_case, &why).await;
            }
        };
        let limit = bill.client_limit();
        bill.hold(worst_case, now + inner.settings.lease, Some(taken.lease));
        loop {
            let posting = Posting {
                row: Arc::new(bill.row().clone()),
                over: Over::Nothing,
                count: limit.map(|limit| Count {
                    account: Account::client(&bill.row().client_id, bill.row().day()),
                    committed: worst_case.as_change(),
                    settled: 0,
                    most: Some(limit),
                }),
            };
            match inner.turns.post(posting).await {
                Ok(Posted::Done) if inner.clock.now() < taken.until => {
                    inner.proven.store(true, Ordering::Relaxed);
                    return Ok(Kept::Stored);
                }
                // The lease may have been closed before the row came, and the row is not in its sum. Once a row is there, no
                // lease is closed over it.
                Ok(Posted::Done) => {
                    inner.take_back(bill).await;
                    return Err(HoldError::Unavailable(
                        "the hold took longer than its lease".to_owned(),
                    ));
                }
                // A client may send the same request id twice in one moment; both are kept.
                Ok(Posted::Differs) => bill.step_aside(),
                Ok(Posted::OverLimit(counter)) => {
                    inner.give_back(bill);
                    bill.release();
                    return Err(HoldError::BudgetExceeded(BudgetExceeded::new(
                        Scope::Client,
                        limit.unwrap_or_default(),
                        counter.settled,
                        worst_case,
                        now,
                    )));
                }
                // No outage: what is given for one is not for the spending of those who were not quick enough.
                Ok(Posted::Crowded) => {
                    inner.take_back(bill).await;
                    return Err(HoldError::Unavailable(CROWDED.to_owned()));
                }
                Err(Unavailable(why)) => return inner.hold_unsure(bill, worst_case, why).await,
            }
        }
    }

    /// Keeps the outcome of the request: over its held row, or as its only row where nothing was held.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] when neither the store nor the disk took it.
    pub async fn settle(&self, bill: &mut Bill) -> Result<Kept, LedgerUnavailable> {
        let inner = &self.inner;
        if bill.is_held() {
            inner.give_back(bill);
        }
        let stored = tokio::time::timeout(inner.settings.store_timeout, inner.store(bill)).await;
        let why = match stored {
            Ok(Ok(())) => {
                inner.proven.store(true, Ordering::Relaxed);
                return Ok(Kept::Stored);
            }
            Ok(Err(Unavailable(why))) => why,
            Err(_elapsed) => "it did not take the row in time".to_owned(),
        };
        // What was not held has cost nothing; it is served in an outage only where the operator wants that.
        if !bill.is_held() && !inner.outage.is_given() {
            return Err(LedgerUnavailable(why));
        }
        inner
            .to_spool(bill.row())
            .await
            .map(|()| Kept::Spooled)
            .map_err(|error| LedgerUnavailable(format!("{why}; {error}")))
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
        if !inner.proven.load(Ordering::Relaxed) {
            // Before the store has answered once, nobody knows.
            return match inner.books.probe().await {
                Ok(()) => {
                    inner.proven.store(true, Ordering::Relaxed);
                    Ok(())
                }
                Err(why) => Err(LedgerUnavailable(why.0)),
            };
        }
        if inner.turns.is_down() {
            return Err(LedgerUnavailable(turns::down().0));
        }
        Ok(())
    }

    /// Whether the store is known to be away.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.inner.turns.is_down()
    }

    /// Asks a store that is away whether it is back, unless it is to be left alone. Whether it is there.
    pub async fn probe(&self) -> bool {
        self.inner.turns.probe().await
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

impl Inner {
    /// Draws on what is given for outages. The budgets are told afterwards, when the row is replayed.
    async fn hold_in_outage(
        &self,
        bill: &mut Bill,
        worst_case: Money,
        why: &str,
    ) -> Result<Kept, HoldError> {
        let Some(spool) = self.spool.as_ref().filter(|spool| spool.has_room()) else {
            return Err(HoldError::Unavailable(format!(
                "{why}; the spool has no room"
            )));
        };
        if !self.outage.take(worst_case) {
            return Err(HoldError::Unavailable(why.to_owned()));
        }
        let now = self.clock.now();
        let lease = self
            .allowance
            .take_granted(worst_case, bill.row().day(), now);
        bill.hold(worst_case, now + self.settings.lease, lease);
        bill.held_in_outage();
        match spool.append(bill.row()).await {
            Ok(()) => Ok(Kept::Spooled),
            Err(error) => {
                self.give_back(bill);
                bill.release();
                Err(HoldError::Unavailable(format!("{why}; {error}")))
            }
        }
    }

    /// The hold may have arrived, or may yet. Either the request goes on, on record in the spool; or it ends here, and the row
    /// is closed should it be there.
    async fn hold_unsure(
        &self,
        bill: &mut Bill,
        worst_case: Money,
        why: String,
    ) -> Result<Kept, HoldError> {
        if let Some(spool) = self.spool.as_ref().filter(|spool| spool.has_room())
            && self.outage.take(worst_case)
        {
            bill.held_in_outage();
            if spool.append(bill.row()).await.is_ok() {
                return Ok(Kept::Spooled);
            }
        }
        self.take_back(bill).await;
        Err(HoldError::Unavailable(why))
    }

    /// Takes back a hold whose row is in the store, or may be: the row is closed at no cost, by way of the spool.
    async fn take_back(&self, bill: &mut Bill) {
        self.give_back(bill);
        let mut undone = bill.row().clone();
        undone.status = RowStatus::Failed;
        undone.error = Some("ledger_unavailable".into());
        undone.lease_until = None;
        bill.release();
        if let Err(error) = self.to_spool(&undone).await {
            // Then its lease ends it, at the held amount.
            tracing::error!(
                event_type = "error",
                request_id = undone.request_id,
                error_type = "spool",
                error_message = %error,
                "a hold that may have arrived is left to its lease"
            );
        }
    }

    /// Gives back in memory what the bill holds, less what it cost.
    fn give_back(&self, bill: &Bill) {
        let row = bill.row();
        if let Some(lease) = &row.allowance {
            self.allowance.settle(row.day(), lease, row.held, row.cost);
        }
        if bill.is_held_in_outage() {
            self.outage.settle(row.held, row.cost);
        }
    }

    async fn store(&self, bill: &mut Bill) -> Result<(), Unavailable> {
        if bill.is_held_in_outage() {
            // Its held row may be in the spool, in the store, or on its way.
            if self.turns.is_down() {
                return Err(turns::down());
            }
            return late::record(self.books.as_ref(), bill.row()).await;
        }
        loop {
            let row = bill.row();
            let held = bill.is_held();
            let count = (held && row.client_budget).then(|| Count {
                account: Account::client(&row.client_id, row.day()),
                committed: row.cost.as_change() - row.held.as_change(),
                settled: row.cost.as_change(),
                most: None,
            });
            let over = if held { Over::Held } else { Over::Nothing };
            let posting = Posting {
                row: Arc::new(row.clone()),
                over,
                count,
            };
            match self.turns.post(posting).await? {
                Posted::Differs if held => {
                    return late::record(self.books.as_ref(), bill.row()).await;
                }
                Posted::Differs => bill.step_aside(),
                Posted::Crowded => return Err(Unavailable(CROWDED.to_owned())),
                // What gives back is never over a limit.
                Posted::Done | Posted::OverLimit(_) => return Ok(()),
            }
        }
    }

    async fn to_spool(&self, row: &UsageRow) -> Result<(), LedgerUnavailable> {
        let spool = self
            .spool
            .as_ref()
            .ok_or_else(|| LedgerUnavailable("there is no spool".to_owned()))?;
        spool
            .append(row)
            .await
            .map_err(|error| LedgerUnavailable(error.to_string()))
    }
}
