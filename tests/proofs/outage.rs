//! An unavailable store, with and without an allowance for the outage.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;
use reqwest::StatusCode;
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::support::{FreezableProxy, Process, Row, Tables, soak};

const LIMITS: [(&str, &str); 6] = [
    ("REQUEST_DEADLINE_SECONDS", "20"),
    ("LEDGER_LEASE_SECONDS", "21"),
    ("DAILY_BUDGET_USD", "1000"),
    ("CLIENT_DAILY_BUDGET_USD", "1000"),
    ("OUTAGE_ALLOWANCE_USD", "100"),
    ("STORE_TIMEOUT_MS", "250"),
];

/// Sends requests from eight clients until `stop` is set. Returns the ids of requests that got a plan, and the failures.
async fn load(process: Arc<Process>, stop: Arc<AtomicBool>) -> (Vec<String>, Vec<String>) {
    let clients = (0..8).map(|client| {
        let (process, stop) = (Arc::clone(&process), Arc::clone(&stop));
        tokio::spawn(async move {
            let (mut planned, mut failed) = (Vec::new(), Vec::new());
            let mut index = 0;
            while !stop.load(Ordering::Relaxed) {
                let id = format!("l{client}-{index}");
                index += 1;
                match process.request_plan(&id).await {
                    Ok(response) if response.status() == 200 => planned.push(id),
                    Ok(response) => failed.push(response.text().await.unwrap()),
                    Err(error) => failed.push(error.to_string()),
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            (planned, failed)
        })
    });
    let (mut planned, mut failed) = (Vec::new(), Vec::new());
    for client in clients.collect::<Vec<_>>() {
        let (more_planned, more_failed) = client.await.unwrap();
        planned.extend(more_planned);
        failed.extend(more_failed);
    }
    (planned, failed)
}

/// Waits until every billed call has its row, nothing is held, and the counter is the sum of the rows.
async fn wait_for_rest(tables: &Tables, fake: &FakeBedrock) -> HashMap<String, Vec<Row>> {
    let at_rest = async {
        loop {
            let rows = tables.rows().await;
            let sum: u64 = rows.values().flatten().map(|row| row.cost).sum();
            let all_recorded = fake
                .invoice()
                .calls
                .iter()
                .all(|call| rows.contains_key(&call.request_id));
            let held = rows.values().flatten().any(|row| row.status == "held");
            if let Some(row) = rows.values().flatten().next()
                && all_recorded
                && !held
            {
                let date = &row.date;
                let service = tables.counter(&format!("budget#service#{date}")).await;
                let client = tables
                    .counter(&format!("budget#client#ip:127.0.0.1#{date}"))
                    .await;
                if service == (sum, sum) && client == (sum, sum) {
                    return rows;
                }
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(70), at_rest)
        .await
        .expect("rows and counters come to rest")
}

/// Checks that every request has one row, and that the row of every plan is settled with the tokens on the invoice.
fn check_rows(rows: &HashMap<String, Vec<Row>>, fake: &FakeBedrock, planned: &[String]) {
    let mut billed: HashMap<&str, (u64, u64)> = HashMap::new();
    let invoice = fake.invoice();
    for call in &invoice.calls {
        let tokens = billed.entry(&call.request_id).or_default();
        tokens.0 += call.input_tokens;
        tokens.1 += call.output_tokens;
    }
    for (id, rows) in rows {
        assert_eq!(rows.len(), 1, "rows of {id}: {rows:?}");
    }
    for id in planned {
        let row = &rows[id][0];
        assert_eq!(row.status, "settled", "{row:?}");
        assert_eq!((row.input, row.output), billed[id.as_str()], "{row:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_freezes_under_load_fails_no_request_and_loses_no_row() {
    let frozen = Duration::from_secs(if soak() { 10 } else { 4 });
    let fake = FakeBedrock::start().unwrap();
    fake.set_script(Script::latency(30));
    let tables = Tables::new().await;
    let proxy = FreezableProxy::start(&tables.endpoint).await;
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(&fake, &proxy.endpoint, folder.path(), &LIMITS).await;
    let process = Arc::new(process);
    let stop = Arc::new(AtomicBool::new(false));
    let loading = tokio::spawn(load(Arc::clone(&process), Arc::clone(&stop)));

    tokio::time::sleep(Duration::from_millis(1500)).await;
    proxy.freeze(true);
    tokio::time::sleep(frozen / 2).await;
    let live = process
        .client
        .get(format!("{}/health/live", process.address))
        .send()
        .await
        .unwrap()
        .status();
    let ready = process.is_ready().await;
    tokio::time::sleep(frozen / 2).await;
    proxy.freeze(false);
    tokio::time::sleep(Duration::from_millis(2500)).await;
    stop.store(true, Ordering::Relaxed);
    let (planned, failed) = loading.await.unwrap();
    let rows = wait_for_rest(&tables, &fake).await;

    assert_eq!(failed, Vec::<String>::new());
    assert_eq!(live, 200);
    assert!(ready, "an allowance keeps the service ready");
    check_rows(&rows, &fake, &planned);
    assert_eq!(rows.len(), planned.len());
    let log = std::fs::read_to_string(&process.log).unwrap();
    assert!(log.contains("spool_replayed"), "rows were in the spool");
    eprintln!("{} plans around a freeze of {frozen:?}", planned.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_with_rows_in_its_spool_writes_all_of_them_after_its_restart() {
    let fake = FakeBedrock::start().unwrap();
    fake.set_script(Script::latency(30));
    let tables = Tables::new().await;
    let proxy = FreezableProxy::start(&tables.endpoint).await;
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(&fake, &proxy.endpoint, folder.path(), &LIMITS).await;
    let mut process = Arc::new(process);
    assert_eq!(process.request_plan("before").await.unwrap().status(), 200);
    proxy.freeze(true);
    let stop = Arc::new(AtomicBool::new(false));
    let loading = tokio::spawn(load(Arc::clone(&process), Arc::clone(&stop)));
    tokio::time::sleep(Duration::from_secs(3)).await;
    stop.store(true, Ordering::Relaxed);
    let (mut planned, failed) = loading.await.unwrap();
    assert_eq!(failed, Vec::<String>::new());

    Arc::get_mut(&mut process).unwrap().kill();
    let spooled: u64 = std::fs::read_dir(folder.path().join("spool"))
        .unwrap()
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum();
    assert!(spooled > 10_000, "the spool holds {spooled} bytes");
    proxy.freeze(false);
    let _restarted = Process::start(&fake, &proxy.endpoint, folder.path(), &LIMITS).await;
    let rows = wait_for_rest(&tables, &fake).await;

    planned.push("before".to_owned());
    check_rows(&rows, &fake, &planned);
    assert_eq!(rows.len(), planned.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_shares_a_folder_writes_the_rows_of_one_that_was_killed() {
    let fake = FakeBedrock::start().unwrap();
    fake.set_script(Script::latency(30));
    let tables = Tables::new().await;
    let proxy = FreezableProxy::start(&tables.endpoint).await;
    let [first, second, shared] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let mut settings = LIMITS.to_vec();
    settings.push(("SPOOL_DIR", shared.path().to_str().unwrap()));
    settings.push(("SPOOL_SHARED", "true"));
    let mut killed = Process::start(&fake, &proxy.endpoint, first.path(), &settings).await;
    let survivor = Process::start(&fake, &proxy.endpoint, second.path(), &settings).await;
    let mut planned = Vec::new();
    for (process, id) in [(&killed, "before-a"), (&survivor, "before-b")] {
        assert_eq!(process.request_plan(id).await.unwrap().status(), 200);
        planned.push(id.to_owned());
    }

    proxy.freeze(true);
    for id in ["frozen-a", "frozen-b", "frozen-c"] {
        assert_eq!(killed.request_plan(id).await.unwrap().status(), 200);
        planned.push(id.to_owned());
    }
    killed.kill();
    proxy.freeze(false);

    // Their rows were in the spool of the killed process only.
    let rows = wait_for_rest(&tables, &fake).await;
    check_rows(&rows, &fake, &planned);
    let log = std::fs::read_to_string(&survivor.log).unwrap();
    assert!(log.contains("spool_adopted"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_freeze_of_the_store_under_a_burst_fails_no_request() {
    let fake = FakeBedrock::start().unwrap();
    let tables = Tables::new().await;
    let proxy = FreezableProxy::start(&tables.endpoint).await;
    let folder = tempfile::tempdir().unwrap();
    // Two attempts of a second each outlast a freeze of 1.3 s. There is no allowance for an outage.
    let limits = [
        ("REQUEST_DEADLINE_SECONDS", "20"),
        ("LEDGER_LEASE_SECONDS", "21"),
        ("DAILY_BUDGET_USD", "1000"),
        ("STORE_TIMEOUT_MS", "1000"),
    ];
    let process = Process::start(&fake, &proxy.endpoint, folder.path(), &limits).await;
    let process = Arc::new(process);
    // The same number of requests as during the freeze, so that the task already has allowance for them.
    assert_eq!(refused(burst(&process, "before")).await, 0);

    proxy.freeze(true);
    let requests = burst(&process, "meanwhile");
    tokio::time::sleep(Duration::from_millis(1300)).await;
    proxy.freeze(false);

    assert_eq!(refused(requests).await, 0);
}

/// Starts 64 requests at once.
fn burst(process: &Arc<Process>, name: &str) -> Vec<JoinHandle<StatusCode>> {
    let ids = (0..64).map(|index| format!("{name}-{index}"));
    ids.map(|id| {
        let process = Arc::clone(process);
        tokio::spawn(async move { process.request_plan(&id).await.unwrap().status() })
    })
    .collect()
}

/// Returns how many requests got no plan.
async fn refused(requests: Vec<JoinHandle<StatusCode>>) -> usize {
    let mut refused = 0;
    for request in requests {
        refused += usize::from(request.await.unwrap() != 200);
    }
    refused
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_allowance_an_outage_gives_503_at_once_and_readiness_follows_without_flapping() {
    let fake = FakeBedrock::start().unwrap();
    let tables = Tables::new().await;
    let proxy = FreezableProxy::start(&tables.endpoint).await;
    let folder = tempfile::tempdir().unwrap();
    let mut limits = LIMITS.to_vec();
    limits.retain(|(name, _)| *name != "OUTAGE_ALLOWANCE_USD");
    let process = Process::start(&fake, &proxy.endpoint, folder.path(), &limits).await;
    assert_eq!(process.request_plan("before").await.unwrap().status(), 200);
    let billed = fake.invoice().calls.len();
    proxy.freeze(true);

    let mut slowest = Duration::ZERO;
    for index in 0..12 {
        let started = Instant::now();
        let response = process.request_plan(&format!("out-{index}")).await.unwrap();
        slowest = slowest.max(started.elapsed());
        assert_eq!(response.status(), 503);
        assert!(response.headers().contains_key("retry-after"));
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["code"], "ledger_unavailable");
    }
    // The fastest of several requests, since other tests keep the machine busy.
    let mut known = Duration::MAX;
    for index in 0..5 {
        let started = Instant::now();
        process
            .request_plan(&format!("known-{index}"))
            .await
            .unwrap();
        known = known.min(started.elapsed());
    }
    let mut ready = Vec::new();
    for _ in 0..20 {
        ready.push(process.is_ready().await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    proxy.freeze(false);
    let back = async {
        while !process.is_ready().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), back)
        .await
        .unwrap();

    assert_eq!(fake.invoice().calls.len(), billed, "nothing was spent");
    assert!(
        slowest < Duration::from_secs(3),
        "{slowest:?}; the deadline of 20 s is much longer"
    );
    assert!(
        known < Duration::from_millis(200),
        "{known:?}, once the outage is known"
    );
    assert_eq!(ready, [false; 20]);
    assert_eq!(process.request_plan("after").await.unwrap().status(), 200);
}
