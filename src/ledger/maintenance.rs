//! Maintenance: the ledger's background work. It probes an unavailable store, replays the spool, sweeps, and returns unspent
//! allowance when the process ends.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::{StreamExt as _, stream};
use tokio::time::Instant;

use super::reconcile::ReconcileError;
use super::spool::{Segment, SpoolError};
use super::store::Unavailable;
use super::usage_row::{RowKey, RowStatus, UsageRow};
use super::{Ledger, SweepReport, reconcile, sweep};

/// How often the spool and an unavailable store are checked.
const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// How often an available store is probed, so that an idle service notices an outage too.
const PROBE_INTERVAL: Duration = Duration::from_secs(5);
/// Maximum pause between replays that fail.
const MAX_REPLAY_DELAY: Duration = Duration::from_secs(15);
/// Maximum number of rows replayed concurrently.
const MAX_CONCURRENT_REPLAYS: usize = 16;
/// How long shutdown waits for the last replay, and then for the return of the allowance.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// A failed maintenance step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MaintenanceError {
    /// The store is unavailable.
    #[error(transparent)]
    Store(#[from] Unavailable),
    /// The spool failed.
    #[error(transparent)]
    Spool(#[from] SpoolError),
}

impl Ledger {
    /// Runs maintenance until the future is dropped. The first sweep is immediate, because an earlier task may have died.
    pub async fn run(&self) {
        let mut next_sweep = Instant::now();
        let mut next_replay = Instant::now();
        let mut failed_replays = 0;
        let mut next_probe = Instant::now() + PROBE_INTERVAL;
        loop {
            if self.inner.batcher.is_unavailable() || Instant::now() >= next_probe {
                next_probe = Instant::now() + PROBE_INTERVAL;
                self.probe().await;
            }
            if !self.inner.batcher.is_unavailable() {
                if Instant::now() >= next_replay {
                    failed_replays = match self.replay().await {
                        Ok(_) => 0,
                        Err(error) => {
                            warn("replay", &error);
                            failed_replays + 1
                        }
                    };
                    next_replay = Instant::now() + replay_delay(failed_replays);
                }
                if Instant::now() >= next_sweep {
                    // Jitter, so that tasks that started together do not keep sweeping together.
                    let interval = self.inner.settings.sweep_interval;
                    next_sweep = Instant::now() + interval.mul_f64(0.9 + 0.1 * fastrand::f64());
                    if let Err(error) = self.sweep().await {
                        warn("sweep", &error.into());
                    }
                    self.adopt().await;
                }
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// Reports this task's spending to the service's counter, renews or returns its allowance, and settles what dead tasks left
    /// behind.
    ///
    /// # Errors
    /// [`Unavailable`] when the store did not answer to one of the steps. The others are done nevertheless.
    pub async fn sweep(&self) -> Result<SweepReport, Unavailable> {
        let swept = self.sweep_once().await;
        if swept.is_ok() {
            self.inner.seen_healthy.store(true, Ordering::Relaxed);
        }
        let now = self.inner.clock.now();
        self.inner.observer.swept(swept.is_ok(), now);
        swept
    }

    async fn sweep_once(&self) -> Result<SweepReport, Unavailable> {
        let inner = &self.inner;
        let now = inner.clock.now();
        let grace =
            TimeDelta::from_std(inner.settings.sweep_interval).unwrap_or(TimeDelta::seconds(30));
        // The steps do not depend on each other, so one that fails does not keep the others from being taken.
        let renewed = inner.allowance.renew(now).await;
        let (store, observer) = (inner.store.as_ref(), inner.observer.as_ref());
        let rows = sweep::rows(store, now, &inner.unreadable_rows, observer).await;
        let leases = sweep::leases(store, now, grace).await;
        renewed?;
        let (rows, leases) = (rows?, leases?);
        let report = SweepReport {
            abandoned: rows.settled,
            closed: leases.settled,
            unreadable: rows.unreadable + leases.unreadable,
        };
        inner
            .unreadable_items
            .store(report.unreadable, Ordering::Relaxed);
        Ok(report)
    }

    /// Takes over the spools of dead tasks, where tasks share a folder. The next replay writes what was in them.
    async fn adopt(&self) {
        if let Some(spool) = &self.inner.spool
            && let Err(error) = spool.adopt().await
        {
            warn("spool", &error.into());
        }
    }

    /// Replays the spool into the store, oldest file first. Returns the number of rows.
    ///
    /// # Errors
    /// [`MaintenanceError`]. The files that were not finished stay in the spool and are replayed again; replaying a row
    /// twice changes nothing.
    pub async fn replay(&self) -> Result<u64, MaintenanceError> {
        let Some(spool) = self.inner.spool.as_ref().filter(|spool| !spool.is_empty()) else {
            return Ok(0);
        };
        let mut replayed = 0;
        for path in spool.take().await? {
            let Some(mut segment) = spool.read(path).await? else {
                continue;
            };
            let rejected = self.replay_segment(&segment).await?;
            segment.set_aside(&rejected)?;
            let (stored, set_aside) = segment.counts(&rejected);
            replayed += segment.rows.len() as u64;
            spool.remove(segment).await?;
            self.inner.observer.spool_replayed(stored, set_aside);
        }
        if spool.rows() == 0 {
            self.inner.outage.reset();
        }
        tracing::info!(
            event_type = "spool_replayed",
            rows = replayed,
            "{replayed} rows of the spool were replayed into the store"
        );
        Ok(replayed)
    }

    /// Replays the rows of a file. Returns those that the store will never accept.
    async fn replay_segment(&self, segment: &Segment) -> Result<Vec<UsageRow>, Unavailable> {
        let mut latest: BTreeMap<RowKey, &UsageRow> = BTreeMap::new();
        for row in &segment.rows {
            // An outcome replaces its hold, because it has all of the hold's data.
            let known = latest.entry(row.key()).or_insert(row);
            if known.status == RowStatus::Held {
                *known = row;
            }
        }
        let rows: Vec<UsageRow> = latest.into_values().cloned().collect();
        let mut replays = stream::iter(rows)
            .map(|row| {
                let store = Arc::clone(&self.inner.store);
                async move { (reconcile::reconcile(store.as_ref(), &row).await, row) }
            })
            .buffer_unordered(MAX_CONCURRENT_REPLAYS);
        let mut rejected = Vec::new();
        while let Some((replayed, row)) = replays.next().await {
            match replayed {
                Ok(_) => {}
                Err(ReconcileError::Rejected(why)) => {
                    tracing::error!(
                        event_type = "error",
                        request_id = row.request_id,
                        error_type = "row_rejected",
                        error_message = why,
                        "a row of the spool can never be replayed"
                    );
                    rejected.push(row);
                }
                Err(ReconcileError::Unavailable(why)) => return Err(why),
            }
        }
        Ok(rejected)
    }

    /// Closes the ledger at the end of the process: replays the spool if the store is available, and returns unspent allowance to
    /// the day's budget.
    pub async fn close(&self) {
        match tokio::time::timeout(CLOSE_TIMEOUT, self.replay()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => warn("replay", &error),
            Err(_elapsed) => tracing::warn!(
                event_type = "error",
                error_type = "replay",
                error_message = "timed out",
                "the spool is left for the next start"
            ),
        }
        let closed = self.inner.allowance.close(self.inner.clock.now());
        match tokio::time::timeout(CLOSE_TIMEOUT, closed).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => warn("allowance", &error.into()),
            Err(_elapsed) => tracing::warn!(
                event_type = "error",
                error_type = "allowance",
                error_message = "timed out",
                "unspent allowance stays reserved until its lease expires"
            ),
        }
    }
}

/// Returns the pause until the next replay: longer after each failure.
fn replay_delay(failures: u32) -> Duration {
    POLL_INTERVAL
        .saturating_mul(2_u32.saturating_pow(failures))
        .min(MAX_REPLAY_DELAY)
}

fn warn(error_type: &str, error: &MaintenanceError) {
    tracing::warn!(
        event_type = "error",
        error_type,
        error_message = %error,
        "ledger maintenance failed and will be retried"
    );
}
