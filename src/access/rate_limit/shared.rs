//! Limits that hold across processes: what is asked of the store that they share.

use async_trait::async_trait;

use super::{Decision, Rate};

/// A rate limit that processes share.
#[async_trait]
pub trait SharedLimit: Send + Sync {
    /// Counts a request of a client against its rate; `None` where the store does not answer in time.
    async fn check(&self, client: &str, rate: Rate) -> Option<Decision>;
}
