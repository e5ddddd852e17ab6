//! How often a client may ask: counted in this process by [`local`], and across processes in Redis by [`shared`].
//!
//! It knows clients by their ids only, and neither HTTP nor what is asked for.

mod local;
mod rate;
mod shared;

use std::sync::Arc;
use std::time::Duration;

use self::local::LocalLimit;
pub use self::rate::Rate;
pub use self::shared::SharedLimit;
use crate::telemetry::Metrics;

/// Pause between sweeps of what is counted in this process.
pub const SWEEP_INTERVAL: Duration = Duration::from_secs(10);

/// Whether a request may pass, and where its client stands after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may pass.
    pub allowed: bool,
    /// Requests that may follow at once.
    pub remaining: u32,
    /// After how long the client's whole burst is there again.
    pub reset_after: Duration,
    /// Where it may not pass: after how long one may.
    pub retry_after: Duration,
}

/// Who decided, as metrics tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecidedBy {
    /// This process, as configured.
    Local,
    /// Redis.
    Shared,
    /// This process, since Redis did not answer.
    Fallback,
}

impl DecidedBy {
    /// The label of metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Shared => "redis",
            Self::Fallback => "fallback",
        }
    }
}

/// The limiter of the process.
pub struct RateLimiter {
    local: Arc<LocalLimit>,
    shared: Option<Arc<dyn SharedLimit>>,
    metrics: Metrics,
}

impl RateLimiter {
    /// A limiter; with `shared`, the same limits hold across all processes.
    #[must_use]
    pub fn new(shared: Option<Arc<dyn SharedLimit>>, metrics: Metrics) -> Self {
        Self {
            local: Arc::default(),
            shared,
            metrics,
        }
    }

    /// Counts a request of a client against its rate.
    pub async fn check(&self, client: &str, rate: Rate) -> Decision {
        // Counted here in any case, so that the limiter which takes over in an outage of Redis knows who has asked already.
        let here = self.local.check(client, rate);
        let (decision, by) = match &self.shared {
            None => (here, DecidedBy::Local),
            Some(shared) => match shared.check(client, rate).await {
                Some(decision) => (decision, DecidedBy::Shared),
                None => (here, DecidedBy::Fallback),
            },
        };
        self.metrics.rate_limit_decision(by.as_str());
        decision
    }

    /// Forgets the clients whose burst is whole again, so often; never ends.
    pub async fn sweep_every(&self, pause: Duration) {
        let mut ticks = tokio::time::interval(pause);
        loop {
            ticks.tick().await;
            let local = Arc::clone(&self.local);
            // Going through a million clients takes tens of milliseconds.
            if let Err(panic) = tokio::task::spawn_blocking(move || local.sweep()).await {
                tracing::error!(event_type = "error", error_type = "panic", error_message = %panic, "the limiter was not swept");
            }
        }
    }
}
