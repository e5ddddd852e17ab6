//! What handlers work with, shared by all workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::access::Access;
use crate::idempotency::Idempotency;
use crate::planner::Planner;
use crate::telemetry::Metrics;

/// What handlers work with.
pub struct Service {
    /// Makes plans.
    pub planner: Planner,
    /// Who may call the API, and how often.
    pub access: Access,
    /// Makes requests once that are sent again.
    pub idempotency: Idempotency,
    /// The counters.
    pub metrics: Metrics,
    /// Where plans are made: apart from the workers, so that a plan outlives its connection.
    pub runtime: Handle,
    /// The plans in progress, and what is still to be written of them, so that shutdown can wait for them.
    pub running: TaskTracker,
    /// A permit for every plan that may be in progress at once.
    pub permits: Arc<Semaphore>,
    draining: AtomicBool,
}

impl Service {
    /// A service around this planner; plans are made in that runtime, at most `max_in_flight` at once.
    #[must_use]
    pub fn new(
        planner: Planner,
        access: Access,
        idempotency: Idempotency,
        metrics: Metrics,
        runtime: Handle,
        running: TaskTracker,
        max_in_flight: usize,
    ) -> Self {
        Self {
            planner,
            access,
            idempotency,
            metrics,
            runtime,
            running,
            permits: Arc::new(Semaphore::new(max_in_flight.min(Semaphore::MAX_PERMITS))),
            draining: AtomicBool::new(false),
        }
    }

    /// Reports the service as not ready from now on.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the service is about to stop.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}
