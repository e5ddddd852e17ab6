//! Load on a server: as much as it takes, or at a steady rate.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::connection::Connection;

/// Sends requests back to back over `connections` connections for `time`. Returns the number of responses, and the rate per
/// second.
pub async fn saturate(
    address: SocketAddr,
    request: &Arc<Vec<u8>>,
    connections: usize,
    time: Duration,
) -> (usize, f64) {
    let stop = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let clients: Vec<_> = (0..connections)
        .map(|_| {
            let (stop, answered, request) = (
                Arc::clone(&stop),
                Arc::clone(&answered),
                Arc::clone(request),
            );
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await;
                while !stop.load(Ordering::Relaxed) {
                    assert_eq!(connection.send(&request).await, 200);
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    let count = answered.load(Ordering::Relaxed);
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let rate = count as f64 / started.elapsed().as_secs_f64();
    (count, rate)
}

/// Sorted latencies in milliseconds.
pub struct Latencies {
    pub total: Vec<f64>,
    /// Without the time of the ledger writes, where the response reports it.
    pub without_ledger: Vec<f64>,
}

/// Sends `count` requests at `rate` per second. Each one is sent at its scheduled time, even if earlier ones are still running.
pub async fn steady(
    address: SocketAddr,
    request: &Arc<Vec<u8>>,
    rate: u32,
    count: u32,
) -> Latencies {
    let idle = Arc::new(tokio::sync::Mutex::new(Vec::new()));
    let begin = tokio::time::Instant::now() + Duration::from_millis(50);
    let requests: Vec<_> = (0..count)
        .map(|index| {
            let (idle, request) = (Arc::clone(&idle), Arc::clone(request));
            tokio::spawn(async move {
                tokio::time::sleep_until(begin + Duration::from_secs(1) * index / rate).await;
                let open = idle.lock().await.pop();
                let mut connection = match open {
                    Some(connection) => connection,
                    None => Connection::open(address).await,
                };
                let started = Instant::now();
                assert_eq!(connection.send(&request).await, 200);
                let took = started.elapsed();
                let ledger = connection.timing("ledger");
                idle.lock().await.push(connection);
                let took = took.as_secs_f64() * 1000.0;
                (took, took - ledger)
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for request in requests {
        latencies.push(request.await.unwrap());
    }
    // The first requests also open connections.
    let latencies = latencies.split_off(latencies.len() / 5);
    let (mut total, mut without_ledger): (Vec<f64>, Vec<f64>) = latencies.into_iter().unzip();
    total.sort_by(f64::total_cmp);
    without_ledger.sort_by(f64::total_cmp);
    Latencies {
        total,
        without_ledger,
    }
}

/// Returns a percentile of sorted values.
pub fn percentile(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() - 1) * percent / 100]
}
