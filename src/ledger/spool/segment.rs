//! Spool files: one line per row, with eight hexadecimal digits of CRC-32, a space, and the row as JSON.
//!
//! An incomplete last line was never acknowledged before the crash that tore it, and is skipped. Any other damaged line is saved
//! in a `.damaged` file and logged, when its file is removed.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::SpoolError;
use super::contents::Size;
use crate::ledger::usage_row::UsageRow;

const EXTENSION: &str = "spool";

/// A file of rows to replay.
#[derive(Debug)]
pub struct Segment {
    pub(super) path: PathBuf,
    bytes: u64,
    /// Lines that are no rows, and rows that were set aside.
    damaged: Vec<u8>,
    /// The number of lines that are no rows.
    damaged_lines: u64,
    /// The rows, in the order in which they were appended.
    pub rows: Vec<UsageRow>,
}

impl Segment {
    pub(super) const fn size(&self) -> Size {
        Size {
            rows: self.rows.len() as u64,
            bytes: self.bytes,
        }
    }

    /// Sets rows aside that the store will never accept: they are saved with the damaged lines.
    ///
    /// # Errors
    /// When a row cannot be encoded.
    pub fn set_aside(&mut self, rows: &[UsageRow]) -> Result<(), SpoolError> {
        for row in rows {
            self.damaged.extend_from_slice(&line(row)?);
        }
        Ok(())
    }

    /// Returns how many of the file's rows are in the store, and how many are not if the store will never accept these. Damaged lines
    /// count as rows that are not.
    pub(in crate::ledger) fn counts(&self, rejected: &[UsageRow]) -> (u64, u64) {
        let is_rejected = |row: &&UsageRow| rejected.iter().any(|other| other.has_same_key(row));
        let rows = self.rows.iter().filter(is_rejected).count() as u64;
        (
            (self.rows.len() as u64).saturating_sub(rows),
            rows + self.damaged_lines,
        )
    }

    /// Saves the damaged lines and the rows that were set aside, if there are any.
    pub(super) fn save_damaged(&self) -> io::Result<()> {
        if self.damaged.is_empty() {
            return Ok(());
        }
        let path = save_new(&self.path.with_extension("damaged"), &self.damaged)?;
        tracing::error!(
            event_type = "error",
            error_type = "spool_damaged",
            error_message = "rows do not match their checksums, or the store cannot accept them",
            file = %path.display(),
            "rows of the spool could not be replayed; they are saved in this file"
        );
        Ok(())
    }
}

/// Saves bytes under this name or, if there is such a file, under the next free number after it. Returns the path.
fn save_new(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    for number in 0_u32.. {
        let path = match number {
            0 => path.to_owned(),
            _ => path.with_extension(format!("damaged.{number}")),
        };
        match OpenOptions::new().create_new(true).write(true).open(&path) {
            Ok(mut file) => {
                file.write_all(bytes)?;
                file.sync_all()?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("every name is taken"))
}

/// Returns the path of the file with this number.
pub(super) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:012}.{EXTENSION}"))
}

/// Encodes a row as a line.
pub(super) fn line(row: &UsageRow) -> Result<Vec<u8>, SpoolError> {
    let json = serde_json::to_string(row).map_err(|error| SpoolError(error.to_string()))?;
    Ok(format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes())).into_bytes())
}

/// Lists the spool's files, oldest first.
pub(super) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == EXTENSION)
        {
            paths.push(path);
        }
    }
    paths.sort_by_key(|path| number(path));
    Ok(paths)
}

/// Returns a file's number.
pub(super) fn number(path: &Path) -> u64 {
    path.file_stem()
        .and_then(|stem| stem.to_str()?.parse().ok())
        .unwrap_or(0)
}

/// Reads the rows of a file, or of its first bytes if only those were acknowledged. Skips a torn last line.
pub(super) fn read(path: &Path, acknowledged: Option<u64>) -> io::Result<Segment> {
    let mut bytes = std::fs::read(path)?;
    if let Some(length) = acknowledged.and_then(|bytes| usize::try_from(bytes).ok()) {
        bytes.truncate(length);
    }
    let mut rows = Vec::new();
    let mut damaged = Vec::new();
    let mut damaged_lines = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match parse(line) {
            Some(row) => rows.push(row),
            // No line end: a crash came before the row was acknowledged.
            None if !line.ends_with(b"\n") => {
                tracing::warn!(
                    event_type = "spool_torn",
                    file = %path.display(),
                    bytes = line.len(),
                    "the last row of a spool file was torn by a crash and is skipped; it was never acknowledged"
                );
            }
            None => {
                damaged.extend_from_slice(line);
                damaged_lines += 1;
            }
        }
    }
    Ok(Segment {
        path: path.to_owned(),
        bytes: bytes.len() as u64,
        damaged,
        damaged_lines,
        rows,
    })
}

fn parse(line: &[u8]) -> Option<UsageRow> {
    let line = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (checksum, json) = line.split_once(' ')?;
    let checksum = u32::from_str_radix(checksum, 16).ok()?;
    if checksum != crc32fast::hash(json.as_bytes()) {
        return None;
    }
    serde_json::from_str(json).ok()
}
