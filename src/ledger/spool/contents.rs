//! What is on the disk: the acknowledged rows and bytes of every file. The totals are always the sum over the files, so they cannot
//! drift from it, whatever happens to a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Rows and bytes that were acknowledged, which are those that are replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Size {
    pub rows: u64,
    pub bytes: u64,
}

/// The files of the spool with their sizes.
#[derive(Debug, Default)]
pub(super) struct Contents(Mutex<BTreeMap<PathBuf, Size>>);

impl Contents {
    /// Sets the size of a file.
    pub fn set(&self, path: &Path, size: Size) {
        self.files().insert(path.to_owned(), size);
    }

    /// Forgets a file. Returns the size that it had.
    pub fn forget(&self, path: &Path) -> Size {
        self.files().remove(path).unwrap_or_default()
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
