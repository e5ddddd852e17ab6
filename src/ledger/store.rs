//! The ledger's store: entries that are written atomically, and a few queries.
//!
//! The ledger's rules are above this trait. Its implementations are DynamoDB (`dynamodb`) and, in the ledger's simulation, an
//! in-memory store that fails in every possible way.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use super::usage_row::{RowKey, UsageRow};
use crate::money::Money;

/// Stores rows, counters and leases.
#[async_trait]
pub trait LedgerStore: Send + Sync {
    /// Writes all entries or none. `token` makes the write idempotent: a repeated write with the same token within some minutes
    /// has no further effect.
    ///
    /// # Errors
    /// [`WriteError`] says why nothing was written, or that the result is unknown.
    async fn write(&self, entries: &[Entry], token: &str) -> Result<(), WriteError>;

    /// Returns a row as of the last write.
    ///
    /// # Errors
    /// [`ReadError`] when the store does not answer, or the row cannot be read.
    async fn row(&self, key: &RowKey) -> Result<Option<UsageRow>, ReadError>;

    /// Returns the keys of at least `count` open rows whose lease expired before `before`, or of all if there are fewer. An open row
    /// may have a status that this build does not know.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    async fn expired_rows(
        &self,
        before: DateTime<Utc>,
        count: usize,
    ) -> Result<Vec<RowKey>, Unavailable>;

    /// Returns an allowance lease as of the last write.
    ///
    /// # Errors
    /// [`ReadError`] when the store does not answer, or the lease cannot be read.
    async fn lease(&self, day: NaiveDate, id: &str) -> Result<Option<Lease>, ReadError>;

    /// Returns all allowance leases of a day.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    async fn leases(&self, day: NaiveDate) -> Result<Found<Lease>, Unavailable>;

    /// Returns the totals of the rows under an allowance lease.
    ///
    /// # Errors
    /// [`ReadError`] when the store does not answer, or the cost of a row cannot be read.
    async fn row_totals(&self, day: NaiveDate, lease: &str) -> Result<RowTotals, ReadError>;

    /// Returns an account's counter.
    ///
    /// # Errors
    /// [`ReadError`] when the store does not answer, or the counter cannot be read.
    async fn counter(&self, account: &Account) -> Result<Counter, ReadError>;

    /// Checks that the store answers.
    ///
    /// # Errors
    /// [`Unavailable`] when it does not.
    async fn probe(&self) -> Result<(), Unavailable>;
}

/// The store gave no usable answer. The request may have taken effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ledger's store is unavailable: {0}")]
pub struct Unavailable(pub String);

/// A failed read of one item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The item is not in a form that this build reads. A newer build may have written it.
    #[error("an item of the ledger cannot be read: {0}")]
    Unreadable(String),
    /// The store gave no usable answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<ReadError> for Unavailable {
    /// For callers that cannot go on without the item.
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unreadable(_) => Self(error.to_string()),
            ReadError::Unavailable(unavailable) => unavailable,
        }
    }
}

/// Items that were found, without those that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    /// The items.
    pub items: Vec<T>,
    /// What is wrong with each of the others.
    pub unreadable: Vec<String>,
}

/// One entry of an atomic write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Writes a row, provided that the stored row with its key is as `over` says.
    Row {
        /// The row.
        row: Arc<UsageRow>,
        /// The expected stored row.
        expected: Expected,
    },
    /// Changes a counter.
    Count {
        /// The account of the counter.
        account: Account,
        /// Change of the committed amount (settled and held), in nano-dollars.
        committed: i64,
        /// Change of the settled amount, in nano-dollars.
        settled: i64,
        /// Maximum committed amount after the change.
        limit: Option<Money>,
    },
    /// Changes an allowance lease that is not closed, or creates it.
    Lease {
        /// The lease's id.
        id: String,
        /// The lease's day.
        day: NaiveDate,
        /// Change of the granted amount, in nano-dollars.
        granted: i64,
        /// Change of the amount that the owner has reported as spent, in nano-dollars.
        reported: i64,
        /// When the lease expires.
        until: DateTime<Utc>,
    },
    /// Closes an allowance lease for good, provided that its version is unchanged.
    CloseLease {
        /// The lease as it was read.
        lease: Lease,
    },
    /// Marks that a row under a lease was reconciled, so that a concurrent close fails. Requires that the lease is not closed.
    TouchLease {
        /// The lease's id.
        id: String,
        /// The lease's day.
        day: NaiveDate,
    },
}

/// The stored row that a write expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expected {
    /// No row with that key.
    Nothing,
    /// A held row.
    Held,
    /// An abandoned row.
    Abandoned,
}

/// The owner of a counter: the service or a client, on one day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account {
    /// The client's id; `None` for the service.
    pub client: Option<String>,
    /// The day, in UTC.
    pub day: NaiveDate,
}

impl Account {
    /// Returns the service's account on this day.
    #[must_use]
    pub const fn service(day: NaiveDate) -> Self {
        Self { client: None, day }
    }

    /// Returns a client's account on this day.
    #[must_use]
    pub fn client(client: &str, day: NaiveDate) -> Self {
        Self {
            client: Some(client.to_owned()),
            day,
        }
    }
}

/// An account's counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counter {
    /// Settled and held amounts. For the service, the amount granted to tasks.
    pub committed: Money,
    /// Settled amount. For the service, as far as tasks have reported it.
    pub settled: Money,
}

/// An allowance lease: the part of the service's daily budget that a task may spend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The lease's id.
    pub id: String,
    /// The day of the budget, in UTC.
    pub day: NaiveDate,
    /// The amount that its task may spend.
    pub granted: Money,
    /// The amount that its task has reported as spent.
    pub reported: Money,
    /// When the lease expires.
    pub until: DateTime<Utc>,
    /// Increases with every change.
    pub version: u64,
    /// Whether the lease is closed.
    pub closed: bool,
}

/// Totals of the rows under a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowTotals {
    /// The sum of their costs.
    pub cost: Money,
    /// Number of rows that are still held.
    pub held: u64,
}

/// A failed write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteError {
    /// Nothing was written because some entries were refused. Has one element per entry, in order.
    Refused(Vec<Option<Refusal>>),
    /// Nothing was written because of a concurrent write to the same items, or because the store is busy. A retry makes sense.
    Contended,
    /// Nothing was written, and nothing will be: the store cannot accept these entries.
    Invalid(String),
    /// It is unknown whether the entries were written.
    Unavailable(Unavailable),
}

/// Why an entry was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The stored row or lease is not as expected.
    Differs,
    /// The account would exceed its limit. Carries the current counter.
    OverLimit(Counter),
}
