//! The sweep: settles what dead tasks left behind. Any task may sweep; concurrent sweeps do not apply a change twice.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Days, TimeDelta, Utc};

use super::observer::LedgerObserver;
use super::reconcile::{self, ReconcileError};
use super::store::{Account, Entry, Lease, LedgerStore, ReadError, Unavailable, WriteError};
use super::usage_row::{RowKey, RowStatus, UsageRow};

/// The error code of an abandoned row.
const ABANDONED: &str = "abandoned";
/// Maximum number of rows that a sweep settles. The next one settles the rest.
const MAX_ROWS: usize = 800;
/// How many past days are searched for open leases.
const DAYS_BACK: u64 = 2;

/// The result of a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SweepReport {
    /// Number of rows that were settled at the held amount because their task had died.
    pub abandoned: u64,
    /// Number of allowance leases that were closed.
    pub closed: u64,
    /// Number of rows and leases that were left alone because they cannot be read.
    pub unreadable: u64,
}

/// The result of one step of a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct StepReport {
    pub settled: u64,
    pub unreadable: u64,
}

/// The expired rows that this build cannot read, so that they are not read at every sweep, nor keep others from being swept. Bounded by
/// the rows that are in the store.
#[derive(Debug, Default)]
pub(super) struct UnreadableRows(Mutex<HashSet<RowKey>>);

/// Settles held rows with an expired lease at the held amount, the most that can have been spent. Rows that cannot be read are told of
/// once and left to a build that can read them.
pub(super) async fn rows(
    store: &dyn LedgerStore,
    now: DateTime<Utc>,
    unreadable: &UnreadableRows,
    observer: &dyn LedgerObserver,
) -> Result<StepReport, Unavailable> {
    let mut report = StepReport::default();
    let known = unreadable.take();
    let keys = store.expired_rows(now, MAX_ROWS + known.len()).await?;
    let mut skipped = HashSet::new();
    let mut result = Ok(());
    for key in keys {
        if known.contains(&key) {
            skipped.insert(key);
            continue;
        }
        match settle_expired(store, &key, now, observer).await {
            Ok(settled) => report.settled += u64::from(settled),
            Err(ReconcileError::Rejected(why)) => {
                warn_unreadable("row", &key.request_id, &why);
                skipped.insert(key);
            }
            Err(ReconcileError::Unavailable(why)) => {
                result = Err(why);
                break;
            }
        }
    }
    report.unreadable = skipped.len() as u64;
    unreadable.set(skipped);
    result.map(|()| report)
}

/// Settles a held row if its lease has expired. Returns whether it did.
async fn settle_expired(
    store: &dyn LedgerStore,
    key: &RowKey,
    now: DateTime<Utc>,
    observer: &dyn LedgerObserver,
) -> Result<bool, ReconcileError> {
    let Some(mut row) = store.row(key).await? else {
        return Ok(false);
    };
    // The index may lag behind the row.
    let expired = row.lease_until.is_some_and(|until| until < now);
    if row.status != RowStatus::Held || !expired {
        return Ok(false);
    }
    abandon(&mut row);
    if !reconcile::reconcile(store, &row).await? {
        // Its task or another sweep was faster.
        return Ok(false);
    }
    observer.row_abandoned(row.cost);
    tracing::warn!(
        event_type = "row_abandoned",
        request_id = row.request_id,
        client_id = row.client_id,
        cost_usd = row.cost.as_usd(),
        "the task of a request died; its row is settled at the held amount"
    );
    Ok(true)
}

fn abandon(row: &mut UsageRow) {
    row.status = RowStatus::Abandoned;
    row.cost = row.held;
    row.error = Some(Cow::Borrowed(ABANDONED));
    row.lease_until = None;
}

impl UnreadableRows {
    fn take(&self) -> HashSet<RowKey> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, rows: HashSet<RowKey>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = rows;
    }
}

/// Closes allowance leases that expired more than `grace` ago, and returns their unspent amount to the day's budget. Leases that cannot
/// be read, or whose rows cannot, stay open.
pub(super) async fn leases(
    store: &dyn LedgerStore,
    now: DateTime<Utc>,
    grace: TimeDelta,
) -> Result<StepReport, Unavailable> {
    let mut report = StepReport::default();
    for days in 0..=DAYS_BACK {
        let Some(day) = now.date_naive().checked_sub_days(Days::new(days)) else {
            continue;
        };
        let found = store.leases(day).await?;
        for why in &found.unreadable {
            warn_unreadable("lease", &day.to_string(), why);
        }
        report.unreadable += found.unreadable.len() as u64;
        for lease in found.items {
            if lease.closed || lease.until + grace >= now {
                continue;
            }
            match close(store, &lease).await {
                Ok(closed) => report.settled += u64::from(closed),
                Err(ReadError::Unreadable(why)) => {
                    warn_unreadable("lease", &lease.id, &why);
                    report.unreadable += 1;
                }
                Err(ReadError::Unavailable(why)) => return Err(why),
            }
        }
    }
    Ok(report)
}

fn warn_unreadable(what: &str, id: &str, why: &str) {
    tracing::warn!(
        event_type = "error",
        error_type = "unreadable_item",
        error_message = why,
        id,
        "the sweep cannot read a {what}, and leaves it to a newer build"
    );
}

/// Closes one lease. Returns `false` if one of its rows is still held or if the lease has changed meanwhile; the next sweep
/// retries.
async fn close(store: &dyn LedgerStore, lease: &Lease) -> Result<bool, ReadError> {
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
        Err(WriteError::Invalid(why)) => Err(ReadError::Unreadable(why)),
        Err(WriteError::Unavailable(why)) => Err(why.into()),
    }
}
