//! The ledger against a model: tasks hold, settle, crash and sweep in random order, over a store that fails in every way. The
//! invariants of money are checked after each step and at the end.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that cannot continue has failed; the others print what they did"
)]

mod invariants;
mod memory;
mod simulation;

use std::rc::Rc;

use goal_router::clock::Clock as _;
use goal_router::ledger::{Bill, HoldError};
use goal_router::money::Money;
use goal_router::request_context::{RequestContext, RequestOutcome};

use self::memory::Network;
use self::simulation::{CLIENT_SHARE, DEADLINE, LIMITS, Simulation, simulate};

/// A network on which a concurrent write cancels every write.
const CONTENDED: Network = Network {
    contended: 1.0,
    ..Network::HEALTHY
};

/// Number of runs per test, each of 5,000 steps; more under `make soak`.
#[expect(
    clippy::disallowed_methods,
    reason = "the only variable that this test reads"
)]
fn seeds() -> u64 {
    let soak = std::env::var("SOAK").is_ok_and(|value| value == "1");
    if soak { 200 } else { 10 }
}

#[tokio::test]
async fn no_interleaving_of_holds_crashes_and_failures_exceeds_a_budget_or_loses_a_row() {
    for seed in 0..seeds() {
        simulate(seed, 5000, 0, |_| {}).await;
    }
}

#[tokio::test]
async fn spending_during_an_outage_is_recorded_afterwards_to_the_nano_dollar() {
    for seed in 1000..1000 + seeds() {
        simulate(seed, 5000, 20_000, |_| {}).await;
    }
}

#[tokio::test]
async fn the_outage_allowance_is_not_spent_on_contention() {
    let simulation = Simulation::new(LIMITS[1], 20_000);
    let task = simulation.task(Rc::new(tempfile::tempdir().unwrap()));
    let mut bill = open_bill("r", &simulation);
    for network in [CONTENDED, Network::HEALTHY] {
        *task.network.lock().unwrap() = network;
        let deadline = tokio::time::Instant::now() + DEADLINE;
        let hold = task
            .ledger
            .hold(&mut bill, Money::from_nano_usd(100), deadline);
        let held = hold.await;

        let is_healthy = network.contended < 1.0;
        assert_eq!(held.is_ok(), is_healthy, "{held:?}");
        assert_eq!(task.ledger.state().spool_rows, 0);
    }
    // The allowance is granted by now, so that the contention is on the client's counter.
    *task.network.lock().unwrap() = CONTENDED;
    let mut next = open_bill("s", &simulation);
    let deadline = tokio::time::Instant::now() + DEADLINE;
    let hold = task
        .ledger
        .hold(&mut next, Money::from_nano_usd(10), deadline);
    let held = hold.await;
    assert!(
        matches!(held, Err(HoldError::Contended | HoldError::Unavailable(_))),
        "{held:?}"
    );
}

fn open_bill(request_id: &str, simulation: &Simulation) -> Bill {
    let context = RequestContext {
        request_id: request_id.to_owned(),
        trace_id: String::new(),
        client_id: "c".to_owned(),
        daily_budget: Some(Money::from_nano_usd(LIMITS[1] / CLIENT_SHARE)),
        outcome: RequestOutcome::default(),
    };
    Bill::open(&context, 10, "v", simulation.clock.now())
}
