//! The spool: rows that the store did not take in time, appended and synced on the local disk until it takes them.
//!
//! Files ([`segment`]) are numbered; the newest is appended to by a thread of its own ([`writer`]), older ones are being replayed and
//! are removed once all of their rows are in the store.

mod segment;
mod writer;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

pub use self::segment::Segment;
use self::segment::{files, line, number, read};
use self::writer::{Command, Gauges, Writer};
use super::usage_row::UsageRow;

/// Records that may wait for the thread; requests in flight are bounded far below it.
const MAX_WAITING: usize = 16_384;
/// What a record takes on disk at most, generously: its texts are bounded.
const RECORD_BYTES: u64 = 2_048;

/// The rows on the local disk.
#[derive(Debug)]
pub struct Spool {
    commands: Option<mpsc::Sender<Command>>,
    thread: Option<JoinHandle<()>>,
    gauges: Arc<Gauges>,
    max_bytes: u64,
    // Held while the spool is open: two processes must not replay each other's files.
    _lock: File,
}

/// Why a row is not on the disk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the spool failed: {0}")]
pub struct SpoolError(String);

impl Spool {
    /// Opens the spool in a folder, which is made if need be; what it holds is counted at once.
    ///
    /// # Errors
    /// When the folder cannot be made or read, or another process has it open.
    pub fn open(folder: &Path, most_bytes: u64) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let lock = File::create(folder.join("lock"))?;
        lock.try_lock().map_err(io::Error::other)?;
        let gauges = Arc::new(Gauges::default());
        let mut next = 0;
        for path in files(folder)? {
            let segment = read(&path)?;
            gauges
                .rows
                .fetch_add(segment.rows.len() as u64, Ordering::Relaxed);
            gauges.bytes.fetch_add(segment.bytes, Ordering::Relaxed);
            next = next.max(number(&path) + 1);
        }
        let (commands, waiting) = mpsc::channel(MAX_WAITING);
        let thread = {
            let (folder, gauges) = (folder.to_owned(), Arc::clone(&gauges));
            std::thread::Builder::new()
                .name("spool".to_owned())
                .spawn(move || Writer::new(folder, next, gauges).run(waiting))?
        };
        Ok(Self {
            commands: Some(commands),
            thread: Some(thread),
            gauges,
            max_bytes: most_bytes,
            _lock: lock,
        })
    }

    /// Appends a row and syncs it. When this returns well, the row survives a crash.
    ///
    /// # Errors
    /// [`SpoolError`] when the disk did not take it.
    pub async fn append(&self, row: &UsageRow) -> Result<(), SpoolError> {
        let line = line(row)?;
        let (done, answer) = oneshot::channel();
        self.send(Command::Append { line, done }).await?;
        answer.await.map_err(|_| stopped())?
    }

    /// Whether there is room for the two records of one more request. What is held already may always write its outcome.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.gauges.bytes.load(Ordering::Relaxed) + 2 * RECORD_BYTES <= self.max_bytes
    }

    /// Rows that wait to be replayed.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.gauges.rows.load(Ordering::Relaxed)
    }

    /// Takes all files there are for a replay, oldest first; what is appended from now on goes to a new one.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub async fn take(&self) -> Result<Vec<PathBuf>, SpoolError> {
        let (done, answer) = oneshot::channel();
        self.send(Command::Rotate { done }).await?;
        answer.await.map_err(|_| stopped())?
    }

    /// Reads a file: one at a time, since all together may be more than fits into memory.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub async fn read(&self, path: PathBuf) -> Result<Segment, SpoolError> {
        tokio::task::spawn_blocking(move || read(&path))
            .await
            .map_err(|error| SpoolError(error.to_string()))?
            .map_err(|error| SpoolError(error.to_string()))
    }

    /// Removes a file, all of whose rows are in the store.
    ///
    /// # Errors
    /// When the disk does not let it go.
    pub async fn remove(&self, segment: Segment) -> Result<(), SpoolError> {
        let (rows, bytes) = (segment.rows.len() as u64, segment.bytes);
        tokio::task::spawn_blocking(move || std::fs::remove_file(segment.path))
            .await
            .map_err(|error| SpoolError(error.to_string()))?
            .map_err(|error| SpoolError(error.to_string()))?;
        self.gauges.rows.fetch_sub(rows, Ordering::Relaxed);
        self.gauges.bytes.fetch_sub(bytes, Ordering::Relaxed);
        Ok(())
    }

    async fn send(&self, command: Command) -> Result<(), SpoolError> {
        let commands = self.commands.as_ref().ok_or_else(stopped)?;
        commands.send(command).await.map_err(|_| stopped())
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        drop(self.commands.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!(
                event_type = "error",
                error_type = "spool",
                error_message = "its thread panicked",
                "the spool stopped badly"
            );
        }
    }
}

fn stopped() -> SpoolError {
    SpoolError("its thread has stopped".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Bill;
    use crate::request_context::RequestContext;

    fn row(id: &str) -> UsageRow {
        let caller = RequestContext {
            request_id: id.to_owned(),
            trace_id: "0".repeat(32),
            client_id: "c".to_owned(),
            daily_budget: None,
        };
        let mut row = Bill::open(&caller, 3, "v", chrono::DateTime::UNIX_EPOCH)
            .row()
            .clone();
        row.cost = crate::money::Money::from_nano_usd(u64::MAX);
        row
    }

    async fn ids(spool: &Spool) -> Vec<String> {
        let segments = segments(spool).await;
        segments
            .iter()
            .flat_map(|segment| segment.rows.iter().map(|row| row.request_id.clone()))
            .collect()
    }

    async fn segments(spool: &Spool) -> Vec<Segment> {
        let mut segments = Vec::new();
        for path in spool.take().await.unwrap() {
            segments.push(spool.read(path).await.unwrap());
        }
        segments
    }

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[tokio::test]
    async fn rows_come_back_exactly_and_in_order_also_after_a_restart() {
        let folder = folder();
        let spool = Spool::open(folder.path(), 1 << 20).unwrap();
        for id in ["a", "b", "c"] {
            spool.append(&row(id)).await.unwrap();
        }
        drop(spool);

        let spool = Spool::open(folder.path(), 1 << 20).unwrap();
        assert_eq!(spool.rows(), 3);
        spool.append(&row("d")).await.unwrap();
        let segments = segments(&spool).await;
        assert_eq!(segments[0].rows[0], row("a"));
        assert_eq!(ids(&spool).await, ["a", "b", "c", "d"]);
        for segment in segments {
            spool.remove(segment).await.unwrap();
        }

        assert_eq!((spool.rows(), ids(&spool).await.len()), (0, 0));
    }

    #[tokio::test]
    async fn a_torn_last_line_is_left_out_at_every_length_and_the_rest_is_kept() {
        let whole = [line(&row("a")).unwrap(), line(&row("b")).unwrap()].concat();
        let first = line(&row("a")).unwrap().len();
        for length in first..whole.len() {
            let folder = folder();
            std::fs::write(folder.path().join("000000000000.spool"), &whole[..length]).unwrap();

            let spool = Spool::open(folder.path(), 1 << 20).unwrap();
            spool.append(&row("c")).await.unwrap();

            assert_eq!(ids(&spool).await, ["a", "c"], "cut at {length}");
        }
    }

    #[tokio::test]
    async fn a_damaged_line_is_kept_aside_and_the_rows_around_it_are_read() {
        let folder = folder();
        let mut damaged = line(&row("b")).unwrap();
        damaged[20] ^= 1;
        let bytes = [
            line(&row("a")).unwrap(),
            damaged.clone(),
            line(&row("c")).unwrap(),
        ]
        .concat();
        std::fs::write(folder.path().join("000000000007.spool"), bytes).unwrap();

        let spool = Spool::open(folder.path(), 1 << 20).unwrap();

        assert_eq!(ids(&spool).await, ["a", "c"]);
        let aside = std::fs::read(folder.path().join("000000000007.damaged")).unwrap();
        assert_eq!(aside, damaged);
    }

    #[tokio::test]
    async fn it_says_when_it_has_no_room_for_another_request() {
        let folder = folder();
        let spool = Spool::open(folder.path(), 3 * RECORD_BYTES).unwrap();

        assert!(spool.has_room());
        while spool.has_room() {
            spool.append(&row("a")).await.unwrap();
        }

        let used = spool.gauges.bytes.load(Ordering::Relaxed);
        assert!(used > RECORD_BYTES && used < 3 * RECORD_BYTES, "{used}");
        assert!(
            spool.append(&row("b")).await.is_ok(),
            "an outcome always has room"
        );
    }
}
