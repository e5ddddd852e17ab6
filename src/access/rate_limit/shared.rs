//! Rate limits across processes: the interface to the shared store.

use async_trait::async_trait;

use super::{Decision, Rate};

/// A rate limit shared by processes.
#[async_trait]
pub trait SharedLimit: Send + Sync {
    /// Counts a request of a client against its rate. Returns `None` if the store does not respond in time.
    async fn check(&self, client: &str, rate: Rate) -> Option<Decision>;
}
