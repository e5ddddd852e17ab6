//! Late records: outcomes that do not find their held row, rows replayed from the spool, rows that a dead task left.
//!
//! They go by what is in the store at that moment, and by compare-and-swap: read, decide, post on the condition that nothing has
//! changed. Recording the same row twice changes nothing, and the counters follow whatever way a row has gone.

use std::sync::Arc;

use super::store::{Account, Entry, Expected, LedgerStore, Unavailable, WriteError};
use super::usage_row::{RowStatus, UsageRow};
use super::write_batcher::{FIRST_PAUSE, MAX_PAUSE};
use crate::money::Money;
use crate::resilience::backoff::full_jitter;

/// Tries against others who change the same row or lease.
const TRIES: u32 = 20;

/// Brings the store to what `row` says: a held row where there is none, an outcome over none, a held or an abandoned one. What
/// has an outcome already stays as it is.
pub(super) async fn reconcile(books: &dyn LedgerStore, row: &UsageRow) -> Result<(), Unavailable> {
    for attempt in 0..TRIES {
        let found = books.row(&row.key()).await?;
        let Some(over) = expected(found.as_ref(), row) else {
            return Ok(());
        };
        let entries = entries(books, row, found.as_ref(), over).await?;
        let token = uuid::Uuid::new_v4().to_string();
        match books.write(&entries, &token).await {
            Ok(()) => return Ok(()),
            // Somebody was quicker: the next look at the row tells.
            Err(WriteError::Refused(_)) => {}
            Err(WriteError::Contended) => {
                tokio::time::sleep(full_jitter(FIRST_PAUSE, attempt, MAX_PAUSE)).await;
            }
            Err(WriteError::Unavailable(why)) => return Err(why),
        }
    }
    Err(Unavailable(
        "others change the same row or counter".to_owned(),
    ))
}

/// What the row is written over; `None` where the store says as much already.
fn expected(found: Option<&UsageRow>, row: &UsageRow) -> Option<Expected> {
    match found.map(|found| found.status) {
        None => Some(Expected::Nothing),
        Some(RowStatus::Held) if row.status != RowStatus::Held => Some(Expected::Held),
        // The owner knows better than the sweep what was spent.
        Some(RowStatus::Abandoned)
            if !matches!(row.status, RowStatus::Held | RowStatus::Abandoned) =>
        {
            Some(Expected::Abandoned)
        }
        Some(_) => None,
    }
}

async fn entries(
    books: &dyn LedgerStore,
    row: &UsageRow,
    found: Option<&UsageRow>,
    over: Expected,
) -> Result<Vec<Entry>, Unavailable> {
    let settled = |row: &UsageRow| match row.status {
        RowStatus::Held => Money::ZERO,
        _ => row.cost,
    };
    let change = |of: fn(&UsageRow) -> Money| {
        of(row).as_change() - found.map_or(0, |found| of(found).as_change())
    };
    let mut entries = vec![Entry::Row {
        row: Arc::new(row.clone()),
        over,
    }];
    let settled_change = change(settled);
    if row.client_budget {
        let committed = change(UsageRow::counted);
        if committed != 0 || settled_change != 0 {
            entries.push(Entry::Count {
                account: Account::client(&row.client_id, row.day()),
                committed,
                settled: settled_change,
                most: None,
            });
        }
    }
    // What is under an open lease is summed up when that lease is closed, or its owner tells of it.
    let open = match &row.allowance {
        None => None,
        Some(id) => books
            .lease(row.day(), id)
            .await?
            .filter(|lease| !lease.closed),
    };
    if let Some(lease) = open {
        entries.push(Entry::TouchLease {
            id: lease.id,
            day: lease.day,
        });
    } else if settled_change != 0 {
        entries.push(Entry::Count {
            account: Account::service(row.day()),
            committed: settled_change,
            settled: settled_change,
            most: None,
        });
    }
    Ok(entries)
}
