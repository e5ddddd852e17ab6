//! Policy of model calls, apart from any provider: which failures are tried again and when, and when a model is left alone.
//!
//! No SDK retries: this is the only place that does. The request's deadline and its hold bound all of it.

pub mod retry;

use std::time::Duration;

use super::{Failure, ModelError};
use crate::breaker::BreakerSettings;

/// After ten failures in a row, of whatever requests, a model is left alone for ten seconds: other models answer meanwhile. Fewer
/// would open it by chance where a third of the calls is throttled.
pub const BREAKER: BreakerSettings = BreakerSettings {
    failures: 10,
    together_as_one: false,
    pause: Duration::from_secs(10),
};

/// Whether a failure says that the model is not well. A request that is refused for what it is says nothing of that.
#[must_use]
pub const fn counts_against_model(error: &ModelError) -> bool {
    match error.kind {
        Failure::Throttled
        | Failure::Unavailable
        | Failure::TimedOut
        | Failure::Connection
        | Failure::Denied
        | Failure::Protocol => true,
        Failure::Rejected | Failure::Resting => false,
    }
}
