//! The ledger over the embedded engine.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use goal_router::app;
use goal_router::clock::Clock;
use goal_router::config::Settings;
use goal_router::dynamodb::embedded::EmbeddedEngine;
use goal_router::dynamodb::{self, DynamoDbStore, TableNames, tables};
use goal_router::ledger::{Ledger, LedgerSettings, RowStatus};
use goal_router::money::Money;
use goal_router::request_context::{RequestContext, RequestOutcome};

const PAIRS: usize = 6000;
const WORKERS: usize = 64;

/// Measures pairs of a hold and its settlement, from 64 requests at once. Each write is on disk before it counts.
pub async fn durable_pairs() {
    for client_limit in [None, Money::parse_usd("1000000")] {
        let folder =
            std::env::temp_dir().join(format!("goal-router-bench-{}", uuid::Uuid::new_v4()));
        let clock = app::system_clock();
        let (engine, ledger) = durable_ledger(&folder, Arc::clone(&clock)).await;
        let started = Instant::now();
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| {
                let (ledger, clock) = (ledger.clone(), Arc::clone(&clock));
                tokio::spawn(async move {
                    hold_and_settle(&ledger, &*clock, worker, client_limit).await;
                })
            })
            .collect();
        for worker in workers {
            worker.await.unwrap();
        }
        #[expect(clippy::cast_precision_loss, reason = "some thousands")]
        let rate = PAIRS as f64 / started.elapsed().as_secs_f64();
        let budget = if client_limit.is_some() {
            "of one client with a budget"
        } else {
            "without client budgets"
        };
        println!("durable hold+settle pairs {budget}: {rate:.0}/s");
        drop(engine);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

async fn durable_ledger(folder: &Path, clock: Arc<dyn Clock>) -> (EmbeddedEngine, Ledger) {
    let engine = EmbeddedEngine::in_folder(folder).unwrap();
    let client = dynamodb::local_client(&engine.endpoint(), Duration::from_secs(10));
    let names = TableNames {
        usage: "usage".to_owned(),
        state: "state".to_owned(),
    };
    tables::create(&client, &names).await.unwrap();
    let store = DynamoDbStore::new(client, names, chrono::TimeDelta::days(400));
    let settings = LedgerSettings {
        service_limit: Money::parse_usd("1000000").unwrap(),
        ..Settings::from_pairs([("STORE_TIMEOUT_MS", "10000")])
            .unwrap()
            .ledger
    };
    let ledger = Ledger::new(Arc::new(store), None, clock, settings);
    (engine, ledger)
}

/// Deadline of a hold.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(90);

/// One worker's share of the pairs, one after the other.
async fn hold_and_settle(
    ledger: &Ledger,
    clock: &dyn Clock,
    worker: usize,
    client_limit: Option<Money>,
) {
    for index in 0..PAIRS / WORKERS {
        let context = RequestContext {
            request_id: format!("{worker}-{index}"),
            trace_id: String::new(),
            client_id: "one".to_owned(),
            daily_budget: client_limit,
            outcome: RequestOutcome::default(),
        };
        let mut bill = ledger.open_bill(&context, 10, "v");
        let held = Money::from_nano_usd(20_000_000);
        let deadline = tokio::time::Instant::now() + DEADLINE;
        ledger.hold(&mut bill, held, deadline).await.unwrap();
        bill.close(RowStatus::Settled, None, clock.now());
        ledger.settle(&mut bill).await.unwrap();
    }
}
