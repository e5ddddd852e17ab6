//! What servers really answer, as a table: each row of `model_answers.jsonl` is an answer as some server sends it, with what has to
//! come of it. The real application asks a server that sends exactly that, over real HTTP.

mod judge;
mod row;
mod server;

use std::collections::BTreeMap;

use futures_util::StreamExt as _;

use self::row::Row;

const TABLE: &str = include_str!("../model_answers.jsonl");

/// How many rows run at the same time.
const CONCURRENT: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_of_the_table_has_its_right_outcome() {
    let rows = row::parse(TABLE);
    assert!(rows.len() >= 120, "only {} rows", rows.len());

    let failures = failures(rows).await;

    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Runs the rows, prints how many of each kind are right, and returns what is wrong with the others.
#[expect(
    clippy::print_stderr,
    reason = "tells how many rows of each kind are right"
)]
async fn failures(rows: Vec<Row>) -> Vec<String> {
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut failures = Vec::new();
    let runs = rows.into_iter().map(|row| async {
        let wrong = judge::judge(&row).await;
        (row, wrong)
    });
    let mut runs = futures_util::stream::iter(runs).buffered(CONCURRENT);
    while let Some((row, wrong)) = runs.next().await {
        let (right, all) = kinds.entry(row.kind.clone()).or_default();
        *right += usize::from(wrong.is_empty());
        *all += 1;
        if !wrong.is_empty() {
            let wrong = wrong.join("; ");
            failures.push(format!("{} {} ({}): {wrong}", row.id, row.name, row.kind));
        }
    }
    let lines = kinds
        .iter()
        .map(|(kind, (right, all))| format!("{kind}: {right} of {all}"));
    let lines: Vec<String> = lines.collect();
    eprintln!("{}", lines.join("\n"));
    failures
}
