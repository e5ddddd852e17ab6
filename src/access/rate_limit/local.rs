//! Rate limits within this process: one keyed `governor` limiter per rate.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dashmap::DashMap;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::{KeyedStateStore, ShrinkableKeyedStateStore};
use governor::state::{InMemoryState, NotKeyed, StateStore};
use governor::{Quota, RateLimiter};

use super::{Decision, Rate};

/// Maximum number of clients with a bucket of their own, per rate.
const MAX_CLIENTS: usize = 1_000_000;
/// Shards of the client map, each with its own lock. Small shards are swept quickly, and are cheap to grow and shrink.
const SHARDS: usize = 256;
/// Buckets that further clients share once [`MAX_CLIENTS`] are known.
const SHARED_BUCKETS: usize = 1024;

type KeyedLimiter = RateLimiter<u64, BoundedStore, DefaultClock, StateInformationMiddleware>;

/// The rate limits of this process.
#[derive(Default)]
pub(super) struct LocalLimit {
    by_rate: DashMap<Rate, Arc<KeyedLimiter>>,
    /// Hashes client ids with a random key: the hashes are small, and a client cannot choose an id that collides with another's.
    hasher: RandomState,
    clock: DefaultClock,
}

impl LocalLimit {
    pub fn check(&self, client: &str, rate: Rate) -> Decision {
        let now = self.clock.now();
        match self.limiter(rate).check_key(&self.hasher.hash_one(client)) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                Decision {
                    allowed: true,
                    remaining,
                    reset_after: rate.period() * rate.burst.get().saturating_sub(remaining),
                    retry_after: Duration::ZERO,
                }
            }
            Err(not_until) => Decision {
                allowed: false,
                remaining: 0,
                reset_after: rate.window(),
                retry_after: not_until.wait_time_from(now),
            },
        }
    }

    fn limiter(&self, rate: Rate) -> Arc<KeyedLimiter> {
        if let Some(limiter) = self.by_rate.get(&rate) {
            return Arc::clone(&limiter);
        }
        let limiter = self.by_rate.entry(rate).or_insert_with(|| {
            let quota = Quota::per_minute(rate.per_minute).allow_burst(rate.burst);
            Arc::new(KeyedLimiter::new(
                quota,
                BoundedStore::default(),
                self.clock.clone(),
            ))
        });
        Arc::clone(&limiter)
    }

    /// Removes the clients whose full burst is available again. This blocks for a while; do not call it on a worker.
    pub fn sweep(&self) {
        for limiter in &self.by_rate {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    #[cfg(test)]
    fn clients(&self) -> usize {
        self.by_rate.iter().map(|limiter| limiter.len()).sum()
    }
}

/// A state store of at most [`MAX_CLIENTS`] clients. Further clients share buckets: an attack from millions of addresses is limited
/// even sooner, and known clients are not affected.
struct BoundedStore {
    states: DashMap<u64, InMemoryState>,
    known: AtomicUsize,
    shared: Vec<InMemoryState>,
}

impl Default for BoundedStore {
    fn default() -> Self {
        Self {
            states: DashMap::with_shard_amount(SHARDS),
            known: AtomicUsize::new(0),
            shared: std::iter::repeat_with(InMemoryState::default)
                .take(SHARED_BUCKETS)
                .collect(),
        }
    }
}

impl StateStore for BoundedStore {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, key: &u64, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let one = NotKeyed::NonKey;
        if let Some(state) = self.states.get(key) {
            return state.measure_and_replace(&one, f);
        }
        if self.known.load(Ordering::Relaxed) >= MAX_CLIENTS {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "any bits of the hash suffice"
            )]
            return self.shared[*key as usize % SHARED_BUCKETS].measure_and_replace(&one, f);
        }
        let state = self.states.entry(*key).or_insert_with(|| {
            self.known.fetch_add(1, Ordering::Relaxed);
            InMemoryState::default()
        });
        state.measure_and_replace(&one, f)
    }
}

impl ShrinkableKeyedStateStore<u64> for BoundedStore
where
    Self: KeyedStateStore<u64>,
{
    fn retain_recent(&self, drop_below: Nanos) {
        self.states.retain_recent(drop_below);
        self.known.store(self.states.len(), Ordering::Relaxed);
    }

    fn shrink_to_fit(&self) {
        // Shrinking pays only if the map has become far too large; it may fill up again.
        if self.states.capacity() > 4 * self.states.len().max(1024) {
            self.states.shrink_to_fit();
        }
    }

    fn len(&self) -> usize {
        self.states.len()
    }

    fn is_empty(&self) -> bool {
        self.states.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    fn rate(per_minute: u32, burst: u32) -> Rate {
        Rate {
            per_minute: NonZeroU32::new(per_minute).unwrap(),
            burst: NonZeroU32::new(burst).unwrap(),
        }
    }

    #[test]
    fn a_client_has_its_burst_and_learns_what_remains_and_when_to_retry() {
        let limit = LocalLimit::default();
        let rate = rate(6, 3);

        for left in [2, 1, 0] {
            let decision = limit.check("a", rate);
            assert!(decision.allowed);
            assert_eq!(decision.remaining, left);
        }
        let refused = limit.check("a", rate);
        assert!(!refused.allowed && refused.remaining == 0);
        assert!(
            (9..=10).contains(&refused.retry_after.as_secs()),
            "{refused:?}"
        );
        assert_eq!(refused.reset_after, Duration::from_secs(30));
        assert!(limit.check("b", rate).allowed);
    }

    #[test]
    fn clients_with_a_full_burst_are_removed() {
        let limit = LocalLimit::default();
        for client in 0..1000 {
            limit.check(&client.to_string(), rate(60_000, 1));
            limit.check(&client.to_string(), rate(1, 1));
        }
        assert_eq!(limit.clients(), 2000);

        std::thread::sleep(Duration::from_millis(20));
        limit.sweep();

        assert_eq!(limit.clients(), 1000);
    }

    #[test]
    fn beyond_the_maximum_new_clients_share_buckets_and_known_ones_keep_theirs() {
        let limit = LocalLimit::default();
        let rate = rate(1, 2);
        assert!(limit.check("known", rate).allowed);
        for client in 0..MAX_CLIENTS {
            limit.check(&client.to_string(), rate);
        }

        assert_eq!(limit.clients(), MAX_CLIENTS);
        let new_clients =
            (0..10_000).filter(|client| limit.check(&format!("new {client}"), rate).allowed);
        assert!(new_clients.count() <= 2 * SHARED_BUCKETS);
        assert!(limit.check("known", rate).allowed);
    }
}
