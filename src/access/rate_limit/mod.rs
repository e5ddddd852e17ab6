//! Rate limits per client: within this process ([`local`]), and optionally across processes ([`shared`]).
//!
//! This module knows clients only by their ids, and nothing of HTTP or routes.

mod local;
mod rate;
mod shared;

use std::sync::Arc;
use std::time::Duration;

use self::local::LocalLimit;
pub use self::rate::Rate;
pub use self::shared::SharedLimit;
use crate::telemetry::Metrics;
use crate::telemetry::metrics::DecidedBy;

/// Interval between sweeps of the limits in this process.
pub const SWEEP_INTERVAL: Duration = Duration::from_secs(10);

/// Whether a request is allowed, and the state of its client's quota after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Whether the request is allowed.
    pub allowed: bool,
    /// Number of requests that may follow immediately.
    pub remaining: u32,
    /// Time until the client's full burst is available again.
    pub reset_after: Duration,
    /// Time until the next request is allowed; zero if this one was.
    pub retry_after: Duration,
}

/// The rate limiter.
pub struct RateLimiter {
    local: Arc<LocalLimit>,
    shared: Option<Arc<dyn SharedLimit>>,
    metrics: Metrics,
}

impl RateLimiter {
    /// Creates a limiter. With `shared`, the limits apply across all processes.
    #[must_use]
    pub fn new(shared: Option<Arc<dyn SharedLimit>>, metrics: Metrics) -> Self {
        Self {
            local: Arc::default(),
            shared,
            metrics,
        }
    }

    /// Counts a request of a client against its rate and returns the decision.
    pub async fn check(&self, client: &str, rate: Rate) -> Decision {
        // Always counted locally as well, so that the fallback has up-to-date counts when Redis becomes unavailable.
        let local = self.local.check(client, rate);
        let (decision, by) = match &self.shared {
            None => (local, DecidedBy::Local),
            Some(shared) => match shared.check(client, rate).await {
                Some(decision) => (decision, DecidedBy::Shared),
                None => (local, DecidedBy::Fallback),
            },
        };
        self.metrics.rate_limit_decision(by);
        decision
    }

    /// Removes the clients whose full burst is available again, once per `interval`. Never returns.
    pub async fn sweep_every(&self, interval: Duration) {
        let mut ticks = tokio::time::interval(interval);
        loop {
            ticks.tick().await;
            let local = Arc::clone(&self.local);
            // Sweeping a million clients takes tens of milliseconds.
            if let Err(panic) = tokio::task::spawn_blocking(move || local.sweep()).await {
                tracing::error!(event_type = "error", error_type = "panic", error_message = %panic, "the sweep of the rate limiter panicked");
            }
        }
    }
}
