//! The sweep: what tasks left that died. Any task may sweep, and several at once change nothing twice.

use std::borrow::Cow;

use chrono::{DateTime, Days, TimeDelta, Utc};

use super::reconcile;
use super::store::{Account, Entry, Lease, LedgerStore, Unavailable, WriteError};
use super::usage_row::RowStatus;

/// The error that an abandoned row tells of.
const ABANDONED: &str = "abandoned";
/// Days back in which leases are looked for.
const DAYS_BACK: u64 = 2;

/// What a sweep found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SweepReport {
    /// Rows whose task had died, settled at the held amount.
    pub abandoned: u64,
    /// Leases of allowance that were closed.
    pub closed: u64,
}

/// Settles held rows whose lease has ended at the held amount: nobody knows what was spent, and it was at most that.
pub(super) async fn rows(books: &dyn LedgerStore, now: DateTime<Utc>) -> Result<u64, Unavailable> {
    let mut abandoned = 0;
    for key in books.expired_rows(now).await? {
        let Some(mut row) = books.row(&key).await? else {
            continue;
        };
        // An index may be behind the row.
        let ended = row.lease_until.is_some_and(|until| until < now);
        if row.status != RowStatus::Held || !ended {
            continue;
        }
        row.status = RowStatus::Abandoned;
        row.cost = row.held;
        row.error = Some(Cow::Borrowed(ABANDONED));
        row.lease_until = None;
        reconcile::reconcile(books, &row).await?;
        tracing::warn!(
            event_type = "row_abandoned",
            request_id = row.request_id,
            client_id = row.client_id,
            cost_usd = row.cost.as_usd(),
            "a request's task died; its row is settled at the held amount"
        );
        abandoned += 1;
    }
    Ok(abandoned)
}

/// Closes leases of allowance that ended `grace` ago: what their rows did not spend goes back to the day's budget.
pub(super) async fn leases(
    books: &dyn LedgerStore,
    now: DateTime<Utc>,
    grace: TimeDelta,
) -> Result<u64, Unavailable> {
    let mut closed = 0;
    for back in 0..=DAYS_BACK {
        let Some(day) = now.date_naive().checked_sub_days(Days::new(back)) else {
            continue;
        };
        for lease in books.leases(day).await? {
            if !lease.closed && lease.until + grace < now && close(books, &lease).await? {
                closed += 1;
            }
        }
    }
    Ok(closed)
}

/// Closes one lease, unless one of its rows is still held, or somebody changes it meanwhile: the next sweep sees.
async fn close(books: &dyn LedgerStore, lease: &Lease) -> Result<bool, Unavailable> {
    let sum = books.row_totals(lease.day, &lease.id).await?;
    if sum.held > 0 {
        return Ok(false);
    }
    let mut entries = vec![Entry::CloseLease {
        lease: lease.clone(),
    }];
    let committed = sum.cost.as_change() - lease.granted.as_change();
    let settled = sum.cost.as_change() - lease.reported.as_change();
    if committed != 0 || settled != 0 {
        entries.push(Entry::Count {
            account: Account::service(lease.day),
            committed,
            settled,
            most: None,
        });
    }
    let token = uuid::Uuid::new_v4().to_string();
    match books.write(&entries, &token).await {
        Ok(()) => Ok(true),
        Err(WriteError::Refused(_) | WriteError::Contended) => Ok(false),
        Err(WriteError::Unavailable(why)) => Err(why),
    }
}
