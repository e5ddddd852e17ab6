//! Grants: a task that runs short asks the store for more allowance.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::day::Day;
use super::{Allowance, MARGIN_SHARE, MAX_ATTEMPTS, pause};
use crate::ledger::HoldError;
use crate::ledger::store::{Account, Counter, Entry, Refusal, WriteError};
use crate::ledger::write_batcher::unavailable;
use crate::money::Money;

/// The largest chunk is the limit divided by this.
const MAX_SHARE: u64 = 32;
/// Near the limit, a chunk is at most the rest of the budget divided by this, so that other tasks get a share too.
const REST_SHARE: u64 = 4;

impl Allowance {
    /// Asks the store to grant at least `missing` more. A refusal is recorded, for [`Allowance::try_reserve`] to return.
    ///
    /// # Errors
    /// [`HoldError::Contended`] or [`HoldError::Unavailable`]. A refusal is `Ok`.
    pub(super) async fn request_grant(
        &self,
        missing: Money,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<(), HoldError> {
        let (id, chunk) = {
            let mut state = self.state();
            let (margin, first_chunk) = (self.lease / MARGIN_SHARE, self.first_chunk());
            let day = state
                .days
                .entry(date)
                .or_insert_with(|| Day::new(now, margin, first_chunk));
            day.replace_if_ended(now);
            (day.id.clone(), day.chunk)
        };
        let until = now + self.lease;
        let mut amount = missing.max(chunk).min(self.limit);
        for attempt in 0..MAX_ATTEMPTS {
            let entries = [
                Entry::Count {
                    account: Account::service(date),
                    committed: amount.as_change(),
                    settled: 0,
                    limit: Some(self.limit),
                },
                Entry::Lease {
                    id: id.clone(),
                    day: date,
                    granted: amount.as_change(),
                    reported: 0,
                    until,
                },
            ];
            match self.write(&entries).await {
                Ok(()) => {
                    self.record_grant(date, &id, amount, until);
                    return Ok(());
                }
                Err(WriteError::Refused(refusals)) => {
                    let Some(Some(Refusal::OverLimit(counter))) = refusals.first() else {
                        // Another task's sweep closed the lease. The next attempt to reserve creates a new one.
                        self.forget(date, &id);
                        return Ok(());
                    };
                    let left = self.limit.saturating_sub(counter.committed);
                    if left < missing {
                        self.record_refusal(date, left, *counter, now);
                        return Ok(());
                    }
                    amount =
                        missing.max(Money::from_nano_usd(left.nano_usd() / REST_SHARE).min(chunk));
                }
                Err(WriteError::Contended) => pause(attempt).await,
                Err(WriteError::Invalid(why)) => return Err(HoldError::Unavailable(why)),
                Err(WriteError::Unavailable(why)) => {
                    // The grant may have been written. The stored lease then has more than we know of, which returns to the
                    // budget when the lease is closed.
                    self.forget(date, &id);
                    return Err(HoldError::Unavailable(why.0));
                }
            }
        }
        Err(HoldError::Contended)
    }

    /// Writes with a new token, and once more with the same token if the result is unknown.
    pub(super) async fn write(&self, entries: &[Entry]) -> Result<(), WriteError> {
        let token = Uuid::new_v4().to_string();
        match self.try_write(entries, &token).await {
            // Only a success is conclusive: an error says nothing about the first attempt, which may have been applied.
            Err(WriteError::Unavailable(why)) => self
                .try_write(entries, &token)
                .await
                .map_err(|_| WriteError::Unavailable(why)),
            result => result,
        }
    }

    async fn try_write(&self, entries: &[Entry], token: &str) -> Result<(), WriteError> {
        let permit = self
            .breaker
            .permit()
            .map_err(|_| WriteError::Unavailable(unavailable()))?;
        let result = self.store.write(entries, token).await;
        match &result {
            Err(WriteError::Unavailable(_)) => permit.failed(),
            _ => permit.succeeded(),
        }
        result
    }

    fn record_grant(&self, date: NaiveDate, id: &str, amount: Money, until: DateTime<Utc>) {
        let max_chunk = Money::from_nano_usd(self.limit.nano_usd() / MAX_SHARE);
        let mut state = self.state();
        if let Some(day) = state.days.get_mut(&date).filter(|day| day.id == id) {
            day.record_grant(amount, until, max_chunk);
        }
    }

    fn record_refusal(&self, date: NaiveDate, left: Money, counter: Counter, now: DateTime<Utc>) {
        self.record_counter(date, counter);
        let mut state = self.state();
        if let Some(day) = state.days.get_mut(&date) {
            day.record_refusal(left, counter, now);
        }
    }
}
