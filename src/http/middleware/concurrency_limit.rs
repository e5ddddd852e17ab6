//! The limit of plans in progress (`MAX_IN_FLIGHT`): a request beyond it is answered with `overloaded` at once.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use crate::http::Service;
use crate::http::problem::{Code, Problem};

/// A permit for one plan; held until the plan is settled. Taken before the body is read: a request that is shed must not cost memory.
pub fn acquire(service: &Service) -> Result<OwnedSemaphorePermit, Problem> {
    Arc::clone(&service.permits)
        .try_acquire_owned()
        .map_err(|_| {
            service.metrics.shed();
            Problem::new(
                Code::Overloaded,
                "as many plans are in progress as this service takes at once",
            )
        })
}
