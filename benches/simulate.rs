//! The service's budget with many tasks, in simulated time: how often the day's counter is written, and what is left unspent at
//! the edge. The ledger is the real one; the books are in memory and count. Run by `make simulate`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a simulation prints, and one that cannot go on has failed"
)]

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Utc};
use goal_router::clock::{Clock as _, ManualClock};
use goal_router::ledger::store::{Account, Counter, Entry, Lease, Refusal, RowTotals, WriteError};
use goal_router::ledger::{
    Bill, Ledger, LedgerSettings, LedgerStore, RowKey, RowStatus, Unavailable, UsageRow,
};
use goal_router::money::{Money, Price};
use goal_router::request_context::RequestContext;

/// Worst case of a plan by the default model (Haiku 5.5), in nano-dollars: two calls of about 3,000 tokens in and 6,000 out.
const HELD: u64 = 6_700_000;
/// What such a plan costs: 800 in, 1,200 out.
const COST: u64 = 680_000;
/// How long a plan takes.
const PLAN_SECONDS: usize = 6;
const SWEEP_SECONDS: u64 = 30;

/// Counts writes of the one hot item.
#[derive(Default)]
struct CountingBooks {
    service: Mutex<(i64, i64)>,
    writes: Mutex<HashMap<i64, u64>>,
    second: Mutex<i64>,
}

#[async_trait]
impl LedgerStore for CountingBooks {
    async fn write(&self, entries: &[Entry], _: &str) -> Result<(), WriteError> {
        let Some(Entry::Count {
            committed,
            settled,
            most,
            ..
        }) = entries
            .iter()
            .find(|entry| matches!(entry, Entry::Count { .. }))
        else {
            return Ok(());
        };
        *self
            .writes
            .lock()
            .unwrap()
            .entry(*self.second.lock().unwrap())
            .or_default() += 1;
        let mut service = self.service.lock().unwrap();
        if most.is_some_and(|most| service.0 + committed > i64::try_from(most.nano_usd()).unwrap())
        {
            let counter = Counter {
                committed: Money::from_nano_usd(u64::try_from(service.0).unwrap()),
                settled: Money::from_nano_usd(u64::try_from(service.1).unwrap()),
            };
            return Err(WriteError::Refused(vec![
                Some(Refusal::OverLimit(counter)),
                None,
            ]));
        }
        service.0 += committed;
        service.1 += settled;
        Ok(())
    }

    async fn row(&self, _: &RowKey) -> Result<Option<UsageRow>, Unavailable> {
        Ok(None)
    }

    async fn expired_rows(&self, _: DateTime<Utc>) -> Result<Vec<RowKey>, Unavailable> {
        Ok(Vec::new())
    }

    async fn lease(&self, _: NaiveDate, _: &str) -> Result<Option<Lease>, Unavailable> {
        Ok(None)
    }

    async fn leases(&self, _: NaiveDate) -> Result<Vec<Lease>, Unavailable> {
        Ok(Vec::new())
    }

    async fn row_totals(&self, _: NaiveDate, _: &str) -> Result<RowTotals, Unavailable> {
        Ok(RowTotals::default())
    }

    async fn counter(&self, _: &Account) -> Result<Counter, Unavailable> {
        Ok(Counter::default())
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}

/// So many requests a minute on so many tasks for so many seconds, with a budget for this share of them.
async fn run(name: &str, a_minute: usize, tasks: usize, seconds: usize, budget_share: f64) {
    let books = Arc::new(CountingBooks::default());
    let clock = Arc::new(ManualClock::at(
        Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap(),
    ));
    let a_second = a_minute / 60;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a sum of money"
    )]
    let limit = ((a_second * seconds) as f64 * COST as f64 * budget_share) as u64;
    let settings = LedgerSettings {
        service_limit: Money::from_nano_usd(limit),
        outage_allowance: Money::ZERO,
        store_timeout: Duration::from_mins(1),
        store_open_duration: Duration::from_millis(500),
        lease: TimeDelta::seconds(180),
        sweep: Duration::from_secs(SWEEP_SECONDS),
    };
    let ledgers: Vec<Ledger> = (0..tasks)
        .map(|_| Ledger::new(books.clone(), None, clock.clone(), settings))
        .collect();
    let mut under_way: VecDeque<Vec<(usize, Bill)>> = VecDeque::new();
    let (mut planned, mut refused, mut first_refusal) = (0_u64, 0_u64, None);
    for second in 0..seconds + PLAN_SECONDS {
        *books.second.lock().unwrap() = i64::try_from(second).unwrap();
        if under_way.len() == PLAN_SECONDS {
            for (task, mut bill) in under_way.pop_front().unwrap() {
                bill.charge(&Price::FREE, None, Money::from_nano_usd(COST));
                bill.close(RowStatus::Settled, None, clock.now());
                ledgers[task].settle(&mut bill).await.unwrap();
                planned += 1;
            }
        }
        let mut begun = Vec::new();
        for place in 0..if second < seconds { a_second } else { 0 } {
            let task = place % tasks;
            let caller = RequestContext {
                request_id: format!("{second}-{place}"),
                trace_id: String::new(),
                client_id: String::new(),
                daily_budget: None,
            };
            let mut bill = Bill::open(&caller, 10, "v", clock.now());
            let held = Money::from_nano_usd(HELD);
            if ledgers[task].hold(&mut bill, held).await.is_ok() {
                begun.push((task, bill));
            } else {
                refused += 1;
                first_refusal.get_or_insert(second);
            }
        }
        under_way.push_back(begun);
        // Tasks sweep at their own times.
        for (task, ledger) in ledgers.iter().enumerate() {
            if (second + task) % usize::try_from(SWEEP_SECONDS).unwrap() == 0 {
                ledger.sweep().await.unwrap();
            }
        }
        clock.advance(TimeDelta::seconds(1));
    }
    let writes = books.writes.lock().unwrap();
    let (sum, most) = (writes.values().sum::<u64>(), writes.values().max().unwrap());
    let spent = planned * COST;
    println!(
        "{name}: {a_minute} requests/min on {tasks} tasks for {seconds} s, budget {:.2} USD",
        limit as f64 / 1e9
    );
    println!(
        "  counter writes: {:.2}/s on average, {most} in the busiest second; one write per hold and settle would be {}/s",
        sum as f64 / (seconds + PLAN_SECONDS) as f64,
        2 * a_second
    );
    println!(
        "  {planned} planned, {refused} refused{}; spent {:.4} USD, {:.2} % of the budget",
        first_refusal.map_or(String::new(), |second| format!(
            ", the first after {second} s"
        )),
        spent as f64 / 1e9,
        100.0 * spent as f64 / limit as f64
    );
    assert!(spent <= limit, "the budget is never passed");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    run("ample", 10_000, 4, 120, 40.0).await;
    run("at the edge", 10_000, 4, 120, 0.5).await;
    run("ample, a hundredfold", 1_000_000, 300, 40, 40.0).await;
    run("at the edge, a hundredfold", 1_000_000, 300, 40, 0.5).await;
}
