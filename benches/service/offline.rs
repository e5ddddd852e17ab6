//! The binary without configuration: the offline model, and durable rows in the embedded engine.

use std::time::{Duration, Instant};

use crate::connection::{Connection, plan_request};
use crate::load::saturate;
use crate::process::ServiceProcess;

/// Measures the time from the start of the process to its first plan, and the size of the binary.
pub async fn start_up() {
    let mut times = Vec::new();
    for _ in 0..5 {
        let started = Instant::now();
        let process = ServiceProcess::start(&[]).await;
        assert_eq!(
            Connection::open(process.address)
                .await
                .send(&plan_request())
                .await,
            200
        );
        times.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    println!(
        "start to the first plan, with a new database: {:.0} ms (median of 5)",
        times[2]
    );
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_goal-router"))
        .unwrap()
        .len();
    #[expect(clippy::cast_precision_loss, reason = "some megabytes")]
    let size = size as f64 / 1e6;
    println!("binary: {size:.1} MB");
}

/// Measures idle memory, plans per second, and CPU time per plan.
pub async fn offline_and_durable() {
    let process = ServiceProcess::start(&[]).await;
    println!("idle memory: {:.0} MB", process.memory("VmRSS"));
    let before = process.cpu_seconds();
    let (count, rate) =
        saturate(process.address, &plan_request(), 64, Duration::from_secs(5)).await;
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let cpu = (process.cpu_seconds() - before) * 1000.0 / count as f64;
    println!(
        "offline, durable rows, 64 connections: {rate:.0} plans/s, {cpu:.2} CPU-s per 1,000 (engine included)"
    );
}
