//! Plans that are made once for all who want the same: at the same moment, and, where a cache is configured, for some time.
//!
//! What is handed out again costs nothing, says so, and has a row of its own. Plans of a fallback are not kept: the first model
//! may be back.

use super::cache::PlanCache;
use super::plan_key::{PlanKey, PlanKeys};
use super::{Answer, PlanError, Planner};
use crate::in_flight::InFlight;

/// What is made at this moment, by client, and what was made lately.
pub(super) struct Reuse {
    /// Requests of one client only: another's outcome may depend on a budget that is not theirs.
    pub making: InFlight<(String, PlanKey), Result<Answer, PlanError>>,
    pub cache: Option<PlanCache>,
    /// Under which keys.
    pub keys: PlanKeys,
}

impl Reuse {
    pub fn new(cache: Option<PlanCache>, models: &str, max_output_tokens: u32) -> Self {
        Self {
            making: InFlight::default(),
            cache,
            keys: PlanKeys::new(models, max_output_tokens),
        }
    }
}

impl Planner {
    /// Whether a plan is worth looking for: without a cache, and where no plan costs anything, it is made faster than found.
    pub(super) fn reuses(&self) -> bool {
        self.reuse.cache.is_some() || self.may_spend()
    }
}
