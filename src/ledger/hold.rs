//! Holding: the worst case of what a request may cost is set aside in every budget and on its row before anything is spent.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::allowance::TakeError;
use super::books::{Account, Over};
use super::turns::{self, Count, Posted, Posting};
use super::{Bill, BudgetExceeded, CROWDED, Inner, Kept, Ledger, RowStatus, Scope, Unavailable};
use crate::money::Money;

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

impl Ledger {
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
}
