//! Budgets under concurrency, on two processes and one table.

use std::sync::Arc;
use std::time::Duration;

use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;
use futures_util::future::join_all;
use serde_json::Value;

use crate::support::{INPUT_NANO, OUTPUT_NANO, Process, Row, Tables};

/// The daily budget of the service, in nano-dollars.
const BUDGET: u64 = 500_000_000;

struct Outcome {
    planned: usize,
    refused: usize,
    /// Longest `Retry-After`, in seconds.
    max_wait: u32,
}

/// Sends `count` requests at once, spread over the processes. Each response is a plan, or a refusal for the budget that says when
/// to retry.
async fn storm(processes: &[Arc<Process>], name: &str, count: usize) -> Outcome {
    let requests = (0..count).map(|index| {
        let process = Arc::clone(&processes[index % processes.len()]);
        let id = format!("{name}-{index}");
        async move {
            let response = process.request_plan(&id).await.unwrap();
            let status = response.status().as_u16();
            let wait: Option<u32> = response
                .headers()
                .get("retry-after")
                .map(|seconds| seconds.to_str().unwrap().parse().unwrap());
            let body: Value = response.json().await.unwrap();
            match status {
                200 => None,
                429 => {
                    assert_eq!(body["code"], "budget_exceeded", "{body}");
                    Some(wait.expect("a refusal says when to retry"))
                }
                other => panic!("{other}: {body}"),
            }
        }
    });
    let waits: Vec<Option<u32>> = join_all(requests).await;
    let refused = waits.iter().flatten().count();
    Outcome {
        planned: count - refused,
        refused,
        max_wait: waits.into_iter().flatten().max().unwrap_or(0),
    }
}

async fn two_processes(
    fake: &FakeBedrock,
    tables: &Tables,
    folders: &[tempfile::TempDir; 2],
    variables: &[(&str, &str)],
) -> Vec<Arc<Process>> {
    let mut processes = Vec::new();
    for folder in folders {
        let process = Process::start(fake, &tables.endpoint, folder.path(), variables).await;
        processes.push(Arc::new(process));
    }
    processes
}

/// Spends until the worst case of a plan no longer fits the budget, and stops the processes. Returns the invoiced amount in
/// nano-dollars, and all rows.
async fn spend_the_rest(
    fake: &FakeBedrock,
    tables: &Tables,
    processes: Vec<Arc<Process>>,
) -> (u64, Vec<Row>) {
    let mut rounds = 0;
    loop {
        // A process returns the allowance that it does not need within a sweep.
        tokio::time::sleep(Duration::from_millis(2200)).await;
        let name = format!("rest{rounds}");
        let rest = storm(&processes, &name, 10).await;
        if rest.planned == 0 && rest.max_wait > 60 {
            break;
        }
        rounds += 1;
        assert!(rounds < 60, "the rest of the budget cannot be spent");
    }
    for process in processes {
        let mut process = Arc::into_inner(process).unwrap();
        process.terminate();
        assert_eq!(process.wait().await, Some(0));
    }
    let invoice = fake.invoice();
    let billed = invoice.input_tokens * INPUT_NANO + invoice.output_tokens * OUTPUT_NANO;
    let rows: Vec<Row> = tables.rows().await.into_values().flatten().collect();
    (billed, rows)
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_requests_at_once_on_two_processes_never_exceed_the_budget() {
    let fake = FakeBedrock::start().unwrap();
    fake.set_script(Script::latency(100));
    let tables = Tables::new().await;
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let limits = [
        ("DAILY_BUDGET_USD", "0.5"),
        ("MAX_OUTPUT_TOKENS", "900"),
        ("LEDGER_LEASE_SECONDS", "91"),
    ];
    let processes = two_processes(&fake, &tables, &folders, &limits).await;

    let first = storm(&processes, "storm", 500).await;
    assert!(
        first.planned > 0 && first.refused > 0,
        "{} planned, {} refused",
        first.planned,
        first.refused
    );
    let (billed, rows) = spend_the_rest(&fake, &tables, processes).await;

    let settled: u64 = rows.iter().map(|row| row.cost).sum();
    let held = rows.iter().map(|row| row.held).max().unwrap();
    assert!(rows.iter().all(|row| row.status != "held"));
    assert_eq!(settled, billed, "the rows add up to the invoice");
    assert!(settled <= BUDGET, "{settled} settled of {BUDGET}");
    assert!(
        settled + held > BUDGET,
        "{settled} settled of {BUDGET}: the rest could pay for another plan of {held}"
    );
    let counter = tables
        .counter(&format!("budget#service#{}", rows[0].date))
        .await;
    assert_eq!(
        counter,
        (settled, settled),
        "the counter is the sum of the rows"
    );
    eprintln!(
        "{} of the first 500 planned, {settled} nano-USD settled of {BUDGET}, worst case {held}",
        first.planned
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_never_exceeds_its_own_budget_and_can_spend_all_of_it() {
    let fake = FakeBedrock::start().unwrap();
    let tables = Tables::new().await;
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let limits = [
        ("DAILY_BUDGET_USD", "5"),
        ("CLIENT_DAILY_BUDGET_USD", "0.2"),
        ("MAX_OUTPUT_TOKENS", "900"),
        ("LEDGER_LEASE_SECONDS", "91"),
    ];
    let processes = two_processes(&fake, &tables, &folders, &limits).await;

    let first = storm(&processes, "storm", 200).await;
    assert!(first.planned > 0 && first.refused > 0);
    let (billed, rows) = spend_the_rest(&fake, &tables, processes).await;

    let settled: u64 = rows.iter().map(|row| row.cost).sum();
    let held = rows.iter().map(|row| row.held).max().unwrap();
    assert_eq!(settled, billed, "the rows add up to the invoice");
    assert!(settled <= 200_000_000 && settled + held > 200_000_000);
    let date = &rows[0].date;
    let client = tables
        .counter(&format!("budget#client#ip:127.0.0.1#{date}"))
        .await;
    let service = tables.counter(&format!("budget#service#{date}")).await;
    assert_eq!(client, (settled, settled), "the client's counter");
    assert_eq!(service, (settled, settled), "the service's counter");
}
