//! A restart loop under load, as a client sees it that honours readiness.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;
use tokio::sync::RwLock;

use crate::support::{Process, Tables, ask, soak};

const LIMITS: [(&str, &str); 2] = [("DRAIN_DELAY_SECONDS", "1"), ("DAILY_BUDGET_USD", "1000")];

/// Asks all processes for readiness, again and again, as a load balancer does.
async fn watch(processes: Arc<RwLock<Vec<Process>>>, ready: Arc<RwLock<Vec<String>>>) {
    loop {
        let mut seen = Vec::new();
        for process in processes.read().await.iter() {
            if process.is_ready().await {
                seen.push(process.address.clone());
            }
        }
        *ready.write().await = seen;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn restarts_one_after_the_other_fail_no_request_of_a_client_that_honours_readiness() {
    let rounds = if soak() { 20 } else { 4 };
    let fake = FakeBedrock::start().unwrap();
    fake.set_script(Script::latency(80));
    let tables = Tables::new().await;
    let folders: Vec<_> = (0..2).map(|_| tempfile::tempdir().unwrap()).collect();
    let mut started = Vec::new();
    for folder in &folders {
        started.push(Process::start(&fake, &tables.endpoint, folder.path(), &LIMITS).await);
    }
    let processes = Arc::new(RwLock::new(started));
    let ready = Arc::new(RwLock::new(Vec::new()));
    let watching = tokio::spawn(watch(Arc::clone(&processes), Arc::clone(&ready)));
    while ready.read().await.len() < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (over, answered) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let clients: Vec<_> = (0..8)
        .map(|name| {
            let (ready, over, answered) =
                (Arc::clone(&ready), Arc::clone(&over), Arc::clone(&answered));
            tokio::spawn(async move {
                let client = reqwest::Client::new();
                let mut place = 0;
                while !over.load(Ordering::Relaxed) {
                    place += 1;
                    let choice = ready.read().await.clone();
                    let address = &choice[place % choice.len()];
                    let answer = ask(&client, address, &format!("r{name}-{place}"))
                        .await
                        .unwrap();
                    assert_eq!(answer.status(), 200);
                    answer.bytes().await.unwrap();
                    answered.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            })
        })
        .collect();

    for round in 0..rounds {
        let mut old = processes.write().await.remove(0);
        old.terminate();
        // The load balancer still looks at it, and sees that it is not ready.
        let not_ready = async {
            while old.is_ready().await {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_millis(500), not_ready)
            .await
            .expect("readiness turns at once");
        let last = old.ask(&format!("last-{round}")).await.unwrap();
        assert_eq!(last.status(), 200, "it serves on");
        assert_eq!(last.headers()["connection"], "close");
        answered.fetch_add(1, Ordering::Relaxed);
        assert_eq!(old.wait().await, Some(0));
        let folder = folders[round % 2].path();
        let new = Process::start(&fake, &tables.endpoint, folder, &LIMITS).await;
        processes.write().await.push(new);
        while ready.read().await.len() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    watching.abort();

    let answered = answered.load(Ordering::Relaxed);
    let rows = tables.rows().await;
    assert_eq!(rows.len(), answered);
    assert!(rows.values().flatten().all(|row| row.status == "settled"));
    eprintln!("{answered} requests over {rounds} restarts, none failed");
}
