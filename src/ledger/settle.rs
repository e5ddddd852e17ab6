//! Settling: what was held is given back but for what it cost, and the outcome is kept, in the store or on the local disk.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::books::{Account, Over};
use super::turns::{self, Count, Posted, Posting};
use super::{Bill, CROWDED, Inner, Kept, Ledger, LedgerUnavailable, Unavailable, UsageRow, late};

impl Ledger {
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
}

impl Inner {
    /// Gives back in memory what the bill holds, less what it cost.
    pub(super) fn give_back(&self, bill: &Bill) {
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

    pub(super) async fn to_spool(&self, row: &UsageRow) -> Result<(), LedgerUnavailable> {
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
