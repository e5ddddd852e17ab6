//! Limits the plans in progress (`MAX_IN_FLIGHT`). Requests beyond the limit are rejected with `overloaded` at once.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use crate::http::Service;
use crate::http::problem::{Code, Problem};

/// Acquires a permit for one plan, to be held until the plan is settled. Call it before reading the body: a rejected request must
/// not cost memory.
///
/// # Errors
/// Returns `overloaded` if the maximum number of plans is in progress.
pub fn acquire(service: &Service) -> Result<OwnedSemaphorePermit, Problem> {
    Arc::clone(&service.permits)
        .try_acquire_owned()
        .map_err(|_| {
            service.metrics.shed();
            Problem::new(
                Code::Overloaded,
                "the maximum number of plans is in progress",
            )
        })
}
