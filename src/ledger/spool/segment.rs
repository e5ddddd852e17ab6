//! The files of the spool: one line for a row, eight hexadecimal digits of CRC-32, a space, the row as JSON.
//!
//! A line that was torn by a crash was never acknowledged and is left out; a line that is damaged otherwise is kept aside in a
//! `.damaged` file and told of.

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
    /// Its rows, in the order in which they were appended.
    pub rows: Vec<UsageRow>,
}

/// Where the file of that number is.
pub(super) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:012}.{EXTENSION}"))
}

/// A row as the line that stands for it.
pub(super) fn line(row: &UsageRow) -> Result<Vec<u8>, SpoolError> {
    let json = serde_json::to_string(row).map_err(|error| SpoolError(error.to_string()))?;
    Ok(format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes())).into_bytes())
}

/// The spool's files, oldest first.
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

/// The place of a file among them.
pub(super) fn number(path: &Path) -> u64 {
    path.file_stem()
        .and_then(|stem| stem.to_str()?.parse().ok())
        .unwrap_or(0)
}

/// Reads a file: its sound rows; of the others, a torn end is left out and damaged lines are kept aside.
pub(super) fn read(path: &Path) -> io::Result<Segment> {
    let bytes = std::fs::read(path)?;
    let mut rows = Vec::new();
    let mut damaged = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match parsed(line) {
            Some(row) => rows.push(row),
            // Torn: the crash came before the record was acknowledged.
            None if !line.ends_with(b"\n") => {
                tracing::warn!(
                    event_type = "spool_torn",
                    file = %path.display(),
                    bytes = line.len(),
                    "the last record of a spool file was torn by a crash and never acknowledged"
                );
            }
            None => damaged.extend_from_slice(line),
        }
    }
    if !damaged.is_empty() {
        let aside = path.with_extension("damaged");
        std::fs::write(&aside, &damaged)?;
        tracing::error!(
            event_type = "error",
            error_type = "spool_damaged",
            error_message = "records do not match their checksums",
            file = %aside.display(),
            "records of the spool are damaged; they are kept aside"
        );
    }
    Ok(Segment {
        path: path.to_owned(),
        bytes: bytes.len() as u64,
        rows,
    })
}

fn parsed(line: &[u8]) -> Option<UsageRow> {
    let line = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (sum, json) = line.split_once(' ')?;
    let sum = u32::from_str_radix(sum, 16).ok()?;
    if sum != crc32fast::hash(json.as_bytes()) {
        return None;
    }
    serde_json::from_str(json).ok()
}
