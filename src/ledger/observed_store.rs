//! A store whose round trips are told to the observer.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use super::observer::{LedgerObserver, StoreOperation, StoreOutcome};
use super::store::{
    Account, Counter, Entry, Found, Lease, LedgerStore, ReadError, RowTotals, Unavailable,
    WriteError,
};
use super::usage_row::{RowKey, UsageRow};

/// Passes every call on to a store, and tells the observer how it ended.
pub(super) struct ObservedStore {
    store: Arc<dyn LedgerStore>,
    observer: Arc<dyn LedgerObserver>,
}

/// A call in flight. If it is dropped before it has ended, nobody waits for the answer any more.
struct Call<'a> {
    observer: &'a dyn LedgerObserver,
    operation: StoreOperation,
    outcome: StoreOutcome,
    started: Instant,
}

impl ObservedStore {
    pub fn new(store: Arc<dyn LedgerStore>, observer: Arc<dyn LedgerObserver>) -> Self {
        Self { store, observer }
    }

    async fn observe<T, E: Failure>(
        &self,
        operation: StoreOperation,
        call: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, E> {
        let mut observed = Call {
            observer: self.observer.as_ref(),
            operation,
            outcome: StoreOutcome::Unavailable,
            started: Instant::now(),
        };
        let result = call.await;
        observed.outcome = match &result {
            Ok(_) => StoreOutcome::Ok,
            Err(error) => error.outcome(),
        };
        result
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let took = self.started.elapsed();
        self.observer
            .store_request(self.operation, self.outcome, took);
    }
}

/// An error of the store.
trait Failure {
    fn outcome(&self) -> StoreOutcome;
}

impl Failure for WriteError {
    fn outcome(&self) -> StoreOutcome {
        match self {
            Self::Refused(_) | Self::Invalid(_) => StoreOutcome::Refused,
            Self::Contended => StoreOutcome::Contended,
            Self::Unavailable(_) => StoreOutcome::Unavailable,
        }
    }
}

impl Failure for ReadError {
    fn outcome(&self) -> StoreOutcome {
        match self {
            // The store has answered; this build does not understand the item.
            Self::Unreadable(_) => StoreOutcome::Ok,
            Self::Unavailable(_) => StoreOutcome::Unavailable,
        }
    }
}

impl Failure for Unavailable {
    fn outcome(&self) -> StoreOutcome {
        StoreOutcome::Unavailable
    }
}

#[async_trait]
impl LedgerStore for ObservedStore {
    async fn write(&self, entries: &[Entry], token: &str) -> Result<(), WriteError> {
        let call = self.store.write(entries, token);
        self.observe(StoreOperation::Write, call).await
    }

    async fn row(&self, key: &RowKey) -> Result<Option<UsageRow>, ReadError> {
        let call = self.store.row(key);
        self.observe(StoreOperation::Read, call).await
    }

    async fn expired_rows(
        &self,
        before: DateTime<Utc>,
        count: usize,
    ) -> Result<Vec<RowKey>, Unavailable> {
        let call = self.store.expired_rows(before, count);
        self.observe(StoreOperation::Query, call).await
    }

    async fn lease(&self, day: NaiveDate, id: &str) -> Result<Option<Lease>, ReadError> {
        let call = self.store.lease(day, id);
        self.observe(StoreOperation::Read, call).await
    }

    async fn leases(&self, day: NaiveDate) -> Result<Found<Lease>, Unavailable> {
        let call = self.store.leases(day);
        self.observe(StoreOperation::Query, call).await
    }

    async fn row_totals(&self, day: NaiveDate, lease: &str) -> Result<RowTotals, ReadError> {
        let call = self.store.row_totals(day, lease);
        self.observe(StoreOperation::Query, call).await
    }

    async fn counter(&self, account: &Account) -> Result<Counter, ReadError> {
        let call = self.store.counter(account);
        self.observe(StoreOperation::Read, call).await
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        let call = self.store.probe();
        self.observe(StoreOperation::Probe, call).await
    }
}
