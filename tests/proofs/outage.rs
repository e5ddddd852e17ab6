//! The store away, with and without an allowance for it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;
use reqwest::StatusCode;
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::support::{Process, Row, Tables, Way, soak};

const LIMITS: [(&str, &str); 6] = [
    ("REQUEST_DEADLINE_SECONDS", "20"),
    ("LEDGER_LEASE_SECONDS", "21"),
    ("DAILY_BUDGET_USD", "1000"),
    ("CLIENT_DAILY_BUDGET_USD", "1000"),
    ("OUTAGE_ALLOWANCE_USD", "100"),
    ("STORE_TIMEOUT_MS", "250"),
];

/// Sends requests from eight clients until it is told to stop; ids of those that were answered with a plan, and the failures.
async fn load(process: Arc<Process>, stop: Arc<AtomicBool>) -> (Vec<String>, Vec<String>) {
    let clients = (0..8).map(|client| {
        let (process, stop) = (Arc::clone(&process), Arc::clone(&stop));
        tokio::spawn(async move {
            let (mut planned, mut failed) = (Vec::new(), Vec::new());
            let mut place = 0;
            while !stop.load(Ordering::Relaxed) {
                let id = format!("l{client}-{place}");
                place += 1;
                match process.ask(&id).await {
                    Ok(answer) if answer.status() == 200 => planned.push(id),
                    Ok(answer) => failed.push(answer.text().await.unwrap()),
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
async fn at_rest(tables: &Tables, fake: &FakeBedrock) -> HashMap<String, Vec<Row>> {
    let waiting = async {
        loop {
            let rows = tables.rows().await;
            let sum: u64 = rows.values().flatten().map(|row| row.cost).sum();
            let all_there = fake
                .invoice()
                .calls
                .iter()
                .all(|call| rows.contains_key(&call.request_id));
            let held = rows.values().flatten().any(|row| row.status == "held");
            if let Some(row) = rows.values().flatten().next()
                && all_there
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
    tokio::time::timeout(Duration::from_secs(70), waiting)
        .await
        .expect("rows and counters come to rest")
}

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
    let way = Way::to(&tables.endpoint).await;
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(&fake, &way.endpoint, folder.path(), &LIMITS).await;
    let process = Arc::new(process);
    let stop = Arc::new(AtomicBool::new(false));
    let loading = tokio::spawn(load(Arc::clone(&process), Arc::clone(&stop)));

    tokio::time::sleep(Duration::from_millis(1500)).await;
    way.freeze(true);
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
    way.freeze(false);
    tokio::time::sleep(Duration::from_millis(2500)).await;
    stop.store(true, Ordering::Relaxed);
    let (planned, failed) = loading.await.unwrap();
    let rows = at_rest(&tables, &fake).await;

    assert_eq!(failed, Vec::<String>::new());
    assert_eq!(live, 200);
    assert!(ready, "with an allowance it serves on");
    check_rows(&rows, &fake, &planned);
    assert_eq!(rows.len(), planned.len());
    let log = std::fs::read_to_string(&process.log).unwrap();
    assert!(log.contains("spool_replayed"), "rows were in the spool");
    eprintln!("{} plans around a freeze of {frozen:?}", planned.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_while_its_spool_is_full_of_rows_tells_them_all_after_its_restart() {
    let fake = FakeBedrock::start().unwrap();
    fake.set_script(Script::latency(30));
    let tables = Tables::new().await;
    let way = Way::to(&tables.endpoint).await;
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(&fake, &way.endpoint, folder.path(), &LIMITS).await;
    let mut process = Arc::new(process);
    assert_eq!(process.ask("before").await.unwrap().status(), 200);
    way.freeze(true);
    let stop = Arc::new(AtomicBool::new(false));
    let loading = tokio::spawn(load(Arc::clone(&process), Arc::clone(&stop)));
    tokio::time::sleep(Duration::from_secs(3)).await;
    stop.store(true, Ordering::Relaxed);
    let (mut planned, failed) = loading.await.unwrap();
    assert_eq!(failed, Vec::<String>::new());

    Arc::get_mut(&mut process).unwrap().kill();
    let kept: u64 = std::fs::read_dir(folder.path().join("spool"))
        .unwrap()
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum();
    assert!(kept > 10_000, "the spool holds {kept} bytes");
    way.freeze(false);
    let _restarted = Process::start(&fake, &way.endpoint, folder.path(), &LIMITS).await;
    let rows = at_rest(&tables, &fake).await;

    planned.push("before".to_owned());
    check_rows(&rows, &fake, &planned);
    assert_eq!(rows.len(), planned.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_stands_still_for_a_moment_under_a_burst_refuses_nobody() {
    let fake = FakeBedrock::start().unwrap();
    let tables = Tables::new().await;
    let way = Way::to(&tables.endpoint).await;
    let folder = tempfile::tempdir().unwrap();
    // Two tries of a second bear a moment of 1.3 s; there is no allowance for an outage.
    let limits = [
        ("REQUEST_DEADLINE_SECONDS", "20"),
        ("LEDGER_LEASE_SECONDS", "21"),
        ("DAILY_BUDGET_USD", "1000"),
        ("STORE_TIMEOUT_MS", "1000"),
    ];
    let process = Process::start(&fake, &way.endpoint, folder.path(), &limits).await;
    let process = Arc::new(process);
    // As many at once as later, so that the task has allowance for them.
    assert_eq!(refused(burst(&process, "before")).await, 0);

    way.freeze(true);
    let asks = burst(&process, "meanwhile");
    tokio::time::sleep(Duration::from_millis(1300)).await;
    way.freeze(false);

    assert_eq!(refused(asks).await, 0);
}

/// 64 requests at once.
fn burst(process: &Arc<Process>, name: &str) -> Vec<JoinHandle<StatusCode>> {
    let ids = (0..64).map(|place| format!("{name}-{place}"));
    ids.map(|id| {
        let process = Arc::clone(process);
        tokio::spawn(async move { process.ask(&id).await.unwrap().status() })
    })
    .collect()
}

async fn refused(asks: Vec<JoinHandle<StatusCode>>) -> usize {
    let mut refused = 0;
    for ask in asks {
        refused += usize::from(ask.await.unwrap() != 200);
    }
    refused
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_allowance_an_outage_is_a_503_at_once_and_readiness_follows_without_flapping() {
    let fake = FakeBedrock::start().unwrap();
    let tables = Tables::new().await;
    let way = Way::to(&tables.endpoint).await;
    let folder = tempfile::tempdir().unwrap();
    let mut limits = LIMITS.to_vec();
    limits.retain(|(name, _)| *name != "OUTAGE_ALLOWANCE_USD");
    let process = Process::start(&fake, &way.endpoint, folder.path(), &limits).await;
    assert_eq!(process.ask("before").await.unwrap().status(), 200);
    let billed = fake.invoice().calls.len();
    way.freeze(true);

    let mut slowest = Duration::ZERO;
    for place in 0..12 {
        let started = Instant::now();
        let answer = process.ask(&format!("out-{place}")).await.unwrap();
        slowest = slowest.max(started.elapsed());
        assert_eq!(answer.status(), 503);
        assert!(answer.headers().contains_key("retry-after"));
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["code"], "ledger_unavailable");
    }
    // The quickest of some: other tests keep the machine busy.
    let mut known = Duration::MAX;
    for place in 0..5 {
        let started = Instant::now();
        process.ask(&format!("known-{place}")).await.unwrap();
        known = known.min(started.elapsed());
    }
    let mut ready = Vec::new();
    for _ in 0..20 {
        ready.push(process.is_ready().await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    way.freeze(false);
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
        "{slowest:?}, far from the deadline of 20 s"
    );
    assert!(
        known < Duration::from_millis(200),
        "{known:?} once it is known"
    );
    assert_eq!(ready, [false; 20]);
    assert_eq!(process.ask("after").await.unwrap().status(), 200);
}
