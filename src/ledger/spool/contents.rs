//! What is on the disk: the acknowledged rows and bytes of every file. The totals are always the sum over the files, so they cannot
//! drift from it, whatever happens to a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Rows and bytes that were acknowledged, which are those that are replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Size {
    pub rows: u64,
    pub bytes: u64,
}

/// The files of the spool with their sizes.
#[derive(Debug, Default)]
pub(super) struct Contents {
    files: Mutex<BTreeMap<PathBuf, Size>>,
    lost_rows: AtomicU64,
}

impl Contents {
    /// Sets the size of a file.
    pub fn set(&self, path: &Path, size: Size) {
        self.files().insert(path.to_owned(), size);
    }

    /// Forgets a file. Returns the size that it had.
    pub fn forget(&self, path: &Path) -> Size {
        self.files().remove(path).unwrap_or_default()
    }

    /// Forgets a file that somebody else deleted, with the rows that waited in it for replay, and logs it.
    pub fn lose(&self, path: &Path) {
        let size = self.forget(path);
        self.lost_rows.fetch_add(size.rows, Ordering::Relaxed);
        tracing::error!(
            event_type = "error",
            error_type = "spool_lost",
            error_message = "a file was deleted",
            file = %path.display(),
            rows = size.rows,
            "a file of the spool was deleted before its rows were replayed"
        );
    }

    /// Returns the number of rows that were lost with their files.
    pub fn lost_rows(&self) -> u64 {
        self.lost_rows.load(Ordering::Relaxed)
    }

    /// Returns the size of a file, if it is known.
    pub fn size(&self, path: &Path) -> Option<Size> {
        self.files().get(path).copied()
    }

    /// Returns the paths of all files.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.files().keys().cloned().collect()
    }

    /// Returns whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.files().is_empty()
    }

    /// Returns the size of all files together.
    pub fn total(&self) -> Size {
        let files = self.files();
        files.values().fold(Size::default(), |total, size| Size {
            rows: total.rows.saturating_add(size.rows),
            bytes: total.bytes.saturating_add(size.bytes),
        })
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<PathBuf, Size>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
