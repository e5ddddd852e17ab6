//! The keeper: what the ledger does on its own, beside requests. It asks a store that is away whether it is back, replays the
//! spool, sweeps, and at the end of the process gives back what is not spent.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::{StreamExt as _, stream};
use tokio::time::Instant;

use super::spool::{Segment, SpoolError};
use super::store::Unavailable;
use super::usage_row::{RowKey, RowStatus, UsageRow};
use super::{Ledger, SweepReport, reconcile, sweep};

/// Pause between looks at the spool and at a store that is away.
const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// Pause between signs of life of a store that is well: an idle service has to notice too that it is away.
const PROBE: Duration = Duration::from_secs(5);
/// Rows replayed at once.
const AT_ONCE: usize = 16;
/// How long the end of the process waits for the spool.
const LAST_REPLAY: Duration = Duration::from_secs(5);

/// Why the keeper did not come to the end of what it does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MaintenanceError {
    /// The store is away.
    #[error(transparent)]
    Store(#[from] Unavailable),
    /// The disk does not do as it should.
    #[error(transparent)]
    Spool(#[from] SpoolError),
}

impl Ledger {
    /// Keeps the ledger until the future is dropped. Sweeps at once: whoever was here before may have died.
    pub async fn run(&self) {
        let mut next_sweep = Instant::now();
        let mut next_probe = Instant::now() + PROBE;
        loop {
            if self.inner.batcher.is_unavailable() || Instant::now() >= next_probe {
                next_probe = Instant::now() + PROBE;
                self.inner.batcher.probe().await;
            }
            if !self.inner.batcher.is_unavailable() {
                if let Err(error) = self.replay().await {
                    warn("replay", &error);
                }
                if Instant::now() >= next_sweep {
                    // Tasks that started together shall not sweep together for ever.
                    let pause = self.inner.settings.sweep;
                    next_sweep = Instant::now() + pause.mul_f64(0.9 + 0.1 * fastrand::f64());
                    if let Err(error) = self.sweep().await {
                        warn("sweep", &error.into());
                    }
                }
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// Settles what dead tasks left, tells the service's counter what this one spent, and gives back what it does not need.
    ///
    /// # Errors
    /// [`Unavailable`] when the store did not answer; what was done until then is done.
    pub async fn sweep(&self) -> Result<SweepReport, Unavailable> {
        let inner = &self.inner;
        let now = inner.clock.now();
        let grace = TimeDelta::from_std(inner.settings.sweep).unwrap_or(TimeDelta::seconds(30));
        inner.allowance.renew(now).await?;
        let abandoned = sweep::rows(inner.store.as_ref(), now).await?;
        let closed = sweep::leases(inner.store.as_ref(), now, grace).await?;
        Ok(SweepReport { abandoned, closed })
    }

    /// Brings what is in the spool to the store, oldest first. How many rows there were.
    ///
    /// # Errors
    /// [`KeeperError`]; what is in the spool stays there, and is replayed again: recording a row twice changes nothing.
    pub async fn replay(&self) -> Result<u64, MaintenanceError> {
        let Some(spool) = self.inner.spool.as_ref().filter(|spool| spool.rows() > 0) else {
            return Ok(0);
        };
        let mut replayed = 0;
        for path in spool.take().await? {
            let segment = spool.read(path).await?;
            self.replay_segment(&segment).await?;
            replayed += segment.rows.len() as u64;
            spool.remove(segment).await?;
        }
        if spool.rows() == 0 {
            self.inner.outage.reset();
        }
        tracing::info!(
            event_type = "spool_replayed",
            rows = replayed,
            "{replayed} rows of the spool are in the store"
        );
        Ok(replayed)
    }

    async fn replay_segment(&self, segment: &Segment) -> Result<(), Unavailable> {
        let mut last: BTreeMap<RowKey, &UsageRow> = BTreeMap::new();
        for row in &segment.rows {
            // An outcome says all that its hold said.
            let known = last.entry(row.key()).or_insert(row);
            if known.status == RowStatus::Held {
                *known = row;
            }
        }
        let rows: Vec<UsageRow> = last.into_values().cloned().collect();
        let mut replays = stream::iter(rows)
            .map(|row| {
                let books = Arc::clone(&self.inner.store);
                async move { reconcile::reconcile(books.as_ref(), &row).await }
            })
            .buffer_unordered(AT_ONCE);
        while let Some(replayed) = replays.next().await {
            replayed?;
        }
        Ok(())
    }

    /// The end of the process: the spool goes to the store if it takes it, and unspent allowance back to the day's budget.
    pub async fn close(&self) {
        match tokio::time::timeout(LAST_REPLAY, self.replay()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => warn("replay", &error),
            Err(_elapsed) => tracing::warn!(
                event_type = "error",
                error_type = "replay",
                error_message = "no time is left",
                "the spool is left to the next start"
            ),
        }
        let closed = self.inner.allowance.close(self.inner.clock.now());
        match tokio::time::timeout(LAST_REPLAY, closed).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => warn("allowance", &error.into()),
            Err(_elapsed) => tracing::warn!(
                event_type = "error",
                error_type = "allowance",
                error_message = "no time is left",
                "unspent allowance is left to its lease"
            ),
        }
    }
}

fn warn(error_type: &str, error: &MaintenanceError) {
    tracing::warn!(
        event_type = "error",
        error_type,
        error_message = %error,
        "the ledger's keeper will try again"
    );
}
