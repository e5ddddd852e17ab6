//! The record of what every request cost: money, prices, the bill of one request, and its usage row.
//!
//! The ledger knows no database. It asks [`UsageRows`] to keep rows; `store` does that with DynamoDB.

pub mod bill;
pub mod money;
pub mod row;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;

pub use self::bill::Bill;
pub use self::money::{Money, Price, Rates, Tokens};
pub use self::row::{RowStatus, UsageRow};
use crate::clock::Clock;

/// Writes are tried so often before the ledger counts as away.
const ATTEMPTS: u32 = 3;
/// Pause before the second try; doubled before each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(20);

/// Where usage rows are kept.
#[async_trait]
pub trait UsageRows: Send + Sync {
    /// Keeps a new row.
    ///
    /// # Errors
    /// [`RowError::Exists`] when a row of that request and moment is there already, else why it could not be kept.
    async fn insert(&self, row: &UsageRow) -> Result<(), RowError>;

    /// Replaces a held row by its outcome. A row that is no longer held stays as it is: settling twice changes nothing.
    ///
    /// # Errors
    /// Why it could not be replaced.
    async fn settle(&self, row: &UsageRow) -> Result<(), RowError>;

    /// Asks for a sign of life.
    ///
    /// # Errors
    /// Why there is none.
    async fn probe(&self) -> Result<(), RowError>;
}

/// Why a row was not kept.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// A row with this key is there already.
    #[error("a row of this request and moment exists")]
    Exists,
    /// The store did not answer, or not with yes.
    #[error("the usage store failed: {0}")]
    Unavailable(String),
}

/// The store did not take a row, for as long as it was worth trying.
#[derive(Debug, thiserror::Error)]
#[error("the ledger is unavailable: {0}")]
pub struct LedgerUnavailable(pub String);

/// Opens and settles the rows of requests.
#[derive(Clone)]
pub struct Ledger {
    rows: Arc<dyn UsageRows>,
    clock: Arc<dyn Clock>,
    lease: TimeDelta,
}

impl Ledger {
    /// A ledger over these rows; a held row's lease runs that long.
    #[must_use]
    pub fn new(rows: Arc<dyn UsageRows>, clock: Arc<dyn Clock>, lease: TimeDelta) -> Self {
        Self { rows, clock, lease }
    }

    /// Keeps a `held` row with the worst case of what the request may cost. Nothing may be spent before this returns.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] when the store did not take it.
    pub async fn hold(&self, bill: &mut Bill, worst_case: Money) -> Result<(), LedgerUnavailable> {
        bill.hold(worst_case, self.clock.now() + self.lease);
        self.insert(bill).await
    }

    /// Keeps the outcome of the request: over its held row, or as its only row where nothing was held.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] when the store did not take it.
    pub async fn settle(&self, bill: &mut Bill) -> Result<(), LedgerUnavailable> {
        if bill.is_held() {
            self.replace(bill).await
        } else {
            self.insert(bill).await
        }
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`LedgerUnavailable`] with what the store said.
    pub async fn probe(&self) -> Result<(), LedgerUnavailable> {
        self.rows
            .probe()
            .await
            .map_err(|error| LedgerUnavailable(error.to_string()))
    }

    async fn replace(&self, bill: &Bill) -> Result<(), LedgerUnavailable> {
        let mut pause = FIRST_PAUSE;
        let mut failures = 0;
        loop {
            match self.rows.settle(bill.row()).await {
                Ok(()) | Err(RowError::Exists) => return Ok(()),
                Err(RowError::Unavailable(why)) => {
                    failures += 1;
                    if failures >= ATTEMPTS {
                        return Err(LedgerUnavailable(why));
                    }
                }
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }

    async fn insert(&self, bill: &mut Bill) -> Result<(), LedgerUnavailable> {
        let mut pause = FIRST_PAUSE;
        let mut failures = 0;
        loop {
            match self.rows.insert(bill.row()).await {
                Ok(()) => return Ok(()),
                // After a failed attempt the row that exists is ours: that attempt had arrived.
                Err(RowError::Exists) if failures > 0 => return Ok(()),
                // A client may send the same request id twice in one moment; both are kept.
                Err(RowError::Exists) => bill.step_aside(),
                Err(RowError::Unavailable(why)) => {
                    failures += 1;
                    if failures >= ATTEMPTS {
                        return Err(LedgerUnavailable(why));
                    }
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
            }
        }
    }
}
