//! Holding: the worst case of what a request may cost is set aside in every budget and on its row before anything is spent.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::store::{Account, Expected};
use super::write_batcher::{self, Count, PendingWrite, WriteResult};
use super::{Bill, BudgetExceeded, Durability, Inner, Ledger, RowStatus, Scope, Unavailable};
use crate::money::Money;

/// Why a write was given up that other tasks' writes cancelled at every try.
pub(super) const CONTENDED: &str = "other tasks keep changing the same counter";

/// Why nothing was held.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    /// A budget has no room.
    #[error(transparent)]
    BudgetExceeded(BudgetExceeded),
    /// Other tasks changed the same counter at every try.
    #[error("the ledger is unavailable: {CONTENDED}")]
    Contended,
    /// The store is unavailable, and the allowance for that case is used up or not given.
    #[error("the ledger is unavailable: {0}")]
    Unavailable(String),
}

impl Ledger {
    /// Holds the worst case of what the request may cost, in every budget and on its row. Nothing may be spent before this
    /// returns well.
    ///
    /// # Errors
    /// [`HoldError`]; then nothing is held.
    pub async fn hold(&self, bill: &mut Bill, worst_case: Money) -> Result<Durability, HoldError> {
        let inner = &self.inner;
        if inner.batcher.is_unavailable() {
            return inner
                .hold_in_outage(bill, worst_case, &write_batcher::unavailable().0)
                .await;
        }
        let now = inner.clock.now();
        let day = bill.row().day();
        let taken = match inner.allowance.reserve(worst_case, day, now).await {
            Ok(taken) => taken,
            Err(HoldError::Unavailable(why)) => {
                return inner.hold_in_outage(bill, worst_case, &why).await;
            }
            Err(refused) => return Err(refused),
        };
        let limit = bill.client_limit();
        bill.hold(worst_case, now + inner.settings.lease, Some(taken.lease));
        loop {
            let posting = PendingWrite {
                row: Arc::new(bill.row().clone()),
                expected: Expected::Nothing,
                count: limit.map(|limit| Count {
                    account: Account::client(&bill.row().client_id, bill.row().day()),
                    committed: worst_case.as_change(),
                    settled: 0,
                    most: Some(limit),
                }),
            };
            match inner.batcher.write(posting).await {
                Ok(WriteResult::Done) if inner.clock.now() < taken.until => {
                    inner.seen_healthy.store(true, Ordering::Relaxed);
                    return Ok(Durability::Stored);
                }
                // The lease may have been closed before the row came, and the row is not in its sum. Once a row is there, no
                // lease is closed over it.
                Ok(WriteResult::Done) => {
                    inner.roll_back(bill).await;
                    return Err(HoldError::Unavailable(
                        "the hold took longer than its lease".to_owned(),
                    ));
                }
                // A client may send the same request id twice in one moment; both are kept.
                Ok(WriteResult::Differs) => bill.bump_timestamp(),
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
                // No outage: what is given for one is not for the spending of those who were not quick enough.
                Ok(WriteResult::Contended) => {
                    inner.roll_back(bill).await;
                    return Err(HoldError::Contended);
                }
                Err(Unavailable(why)) => return inner.hold_unsure(bill, worst_case, why).await,
            }
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
    ) -> Result<Durability, HoldError> {
        let Some(spool) = self.spool.as_ref().filter(|spool| spool.has_room()) else {
            return Err(HoldError::Unavailable(format!(
                "{why}; the spool has no room"
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

    /// The hold may have arrived, or may yet. Either the request goes on, on record in the spool; or it ends here, and the row
    /// is closed should it be there.
    async fn hold_unsure(
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

    /// Takes back a hold whose row is in the store, or may be: the row is closed at no cost, by way of the spool.
    async fn roll_back(&self, bill: &mut Bill) {
        self.release(bill);
        let mut undone = bill.row().clone();
        undone.status = RowStatus::Failed;
        undone.error = Some("ledger_unavailable".into());
        undone.lease_until = None;
        bill.clear_hold();
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
}
