//! Spool files: one line per row, with eight hexadecimal digits of CRC-32, a space, and the row as JSON.
//!
//! An incomplete last line was never acknowledged before the crash that tore it, and is skipped. Any other damaged line is saved
//! in a `.damaged` file and logged.

use std::io;
use std::path::{Path, PathBuf};

use super::SpoolError;
use crate::ledger::usage_row::UsageRow;

const EXTENSION: &str = "spool";

/// A file of rows to replay.
#[derive(Debug)]
pub struct Segment {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    /// The rows, in the order in which they were appended.
    pub rows: Vec<UsageRow>,
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

/// Reads a file's valid rows. Skips a torn last line and saves other damaged lines in a `.damaged` file.
pub(super) fn read(path: &Path) -> io::Result<Segment> {
    let bytes = std::fs::read(path)?;
    let mut rows = Vec::new();
    let mut damaged = Vec::new();
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
            None => damaged.extend_from_slice(line),
        }
    }
    if !damaged.is_empty() {
        let damaged_path = path.with_extension("damaged");
        std::fs::write(&damaged_path, &damaged)?;
        tracing::error!(
            event_type = "error",
            error_type = "spool_damaged",
            error_message = "rows do not match their checksums or cannot be parsed",
            file = %damaged_path.display(),
            "rows of the spool are damaged; they are saved in this file"
        );
    }
    Ok(Segment {
        path: path.to_owned(),
        bytes: bytes.len() as u64,
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
