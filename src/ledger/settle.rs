//! Settling: the hold is replaced by the actual cost, and the outcome is made durable in the store or on the local disk.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::bill::KEY_ATTEMPTS;
use super::hold::CONTENDED;
use super::store::{Account, Expected};
use super::write_batcher::{self, Count, PendingWrite, WriteResult};
use super::{Bill, Durability, Inner, Ledger, LedgerUnavailable, Unavailable, UsageRow, reconcile};

impl Ledger {
    /// Makes the outcome of the request durable: over its held row, or as a new row if nothing was held.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] when neither the store nor the spool accepted it.
    pub async fn settle(&self, bill: &mut Bill) -> Result<Durability, LedgerUnavailable> {
        let inner = &self.inner;
        if bill.is_held() {
            inner.release(bill);
        }
        let stored = tokio::time::timeout(inner.settings.store_timeout, inner.store(bill)).await;
        let why = match stored {
            Ok(Ok(())) => {
                inner.seen_healthy.store(true, Ordering::Relaxed);
                return Ok(Durability::Stored);
            }
            Ok(Err(Unavailable(why))) => why,
            Err(_elapsed) => "the store did not accept the row in time".to_owned(),
        };
        // A request without a hold has cost nothing. It is served in an outage only if an outage allowance is configured.
        if !bill.is_held() && !inner.outage.is_configured() {
            return Err(LedgerUnavailable(why));
        }
        inner
            .to_spool(bill.row())
            .await
            .map(|()| Durability::Spooled)
            .map_err(|error| LedgerUnavailable(format!("{why}; {error}")))
    }
}

impl Inner {
    /// Releases the hold in memory, less the cost.
    pub(super) fn release(&self, bill: &Bill) {
        let row = bill.row();
        if let Some(lease) = &row.allowance {
            self.allowance.settle(row.day(), lease, row.held, row.cost);
        }
        if bill.is_held_in_outage() {
            self.outage.settle(row.held, row.cost);
        }
    }

    async fn store(&self, bill: &mut Bill) -> Result<(), Unavailable> {
        if bill.is_hold_in_doubt() {
            // Its held row may be in the spool, in the store, or on its way to the store.
            if self.batcher.is_unavailable() {
                return Err(write_batcher::unavailable());
            }
            return self.reconcile(bill).await;
        }
        for attempt in 0..KEY_ATTEMPTS {
            let row = bill.row();
            let held = bill.is_held();
            let count = (held && row.client_budget).then(|| Count {
                account: Account::client(&row.client_id, row.day()),
                committed: row.cost.as_change() - row.held.as_change(),
                settled: row.cost.as_change(),
                limit: None,
            });
            let expected = if held {
                Expected::Held
            } else {
                Expected::Nothing
            };
            let pending = PendingWrite {
                row: Arc::new(row.clone()),
                expected,
                count,
            };
            match self.batcher.write(pending).await? {
                WriteResult::Differs if held => return self.reconcile(bill).await,
                WriteResult::Differs => bill.move_timestamp(attempt),
                WriteResult::Contended => break,
                // A write whose count has no limit is never refused for being over one.
                WriteResult::Done | WriteResult::OverLimit(_) => return Ok(()),
            }
        }
        Err(Unavailable(CONTENDED.to_owned()))
    }

    async fn reconcile(&self, bill: &Bill) -> Result<(), Unavailable> {
        reconcile::reconcile(self.store.as_ref(), bill.row()).await?;
        Ok(())
    }

    pub(super) async fn to_spool(&self, row: &UsageRow) -> Result<(), LedgerUnavailable> {
        let spool = self
            .spool
            .as_ref()
            .ok_or_else(|| LedgerUnavailable("no spool is configured".to_owned()))?;
        spool
            .append(row)
            .await
            .map_err(|error| LedgerUnavailable(error.to_string()))
    }
}
