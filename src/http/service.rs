//! The state that handlers use, shared by all workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::problem::Code;
use super::routes::EXPECTED_REQUESTS;
use crate::access::Access;
use crate::idempotency::Idempotency;
use crate::planner::Planner;
use crate::telemetry::metrics::Saturation;
use crate::telemetry::{Metrics, RequestTracer};

/// The state that handlers use.
pub struct Service {
    /// Makes plans.
    pub planner: Planner,
    /// Identity, rate limits and allowed origins.
    pub access: Access,
    /// Makes repeated requests idempotent.
    pub idempotency: Idempotency,
    /// The metrics.
    pub metrics: Metrics,
    /// Takes or makes the trace of each request.
    pub tracer: RequestTracer,
    /// The runtime of plans that must outlive their worker: those that may cost money or have an idempotency key.
    pub runtime: Handle,
    /// The plans in progress and their pending writes, so that shutdown can wait for them.
    pub running: TaskTracker,
    /// The permits that limit the plans in progress.
    pub permits: Arc<Semaphore>,
    max_in_flight: usize,
    draining: AtomicBool,
}

impl Service {
    /// Creates the service, with permits for `max_in_flight` plans at once.
    #[must_use]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is a part of the service, and there is one caller"
    )]
    pub fn new(
        planner: Planner,
        access: Access,
        idempotency: Idempotency,
        metrics: Metrics,
        tracer: RequestTracer,
        runtime: Handle,
        running: TaskTracker,
        max_in_flight: usize,
    ) -> Self {
        metrics.initialize_problems::<Code>();
        metrics.initialize_routes(EXPECTED_REQUESTS);
        let max_in_flight = max_in_flight.min(Semaphore::MAX_PERMITS);
        Self {
            planner,
            access,
            idempotency,
            metrics,
            tracer,
            runtime,
            running,
            permits: Arc::new(Semaphore::new(max_in_flight)),
            max_in_flight,
            draining: AtomicBool::new(false),
        }
    }

    /// Marks the service as draining: it reports itself as not ready from now on.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Returns whether the service takes requests, as far as is known, and how much room it has for more. Asks nobody.
    #[must_use]
    pub fn saturation(&self) -> Saturation {
        let ready = !self.is_draining()
            && self.access.identity.was_ready()
            && self.planner.can_plan()
            && self.planner.ledger().was_ready();
        let free = self.permits.available_permits();
        Saturation {
            ready,
            max_in_flight: self.max_in_flight,
            in_flight: self.max_in_flight.saturating_sub(free),
            rate_limit_per_minute: self.access.identity.default_tier().rate.per_minute.get(),
        }
    }

    /// Returns whether the service is draining before it stops.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}
