//! Tests of the spool: what is appended is durable, is read back, and survives what may happen to its files.

use super::contents::Size;
use super::*;
use crate::ledger::Bill;
use crate::request_context::{RequestContext, RequestOutcome};

pub(super) fn row(id: &str) -> UsageRow {
    let context = RequestContext {
        request_id: id.to_owned(),
        trace_id: "0".repeat(32),
        client_id: "c".to_owned(),
        daily_budget: None,
        outcome: RequestOutcome::default(),
    };
    let mut row = Bill::open(&context, 3, "v", chrono::DateTime::UNIX_EPOCH)
        .row()
        .clone();
    row.cost = crate::money::Money::from_nano_usd(u64::MAX);
    row
}

pub(super) async fn ids(spool: &Spool) -> Vec<String> {
    let segments = segments(spool).await;
    segments
        .iter()
        .flat_map(|segment| segment.rows.iter().map(|row| row.request_id.clone()))
        .collect()
}

async fn segments(spool: &Spool) -> Vec<Segment> {
    let mut segments = Vec::new();
    for path in spool.take().await.unwrap() {
        segments.extend(spool.read(path).await.unwrap());
    }
    segments
}

pub(super) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[tokio::test]
async fn rows_are_read_back_exactly_and_in_order_after_a_restart() {
    let folder = folder();
    let spool = Spool::open(folder.path(), 1 << 20).unwrap();
    for id in ["a", "b", "c"] {
        spool.append(&row(id)).await.unwrap();
    }
    drop(spool);

    let spool = Spool::open(folder.path(), 1 << 20).unwrap();
    assert_eq!(spool.rows(), 3);
    spool.append(&row("d")).await.unwrap();
    let segments = segments(&spool).await;
    assert_eq!(segments[0].rows[0], row("a"));
    assert_eq!(ids(&spool).await, ["a", "b", "c", "d"]);
    for segment in segments {
        spool.remove(segment).await.unwrap();
    }

    assert_eq!((spool.rows(), ids(&spool).await.len()), (0, 0));
}

#[tokio::test]
async fn a_torn_last_line_of_any_length_is_skipped() {
    let bytes = [line(&row("a")).unwrap(), line(&row("b")).unwrap()].concat();
    let first = line(&row("a")).unwrap().len();
    for length in first..bytes.len() {
        let folder = folder();
        std::fs::write(folder.path().join("000000000000.spool"), &bytes[..length]).unwrap();

        let spool = Spool::open(folder.path(), 1 << 20).unwrap();
        spool.append(&row("c")).await.unwrap();

        assert_eq!(ids(&spool).await, ["a", "c"], "cut at {length}");
    }
}

#[tokio::test]
async fn a_damaged_line_is_saved_and_the_rows_around_it_are_read() {
    let folder = folder();
    let mut damaged = line(&row("b")).unwrap();
    damaged[20] ^= 1;
    let bytes = [
        line(&row("a")).unwrap(),
        damaged.clone(),
        line(&row("c")).unwrap(),
    ]
    .concat();
    std::fs::write(folder.path().join("000000000007.spool"), bytes).unwrap();

    let spool = Spool::open(folder.path(), 1 << 20).unwrap();

    assert_eq!(ids(&spool).await, ["a", "c"]);
    for segment in segments(&spool).await {
        spool.remove(segment).await.unwrap();
    }
    let saved = std::fs::read(folder.path().join("000000000007.damaged")).unwrap();
    assert_eq!(saved, damaged);
}

#[tokio::test]
async fn what_is_damaged_never_replaces_what_was_damaged_before() {
    let folder = folder();
    for text in ["first\n", "second\n", "third\n"] {
        std::fs::write(folder.path().join("000000000000.spool"), text).unwrap();
        let spool = Spool::open(folder.path(), 1 << 20).unwrap();
        assert!(!spool.is_empty(), "a file without a row is removed as well");
        for segment in segments(&spool).await {
            spool.remove(segment).await.unwrap();
        }
        assert!(spool.is_empty());
    }

    let saved = ["damaged", "damaged.1", "damaged.2"].map(|extension| {
        let path = folder.path().join(format!("000000000000.{extension}"));
        std::fs::read_to_string(path).unwrap()
    });
    assert_eq!(saved, ["first\n", "second\n", "third\n"]);
}

#[tokio::test]
async fn rows_of_a_file_that_was_deleted_while_it_was_open_are_kept() {
    let folder = folder();
    let spool = Spool::open(folder.path(), 1 << 20).unwrap();
    let delete = || std::fs::remove_dir_all(folder.path()).unwrap();
    spool.append(&row("a")).await.unwrap();
    delete();
    spool.append(&row("b")).await.unwrap();
    delete();

    assert_eq!(ids(&spool).await, ["a", "b"]);
    assert_eq!(spool.rows(), 2);
}

#[tokio::test]
async fn a_file_that_vanished_does_not_count_any_more() {
    let folder = folder();
    let spool = Spool::open(folder.path(), 1 << 20).unwrap();
    for id in ["a", "b", "c"] {
        spool.append(&row(id)).await.unwrap();
        spool.take().await.unwrap();
    }
    let path = |number: u32| folder.path().join(format!("{number:012}.spool"));
    std::fs::remove_file(path(0)).unwrap();

    let listed = spool.take().await.unwrap();
    assert_eq!((listed.len(), spool.rows()), (2, 2));
    std::fs::remove_file(path(1)).unwrap();
    assert!(spool.read(path(1)).await.unwrap().is_none());
    let segment = spool.read(path(2)).await.unwrap().unwrap();
    std::fs::remove_file(path(2)).unwrap();
    spool.remove(segment).await.unwrap();

    assert_eq!(spool.contents.total(), Size::default());
    assert!(spool.is_empty());
}

#[tokio::test]
async fn a_file_that_was_moved_here_is_counted_and_replayed() {
    let (folder, other) = (folder(), folder());
    let spool = Spool::open(other.path(), 1 << 20).unwrap();
    spool.append(&row("a")).await.unwrap();
    drop(spool);
    let spool = Spool::open(folder.path(), 1 << 20).unwrap();
    let name = "000000000000.spool";
    std::fs::rename(other.path().join(name), folder.path().join(name)).unwrap();
    spool.append(&row("b")).await.unwrap();

    assert_eq!(ids(&spool).await, ["a", "b"]);
    assert_eq!(spool.rows(), 2);
}

#[tokio::test]
async fn rows_of_a_file_that_another_task_took_away_are_written_again() {
    let (folder, other) = (folder(), folder());
    let spool = Spool::open(folder.path(), 1 << 20).unwrap();
    spool.append(&row("a")).await.unwrap();
    let name = "000000000000.spool";
    std::fs::rename(folder.path().join(name), other.path().join(name)).unwrap();
    spool.append(&row("b")).await.unwrap();

    assert_eq!(ids(&spool).await, ["a", "b"]);
}

#[tokio::test]
async fn what_was_not_acknowledged_is_neither_read_nor_kept() {
    let folder = folder();
    let spool = Spool::open(folder.path(), 1 << 20).unwrap();
    spool.append(&row("a")).await.unwrap();
    let path = folder.path().join("000000000000.spool");
    let acknowledged = std::fs::read(&path).unwrap();
    let unacknowledged = [acknowledged.clone(), line(&row("b")).unwrap()].concat();
    std::fs::write(&path, unacknowledged).unwrap();

    let segment = spool.read(path.clone()).await.unwrap().unwrap();
    assert_eq!(segment.rows, [row("a")]);
    assert_eq!(ids(&spool).await, ["a"]);

    assert_eq!(std::fs::read(&path).unwrap(), acknowledged);
}

#[tokio::test]
async fn it_reports_when_it_has_no_room_for_another_request() {
    let folder = folder();
    let spool = Spool::open(folder.path(), 3 * MAX_ROW_BYTES).unwrap();

    assert!(spool.has_room());
    while spool.has_room() {
        spool.append(&row("a")).await.unwrap();
    }

    let used = spool.contents.total().bytes;
    assert!(used > MAX_ROW_BYTES && used < 3 * MAX_ROW_BYTES, "{used}");
    assert!(
        spool.append(&row("b")).await.is_ok(),
        "an outcome is always accepted"
    );
}
