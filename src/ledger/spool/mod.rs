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
mod tests;
