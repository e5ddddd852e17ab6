//! A folder that several tasks share, such as a file system that outlives them. Each task takes a folder of its own in it, and takes
//! over the files of tasks that died.
//!
//! A folder belongs to the task that holds its lock, which the system releases when the task ends.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::segment::files;

/// Maximum number of tasks that share a folder.
const MAX_TASKS: u32 = 10_000;

/// The lock of a folder. It is released when this is dropped.
#[derive(Debug)]
pub(super) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Locks a folder, which is created if necessary.
    ///
    /// # Errors
    /// [`io::ErrorKind::ResourceBusy`] when another process holds the lock, or what the file system says.
    pub fn take(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let file = File::create(folder.join("lock"))?;
        file.try_lock().map_err(|error| match error {
            TryLockError::Error(error) => error,
            TryLockError::WouldBlock => io::Error::new(
                io::ErrorKind::ResourceBusy,
                "another process of goal-router uses this folder",
            ),
        })?;
        Ok(Self { _file: file })
    }
}

/// Takes the first free folder in a shared one, with all that a dead task may have left in it.
pub(super) fn take_own(root: &Path) -> io::Result<(PathBuf, FolderLock)> {
    for number in 0..MAX_TASKS {
        let folder = root.join(format!("task-{number:04}"));
        match FolderLock::take(&folder) {
            Ok(lock) => return Ok((folder, lock)),
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(
        io::ErrorKind::ResourceBusy,
        format!("{MAX_TASKS} processes of goal-router share this folder already"),
    ))
}

/// A file that a dead task left. Nobody else takes it as long as this exists.
#[derive(Debug)]
pub(super) struct Orphan {
    pub path: PathBuf,
    _lock: FolderLock,
}

/// Finds a file of a task that died; `None` if there is none.
pub(super) fn find_orphan(root: &Path, own: &Path) -> io::Result<Option<Orphan>> {
    for entry in std::fs::read_dir(root)? {
        let folder = entry?.path();
        let is_of_a_task = folder
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("task-"));
        // Most folders are empty, and are left alone: a task that starts may be about to take one.
        if !is_of_a_task || folder == own || files(&folder)?.is_empty() {
            continue;
        }
        let lock = match FolderLock::take(&folder) {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => continue,
            Err(error) => return Err(error),
        };
        // Its task may have ended well between the two looks.
        if let Some(path) = files(&folder)?.into_iter().next() {
            return Ok(Some(Orphan { path, _lock: lock }));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use crate::ledger::spool::tests::{folder, ids, row};
    use crate::ledger::spool::{MAX_ROW_BYTES, Spool};

    #[tokio::test]
    async fn tasks_that_share_a_folder_take_over_the_rows_of_a_dead_one_and_of_no_other() {
        let root = folder();
        let open = || Spool::open_shared(root.path(), 1 << 20).unwrap();
        let (first, second, third) = (open(), open(), open());
        first.append(&row("a")).await.unwrap();
        second.append(&row("b")).await.unwrap();
        second.take().await.unwrap();
        second.append(&row("c")).await.unwrap();
        third.append(&row("d")).await.unwrap();

        assert_eq!(third.adopt().await.unwrap(), 0, "all of them live");
        drop(second);
        assert_eq!(third.adopt().await.unwrap(), 2);

        assert_eq!(third.rows(), 3);
        assert_eq!(ids(&third).await, ["d", "b", "c"]);
        assert_eq!(ids(&first).await, ["a"]);
        assert_eq!((first.adopt().await, third.adopt().await), (Ok(0), Ok(0)));
    }

    #[tokio::test]
    async fn a_task_that_starts_on_a_shared_folder_has_the_rows_of_the_task_before() {
        let root = folder();
        let open = || Spool::open_shared(root.path(), 1 << 20).unwrap();
        let (first, second) = (open(), open());
        first.append(&row("a")).await.unwrap();
        second.append(&row("b")).await.unwrap();
        drop(first);

        assert_eq!(ids(&open()).await, ["a"]);
    }

    #[tokio::test]
    async fn no_more_is_taken_over_than_there_is_room_for() {
        let root = folder();
        let first = Spool::open_shared(root.path(), 1 << 20).unwrap();
        let second = Spool::open_shared(root.path(), 3 * MAX_ROW_BYTES).unwrap();
        for _ in 0..40 {
            first.append(&row("a")).await.unwrap();
            first.take().await.unwrap();
        }
        drop(first);

        let adopted = second.adopt().await.unwrap();

        assert!((1..40).contains(&adopted), "{adopted}");
        assert!(!second.has_room());
    }
}
