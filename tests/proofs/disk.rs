//! A disk that is full while the store is unavailable.

use std::time::Duration;

use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;

use crate::support::{FreezableProxy, Process, Tables};

/// The largest file that the process may write, in the shell's blocks of 512 or 1,024 bytes: room for a few rows.
const BLOCKS: u32 = 8;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_plans_and_leaves_exactly_the_rows_of_those_it_answered() {
    let fake = FakeBedrock::start().unwrap();
    fake.set_script(Script::latency(10));
    let tables = Tables::new().await;
    let proxy = FreezableProxy::start(&tables.endpoint).await;
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start_limited(
        &fake,
        &proxy.endpoint,
        folder.path(),
        &[
            ("OUTAGE_ALLOWANCE_USD", "100"),
            ("DAILY_BUDGET_USD", "1000"),
            ("CLIENT_DAILY_BUDGET_USD", "1000"),
            ("STORE_TIMEOUT_MS", "250"),
            ("REQUEST_DEADLINE_SECONDS", "10"),
            ("LEDGER_LEASE_SECONDS", "11"),
        ],
        BLOCKS,
    )
    .await;
    assert_eq!(process.request_plan("before").await.unwrap().status(), 200);
    proxy.freeze(true);
    let mut planned = vec!["before".to_owned()];
    let mut refused = 0;
    for index in 0..30 {
        let id = format!("d-{index}");
        let status = process.request_plan(&id).await.unwrap().status().as_u16();
        match status {
            200 => planned.push(id),
            503 => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert!(
        planned.len() > 3 && refused > 0,
        "{} {refused}",
        planned.len()
    );

    proxy.freeze(false);
    wait_for_rest(&process, &tables).await;

    check_rows(&tables, &fake, &planned).await;
    process.terminate();
    assert_eq!(process.wait().await, Some(0));
}

/// Waits until the spool is replayed and nothing is held.
async fn wait_for_rest(process: &Process, tables: &Tables) {
    let at_rest = async {
        while process.metric("goal_router_spool_rows ").await > 0.0
            || !process.is_ready().await
            || tables
                .rows()
                .await
                .values()
                .flatten()
                .any(|row| row.status == "held")
        {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), at_rest)
        .await
        .unwrap();
}

/// Checks that each plan has its row, and that no other row has a cost unless its request called a model.
async fn check_rows(tables: &Tables, fake: &FakeBedrock, planned: &[String]) {
    let rows = tables.rows().await;
    let calls = fake.invoice().calls;
    for id in planned {
        assert_eq!(rows[id].len(), 1, "{id}");
        assert_eq!(rows[id][0].status, "settled", "{id}");
    }
    for call in &calls {
        assert!(rows.contains_key(&call.request_id), "{}", call.request_id);
    }
    for row in rows.values().flatten() {
        let was_called = calls.iter().any(|call| call.request_id == row.request_id);
        assert!(was_called || row.cost == 0, "{row:?} was never sent");
    }
}
