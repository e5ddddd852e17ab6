//! Limits counted in this process: one keyed limiter of the library for each rate there is.

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

/// Clients that are told apart at once at each rate.
const MAX_CLIENTS: usize = 1_000_000;
/// Parts of the map of clients, each with a lock of its own: small ones are swept in no time, and grow and shrink by little.
const SHARDS: usize = 256;
/// Buckets that newcomers share once so many are known.
const SHARED_BUCKETS: usize = 1024;

type Keyed = RateLimiter<u64, Bounded, DefaultClock, StateInformationMiddleware>;

/// The limiters of this process.
#[derive(Default)]
pub(super) struct LocalLimit {
    by_rate: DashMap<Rate, Arc<Keyed>>,
    /// Clients are known by a keyed hash of their ids: small, and nobody can choose to share another's bucket.
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
            Err(not_yet) => Decision {
                allowed: false,
                remaining: 0,
                reset_after: rate.window(),
                retry_after: not_yet.wait_time_from(now),
            },
        }
    }

    fn limiter(&self, rate: Rate) -> Arc<Keyed> {
        if let Some(limiter) = self.by_rate.get(&rate) {
            return Arc::clone(&limiter);
        }
        let limiter = self.by_rate.entry(rate).or_insert_with(|| {
            let quota = Quota::per_minute(rate.per_minute).allow_burst(rate.burst);
            Arc::new(Keyed::new(quota, Bounded::default(), self.clock.clone()))
        });
        Arc::clone(&limiter)
    }

    /// Forgets the clients whose burst is whole again. It takes its time; not for a worker.
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

/// The states of so many clients at most. Newcomers beyond them share buckets, so that an attack with millions of addresses
/// meets its limit all the sooner, and those who were known before it are served on.
struct Bounded {
    states: DashMap<u64, InMemoryState>,
    known: AtomicUsize,
    shared: Vec<InMemoryState>,
}

impl Default for Bounded {
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

impl StateStore for Bounded {
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
                reason = "any bits of a hash will do"
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

impl ShrinkableKeyedStateStore<u64> for Bounded
where
    Self: KeyedStateStore<u64>,
{
    fn retain_recent(&self, drop_below: Nanos) {
        self.states.retain_recent(drop_below);
        self.known.store(self.states.len(), Ordering::Relaxed);
    }

    fn shrink_to_fit(&self) {
        // A map that is filled again and again is not worth shrinking.
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
    fn a_client_has_its_burst_and_is_told_what_is_left_and_when_more_comes() {
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
    fn clients_whose_burst_is_whole_again_are_forgotten() {
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
    fn beyond_the_most_clients_newcomers_share_buckets_and_the_known_keep_theirs() {
        let limit = LocalLimit::default();
        let rate = rate(1, 2);
        assert!(limit.check("known", rate).allowed);
        for client in 0..MAX_CLIENTS {
            limit.check(&client.to_string(), rate);
        }

        assert_eq!(limit.clients(), MAX_CLIENTS);
        let newcomers =
            (0..10_000).filter(|client| limit.check(&format!("new {client}"), rate).allowed);
        assert!(newcomers.count() <= 2 * SHARED_BUCKETS);
        assert!(limit.check("known", rate).allowed);
    }
}
