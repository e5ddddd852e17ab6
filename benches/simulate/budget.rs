//! Simulates the service's daily budget with many tasks: how often the day's counter is written, and how much of the budget is
//! left unspent at its limit. The ledger is the real one, on a simulated clock; the store is in memory and counts writes.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Utc};
use goal_router::clock::{Clock as _, ManualClock};
use goal_router::ledger::store::{
    Account, Counter, Entry, Found, Lease, ReadError, Refusal, RowTotals, WriteError,
};
use goal_router::ledger::{
    Bill, Ledger, LedgerSettings, LedgerStore, RowKey, RowStatus, Unavailable, UsageRow,
};
use goal_router::money::{Money, Tokens};
use goal_router::request_context::{RequestContext, RequestOutcome};

/// Deadline of a request, as in the settings' default.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(90);
/// Worst-case cost of a plan by the default model (Haiku 5.5), in nano-dollars: two calls of about 3,000 tokens in and 6,000 out.
const HELD: u64 = 6_700_000;
/// Actual cost of such a plan, in nano-dollars: 800 tokens in, 1,200 out.
const COST: u64 = 680_000;
/// Duration of a plan.
const PLAN_SECONDS: usize = 6;
/// Interval of the sweeps of one task.
const SWEEP_SECONDS: u64 = 30;

/// A store that holds only the service's counter, and counts its writes per second.
#[derive(Default)]
struct CountingStore {
    /// The committed and the settled amount, in nano-dollars.
    service: Mutex<(i64, i64)>,
    /// Writes by second.
    writes: Mutex<HashMap<i64, u64>>,
    /// The current second.
    second: Mutex<i64>,
}

#[async_trait]
impl LedgerStore for CountingStore {
    async fn write(&self, entries: &[Entry], _: &str) -> Result<(), WriteError> {
        let Some(Entry::Count {
            committed,
            settled,
            limit,
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
        if limit
            .is_some_and(|limit| service.0 + committed > i64::try_from(limit.nano_usd()).unwrap())
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

    async fn row(&self, _: &RowKey) -> Result<Option<UsageRow>, ReadError> {
        Ok(None)
    }

    async fn expired_rows(&self, _: DateTime<Utc>, _: usize) -> Result<Vec<RowKey>, Unavailable> {
        Ok(Vec::new())
    }

    async fn lease(&self, _: NaiveDate, _: &str) -> Result<Option<Lease>, ReadError> {
        Ok(None)
    }

    async fn leases(&self, _: NaiveDate) -> Result<Found<Lease>, Unavailable> {
        Ok(Found {
            items: Vec::new(),
            unreadable: Vec::new(),
        })
    }

    async fn row_totals(&self, _: NaiveDate, _: &str) -> Result<RowTotals, ReadError> {
        Ok(RowTotals::default())
    }

    async fn counter(&self, _: &Account) -> Result<Counter, ReadError> {
        Ok(Counter::default())
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}

/// A load on the ledger, and the budget for it.
struct Scenario {
    name: &'static str,
    requests_per_minute: usize,
    tasks: usize,
    seconds: usize,
    /// The budget, as a share of what all requests cost.
    budget_share: f64,
}

impl Scenario {
    const fn requests_per_second(&self) -> usize {
        self.requests_per_minute / 60
    }

    /// The daily budget, in nano-dollars.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an amount of money"
    )]
    fn budget(&self) -> u64 {
        let requests = (self.requests_per_second() * self.seconds) as f64;
        (requests * COST as f64 * self.budget_share) as u64
    }
}

/// The tasks of a scenario with one store and one clock, and what has happened so far.
struct Simulation {
    store: Arc<CountingStore>,
    clock: Arc<ManualClock>,
    ledgers: Vec<Ledger>,
    /// The held plans of each of the last seconds, with the task of each.
    running: VecDeque<Vec<(usize, Bill)>>,
    planned: u64,
    refused: u64,
    first_refusal: Option<usize>,
}

impl Simulation {
    fn new(scenario: &Scenario) -> Self {
        let store = Arc::new(CountingStore::default());
        let clock = Arc::new(ManualClock::at(
            Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap(),
        ));
        let settings = LedgerSettings {
            service_limit: Money::from_nano_usd(scenario.budget()),
            outage_allowance: Money::ZERO,
            store_timeout: Duration::from_mins(1),
            store_open_duration: Duration::from_millis(500),
            lease: TimeDelta::seconds(180),
            sweep_interval: Duration::from_secs(SWEEP_SECONDS),
        };
        let ledgers = (0..scenario.tasks)
            .map(|_| Ledger::new(store.clone(), None, clock.clone(), settings))
            .collect();
        Self {
            store,
            clock,
            ledgers,
            running: VecDeque::new(),
            planned: 0,
            refused: 0,
            first_refusal: None,
        }
    }

    /// Simulates one second in which `requests` requests arrive.
    async fn step(&mut self, second: usize, requests: usize) {
        *self.store.second.lock().unwrap() = i64::try_from(second).unwrap();
        if self.running.len() == PLAN_SECONDS {
            self.settle_oldest().await;
        }
        self.hold(second, requests).await;
        // The tasks sweep at different times.
        for (task, ledger) in self.ledgers.iter().enumerate() {
            if (second + task).is_multiple_of(usize::try_from(SWEEP_SECONDS).unwrap()) {
                ledger.sweep().await.unwrap();
            }
        }
        self.clock.advance(TimeDelta::seconds(1));
    }

    /// Settles the plans that have been running for [`PLAN_SECONDS`].
    async fn settle_oldest(&mut self) {
        for (task, mut bill) in self.running.pop_front().unwrap() {
            bill.charge(Tokens::default(), Money::from_nano_usd(COST));
            bill.close(RowStatus::Settled, None, self.clock.now());
            self.ledgers[task].settle(&mut bill).await.unwrap();
            self.planned += 1;
        }
    }

    /// Holds the worst case of each new request, spread evenly over the tasks.
    async fn hold(&mut self, second: usize, requests: usize) {
        let mut begun = Vec::new();
        for index in 0..requests {
            let task = index % self.ledgers.len();
            let context = RequestContext {
                request_id: format!("{second}-{index}"),
                trace_id: String::new(),
                client_id: String::new(),
                daily_budget: None,
                outcome: RequestOutcome::default(),
            };
            let mut bill = self.ledgers[task].open_bill(&context, 10, "v");
            let held = Money::from_nano_usd(HELD);
            let deadline = tokio::time::Instant::now() + DEADLINE;
            let held = self.ledgers[task].hold(&mut bill, held, deadline).await;
            if held.is_ok() {
                begun.push((task, bill));
            } else {
                self.refused += 1;
                self.first_refusal.get_or_insert(second);
            }
        }
        self.running.push_back(begun);
    }

    fn report(&self, scenario: &Scenario) {
        let writes = self.store.writes.lock().unwrap();
        let (total, busiest) = (writes.values().sum::<u64>(), writes.values().max().unwrap());
        let (budget, spent) = (scenario.budget(), self.planned * COST);
        println!(
            "{}: {} requests/min on {} tasks for {} s, budget {:.2} USD",
            scenario.name,
            scenario.requests_per_minute,
            scenario.tasks,
            scenario.seconds,
            budget as f64 / 1e9
        );
        println!(
            "  counter writes: {:.2}/s on average, {busiest} in the busiest second; one write per hold and settle would be {}/s",
            total as f64 / (scenario.seconds + PLAN_SECONDS) as f64,
            2 * scenario.requests_per_second()
        );
        println!(
            "  {} planned, {} refused{}; spent {:.4} USD, {:.2} % of the budget",
            self.planned,
            self.refused,
            self.first_refusal.map_or(String::new(), |second| format!(
                ", the first after {second} s"
            )),
            spent as f64 / 1e9,
            100.0 * spent as f64 / budget as f64
        );
        assert!(spent <= budget, "the budget is never exceeded");
    }
}

/// Runs a scenario until its last plan is settled.
async fn run(scenario: Scenario) {
    let mut simulation = Simulation::new(&scenario);
    for second in 0..scenario.seconds + PLAN_SECONDS {
        let requests = if second < scenario.seconds {
            scenario.requests_per_second()
        } else {
            0
        };
        simulation.step(second, requests).await;
    }
    simulation.report(&scenario);
}

/// Runs all scenarios.
pub async fn simulate() {
    for (name, requests_per_minute, tasks, seconds, budget_share) in [
        ("ample", 10_000, 4, 120, 40.0),
        ("at the edge", 10_000, 4, 120, 0.5),
        ("ample, a hundredfold", 1_000_000, 300, 40, 40.0),
        ("at the edge, a hundredfold", 1_000_000, 300, 40, 0.5),
    ] {
        run(Scenario {
            name,
            requests_per_minute,
            tasks,
            seconds,
            budget_share,
        })
        .await;
    }
}
