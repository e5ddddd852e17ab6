//! The ledger's model test on a disk that fails: the process may write only a few kilobytes to a file for a while, so that writes fail,
//! or stop in the middle of a line. The limit is that of the whole process, so this test is alone in its binary.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that cannot continue has failed; the others print what they did"
)]

#[path = "../ledger/invariants.rs"]
mod invariants;
#[path = "../ledger/memory.rs"]
mod memory;
#[path = "../ledger/simulation.rs"]
mod simulation;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use self::simulation::simulate;

/// The signal for a write beyond the limit. With a handler, the write fails instead.
const SIGXFSZ: i32 = 25;

/// Lowers the limit for about one of four steps to anywhere within the first rows of a file.
fn fail_at_random(must_work: bool) {
    let current = if must_work || fastrand::u8(0..4) > 0 {
        None
    } else {
        Some(fastrand::u64(0..6_000))
    };
    let maximum = getrlimit(Resource::Fsize).maximum;
    setrlimit(Resource::Fsize, Rlimit { current, maximum }).unwrap();
}

#[tokio::test]
async fn a_disk_that_fails_in_the_middle_of_a_write_makes_no_row_and_loses_none() {
    let _handler = signal(SignalKind::from_raw(SIGXFSZ)).unwrap();
    for seed in 0..6 {
        simulate(seed, 4000, 20_000 * (seed % 2), fail_at_random).await;
    }
}
