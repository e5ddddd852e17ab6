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
        observe(self.observer.as_ref(), operation, call).await
    }
}

async fn observe<T, E: Failure>(
    observer: &dyn LedgerObserver,
    operation: StoreOperation,
    call: impl Future<Output = Result<T, E>> + Send,
) -> Result<T, E> {
    let mut observed = Call {
        observer,
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use super::*;
    use crate::money::Money;

    /// Remembers how round trips ended.
    #[derive(Default)]
    struct Outcomes(Mutex<Vec<StoreOutcome>>);

    impl LedgerObserver for Outcomes {
        fn store_request(&self, _: StoreOperation, outcome: StoreOutcome, _: Duration) {
            self.0.lock().unwrap().push(outcome);
        }

        fn spool_replayed(&self, _: u64, _: u64) {}

        fn row_abandoned(&self, _: Money) {}

        fn swept(&self, _: bool, _: DateTime<Utc>) {}
    }

    #[tokio::test]
    async fn every_end_of_a_round_trip_is_told_and_so_is_one_that_nobody_waits_for() {
        let outcomes = Outcomes::default();
        let unavailable = || Unavailable("down".to_owned());
        for result in [
            Ok(()),
            Err(WriteError::Refused(Vec::new())),
            Err(WriteError::Invalid("too large".to_owned())),
            Err(WriteError::Contended),
            Err(WriteError::Unavailable(unavailable())),
        ] {
            let call = std::future::ready(result);
            drop(observe(&outcomes, StoreOperation::Write, call).await);
        }
        let unreadable: Result<(), _> = Err(ReadError::Unreadable("new".to_owned()));
        let call = std::future::ready(unreadable);
        drop(observe(&outcomes, StoreOperation::Read, call).await);
        let call = std::future::pending::<Result<(), Unavailable>>();
        let call = observe(&outcomes, StoreOperation::Probe, call);
        drop(tokio::time::timeout(Duration::from_millis(1), call).await);

        assert_eq!(
            *outcomes.0.lock().unwrap(),
            [
                StoreOutcome::Ok,
                StoreOutcome::Refused,
                StoreOutcome::Refused,
                StoreOutcome::Contended,
                StoreOutcome::Unavailable,
                StoreOutcome::Ok,
                StoreOutcome::Unavailable,
            ]
        );
    }
}
