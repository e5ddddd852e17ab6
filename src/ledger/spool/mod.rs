//! The spool: rows that the store did not accept in time, appended and synced to the local disk until they are replayed.
//!
//! Files ([`segment`]) are numbered. A dedicated thread ([`writer`]) appends to the newest. Older files are replayed, and removed
//! once all of their rows are in the store.
//!
//! We keep our own instead of a crate because the spool has to be durable and ordered, with lines of JSON that carry a checksum and
//! that operators can read, and because one fsync covers all rows that wait.

mod contents;
mod segment;
mod shared;
mod writer;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use self::contents::Contents;
pub use self::segment::Segment;
use self::segment::{files, line, number, read};
use self::shared::FolderLock;
use self::writer::{Command, Writer};
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
    contents: Arc<Contents>,
    max_bytes: u64,
    /// The folder that tasks share, if they do.
    shared: Option<PathBuf>,
    // Held while the spool is open: two processes must not replay each other's files.
    _lock: FolderLock,
}

/// The state of the spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpoolState {
    /// Number of rows that wait for replay.
    pub rows: u64,
    /// Their size.
    pub bytes: u64,
    /// The size beyond which it takes no new holds.
    pub max_bytes: u64,
    /// Number of rows that were lost with files that somebody deleted, since it was opened.
    pub lost_rows: u64,
}

/// A failed operation of the spool.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the spool failed: {0}")]
pub struct SpoolError(String);

impl From<io::Error> for SpoolError {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

impl Spool {
    /// Opens the spool in `folder`, which is created if necessary, and counts the rows in it. `max_bytes` limits new holds, not
    /// outcomes.
    ///
    /// # Errors
    /// When the folder cannot be created or read, or another process uses it.
    pub fn open(folder: &Path, max_bytes: u64) -> io::Result<Self> {
        Self::locked(folder, FolderLock::take(folder)?, None, max_bytes)
    }

    /// Opens a spool in a folder of its own in `root`, which several processes share: the first that no other process uses, with the
    /// rows that are in it. [`Spool::adopt`] takes over what is in the others.
    ///
    /// # Errors
    /// When the folder cannot be created or read.
    pub fn open_shared(root: &Path, max_bytes: u64) -> io::Result<Self> {
        let (folder, lock) = shared::take_own(root)?;
        Self::locked(&folder, lock, Some(root.to_owned()), max_bytes)
    }

    fn locked(
        folder: &Path,
        lock: FolderLock,
        shared: Option<PathBuf>,
        max_bytes: u64,
    ) -> io::Result<Self> {
        let contents = Arc::new(Contents::default());
        let mut next = 0;
        for path in files(folder)? {
            contents.set(&path, read(&path, None)?.size());
            next = next.max(number(&path) + 1);
        }
        let (commands, receiver) = mpsc::channel(MAX_WAITING);
        let thread = {
            let (folder, contents) = (folder.to_owned(), Arc::clone(&contents));
            std::thread::Builder::new()
                .name("spool".to_owned())
                .spawn(move || Writer::new(folder, next, contents).run(receiver))?
        };
        Ok(Self {
            commands: Some(commands),
            thread: Some(thread),
            contents,
            max_bytes,
            shared,
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
        self.contents.total().bytes + 2 * MAX_ROW_BYTES <= self.max_bytes
    }

    /// Returns the number of rows that wait for replay.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.contents.total().rows
    }

    /// Returns the state of the spool.
    #[must_use]
    pub fn state(&self) -> SpoolState {
        let size = self.contents.total();
        SpoolState {
            rows: size.rows,
            bytes: size.bytes,
            max_bytes: self.max_bytes,
            lost_rows: self.contents.lost_rows(),
        }
    }

    /// Returns whether there is no file to replay. A file may have no rows, if all of its lines are damaged.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.contents.is_empty()
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

    /// Takes over the files of tasks that shared the folder and died, as far as there is room. Returns the number of files.
    ///
    /// # Errors
    /// When a folder cannot be read, or a file cannot be moved.
    pub async fn adopt(&self) -> Result<u64, SpoolError> {
        let Some(root) = &self.shared else {
            return Ok(0);
        };
        let mut adopted = 0;
        while self.has_room() {
            let (root, (reply, result)) = (root.clone(), oneshot::channel());
            self.send(Command::Adopt { root, reply }).await?;
            if !result.await.map_err(|_| stopped())?? {
                break;
            }
            adopted += 1;
        }
        Ok(adopted)
    }

    /// Reads one file; `None` if it was deleted meanwhile. Callers read one at a time, because all files together may not fit into
    /// memory.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn read(&self, path: PathBuf) -> Result<Option<Segment>, SpoolError> {
        let acknowledged = self.contents.size(&path).map(|size| size.bytes);
        let contents = Arc::clone(&self.contents);
        blocking(move || match read(&path, acknowledged) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                contents.lose(&path);
                Ok(None)
            }
            segment => segment.map(Some),
        })
        .await
    }

    /// Removes a file whose rows are all in the store or set aside.
    ///
    /// # Errors
    /// When what was set aside cannot be saved, or the file cannot be removed.
    pub async fn remove(&self, segment: Segment) -> Result<(), SpoolError> {
        let contents = Arc::clone(&self.contents);
        blocking(move || {
            segment.save_damaged()?;
            match std::fs::remove_file(&segment.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => contents.forget(&segment.path),
            };
            Ok(())
        })
        .await
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

/// Runs file operations on a thread that may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, SpoolError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| SpoolError(error.to_string()))?
        .map_err(SpoolError::from)
}

fn stopped() -> SpoolError {
    SpoolError("the spool's thread has stopped".to_owned())
}

#[cfg(test)]
mod tests {
    use super::contents::Size;
    use super::*;
    use crate::ledger::Bill;
    use crate::request_context::{RequestContext, RequestOutcome};

    pub(super) fn row(id: &str) -> UsageRow {
        let context = RequestContext {
            request_id: id.to_owned(),
            trace_id: "0".repeat(32),
            client_id: "c".to_owned(),
            daily_budget: None,
            outcome: RequestOutcome::default(),
        };
        let mut row = Bill::open(&context, 3, "v", chrono::DateTime::UNIX_EPOCH)
            .row()
            .clone();
        row.cost = crate::money::Money::from_nano_usd(u64::MAX);
        row
    }

    pub(super) async fn ids(spool: &Spool) -> Vec<String> {
        let segments = segments(spool).await;
        segments
            .iter()
            .flat_map(|segment| segment.rows.iter().map(|row| row.request_id.clone()))
            .collect()
    }

    async fn segments(spool: &Spool) -> Vec<Segment> {
        let mut segments = Vec::new();
        for path in spool.take().await.unwrap() {
            segments.extend(spool.read(path).await.unwrap());
        }
        segments
    }

    pub(super) fn folder() -> tempfile::TempDir {
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
        for segment in segments(&spool).await {
            spool.remove(segment).await.unwrap();
        }
        let saved = std::fs::read(folder.path().join("000000000007.damaged")).unwrap();
        assert_eq!(saved, damaged);
    }

    #[tokio::test]
    async fn what_is_damaged_never_replaces_what_was_damaged_before() {
        let folder = folder();
        for text in ["first\n", "second\n", "third\n"] {
            std::fs::write(folder.path().join("000000000000.spool"), text).unwrap();
            let spool = Spool::open(folder.path(), 1 << 20).unwrap();
            assert!(!spool.is_empty(), "a file without a row is removed as well");
            for segment in segments(&spool).await {
                spool.remove(segment).await.unwrap();
            }
            assert!(spool.is_empty());
        }

        let saved = ["damaged", "damaged.1", "damaged.2"].map(|extension| {
            let path = folder.path().join(format!("000000000000.{extension}"));
            std::fs::read_to_string(path).unwrap()
        });
        assert_eq!(saved, ["first\n", "second\n", "third\n"]);
    }

    #[tokio::test]
    async fn rows_of_a_file_that_was_deleted_while_it_was_open_are_kept() {
        let folder = folder();
        let spool = Spool::open(folder.path(), 1 << 20).unwrap();
        let delete = || std::fs::remove_dir_all(folder.path()).unwrap();
        spool.append(&row("a")).await.unwrap();
        delete();
        spool.append(&row("b")).await.unwrap();
        delete();

        assert_eq!(ids(&spool).await, ["a", "b"]);
        assert_eq!(spool.rows(), 2);
    }

    #[tokio::test]
    async fn a_file_that_vanished_does_not_count_any_more() {
        let folder = folder();
        let spool = Spool::open(folder.path(), 1 << 20).unwrap();
        for id in ["a", "b", "c"] {
            spool.append(&row(id)).await.unwrap();
            spool.take().await.unwrap();
        }
        let path = |number: u32| folder.path().join(format!("{number:012}.spool"));
        std::fs::remove_file(path(0)).unwrap();

        let listed = spool.take().await.unwrap();
        assert_eq!((listed.len(), spool.rows()), (2, 2));
        std::fs::remove_file(path(1)).unwrap();
        assert!(spool.read(path(1)).await.unwrap().is_none());
        let segment = spool.read(path(2)).await.unwrap().unwrap();
        std::fs::remove_file(path(2)).unwrap();
        spool.remove(segment).await.unwrap();

        assert_eq!(spool.contents.total(), Size::default());
        assert!(spool.is_empty());
    }

    #[tokio::test]
    async fn a_file_that_was_moved_here_is_counted_and_replayed() {
        let (folder, other) = (folder(), folder());
        let spool = Spool::open(other.path(), 1 << 20).unwrap();
        spool.append(&row("a")).await.unwrap();
        drop(spool);
        let spool = Spool::open(folder.path(), 1 << 20).unwrap();
        let name = "000000000000.spool";
        std::fs::rename(other.path().join(name), folder.path().join(name)).unwrap();
        spool.append(&row("b")).await.unwrap();

        assert_eq!(ids(&spool).await, ["a", "b"]);
        assert_eq!(spool.rows(), 2);
    }

    #[tokio::test]
    async fn rows_of_a_file_that_another_task_took_away_are_written_again() {
        let (folder, other) = (folder(), folder());
        let spool = Spool::open(folder.path(), 1 << 20).unwrap();
        spool.append(&row("a")).await.unwrap();
        let name = "000000000000.spool";
        std::fs::rename(folder.path().join(name), other.path().join(name)).unwrap();
        spool.append(&row("b")).await.unwrap();

        assert_eq!(ids(&spool).await, ["a", "b"]);
    }

    #[tokio::test]
    async fn what_was_not_acknowledged_is_neither_read_nor_kept() {
        let folder = folder();
        let spool = Spool::open(folder.path(), 1 << 20).unwrap();
        spool.append(&row("a")).await.unwrap();
        let path = folder.path().join("000000000000.spool");
        let acknowledged = std::fs::read(&path).unwrap();
        let unacknowledged = [acknowledged.clone(), line(&row("b")).unwrap()].concat();
        std::fs::write(&path, unacknowledged).unwrap();

        let segment = spool.read(path.clone()).await.unwrap().unwrap();
        assert_eq!(segment.rows, [row("a")]);
        assert_eq!(ids(&spool).await, ["a"]);

        assert_eq!(std::fs::read(&path).unwrap(), acknowledged);
    }

    #[tokio::test]
    async fn it_reports_when_it_has_no_room_for_another_request() {
        let folder = folder();
        let spool = Spool::open(folder.path(), 3 * MAX_ROW_BYTES).unwrap();

        assert!(spool.has_room());
        while spool.has_room() {
            spool.append(&row("a")).await.unwrap();
        }

        let used = spool.contents.total().bytes;
        assert!(used > MAX_ROW_BYTES && used < 3 * MAX_ROW_BYTES, "{used}");
        assert!(
            spool.append(&row("b")).await.is_ok(),
            "an outcome is always accepted"
        );
    }
}
