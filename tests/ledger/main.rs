//! The ledger against its model: tasks that hold, settle, crash and sweep in random order over a store that fails in every way,
//! and after each step and at the end the invariants of money.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and says what it did"
)]

mod memory;

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta, TimeZone as _, Utc};
use goal_router::clock::{Clock as _, ManualClock};
use goal_router::ledger::store::Account;
use goal_router::ledger::{Bill, HoldError, Ledger, LedgerSettings, RowStatus, Spool};
use goal_router::money::{Money, Price};
use goal_router::request_context::RequestContext;
use tokio::task::JoinHandle;

use self::memory::{Kept, MemoryBooks, Weather};

/// Nano-dollars that the service may spend in a day: enough for some hundreds of requests, or for all that come.
const LIMITS: [u64; 2] = [40_000, 2_000_000];
/// A client may spend this share of it.
const CLIENT_SHARE: u64 = 3;
const CLIENTS: usize = 4;
const LEASE: i64 = 180;
const SWEEP: u64 = 30;

/// What truly happened to a request, whatever the ledger says.
#[derive(Debug, Clone, Copy)]
struct Truth {
    day: NaiveDate,
    held: u64,
    spent: u64,
    /// The ledger said that its outcome is safe.
    safe: bool,
}

/// One task of the service, with what it runs.
struct Task {
    ledger: Ledger,
    weather: Arc<Mutex<Weather>>,
    folder: Rc<tempfile::TempDir>,
    requests: Vec<JoinHandle<()>>,
}

struct World {
    kept: Arc<Mutex<Kept>>,
    clock: Arc<ManualClock>,
    truth: Arc<Mutex<HashMap<String, Truth>>>,
    limit: u64,
    outage_allowance: u64,
    begun: u64,
}

impl World {
    fn new(limit: u64, outage_allowance: u64) -> Self {
        Self {
            limit,
            kept: Arc::default(),
            clock: Arc::new(ManualClock::at(
                Utc.with_ymd_and_hms(2026, 11, 23, 23, 30, 0).unwrap(),
            )),
            truth: Arc::default(),
            outage_allowance,
            begun: 0,
        }
    }

    fn task(&self, folder: Rc<tempfile::TempDir>) -> Task {
        let weather = Arc::new(Mutex::new(Weather::FAIR));
        let books = MemoryBooks {
            kept: Arc::clone(&self.kept),
            weather: Arc::clone(&weather),
        };
        let settings = LedgerSettings {
            service_limit: Money::from_nano_usd(self.limit),
            outage_allowance: Money::from_nano_usd(self.outage_allowance),
            store_timeout: Duration::from_secs(10),
            store_open_duration: Duration::ZERO,
            lease: TimeDelta::seconds(LEASE),
            sweep: Duration::from_secs(SWEEP),
        };
        let spool = Spool::open(folder.path(), 1 << 30).unwrap();
        let clock = Arc::clone(&self.clock);
        Task {
            ledger: Ledger::new(Arc::new(books), Some(spool), clock, settings),
            weather,
            folder,
            requests: Vec::new(),
        }
    }

    /// A request: holds, spends what it truly costs, and settles.
    fn request(&mut self, task: &mut Task) {
        self.begun += 1;
        let caller = RequestContext {
            request_id: format!("r{}", self.begun),
            trace_id: String::new(),
            client_id: format!("c{}", fastrand::usize(0..CLIENTS)),
            daily_budget: Some(Money::from_nano_usd(self.limit / CLIENT_SHARE)),
        };
        let held = fastrand::u64(1..=1500);
        let spent = if fastrand::u8(0..5) == 0 {
            held
        } else {
            fastrand::u64(0..=held / 4)
        };
        let (ledger, clock, truth) = (
            task.ledger.clone(),
            Arc::clone(&self.clock),
            Arc::clone(&self.truth),
        );
        task.requests.push(tokio::spawn(async move {
            let mut bill = Bill::open(&caller, 10, "v", clock.now());
            match ledger.hold(&mut bill, Money::from_nano_usd(held)).await {
                Ok(_) => {}
                Err(HoldError::BudgetExceeded(refusal)) => {
                    assert!(refusal.retry_after >= TimeDelta::seconds(1));
                    return;
                }
                Err(HoldError::Contended | HoldError::Unavailable(_)) => return,
            }
            pause().await;
            let day = bill.row().day();
            let truly = Truth {
                day,
                held,
                spent,
                safe: false,
            };
            truth
                .lock()
                .unwrap()
                .insert(caller.request_id.clone(), truly);
            bill.charge(&Price::FREE, None, Money::from_nano_usd(spent));
            pause().await;
            bill.close(RowStatus::Settled, None, clock.now());
            let settled = ledger.settle(&mut bill).await;
            if settled.is_ok() {
                let mut truth = truth.lock().unwrap();
                truth.get_mut(&caller.request_id).unwrap().safe = true;
            }
        }));
    }

    fn spent_on(&self, day: NaiveDate) -> u64 {
        let truth = self.truth.lock().unwrap();
        let of_day = truth.values().filter(|truth| truth.day == day);
        of_day.map(|truth| truth.spent).sum()
    }

    /// What holds at every moment, while nothing is spent on an outage's allowance.
    fn check_limits(&self) {
        let kept = self.kept.lock().unwrap();
        let truth = self.truth.lock().unwrap();
        for (account, (committed, settled)) in &kept.counters {
            // A row that came so late that its lease was closed spends nothing, since its owner looks; should the owner die before
            // that, the row counts at the held amount, over the limit if need be.
            let late = kept.rows.values().filter(|row| {
                row.status == RowStatus::Abandoned
                    && row.day() == account.day
                    && !truth.contains_key(&row.request_id)
            });
            let late: u64 = late.map(|row| row.cost.nano_usd()).sum();
            let limit = if account.client.is_some() {
                self.limit / CLIENT_SHARE
            } else {
                self.limit
            };
            assert!(
                *committed <= i64::try_from(limit + late).unwrap() && *settled <= *committed,
                "{account:?}: {committed} committed, {settled} settled, of {limit}"
            );
            assert!(
                *committed >= 0 && *settled >= 0,
                "{account:?} below nothing"
            );
        }
        drop((kept, truth));
        let today = self.clock.now().date_naive();
        for day in [today, today - TimeDelta::days(1)] {
            assert!(self.spent_on(day) <= self.limit, "{day} overspent");
        }
    }

    /// What holds once everything is quiet: every spent request has one row, of what it cost or, where its task died, of what
    /// was held; nothing is held; and every counter is the sum of its rows.
    fn check_quiet(&self) {
        let kept = self.kept.lock().unwrap();
        let truth = self.truth.lock().unwrap();
        let mut of_request: HashMap<&str, u32> = HashMap::new();
        let mut sums: HashMap<Account, i64> = HashMap::new();
        for row in kept.rows.values() {
            assert_ne!(row.status, RowStatus::Held, "{row:?}");
            *of_request.entry(&row.request_id).or_default() += 1;
            let cost = i64::try_from(row.cost.nano_usd()).unwrap();
            *sums.entry(Account::service(row.day())).or_default() += cost;
            if row.client_budget {
                *sums
                    .entry(Account::client(&row.client_id, row.day()))
                    .or_default() += cost;
            }
            if let Some(truth) = truth.get(&row.request_id) {
                let cost = row.cost.nano_usd();
                let wanted = if truth.safe { truth.spent } else { truth.held };
                assert!(
                    cost == wanted || (!truth.safe && cost == truth.spent),
                    "{row:?} of {truth:?}"
                );
            }
        }
        for id in truth.keys() {
            assert_eq!(of_request.get(id.as_str()), Some(&1), "rows of {id}");
        }
        for (account, (committed, settled)) in &kept.counters {
            let sum = sums.remove(account).unwrap_or(0);
            assert_eq!(
                (*committed, *settled),
                (sum, sum),
                "{account:?}: the counter and its rows"
            );
        }
        sums.retain(|_, sum| *sum != 0);
        assert!(sums.is_empty(), "rows without a counter: {sums:?}");
        for lease in kept.leases.values() {
            assert!(lease.closed, "{lease:?}");
        }
    }
}

async fn pause() {
    for _ in 0..fastrand::u32(0..12) {
        tokio::task::yield_now().await;
    }
}

/// Random steps of three tasks; then everything comes to rest.
async fn simulate(seed: u64, steps: u32, outage_allowance: u64) {
    fastrand::seed(seed);
    let limit = LIMITS[usize::try_from(seed % 2).unwrap()];
    let mut world = World::new(limit, outage_allowance);
    let mut tasks: Vec<Task> = (0..3)
        .map(|_| world.task(Rc::new(tempfile::tempdir().unwrap())))
        .collect();
    let mut crashes = 0;
    for _ in 0..steps {
        let place = fastrand::usize(0..tasks.len());
        match fastrand::u32(0..1000) {
            0..700 => world.request(&mut tasks[place]),
            700..800 => pause().await,
            800..870 => {
                let weather = match fastrand::u8(0..4) {
                    0 => Weather::ROUGH,
                    1 => Weather::AWAY,
                    _ => Weather::FAIR,
                };
                *tasks[place].weather.lock().unwrap() = weather;
            }
            870..920 => {
                tasks[place].ledger.sweep().await.ok();
            }
            920..960 => {
                tasks[place].ledger.probe().await;
                tasks[place].ledger.replay().await.ok();
            }
            960..985 => {
                let seconds = fastrand::i64(1..=90);
                world.clock.advance(TimeDelta::seconds(seconds));
            }
            985..995 => {
                // It dies in the middle of what it does; what it sent may yet arrive.
                crashes += 1;
                let folder = Rc::clone(&tasks[place].folder);
                let dead = tasks.swap_remove(place);
                end(dead).await;
                tasks.push(world.task(folder));
            }
            _ => {
                let folder = Rc::clone(&tasks[place].folder);
                let stopped = tasks.swap_remove(place);
                stopped.ledger.close().await;
                end(stopped).await;
                tasks.push(world.task(folder));
            }
        }
        if outage_allowance == 0 {
            world.check_limits();
        }
        for task in &mut tasks {
            task.requests.retain(|request| !request.is_finished());
        }
    }
    for task in &mut tasks {
        *task.weather.lock().unwrap() = Weather::FAIR;
        task.ledger.probe().await;
        for request in task.requests.drain(..) {
            request.await.unwrap();
        }
    }
    for _ in 0..6 {
        for task in &tasks {
            task.ledger.probe().await;
            task.ledger.replay().await.unwrap();
            task.ledger.sweep().await.unwrap();
        }
        world.clock.advance(TimeDelta::seconds(LEASE / 2));
    }
    world.check_quiet();
    eprintln!(
        "seed {seed}: {steps} steps, {} requests, {} of them spent, {crashes} crashes",
        world.begun,
        world.truth.lock().unwrap().len()
    );
}

/// Drops a task's work in the middle, and waits until its files are closed.
async fn end(task: Task) {
    for request in &task.requests {
        request.abort();
    }
    for request in task.requests {
        let ended = request.await;
        assert!(ended.is_ok() || ended.is_err_and(|why| why.is_cancelled()));
    }
    drop(task.ledger);
}

/// Runs of five thousand steps: a hundred thousand in both tests together, and more under `make soak`.
#[expect(clippy::disallowed_methods, reason = "the one variable of this test")]
fn seeds() -> u64 {
    let soak = std::env::var("SOAK").is_ok_and(|value| value == "1");
    if soak { 200 } else { 10 }
}

#[tokio::test]
async fn no_interleaving_of_holds_crashes_and_failures_breaks_a_budget_or_loses_a_row() {
    for seed in 0..seeds() {
        simulate(seed, 5000, 0).await;
    }
}

#[tokio::test]
async fn what_is_spent_in_an_outage_is_told_afterwards_to_the_nano_dollar() {
    for seed in 1000..1000 + seeds() {
        simulate(seed, 5000, 20_000).await;
    }
}

#[tokio::test]
async fn what_is_given_for_an_outage_is_not_spent_where_others_are_only_quicker() {
    let world = World::new(LIMITS[1], 20_000);
    let task = world.task(Rc::new(tempfile::tempdir().unwrap()));
    let mut bill = bill_of_one_client("r", &world);
    for weather in [Weather::CROWDED, Weather::FAIR] {
        *task.weather.lock().unwrap() = weather;
        let held = task.ledger.hold(&mut bill, Money::from_nano_usd(100)).await;

        let fair = weather.contended < 1.0;
        assert_eq!(held.is_ok(), fair, "{held:?}");
        assert_eq!(task.ledger.state().spool_rows, 0);
    }
    // With its allowance granted, the client's counter is what others change.
    *task.weather.lock().unwrap() = Weather::CROWDED;
    let mut next = bill_of_one_client("s", &world);
    let held = task.ledger.hold(&mut next, Money::from_nano_usd(10)).await;
    assert!(
        matches!(held, Err(HoldError::Contended | HoldError::Unavailable(_))),
        "{held:?}"
    );
}

fn bill_of_one_client(request_id: &str, world: &World) -> Bill {
    let caller = RequestContext {
        request_id: request_id.to_owned(),
        trace_id: String::new(),
        client_id: "c".to_owned(),
        daily_budget: Some(Money::from_nano_usd(LIMITS[1] / CLIENT_SHARE)),
    };
    Bill::open(&caller, 10, "v", world.clock.now())
}
