//! What a million clients cost in memory. A process of its own: nothing else may grow meanwhile.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and says what it measured"
)]

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use goal_router::access::rate_limit::{Rate, RateLimiter};
use goal_router::telemetry::Metrics;

/// The service's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Memory of this process, in bytes.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[tokio::test]
async fn a_million_clients_pass_the_limiter_in_less_than_64_mb_which_come_back() {
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

        let keeper = tokio::spawn({
            let limiter = Arc::clone(&limiter);
            async move { limiter.sweep_every(Duration::from_millis(500)).await }
        });
        // The last of them are whole again after a second; swept half a second later.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let mut left = grown;
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            // Life goes on, with bodies of all sizes: what the sweeper's thread has freed, the allocator gives back as the thread
            // that took it asks for fresh blocks, and small ones alone it hardly ever needs fresh.
            for client in 0..1000_u32 {
                let body = Vec::<u8>::with_capacity(64 * client as usize);
                limiter.check(&format!("ip:{client}"), rate).await;
                drop(std::hint::black_box(body));
            }
            left = resident().saturating_sub(before);
            if left < grown / 2 {
                break;
            }
        }
        eprintln!("after they are gone: {} MiB", left / MIB);
        assert!(
            left < grown / 2,
            "{} of {} MiB are left",
            left / MIB,
            grown / MIB
        );
        keeper.abort();
    }
}
