//! What the ledger asks of a store: entries that are posted all together or not at all, and a few questions.
//!
//! The rules of money are above this; below it is DynamoDB (`store`), and in the ledger's simulation a store in memory that
//! fails in every way it can.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use super::usage_row::{RowKey, UsageRow};
use crate::money::Money;

/// Where rows, counters and leases are kept.
#[async_trait]
pub trait LedgerStore: Send + Sync {
    /// Posts all entries, or none of them. `token` names this attempt: posting again under the same token within some minutes
    /// changes nothing more.
    ///
    /// # Errors
    /// [`PostError`] says why none was posted, or that nobody knows.
    async fn write(&self, entries: &[Entry], token: &str) -> Result<(), WriteError>;

    /// A row, as the last post left it.
    ///
    /// # Errors
    /// [`Unavailable`] when there is no answer.
    async fn row(&self, key: &RowKey) -> Result<Option<UsageRow>, Unavailable>;

    /// Held rows whose lease ended before that moment; not necessarily all at once.
    ///
    /// # Errors
    /// [`Unavailable`] when there is no answer.
    async fn expired_rows(&self, before: DateTime<Utc>) -> Result<Vec<RowKey>, Unavailable>;

    /// A lease of allowance, as the last post left it.
    ///
    /// # Errors
    /// [`Unavailable`] when there is no answer.
    async fn lease(&self, day: NaiveDate, id: &str) -> Result<Option<Lease>, Unavailable>;

    /// All leases of allowance of a day.
    ///
    /// # Errors
    /// [`Unavailable`] when there is no answer.
    async fn leases(&self, day: NaiveDate) -> Result<Vec<Lease>, Unavailable>;

    /// What the rows under a lease of allowance add up to.
    ///
    /// # Errors
    /// [`Unavailable`] when there is no answer.
    async fn row_totals(&self, day: NaiveDate, lease: &str) -> Result<RowTotals, Unavailable>;

    /// An account's counter.
    ///
    /// # Errors
    /// [`Unavailable`] when there is no answer.
    async fn counter(&self, account: &Account) -> Result<Counter, Unavailable>;

    /// Asks for a sign of life.
    ///
    /// # Errors
    /// [`Unavailable`] when there is none.
    async fn probe(&self) -> Result<(), Unavailable>;
}

/// No answer, or none that means anything. What was asked for may have happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ledger's store is unavailable: {0}")]
pub struct Unavailable(pub String);

/// One of the things that are posted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Writes a row, over one of that key which is as `over` says.
    Row {
        /// The row.
        row: Arc<UsageRow>,
        /// What has to be there.
        over: Expected,
    },
    /// Changes a counter.
    Count {
        /// Whose.
        account: Account,
        /// Added to what is committed: settled and held.
        committed: i64,
        /// Added to what is settled.
        settled: i64,
        /// What may be committed at most afterwards.
        most: Option<Money>,
    },
    /// Changes a lease of allowance that is not closed; makes it where it is not there.
    Lease {
        /// The lease.
        id: String,
        /// Its day.
        day: NaiveDate,
        /// Added to what is granted.
        granted: i64,
        /// Added to what the owner has told as spent.
        reported: i64,
        /// Until when it is the owner's.
        until: DateTime<Utc>,
    },
    /// Closes a lease of allowance for good, if it is at this version.
    CloseLease {
        /// The lease as it was read.
        lease: Lease,
    },
    /// Marks that a row under a lease was written by another way than the owner's, if it is not closed.
    TouchLease {
        /// The lease.
        id: String,
        /// Its day.
        day: NaiveDate,
    },
}

/// What a row is written over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expected {
    /// No row of that key.
    Nothing,
    /// A held row.
    Held,
    /// An abandoned row.
    Abandoned,
}

/// Whose counter: the service's of a day, or a client's of a day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account {
    /// The client; none for the service.
    pub client: Option<String>,
    /// The day, in UTC.
    pub day: NaiveDate,
}

impl Account {
    /// The service's.
    #[must_use]
    pub const fn service(day: NaiveDate) -> Self {
        Self { client: None, day }
    }

    /// A client's.
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
    /// Settled and held; for the service: granted to tasks.
    pub committed: Money,
    /// Settled; for the service: as far as tasks have told.
    pub settled: Money,
}

/// A lease of allowance: what a task may spend of the service's budget of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Its id.
    pub id: String,
    /// Its day.
    pub day: NaiveDate,
    /// What its task may spend that day.
    pub granted: Money,
    /// What its task has told as spent.
    pub reported: Money,
    /// Until when it is the task's.
    pub until: DateTime<Utc>,
    /// Grows with every change.
    pub version: u64,
    /// Whether it has ended.
    pub closed: bool,
}

/// What rows add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowTotals {
    /// Their cost.
    pub cost: Money,
    /// How many are still held.
    pub held: u64,
}

/// Why nothing was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteError {
    /// Some entries were refused: one place per entry.
    Refused(Vec<Option<Refusal>>),
    /// Another post was changing the same things; posting again is worth it.
    Contended,
    /// Nobody knows whether it was posted.
    Unavailable(Unavailable),
}

/// Why an entry was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The row, or the lease, is not as it has to be.
    Differs,
    /// The account would pass its limit; this is what it has.
    OverLimit(Counter),
}
