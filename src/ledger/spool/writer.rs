//! The thread that appends to the spool: all records that wait at once are written and synced together.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{mpsc, oneshot};

use super::{SpoolError, segment};

/// A file that has grown to this is followed by the next: a replay reads one at a time.
const FILE_BYTES: u64 = 8 << 20;

/// What waits on the disk.
#[derive(Debug, Default)]
pub(super) struct Gauges {
    pub rows: AtomicU64,
    pub bytes: AtomicU64,
}

/// What it is asked to do.
pub(super) enum Command {
    Append {
        line: Vec<u8>,
        done: oneshot::Sender<Result<(), SpoolError>>,
    },
    /// Ends the present file, so that all files there are can be replayed; answers with their paths.
    Rotate {
        done: oneshot::Sender<Result<Vec<PathBuf>, SpoolError>>,
    },
}

/// The thread that owns the file.
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

    pub fn run(mut self, mut waiting: mpsc::Receiver<Command>) {
        while let Some(command) = waiting.blocking_recv() {
            let mut lines = Vec::new();
            let mut answers = Vec::new();
            let mut rotation = None;
            let mut next = Some(command);
            while let Some(command) = next {
                match command {
                    Command::Append { line, done } => {
                        lines.extend_from_slice(&line);
                        answers.push(done);
                        next = waiting.try_recv().ok();
                    }
                    Command::Rotate { done } => {
                        rotation = Some(done);
                        next = None;
                    }
                }
            }
            if !answers.is_empty() {
                let written = self.write(&lines, answers.len() as u64);
                for answer in answers {
                    answer.send(written.clone()).ok();
                }
            }
            if let Some(done) = rotation {
                self.file = None;
                let paths =
                    segment::files(&self.folder).map_err(|error| SpoolError(error.to_string()));
                done.send(paths).ok();
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
                // What a failed write left at the file's end must not run into the next record.
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
            // The file's name has to survive a crash as well.
            File::open(&self.folder)?.sync_all()?;
            self.file.insert(file)
        };
        file.write_all(lines)?;
        file.sync_data()?;
        if file.metadata()?.len() >= FILE_BYTES {
            self.file = None;
        }
        Ok(())
    }
}
