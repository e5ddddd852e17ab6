//! The thread that appends to the spool. It writes all waiting rows and syncs them together.
//!
//! Only rows that were written and synced count and are replayed. After a failure the file is cut back to them: a row whose caller was
//! told that it failed must not take effect later.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::contents::{Contents, Size};
use super::{SpoolError, segment, shared};

/// Size in bytes at which a new file is started, because a replay reads a whole file into memory.
const MAX_FILE_BYTES: u64 = 8 << 20;

/// A command to the thread, which alone creates files.
pub(super) enum Command {
    Append {
        line: Vec<u8>,
        reply: oneshot::Sender<Result<(), SpoolError>>,
    },
    /// Ends the current file, so that all existing files can be replayed. Replies with their paths.
    Rotate {
        reply: oneshot::Sender<Result<Vec<PathBuf>, SpoolError>>,
    },
    /// Moves a file of a dead task here from the folder that tasks share. Replies whether there was one.
    Adopt {
        root: PathBuf,
        reply: oneshot::Sender<Result<bool, SpoolError>>,
    },
}

/// The state of the thread that owns the current file.
pub(super) struct Writer {
    folder: PathBuf,
    next: u64,
    current: Option<CurrentFile>,
    contents: Arc<Contents>,
}

/// The file that rows are appended to.
struct CurrentFile {
    file: File,
    path: PathBuf,
    size: Size,
}

impl CurrentFile {
    /// Returns whether its path still leads to it: somebody may have deleted or moved it.
    fn is_in_its_place(&self) -> io::Result<bool> {
        match std::fs::metadata(&self.path) {
            Ok(there) => Ok(there.ino() == self.file.metadata()?.ino()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Writer {
    pub fn new(folder: PathBuf, next: u64, contents: Arc<Contents>) -> Self {
        Self {
            folder,
            next,
            current: None,
            contents,
        }
    }

    pub fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        while let Some(command) = commands.blocking_recv() {
            let mut lines = Vec::new();
            let mut replies = Vec::new();
            let mut last = None;
            let mut next = Some(command);
            while let Some(command) = next {
                next = None;
                if let Command::Append { line, reply } = command {
                    lines.extend_from_slice(&line);
                    replies.push(reply);
                    next = commands.try_recv().ok();
                } else {
                    last = Some(command);
                }
            }
            if !replies.is_empty() {
                let written = self.write(&lines, replies.len() as u64);
                for reply in replies {
                    reply.send(written.clone()).ok();
                }
            }
            match last {
                Some(Command::Rotate { reply }) => {
                    reply.send(self.rotate().map_err(SpoolError::from)).ok();
                }
                Some(Command::Adopt { root, reply }) => {
                    reply.send(self.adopt(&root).map_err(SpoolError::from)).ok();
                }
                Some(Command::Append { .. }) | None => {}
            }
        }
    }

    fn write(&mut self, lines: &[u8], rows: u64) -> Result<(), SpoolError> {
        self.try_write(lines, rows).map_err(|error| {
            if let Some(current) = self.current.take() {
                // If this fails too, the rest is not read, and cut off at the next rotation.
                current.file.set_len(current.size.bytes).ok();
            }
            SpoolError::from(error)
        })
    }

    /// Appends to the current file, or to a new one.
    fn try_write(&mut self, lines: &[u8], rows: u64) -> io::Result<()> {
        if self.current.is_none() {
            self.current = Some(self.create()?);
        }
        let Some(current) = &mut self.current else {
            return Ok(());
        };
        current.file.write_all(lines)?;
        current.file.sync_data()?;
        // Looked at after the sync: who took the file away by then reads all of it, and who did so before is told of here.
        if !current.is_in_its_place()? {
            return self.restore_deleted(lines, rows);
        }
        current.size.rows += rows;
        current.size.bytes += lines.len() as u64;
        self.contents.set(&current.path, current.size);
        if current.size.bytes >= MAX_FILE_BYTES {
            self.current = None;
        }
        Ok(())
    }

    /// Returns the path of the next file.
    fn next_path(&mut self) -> io::Result<PathBuf> {
        std::fs::create_dir_all(&self.folder)?;
        // Somebody may have moved a file here, whose number is then taken.
        let listed = segment::files(&self.folder)?;
        let highest = listed.iter().map(|path| segment::number(path)).max();
        self.next = highest.map_or(self.next, |number| self.next.max(number.saturating_add(1)));
        let path = segment::path(&self.folder, self.next);
        self.next += 1;
        Ok(path)
    }

    fn create(&mut self) -> io::Result<CurrentFile> {
        let path = self.next_path()?;
        let file = OpenOptions::new()
            .create_new(true)
            .read(true)
            .append(true)
            .open(&path)?;
        // The directory entry has to survive a crash as well.
        File::open(&self.folder)?.sync_all()?;
        let size = Size::default();
        self.contents.set(&path, size);
        Ok(CurrentFile { file, path, size })
    }

    /// Moves a file of a dead task here. Returns whether there was one.
    fn adopt(&mut self, root: &Path) -> io::Result<bool> {
        let Some(orphan) = shared::find_orphan(root, &self.folder)? else {
            return Ok(false);
        };
        let path = self.next_path()?;
        std::fs::rename(&orphan.path, &path)?;
        File::open(&self.folder)?.sync_all()?;
        let size = segment::read(&path, None)?.size();
        self.contents.set(&path, size);
        tracing::warn!(
            event_type = "spool_adopted",
            file = %orphan.path.display(),
            rows = size.rows,
            "a file of the spool of a task that died was taken over"
        );
        Ok(true)
    }

    /// Writes the rows of the current file, which somebody has deleted or moved, to a new one, with the new lines.
    fn restore_deleted(&mut self, new_lines: &[u8], new_rows: u64) -> io::Result<()> {
        let Some(deleted) = self.current.take() else {
            return Ok(());
        };
        let length = usize::try_from(deleted.size.bytes).map_err(io::Error::other)?;
        let mut lines = vec![0; length];
        deleted.file.read_exact_at(&mut lines, 0)?;
        lines.extend_from_slice(new_lines);
        let size = Size {
            rows: deleted.size.rows + new_rows,
            bytes: lines.len() as u64,
        };
        let mut restored = self.create()?;
        restored.file.write_all(&lines)?;
        restored.file.sync_data()?;
        restored.size = size;
        self.contents.set(&restored.path, size);
        self.contents.forget(&deleted.path);
        self.current = Some(restored);
        tracing::warn!(
            event_type = "spool_restored",
            file = %deleted.path.display(),
            rows = size.rows,
            "a file of the spool was deleted or moved while it was open; its rows are in a new file"
        );
        Ok(())
    }

    /// Ends the current file. Returns the paths of all files, oldest first, once their sizes are those of what is on the disk.
    fn rotate(&mut self) -> io::Result<Vec<PathBuf>> {
        if let Some(current) = &self.current
            && !current.is_in_its_place()?
        {
            self.restore_deleted(&[], 0)?;
        }
        self.current = None;
        let paths = segment::files(&self.folder)?;
        for path in self.contents.paths() {
            if !paths.contains(&path) {
                self.contents.lose(&path);
            }
        }
        for path in &paths {
            match self.contents.size(path) {
                Some(size) => cut_back(path, size.bytes)?,
                // Somebody has moved it here, for example from a task that does not exist any more.
                None => self.contents.set(path, segment::read(path, None)?.size()),
            }
        }
        Ok(paths)
    }
}

/// Cuts off what was not acknowledged.
fn cut_back(path: &Path, acknowledged: u64) -> io::Result<()> {
    if std::fs::metadata(path)?.len() > acknowledged {
        let file = OpenOptions::new().write(true).open(path)?;
        file.set_len(acknowledged)?;
        file.sync_all()?;
    }
    Ok(())
}
