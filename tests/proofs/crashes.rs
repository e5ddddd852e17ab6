//! Processes that are killed in the middle.

use std::sync::Arc;
use std::time::Duration;

use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;

use crate::support::{INPUT_NANO, OUTPUT_NANO, Process, Tables};

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_with_fifty_calls_in_flight_every_billed_call_has_one_row_and_nothing_is_held()
{
    let fake = FakeBedrock::start().unwrap();
    fake.set_script(Script::latency(700));
    let tables = Tables::new().await;
    let folder = tempfile::tempdir().unwrap();
    let limits = [
        ("REQUEST_DEADLINE_SECONDS", "3"),
        ("LEDGER_LEASE_SECONDS", "4"),
        ("DAILY_BUDGET_USD", "100"),
        ("CLIENT_DAILY_BUDGET_USD", "100"),
    ];
    let process = Process::start(&fake, &tables.endpoint, folder.path(), &limits).await;
    let mut process = Arc::new(process);
    // Some come to their end, the last fifty do not.
    for place in 0..5 {
        assert_eq!(
            process
                .ask(&format!("done-{place}"))
                .await
                .unwrap()
                .status(),
            200
        );
    }
    let asks: Vec<_> = (0..50)
        .map(|place| {
            let (client, address) = (process.client.clone(), process.address.clone());
            tokio::spawn(async move {
                crate::support::ask(&client, &address, &format!("cut-{place}")).await
            })
        })
        .collect();
    let on_their_way = async {
        while tables
            .rows()
            .await
            .values()
            .flatten()
            .filter(|row| row.status == "held")
            .count()
            < 50
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), on_their_way)
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;

    Arc::get_mut(&mut process).unwrap().kill();
    for ask in asks {
        ask.await.unwrap().ok();
    }
    let restarted = Process::start(&fake, &tables.endpoint, folder.path(), &limits).await;
    assert_eq!(restarted.ask("after").await.unwrap().status(), 200);
    // The lease of rows and of allowance, and a sweep or two.
    let settled = async {
        loop {
            let rows = tables.rows().await;
            let date = rows["after"][0].date.clone();
            let sum: u64 = rows.values().flatten().map(|row| row.cost).sum();
            let service = tables.counter(&format!("budget#service#{date}")).await;
            let held = rows.values().flatten().any(|row| row.status == "held");
            if !held && service == (sum, sum) {
                return rows;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let rows = tokio::time::timeout(Duration::from_secs(30), settled)
        .await
        .expect("what the dead process held is settled, and the counter is the sum of the rows");

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
    let abandoned = rows
        .values()
        .flatten()
        .filter(|row| row.status == "abandoned");
    assert_eq!(abandoned.count(), 50);
    let date = &rows["after"][0].date;
    let sum: u64 = rows.values().flatten().map(|row| row.cost).sum();
    let client = tables
        .counter(&format!("budget#client#ip:127.0.0.1#{date}"))
        .await;
    assert_eq!(client, (sum, sum), "the client's counter");
}
