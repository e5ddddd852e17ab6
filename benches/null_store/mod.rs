//! A store that costs nothing, for measurements of everything else.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use goal_router::idempotency::{self, Claim, ClaimResult, IdempotencyStore, StoredResponse};
use goal_router::ledger::store::{
    Account, Counter, Entry, Found, Lease, ReadError, RowTotals, WriteError,
};
use goal_router::ledger::{LedgerStore, RowKey, Unavailable, UsageRow};

/// A store that accepts every write and stores nothing.
pub struct NullStore;

#[async_trait]
impl IdempotencyStore for NullStore {
    async fn claim(&self, _: &Claim) -> Result<ClaimResult, idempotency::StoreUnavailable> {
        Ok(ClaimResult::Granted)
    }

    async fn complete(
        &self,
        _: &Claim,
        _: &StoredResponse,
        _: DateTime<Utc>,
    ) -> Result<(), idempotency::StoreUnavailable> {
        Ok(())
    }

    async fn release(&self, _: &Claim) -> Result<(), idempotency::StoreUnavailable> {
        Ok(())
    }
}

#[async_trait]
impl LedgerStore for NullStore {
    async fn write(&self, _: &[Entry], _: &str) -> Result<(), WriteError> {
        Ok(())
    }

    async fn row(&self, _: &RowKey) -> Result<Option<UsageRow>, ReadError> {
        Ok(None)
    }

    async fn expired_rows(&self, _: DateTime<Utc>, _: usize) -> Result<Vec<RowKey>, Unavailable> {
        Ok(Vec::new())
    }

    async fn lease(&self, _: NaiveDate, _: &str) -> Result<Option<Lease>, ReadError> {
        Ok(None)
    }

    async fn leases(&self, _: NaiveDate) -> Result<Found<Lease>, Unavailable> {
        Ok(Found {
            items: Vec::new(),
            unreadable: Vec::new(),
        })
    }

    async fn row_totals(&self, _: NaiveDate, _: &str) -> Result<RowTotals, ReadError> {
        Ok(RowTotals::default())
    }

    async fn counter(&self, _: &Account) -> Result<Counter, ReadError> {
        Ok(Counter::default())
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}
