//! What the ledger tells of its work while it happens, to whoever counts it. What it only is, such as the size of its spool, is in
//! [`LedgerState`](super::LedgerState).

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::money::Money;

/// Is told of the ledger's work. It must not block.
pub trait LedgerObserver: Send + Sync {
    /// A round trip to the store has ended, or the ledger has stopped waiting for it.
    fn store_request(&self, operation: StoreOperation, outcome: StoreOutcome, took: Duration);

    /// Rows have left the spool: `stored` are in the store. The others will never be, and were set aside.
    fn spool_replayed(&self, stored: u64, set_aside: u64);

    /// A row whose task had died was settled at the amount that was held.
    fn row_abandoned(&self, held: Money);

    /// A sweep has ended.
    fn swept(&self, succeeded: bool, at: DateTime<Utc>);
}

/// A kind of round trip to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoreOperation {
    /// An atomic write.
    Write,
    /// The read of one item.
    Read,
    /// A query for many items.
    Query,
    /// The check that the store answers.
    Probe,
}

/// How a round trip ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoreOutcome {
    /// The store did what was asked.
    Ok,
    /// Nothing was written: a condition was not met, or the store does not accept the entries.
    Refused,
    /// Nothing was written: the store was busy, or a concurrent write came first.
    Contended,
    /// There was no answer, or not in time.
    Unavailable,
}

/// Counts nothing.
pub(super) struct NoObserver;

impl LedgerObserver for NoObserver {
    fn store_request(&self, _: StoreOperation, _: StoreOutcome, _: Duration) {}

    fn spool_replayed(&self, _stored: u64, _set_aside: u64) {}

    fn row_abandoned(&self, _held: Money) {}

    fn swept(&self, _succeeded: bool, _at: DateTime<Utc>) {}
}
