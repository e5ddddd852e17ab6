//! The sweep: settles what dead tasks left behind. Any task may sweep; concurrent sweeps do not apply a change twice.

use std::borrow::Cow;

use chrono::{DateTime, Days, TimeDelta, Utc};

use super::reconcile;
use super::store::{Account, Entry, Lease, LedgerStore, Unavailable, WriteError};
use super::usage_row::RowStatus;

/// The error code of an abandoned row.
const ABANDONED: &str = "abandoned";
/// How many past days are searched for open leases.
const DAYS_BACK: u64 = 2;

/// The result of a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SweepReport {
    /// Number of rows that were settled at the held amount because their task had died.
    pub abandoned: u64,
    /// Number of allowance leases that were closed.
    pub closed: u64,
}

/// Settles held rows with an expired lease at the held amount, the most that can have been spent. Returns how many there were.
pub(super) async fn rows(store: &dyn LedgerStore, now: DateTime<Utc>) -> Result<u64, Unavailable> {
    let mut abandoned = 0;
    for key in store.expired_rows(now).await? {
        let Some(mut row) = store.row(&key).await? else {
            continue;
        };
        // The index may lag behind the row.
        let expired = row.lease_until.is_some_and(|until| until < now);
        if row.status != RowStatus::Held || !expired {
            continue;
        }
        row.status = RowStatus::Abandoned;
        row.cost = row.held;
        row.error = Some(Cow::Borrowed(ABANDONED));
        row.lease_until = None;
        reconcile::reconcile(store, &row).await?;
        tracing::warn!(
            event_type = "row_abandoned",
            request_id = row.request_id,
            client_id = row.client_id,
            cost_usd = row.cost.as_usd(),
            "the task of a request died; its row is settled at the held amount"
        );
        abandoned += 1;
    }
    Ok(abandoned)
}

/// Closes allowance leases that expired more than `grace` ago, and returns their unspent amount to the day's budget. Returns how
/// many were closed.
pub(super) async fn leases(
    store: &dyn LedgerStore,
    now: DateTime<Utc>,
    grace: TimeDelta,
) -> Result<u64, Unavailable> {
    let mut closed = 0;
    for days in 0..=DAYS_BACK {
        let Some(day) = now.date_naive().checked_sub_days(Days::new(days)) else {
            continue;
        };
        for lease in store.leases(day).await? {
            if !lease.closed && lease.until + grace < now && close(store, &lease).await? {
                closed += 1;
            }
        }
    }
    Ok(closed)
}

/// Closes one lease. Returns `false` if one of its rows is still held or if the lease has changed meanwhile; the next sweep
/// retries.
async fn close(store: &dyn LedgerStore, lease: &Lease) -> Result<bool, Unavailable> {
    let totals = store.row_totals(lease.day, &lease.id).await?;
    if totals.held > 0 {
        return Ok(false);
    }
    let mut entries = vec![Entry::CloseLease {
        lease: lease.clone(),
    }];
    let committed = totals.cost.as_change() - lease.granted.as_change();
    let settled = totals.cost.as_change() - lease.reported.as_change();
    if committed != 0 || settled != 0 {
        entries.push(Entry::Count {
            account: Account::service(lease.day),
            committed,
            settled,
            limit: None,
        });
    }
    let token = uuid::Uuid::new_v4().to_string();
    match store.write(&entries, &token).await {
        Ok(()) => Ok(true),
        Err(WriteError::Refused(_) | WriteError::Contended) => Ok(false),
        Err(WriteError::Unavailable(why)) => Err(why),
    }
}
