//! Processes that are killed in the middle of their work.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;
use reqwest::Response;
use tokio::task::JoinHandle;

use crate::support::{INPUT_NANO, OUTPUT_NANO, Process, Row, Tables, request_plan};

const LIMITS: [(&str, &str); 4] = [
    ("REQUEST_DEADLINE_SECONDS", "3"),
    ("LEDGER_LEASE_SECONDS", "4"),
    ("DAILY_BUDGET_USD", "100"),
    ("CLIENT_DAILY_BUDGET_USD", "100"),
];

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_with_fifty_calls_in_flight_every_billed_call_has_one_row_and_nothing_is_held()
{
    let fake = FakeBedrock::start().unwrap();
    let tables = Tables::new().await;
    let folder = tempfile::tempdir().unwrap();
    kill_with_fifty_in_flight(&fake, &tables, folder.path()).await;

    let restarted = Process::start(&fake, &tables.endpoint, folder.path(), &LIMITS).await;
    let after = restarted.request_plan("after").await.unwrap();
    assert_eq!(after.status(), 200);
    // Both the rows and the allowance have leases; this waits for their end, and for a sweep or two.
    let rows = tokio::time::timeout(Duration::from_secs(30), settled(&tables))
        .await
        .expect("what the dead process held is settled, and the counter is the sum of the rows");

    check_invoice(&fake, &rows);
    let all = || rows.values().flatten();
    assert_eq!(all().filter(|row| row.status == "abandoned").count(), 50);
    let date = &rows["after"][0].date;
    let sum: u64 = all().map(|row| row.cost).sum();
    let client = tables
        .counter(&format!("budget#client#ip:127.0.0.1#{date}"))
        .await;
    assert_eq!(client, (sum, sum), "the client's counter");
}

/// Runs a process that completes five requests, and kills it while fifty more wait for the model.
async fn kill_with_fifty_in_flight(fake: &FakeBedrock, tables: &Tables, folder: &Path) {
    let mut process = Process::start(fake, &tables.endpoint, folder, &LIMITS).await;
    for index in 0..5 {
        let response = process.request_plan(&format!("done-{index}")).await;
        assert_eq!(response.unwrap().status(), 200);
    }
    // On a busy machine it takes a second until all of them are held.
    fake.set_script(Script::latency(1800));
    let requests: Vec<JoinHandle<reqwest::Result<Response>>> = (0..50)
        .map(|index| {
            let (client, address) = (process.client.clone(), process.address.clone());
            tokio::spawn(
                async move { request_plan(&client, &address, &format!("cut-{index}")).await },
            )
        })
        .collect();
    tokio::time::timeout(Duration::from_secs(10), held(tables, 50))
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    process.kill();
    for request in requests {
        request.await.unwrap().ok();
    }
}

/// Waits until at least `count` rows are held.
async fn held(tables: &Tables, count: usize) {
    loop {
        let rows = tables.rows().await;
        let held = rows.values().flatten().filter(|row| row.status == "held");
        if held.count() >= count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until no row is held, and the counter of the service is the sum of the rows.
async fn settled(tables: &Tables) -> HashMap<String, Vec<Row>> {
    loop {
        let rows = tables.rows().await;
        let date = &rows["after"][0].date;
        let sum: u64 = rows.values().flatten().map(|row| row.cost).sum();
        let service = tables.counter(&format!("budget#service#{date}")).await;
        let held = rows.values().flatten().any(|row| row.status == "held");
        if !held && service == (sum, sum) {
            return rows;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Checks that every call on the invoice has one row, which costs what was billed or, if it was abandoned, at least that.
fn check_invoice(fake: &FakeBedrock, rows: &HashMap<String, Vec<Row>>) {
    let invoice = fake.invoice();
    assert!(invoice.calls.len() >= 6);
    for call in &invoice.calls {
        let row = &rows[&call.request_id];
        assert_eq!(row.len(), 1, "rows of {}", call.request_id);
        let billed = call.input_tokens * INPUT_NANO + call.output_tokens * OUTPUT_NANO;
        assert!(row[0].cost >= billed, "{row:?} of {billed}");
        if row[0].status == "settled" {
            assert_eq!(row[0].cost, billed);
        }
    }
}
