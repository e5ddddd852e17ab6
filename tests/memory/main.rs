//! The memory that a million clients take in the rate limiter. This test has its own process, so that nothing else allocates.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot continue has failed; the test prints what it measured"
)]

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use goal_router::access::rate_limit::{Rate, RateLimiter};
use goal_router::telemetry::Metrics;

/// The same allocator as in the service.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Returns the resident memory of this process, in bytes.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[tokio::test]
async fn a_million_clients_take_less_than_64_mb_in_the_limiter_which_are_released_again() {
    const MIB: usize = 1 << 20;
    let limiter = Arc::new(RateLimiter::new(None, Metrics::new().unwrap()));
    let rate = Rate {
        per_minute: NonZeroU32::new(60).unwrap(),
        burst: NonZeroU32::new(60).unwrap(),
    };
    limiter.check("ip:0.0.0.0", rate).await;
    let before = resident();

    for round in 0..2_u32 {
        for client in 0..1_000_000_u32 {
            let address = std::net::Ipv4Addr::from_bits(round * 1_000_000 + client);
            assert!(limiter.check(&format!("ip:{address}"), rate).await.allowed);
        }
        let grown = resident().saturating_sub(before);
        eprintln!("a million clients: {} MiB", grown / MIB);
        assert!(grown > 8 * MIB && grown < 64 * MIB, "{} MiB", grown / MIB);

        let sweeper = tokio::spawn({
            let limiter = Arc::clone(&limiter);
            async move { limiter.sweep_every(Duration::from_millis(500)).await }
        });
        // The limits of the last clients are full again after a second, and swept within another half.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let mut remaining = grown;
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            // Allocations of all sizes go on. The allocator releases what the sweeper's thread has freed only when the thread that
            // allocated it needs new blocks, and small allocations alone hardly ever do.
            for client in 0..1000_u32 {
                let body = Vec::<u8>::with_capacity(64 * client as usize);
                limiter.check(&format!("ip:{client}"), rate).await;
                drop(std::hint::black_box(body));
            }
            remaining = resident().saturating_sub(before);
            if remaining < grown / 2 {
                break;
            }
        }
        eprintln!("after the sweep: {} MiB", remaining / MIB);
        assert!(
            remaining < grown / 2,
            "{} of {} MiB remain",
            remaining / MIB,
            grown / MIB
        );
        sweeper.abort();
    }
}
