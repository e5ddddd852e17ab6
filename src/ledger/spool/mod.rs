//! The spool: rows that the store did not accept in time, appended and synced to the local disk until they are replayed.
//!
//! Files ([`segment`]) are numbered. A dedicated thread ([`writer`]) appends to the newest. Older files are replayed, and removed
//! once all of their rows are in the store.
//!
//! We keep our own instead of a crate because the spool has to be durable and ordered, with lines of JSON that carry a checksum and
//! that operators can read, and because one fsync covers all rows that wait.

mod segment;
mod writer;

use std::fs::{File, TryLockError};
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

/// Maximum number of commands that wait for the thread. The limit of requests in flight is far lower.
const MAX_WAITING: usize = 16_384;
/// Generous upper bound of a row's size on disk, in bytes. Its texts are bounded.
const MAX_ROW_BYTES: u64 = 2_048;

/// The spool of one process.
#[derive(Debug)]
pub struct Spool {
    commands: Option<mpsc::Sender<Command>>,
    thread: Option<JoinHandle<()>>,
    gauges: Arc<Gauges>,
    max_bytes: u64,
    // Held while the spool is open: two processes must not replay each other's files.
    _lock: File,
}

/// A failed operation of the spool.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the spool failed: {0}")]
pub struct SpoolError(String);

impl Spool {
    /// Opens the spool in `folder`, which is created if necessary, and counts the rows in it. `max_bytes` limits new holds, not
    /// outcomes.
    ///
    /// # Errors
    /// When the folder cannot be created or read, or another process uses it.
    pub fn open(folder: &Path, max_bytes: u64) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let lock = File::create(folder.join("lock"))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::Error(error) => error,
            TryLockError::WouldBlock => io::Error::new(
                io::ErrorKind::ResourceBusy,
                "another process of goal-router uses this folder",
            ),
        })?;
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
        let (commands, receiver) = mpsc::channel(MAX_WAITING);
        let thread = {
            let (folder, gauges) = (folder.to_owned(), Arc::clone(&gauges));
            std::thread::Builder::new()
                .name("spool".to_owned())
                .spawn(move || Writer::new(folder, next, gauges).run(receiver))?
        };
        Ok(Self {
            commands: Some(commands),
            thread: Some(thread),
            gauges,
            max_bytes,
            _lock: lock,
        })
    }

    /// Appends a row and syncs it. Once this returns `Ok`, the row survives a crash.
    ///
    /// # Errors
    /// [`SpoolError`] when the row could not be written.
    pub async fn append(&self, row: &UsageRow) -> Result<(), SpoolError> {
        let line = line(row)?;
        let (reply, result) = oneshot::channel();
        self.send(Command::Append { line, reply }).await?;
        result.await.map_err(|_| stopped())?
    }

    /// Returns whether there is room for the two rows of one more request. The outcome of a request that is already held is always
    /// accepted.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.gauges.bytes.load(Ordering::Relaxed) + 2 * MAX_ROW_BYTES <= self.max_bytes
    }

    /// Returns the number of rows that wait for replay.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.gauges.rows.load(Ordering::Relaxed)
    }

    /// Returns all current files for a replay, oldest first. Rows appended from now on go to a new file.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn take(&self) -> Result<Vec<PathBuf>, SpoolError> {
        let (reply, result) = oneshot::channel();
        self.send(Command::Rotate { reply }).await?;
        result.await.map_err(|_| stopped())?
    }

    /// Reads one file. Callers read one at a time, because all files together may not fit into memory.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn read(&self, path: PathBuf) -> Result<Segment, SpoolError> {
        tokio::task::spawn_blocking(move || read(&path))
            .await
            .map_err(|error| SpoolError(error.to_string()))?
            .map_err(|error| SpoolError(error.to_string()))
    }

    /// Removes a file whose rows are all in the store.
    ///
    /// # Errors
    /// When the file cannot be removed.
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
                error_message = "the spool's thread panicked",
                "the spool did not stop cleanly"
            );
        }
    }
}

fn stopped() -> SpoolError {
    SpoolError("the spool's thread has stopped".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Bill;
    use crate::request_context::RequestContext;

    fn row(id: &str) -> UsageRow {
        let context = RequestContext {
            request_id: id.to_owned(),
            trace_id: "0".repeat(32),
            client_id: "c".to_owned(),
            daily_budget: None,
        };
        let mut row = Bill::open(&context, 3, "v", chrono::DateTime::UNIX_EPOCH)
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
    async fn rows_are_read_back_exactly_and_in_order_after_a_restart() {
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
    async fn a_torn_last_line_of_any_length_is_skipped() {
        let bytes = [line(&row("a")).unwrap(), line(&row("b")).unwrap()].concat();
        let first = line(&row("a")).unwrap().len();
        for length in first..bytes.len() {
            let folder = folder();
            std::fs::write(folder.path().join("000000000000.spool"), &bytes[..length]).unwrap();

            let spool = Spool::open(folder.path(), 1 << 20).unwrap();
            spool.append(&row("c")).await.unwrap();

            assert_eq!(ids(&spool).await, ["a", "c"], "cut at {length}");
        }
    }

    #[tokio::test]
    async fn a_damaged_line_is_saved_and_the_rows_around_it_are_read() {
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
        let saved = std::fs::read(folder.path().join("000000000007.damaged")).unwrap();
        assert_eq!(saved, damaged);
    }

    #[tokio::test]
    async fn it_reports_when_it_has_no_room_for_another_request() {
        let folder = folder();
        let spool = Spool::open(folder.path(), 3 * MAX_ROW_BYTES).unwrap();

        assert!(spool.has_room());
        while spool.has_room() {
            spool.append(&row("a")).await.unwrap();
        }

        let used = spool.gauges.bytes.load(Ordering::Relaxed);
        assert!(used > MAX_ROW_BYTES && used < 3 * MAX_ROW_BYTES, "{used}");
        assert!(
            spool.append(&row("b")).await.is_ok(),
            "an outcome is always accepted"
        );
    }
}
