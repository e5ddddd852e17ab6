//! Reuse of plans between equal requests: of one client at the same time (single flight), and of all clients for some time if a cache
//! is configured.
//!
//! A reused plan costs nothing, is marked as reused, and has its own usage row. Plans of a fallback model are not cached: the first
//! model may be available again.

mod cache;
mod coalesce;
mod plan_key;

pub use self::cache::{PlanCache, PlanStore};
use self::plan_key::{PlanKey, PlanKeys};
use super::{PlanFailureKind, PlanOutcome};
use crate::resilience::single_flight::SingleFlight;

/// The plans in progress and the cached plans.
pub(super) struct Reuse {
    /// Keyed by client as well: an outcome may depend on the client's budget.
    in_flight: SingleFlight<(String, PlanKey), Result<PlanOutcome, PlanFailureKind>>,
    cache: Option<PlanCache>,
    keys: PlanKeys,
}

impl Reuse {
    pub fn new(cache: Option<PlanCache>, models: &str, max_output_tokens: u32) -> Self {
        Self {
            in_flight: SingleFlight::default(),
            cache,
            keys: PlanKeys::new(models, max_output_tokens),
        }
    }
}
