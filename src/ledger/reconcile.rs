//! Reconciles a row with the store: an outcome that does not find its held row, a row replayed from the spool, or a row that a
//! dead task left behind.
//!
//! Each attempt is a compare-and-swap: read the stored row, decide, and write on the condition that nothing has changed. Writing
//! the same row twice changes nothing, and the counters stay consistent with the rows.

use std::sync::Arc;

use super::store::{Account, Entry, Expected, LedgerStore, ReadError, Unavailable, WriteError};
use super::usage_row::{RowStatus, UsageRow};
use super::write_batcher::{BASE_DELAY, MAX_DELAY};
use crate::money::Money;
use crate::resilience::backoff::full_jitter;

/// Maximum attempts while other tasks change the same row or lease.
const MAX_ATTEMPTS: u32 = 20;

/// Why a row was not reconciled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ReconcileError {
    /// The store does not accept the row, or what it has for it cannot be read. Another attempt would fail as well.
    #[error("the row cannot be reconciled: {0}")]
    Rejected(String),
    /// The store is unavailable.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<ReadError> for ReconcileError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unreadable(why) => Self::Rejected(why),
            ReadError::Unavailable(unavailable) => Self::Unavailable(unavailable),
        }
    }
}

impl From<ReconcileError> for Unavailable {
    /// For callers to whom it makes no difference.
    fn from(error: ReconcileError) -> Self {
        match error {
            ReconcileError::Rejected(_) => Self(error.to_string()),
            ReconcileError::Unavailable(unavailable) => unavailable,
        }
    }
}

/// Writes `row` to the store if it is newer than the stored row. A held row is written only if there is no row. An outcome is
/// written if there is no row, or over a held or abandoned one. Any other outcome that is already stored stays as it is.
///
/// Returns whether it was written.
///
/// # Errors
/// [`ReconcileError`]. Nothing was written, unless the store is unavailable: then it may have been.
pub(super) async fn reconcile(
    store: &dyn LedgerStore,
    row: &UsageRow,
) -> Result<bool, ReconcileError> {
    for attempt in 0..MAX_ATTEMPTS {
        let stored = store.row(&row.key()).await?;
        let Some(expected) = expected_row(stored.as_ref(), row) else {
            return Ok(false);
        };
        let entries = entries(store, row, stored.as_ref(), expected).await?;
        let token = uuid::Uuid::new_v4().to_string();
        match store.write(&entries, &token).await {
            Ok(()) => return Ok(true),
            // Another task was faster. Read the row again.
            Err(WriteError::Refused(_)) => {}
            Err(WriteError::Contended) => {
                tokio::time::sleep(full_jitter(BASE_DELAY, attempt, MAX_DELAY)).await;
            }
            Err(WriteError::Invalid(why)) => return Err(ReconcileError::Rejected(why)),
            Err(WriteError::Unavailable(why)) => return Err(why.into()),
        }
    }
    Err(
        Unavailable("other tasks changed the same row or counter at every attempt".to_owned())
            .into(),
    )
}

/// Returns what the row may be written over; `None` if the stored row is at least as recent.
fn expected_row(stored: Option<&UsageRow>, row: &UsageRow) -> Option<Expected> {
    match stored.map(|stored| stored.status) {
        None => Some(Expected::Nothing),
        Some(RowStatus::Held) if row.status != RowStatus::Held => Some(Expected::Held),
        // The owner knows what was spent; the sweep only assumed the worst case.
        Some(RowStatus::Abandoned)
            if !matches!(row.status, RowStatus::Held | RowStatus::Abandoned) =>
        {
            Some(Expected::Abandoned)
        }
        Some(_) => None,
    }
}

async fn entries(
    store: &dyn LedgerStore,
    row: &UsageRow,
    stored: Option<&UsageRow>,
    expected: Expected,
) -> Result<Vec<Entry>, ReadError> {
    let settled = |row: &UsageRow| match row.status {
        RowStatus::Held => Money::ZERO,
        _ => row.cost,
    };
    let change = |of: fn(&UsageRow) -> Money| {
        of(row).as_change() - stored.map_or(0, |stored| of(stored).as_change())
    };
    let mut entries = vec![Entry::Row {
        row: Arc::new(row.clone()),
        expected,
    }];
    let settled_change = change(settled);
    if row.client_budget {
        let committed = change(UsageRow::counted);
        if committed != 0 || settled_change != 0 {
            entries.push(Entry::Count {
                account: Account::client(&row.client_id, row.day()),
                committed,
                settled: settled_change,
                limit: None,
            });
        }
    }
    // Rows under an open lease are counted when the lease is closed or when its owner reports them.
    let open_lease = match &row.allowance {
        None => None,
        Some(id) => store
            .lease(row.day(), id)
            .await?
            .filter(|lease| !lease.closed),
    };
    if let Some(lease) = open_lease {
        entries.push(Entry::TouchLease {
            id: lease.id,
            day: lease.day,
        });
    } else if settled_change != 0 {
        entries.push(Entry::Count {
            account: Account::service(row.day()),
            committed: settled_change,
            settled: settled_change,
            limit: None,
        });
    }
    Ok(entries)
}
