//! The thread that appends to the spool. It writes all waiting rows and syncs them together.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{mpsc, oneshot};

use super::{SpoolError, segment};

/// Size in bytes at which a new file is started, because a replay reads a whole file into memory.
const MAX_FILE_BYTES: u64 = 8 << 20;

/// What is on the disk.
#[derive(Debug, Default)]
pub(super) struct Gauges {
    pub rows: AtomicU64,
    pub bytes: AtomicU64,
}

/// A command to the thread.
pub(super) enum Command {
    Append {
        line: Vec<u8>,
        reply: oneshot::Sender<Result<(), SpoolError>>,
    },
    /// Ends the current file, so that all existing files can be replayed. Replies with their paths.
    Rotate {
        reply: oneshot::Sender<Result<Vec<PathBuf>, SpoolError>>,
    },
}

/// The state of the thread that owns the current file.
pub(super) struct Writer {
    folder: PathBuf,
    next: u64,
    file: Option<File>,
    gauges: Arc<Gauges>,
}

impl Writer {
    pub fn new(folder: PathBuf, next: u64, gauges: Arc<Gauges>) -> Self {
        Self {
            folder,
            next,
            file: None,
            gauges,
        }
    }

    pub fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        while let Some(command) = commands.blocking_recv() {
            let mut lines = Vec::new();
            let mut replies = Vec::new();
            let mut rotation = None;
            let mut next = Some(command);
            while let Some(command) = next {
                match command {
                    Command::Append { line, reply } => {
                        lines.extend_from_slice(&line);
                        replies.push(reply);
                        next = commands.try_recv().ok();
                    }
                    Command::Rotate { reply } => {
                        rotation = Some(reply);
                        next = None;
                    }
                }
            }
            if !replies.is_empty() {
                let written = self.write(&lines, replies.len() as u64);
                for reply in replies {
                    reply.send(written.clone()).ok();
                }
            }
            if let Some(reply) = rotation {
                self.file = None;
                let paths =
                    segment::files(&self.folder).map_err(|error| SpoolError(error.to_string()));
                reply.send(paths).ok();
            }
        }
    }

    fn write(&mut self, lines: &[u8], rows: u64) -> Result<(), SpoolError> {
        let written = self.try_write(lines);
        match written {
            Ok(()) => {
                self.gauges.rows.fetch_add(rows, Ordering::Relaxed);
                self.gauges
                    .bytes
                    .fetch_add(lines.len() as u64, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => {
                // A failed write may have left a partial line. Start a new file, so that the next row does not run into it.
                self.file = None;
                Err(SpoolError(error.to_string()))
            }
        }
    }

    fn try_write(&mut self, lines: &[u8]) -> io::Result<()> {
        let file = if let Some(file) = &mut self.file {
            file
        } else {
            let path = segment::path(&self.folder, self.next);
            self.next += 1;
            let file = OpenOptions::new()
                .create_new(true)
                .append(true)
                .open(path)?;
            // The directory entry has to survive a crash as well.
            File::open(&self.folder)?.sync_all()?;
            self.file.insert(file)
        };
        file.write_all(lines)?;
        file.sync_data()?;
        if file.metadata()?.len() >= MAX_FILE_BYTES {
            self.file = None;
        }
        Ok(())
    }
}
