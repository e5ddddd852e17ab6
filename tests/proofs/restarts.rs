//! Rolling restarts under load, as seen by clients that honour readiness.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;
use tokio::sync::RwLock;
use tokio::task::JoinHandle;

use crate::support::{Process, Tables, request_plan, soak};

const LIMITS: [(&str, &str); 2] = [("DRAIN_DELAY_SECONDS", "1"), ("DAILY_BUDGET_USD", "1000")];

/// Two processes with their folders, and the addresses of those that are ready.
struct Cluster {
    fake: FakeBedrock,
    tables: Tables,
    folders: [tempfile::TempDir; 2],
    processes: Arc<RwLock<Vec<Process>>>,
    ready: Arc<RwLock<Vec<String>>>,
}

/// Polls the readiness of all processes, as a load balancer does.
async fn poll_readiness(processes: Arc<RwLock<Vec<Process>>>, ready: Arc<RwLock<Vec<String>>>) {
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
async fn rolling_restarts_fail_no_request_of_a_client_that_honours_readiness() {
    let rounds = if soak() { 20 } else { 4 };
    let cluster = Cluster::start().await;
    let balancer = tokio::spawn(poll_readiness(
        Arc::clone(&cluster.processes),
        Arc::clone(&cluster.ready),
    ));
    cluster.until_ready().await;
    let stop = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..8)
        .map(|client| cluster.client(client, Arc::clone(&stop), Arc::clone(&answered)))
        .collect();

    for round in 0..rounds {
        cluster.restart_oldest(round).await;
        answered.fetch_add(1, Ordering::Relaxed);
    }
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    balancer.abort();

    let answered = answered.load(Ordering::Relaxed);
    let rows = cluster.tables.rows().await;
    assert_eq!(rows.len(), answered);
    assert!(rows.values().flatten().all(|row| row.status == "settled"));
    eprintln!("{answered} requests over {rounds} restarts, none failed");
}

impl Cluster {
    async fn start() -> Self {
        let fake = FakeBedrock::start().unwrap();
        fake.set_script(Script::latency(80));
        let tables = Tables::new().await;
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let mut processes = Vec::new();
        for folder in &folders {
            processes.push(Process::start(&fake, &tables.endpoint, folder.path(), &LIMITS).await);
        }
        Self {
            fake,
            tables,
            folders,
            processes: Arc::new(RwLock::new(processes)),
            ready: Arc::default(),
        }
    }

    async fn until_ready(&self) {
        while self.ready.read().await.len() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends requests to the ready processes in turn until `stop` is set; panics if one fails.
    fn client(
        &self,
        client: usize,
        stop: Arc<AtomicBool>,
        answered: Arc<AtomicUsize>,
    ) -> JoinHandle<()> {
        let ready = Arc::clone(&self.ready);
        tokio::spawn(async move {
            let http = reqwest::Client::new();
            let mut index = 0;
            while !stop.load(Ordering::Relaxed) {
                index += 1;
                let addresses = ready.read().await.clone();
                let address = &addresses[index % addresses.len()];
                let response = request_plan(&http, address, &format!("r{client}-{index}"))
                    .await
                    .unwrap();
                assert_eq!(response.status(), 200);
                response.bytes().await.unwrap();
                answered.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
    }

    /// Stops the process that has run longest, and starts another in its folder. The stopping process answers one last request.
    async fn restart_oldest(&self, round: usize) {
        let mut old = self.processes.write().await.remove(0);
        old.terminate();
        // The load balancer still polls it, and sees that it is not ready.
        let not_ready = async {
            while old.is_ready().await {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_millis(500), not_ready)
            .await
            .expect("readiness changes at once");
        let last = old.request_plan(&format!("last-{round}")).await.unwrap();
        assert_eq!(last.status(), 200, "it still serves requests");
        assert_eq!(last.headers()["connection"], "close");
        assert_eq!(old.wait().await, Some(0));
        let folder = self.folders[round % 2].path();
        let new = Process::start(&self.fake, &self.tables.endpoint, folder, &LIMITS).await;
        self.processes.write().await.push(new);
        self.until_ready().await;
    }
}
