//! The simulation: tasks of the service over one store, and random steps of what they do and what happens to them.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta, TimeZone as _, Utc};
use goal_router::clock::{Clock as _, ManualClock};
use goal_router::ledger::{HoldError, Ledger, LedgerSettings, RowKey, RowStatus, Spool};
use goal_router::money::{Money, Tokens};
use goal_router::request_context::{RequestContext, RequestOutcome};
use tokio::task::JoinHandle;

use crate::memory::{MemoryStore, Network, StoredData};

/// Daily limits of the service, in nano-dollars: one for some hundreds of requests, and one for all that arrive.
pub const LIMITS: [u64; 2] = [40_000, 2_000_000];
/// The limit of the service divided by that of a client.
pub const CLIENT_SHARE: u64 = 3;
const CLIENTS: usize = 4;
/// Deadline of a request.
pub const DEADLINE: Duration = Duration::from_secs(90);
/// Number of rows of a newer build.
const UNREADABLE: usize = 3;
/// Duration of a lease, in seconds.
const LEASE: i64 = 180;
/// Interval of the sweeps in the settings, in seconds.
const SWEEP: u64 = 30;

/// What happened to a request, independently of the ledger.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    pub day: NaiveDate,
    pub held: u64,
    pub spent: u64,
    /// The ledger has confirmed the settlement.
    pub confirmed: bool,
}

/// One task of the service, with its running requests.
pub struct Task {
    pub ledger: Ledger,
    pub network: Arc<Mutex<Network>>,
    pub folder: Rc<tempfile::TempDir>,
    pub requests: Vec<JoinHandle<()>>,
    /// The number of its last request id; 0 before the first.
    last_id: u64,
}

pub struct Simulation {
    pub data: Arc<Mutex<StoredData>>,
    pub clock: Arc<ManualClock>,
    pub outcomes: Arc<Mutex<HashMap<RowKey, Outcome>>>,
    /// Number of requests with each id.
    pub ids: HashMap<String, u32>,
    pub limit: u64,
    pub outage_allowance: u64,
    pub begun: u64,
    pub crashes: u32,
}

impl Simulation {
    pub fn new(limit: u64, outage_allowance: u64) -> Self {
        Self {
            limit,
            data: Arc::default(),
            clock: Arc::new(ManualClock::at(
                Utc.with_ymd_and_hms(2026, 11, 23, 23, 30, 0).unwrap(),
            )),
            outcomes: Arc::default(),
            ids: HashMap::new(),
            outage_allowance,
            begun: 0,
            crashes: 0,
        }
    }

    pub fn task(&self, folder: Rc<tempfile::TempDir>) -> Task {
        let network = Arc::new(Mutex::new(Network::HEALTHY));
        let store = MemoryStore {
            data: Arc::clone(&self.data),
            network: Arc::clone(&network),
        };
        let settings = LedgerSettings {
            service_limit: Money::from_nano_usd(self.limit),
            outage_allowance: Money::from_nano_usd(self.outage_allowance),
            store_timeout: Duration::from_secs(10),
            store_open_duration: Duration::ZERO,
            lease: TimeDelta::seconds(LEASE),
            sweep_interval: Duration::from_secs(SWEEP),
        };
        let spool = Spool::open(folder.path(), 1 << 30).unwrap();
        let clock = Arc::clone(&self.clock);
        Task {
            ledger: Ledger::new(Arc::new(store), Some(spool), clock, settings),
            network,
            folder,
            requests: Vec::new(),
            last_id: 0,
        }
    }

    /// Starts a request: it holds, spends its actual cost, and settles.
    fn request(&mut self, task: &mut Task) {
        // Some clients send an id again at once. Two tasks never get one in the same microsecond.
        if task.last_id == 0 || fastrand::u8(0..8) > 0 {
            self.begun += 1;
            task.last_id = self.begun;
        }
        let request_id = format!("r{}", task.last_id);
        *self.ids.entry(request_id.clone()).or_default() += 1;
        // A client's tokens may have different limits. An id keeps its limit, so that the store can check it.
        let limit = self.limit / (CLIENT_SHARE * (1 + task.last_id % 2));
        let limits = &mut self.data.lock().unwrap().client_limits;
        limits.insert(request_id.clone(), limit);
        let context = RequestContext {
            request_id,
            trace_id: String::new(),
            client_id: format!("c{}", fastrand::usize(0..CLIENTS)),
            daily_budget: Some(Money::from_nano_usd(limit)),
            outcome: RequestOutcome::default(),
        };
        let held = fastrand::u64(1..=1500);
        let spent = if fastrand::u8(0..5) == 0 {
            held
        } else {
            fastrand::u64(0..=held / 4)
        };
        let (ledger, clock, outcomes) = (
            task.ledger.clone(),
            Arc::clone(&self.clock),
            Arc::clone(&self.outcomes),
        );
        task.requests.push(tokio::spawn(async move {
            let mut bill = ledger.open_bill(&context, 10, "v");
            let deadline = tokio::time::Instant::now() + DEADLINE;
            match ledger
                .hold(&mut bill, Money::from_nano_usd(held), deadline)
                .await
            {
                Ok(_) => {}
                Err(HoldError::BudgetExceeded(refusal)) => {
                    assert!(refusal.retry_after >= TimeDelta::seconds(1));
                    return;
                }
                Err(_) => return,
            }
            pause().await;
            let (key, day) = (bill.row().key(), bill.row().day());
            let outcome = Outcome {
                day,
                held,
                spent,
                confirmed: false,
            };
            outcomes.lock().unwrap().insert(key.clone(), outcome);
            bill.charge(Tokens::default(), Money::from_nano_usd(spent));
            pause().await;
            bill.close(RowStatus::Settled, None, clock.now());
            let settled = ledger.settle(&mut bill).await;
            if settled.is_ok() {
                let mut outcomes = outcomes.lock().unwrap();
                outcomes.get_mut(&key).unwrap().confirmed = true;
            }
        }));
    }

    /// Puts rows into the store that this build cannot read, and that expired before all others.
    fn store_unreadable_rows(&self) {
        let timestamp = self.clock.now() - TimeDelta::days(1);
        let keys = (0..UNREADABLE).map(|index| RowKey {
            request_id: format!("new{index}"),
            timestamp,
        });
        self.data.lock().unwrap().unreadable.extend(keys);
    }

    /// One random step of a random task.
    async fn step(&mut self, tasks: &mut Vec<Task>) {
        let index = fastrand::usize(0..tasks.len());
        match fastrand::u32(0..1000) {
            0..700 => self.request(&mut tasks[index]),
            700..800 => pause().await,
            800..870 => {
                let network = match fastrand::u8(0..4) {
                    0 => Network::FLAKY,
                    1 => Network::UNAVAILABLE,
                    _ => Network::HEALTHY,
                };
                *tasks[index].network.lock().unwrap() = network;
            }
            870..920 => {
                tasks[index].ledger.sweep().await.ok();
            }
            920..960 => {
                tasks[index].ledger.probe().await;
                tasks[index].ledger.replay().await.ok();
            }
            960..985 => {
                let seconds = fastrand::i64(1..=90);
                self.clock.advance(TimeDelta::seconds(seconds));
            }
            985..995 => self.crash(tasks, index).await,
            _ => self.restart(tasks, index).await,
        }
    }

    /// Replaces a task that dies in the middle of its work. Writes that it has sent may still arrive.
    async fn crash(&mut self, tasks: &mut Vec<Task>, index: usize) {
        self.crashes += 1;
        let folder = Rc::clone(&tasks[index].folder);
        end(tasks.swap_remove(index)).await;
        tasks.push(self.task(folder));
    }

    /// Replaces a task that closes its ledger first.
    async fn restart(&self, tasks: &mut Vec<Task>, index: usize) {
        let folder = Rc::clone(&tasks[index].folder);
        let stopped = tasks.swap_remove(index);
        stopped.ledger.close().await;
        end(stopped).await;
        tasks.push(self.task(folder));
    }

    /// Restores the network, waits for all requests, and lets every lease end.
    async fn come_to_rest(&self, tasks: &mut [Task]) {
        for task in tasks.iter_mut() {
            *task.network.lock().unwrap() = Network::HEALTHY;
            task.ledger.probe().await;
            for request in task.requests.drain(..) {
                request.await.unwrap();
            }
        }
        for _ in 0..6 {
            for task in tasks.iter() {
                task.ledger.probe().await;
                task.ledger.replay().await.unwrap();
                let swept = task.ledger.sweep().await.unwrap();
                assert_eq!(swept.unreadable, UNREADABLE as u64);
            }
            self.clock.advance(TimeDelta::seconds(LEASE / 2));
        }
    }
}

async fn pause() {
    for _ in 0..fastrand::u32(0..12) {
        tokio::task::yield_now().await;
    }
}

/// Runs random steps on three tasks, then waits until everything is at rest, and checks the invariants. `disk` is called between steps
/// and makes the disk fail or work; with `true` it has to work.
pub async fn simulate(seed: u64, steps: u32, outage_allowance: u64, disk: fn(bool)) {
    fastrand::seed(seed);
    let limit = LIMITS[usize::try_from(seed % 2).unwrap()];
    let mut simulation = Simulation::new(limit, outage_allowance);
    simulation.store_unreadable_rows();
    let mut tasks: Vec<Task> = (0..3)
        .map(|_| simulation.task(Rc::new(tempfile::tempdir().unwrap())))
        .collect();
    for _ in 0..steps {
        disk(false);
        simulation.step(&mut tasks).await;
        if outage_allowance == 0 {
            simulation.check_limits();
        }
        for task in &mut tasks {
            task.requests.retain(|request| !request.is_finished());
        }
    }
    disk(true);
    simulation.come_to_rest(&mut tasks).await;
    simulation.check_at_rest();
    eprintln!(
        "seed {seed}: {steps} steps, {} requests, {} of them spent, {} crashes",
        simulation.begun,
        simulation.outcomes.lock().unwrap().len(),
        simulation.crashes
    );
}

/// Aborts the requests of a task, and waits until its files are closed.
async fn end(task: Task) {
    for request in &task.requests {
        request.abort();
    }
    for request in task.requests {
        let ended = request.await;
        assert!(ended.is_ok() || ended.is_err_and(|error| error.is_cancelled()));
    }
    drop(task.ledger);
}
