//! The service under load. Figures are ratios within one run where possible: against a bare handler, against the upstream alone,
//! or in CPU time of the service's own process.
//!
//! `make bench` runs all steps; `cargo bench --bench service -- many_in_flight` runs one. Nothing here is a test, since machines
//! differ and are shared.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and one that cannot continue has failed"
)]

mod connection;
mod ledger;
mod load;
#[path = "../null_store/mod.rs"]
mod null_store;
mod offline;
mod pipeline;
mod process;
mod tracing_cost;
mod upstream;

use fake_bedrock::FakeBedrock;

/// The same allocator as in the service.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    // The step to run; without one, all of them.
    let named = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let wanted = |step: &str| named.as_deref().is_none_or(|named| step.contains(named));
    runtime.block_on(async {
        if wanted("start_up") {
            offline::start_up().await;
        }
        if wanted("beside_a_bare_handler") {
            pipeline::beside_a_bare_handler().await;
        }
        if wanted("offline_and_durable") {
            offline::offline_and_durable().await;
        }
        if wanted("durable_pairs") {
            ledger::durable_pairs().await;
        }
        let fake = FakeBedrock::start().unwrap();
        let (_engine, dynamodb) = upstream::dynamodb().await;
        if wanted("cost_of_a_model_call") {
            upstream::cost_of_a_model_call(&fake, &dynamodb).await;
        }
        if wanted("cost_of_traces") {
            tracing_cost::pairs(&fake, &dynamodb).await;
        }
        if wanted("added_latency") {
            upstream::added_latency(&fake, &dynamodb).await;
        }
        if wanted("many_in_flight") {
            upstream::many_in_flight(&fake, &dynamodb).await;
        }
    });
}
