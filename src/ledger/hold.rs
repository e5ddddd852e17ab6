//! Holding: before anything is spent, a request's worst-case cost is reserved in every budget and on its row.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::time::{Instant, timeout_at};

use super::bill::KEY_ATTEMPTS;
use super::store::{Account, Expected};
use super::write_batcher::{self, Count, PendingWrite, WriteResult};
use super::{Bill, BudgetExceeded, Durability, Inner, Ledger, RowStatus, Scope, Unavailable};
use crate::money::Money;

/// The reason for giving up a write that other tasks' writes cancelled at every attempt.
pub(super) const CONTENDED: &str = "other tasks changed the same counter at every attempt";

/// Why nothing was held.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    /// A budget has no room for the worst case.
    #[error(transparent)]
    BudgetExceeded(BudgetExceeded),
    /// Other tasks changed the same counter at every attempt.
    #[error("the ledger is unavailable: {CONTENDED}")]
    Contended,
    /// Nothing was held by the request's deadline.
    #[error("the request's deadline passed before its cost was held")]
    DeadlineExceeded,
    /// The store is unavailable, and the outage allowance is used up or not configured.
    #[error("the ledger is unavailable: {0}")]
    Unavailable(String),
}

impl Ledger {
    /// Holds the request's worst-case cost in every budget and on its row, by `deadline`. Nothing may be spent before this returns
    /// `Ok`.
    ///
    /// # Errors
    /// [`HoldError`]. Nothing is held in that case; after [`HoldError::DeadlineExceeded`], once the bill is settled.
    pub async fn hold(
        &self,
        bill: &mut Bill,
        worst_case: Money,
        deadline: Instant,
    ) -> Result<Durability, HoldError> {
        let inner = &self.inner;
        if inner.batcher.is_unavailable() {
            return inner
                .hold_in_outage(bill, worst_case, &write_batcher::unavailable().0)
                .await;
        }
        let now = inner.clock.now();
        let day = bill.row().day();
        let reserved = inner.allowance.reserve(worst_case, day, now, deadline);
        let reserved = match reserved.await {
            Ok(reserved) => reserved,
            Err(HoldError::Unavailable(why)) => {
                return inner.hold_in_outage(bill, worst_case, &why).await;
            }
            Err(refused) => return Err(refused),
        };
        let limit = bill.client_limit();
        bill.hold(worst_case, now + inner.settings.lease, Some(reserved.lease));
        for attempt in 0..KEY_ATTEMPTS {
            let pending = pending_hold(bill, worst_case);
            let Ok(written) = timeout_at(deadline, inner.batcher.write(pending)).await else {
                bill.hold_in_doubt();
                return Err(HoldError::DeadlineExceeded);
            };
            match written {
                Ok(WriteResult::Done) if inner.clock.now() < reserved.until => {
                    inner.seen_healthy.store(true, Ordering::Relaxed);
                    return Ok(Durability::Stored);
                }
                // The lease may have been closed before the row was written, so its totals would lack the row. A lease is never
                // closed while one of its rows is held.
                Ok(WriteResult::Done) => {
                    inner.roll_back(bill).await;
                    return Err(HoldError::Unavailable(
                        "the hold took longer than its allowance lease".to_owned(),
                    ));
                }
                // A client may send the same request id twice at the same time; both requests get a row.
                Ok(WriteResult::Differs) => bill.move_timestamp(attempt),
                Ok(WriteResult::OverLimit(counter)) => {
                    inner.release(bill);
                    bill.clear_hold();
                    return Err(HoldError::BudgetExceeded(BudgetExceeded::new(
                        Scope::Client,
                        limit.unwrap_or_default(),
                        counter.settled,
                        worst_case,
                        now,
                    )));
                }
                // This is contention, not an outage, so the outage allowance must not pay for it.
                Ok(WriteResult::Contended) => break,
                Err(Unavailable(why)) => return inner.hold_in_doubt(bill, worst_case, why).await,
            }
        }
        inner.roll_back(bill).await;
        Err(HoldError::Contended)
    }
}

/// Returns the write of a held row and, if the client has a budget, of its counter.
fn pending_hold(bill: &Bill, worst_case: Money) -> PendingWrite {
    let row = bill.row();
    PendingWrite {
        row: Arc::new(row.clone()),
        expected: Expected::Nothing,
        count: bill.client_limit().map(|limit| Count {
            account: Account::client(&row.client_id, row.day()),
            committed: worst_case.as_change(),
            settled: 0,
            limit: Some(limit),
        }),
    }
}

impl Inner {
    /// Holds the worst case against the outage allowance. The budgets are updated later, when the row is replayed.
    async fn hold_in_outage(
        &self,
        bill: &mut Bill,
        worst_case: Money,
        why: &str,
    ) -> Result<Durability, HoldError> {
        let Some(spool) = self.spool.as_ref().filter(|spool| spool.has_room()) else {
            return Err(HoldError::Unavailable(format!(
                "{why}; the spool is full or not configured"
            )));
        };
        if !self.outage.reserve(worst_case) {
            return Err(HoldError::Unavailable(why.to_owned()));
        }
        let now = self.clock.now();
        let lease = self
            .allowance
            .reserve_granted(worst_case, bill.row().day(), now);
        bill.hold(worst_case, now + self.settings.lease, lease);
        bill.held_in_outage();
        match spool.append(bill.row()).await {
            Ok(()) => Ok(Durability::Spooled),
            Err(error) => {
                self.release(bill);
                bill.clear_hold();
                Err(HoldError::Unavailable(format!("{why}; {error}")))
            }
        }
    }

    /// Handles a hold that may have reached the store, or may still reach it. The request either continues, recorded in the spool,
    /// or fails; in that case the row, if there is one, is closed.
    async fn hold_in_doubt(
        &self,
        bill: &mut Bill,
        worst_case: Money,
        why: String,
    ) -> Result<Durability, HoldError> {
        if let Some(spool) = self.spool.as_ref().filter(|spool| spool.has_room())
            && self.outage.reserve(worst_case)
        {
            bill.held_in_outage();
            if spool.append(bill.row()).await.is_ok() {
                return Ok(Durability::Spooled);
            }
        }
        self.roll_back(bill).await;
        Err(HoldError::Unavailable(why))
    }

    /// Rolls back a hold whose row is in the store, or may be: the row is closed at zero cost by way of the spool.
    async fn roll_back(&self, bill: &mut Bill) {
        self.release(bill);
        let mut closed = bill.row().clone();
        closed.status = RowStatus::Failed;
        closed.error = Some("ledger_unavailable".into());
        closed.lease_until = None;
        bill.clear_hold();
        if let Err(error) = self.to_spool(&closed).await {
            // The sweep settles the row at the held amount when its lease expires.
            tracing::error!(
                event_type = "error",
                request_id = closed.request_id,
                error_type = "spool",
                error_message = %error,
                "a hold that may be stored could not be rolled back; the sweep settles it when its lease expires"
            );
        }
    }
}
