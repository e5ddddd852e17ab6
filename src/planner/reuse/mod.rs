//! Plans that are made once for all who want the same: at the same moment (single flight), and for some time where a cache is
//! configured.
//!
//! A reused plan costs nothing, says so, and has a row of its own. Plans of a fallback model are not cached: the first model may be
//! back.

mod cache;
mod plan_key;

pub use self::cache::{PlanCache, PlanStore};
use self::plan_key::{PlanKey, PlanKeys};
use super::{
    PlanFailure, PlanFailureKind, PlanOutcome, PlanRequest, Planner, PlanningRun, Timings,
};
use crate::money::{Money, Tokens};
use crate::resilience::single_flight::{Role, SingleFlight};

/// What is being made at this moment, by client, and what was made recently.
pub(super) struct Reuse {
    /// Requests of one client only: another's outcome may depend on a budget that is not theirs.
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

impl Planner {
    /// Whether a plan is worth looking for: without a cache, and where no plan costs anything, it is made faster than found.
    pub(super) fn may_reuse(&self) -> bool {
        self.reuse.cache.is_some() || self.may_spend()
    }

    /// A plan from the cache, or of an equal request in flight; else makes it, and publishes it to both.
    pub(super) async fn reuse_or_make(
        &self,
        run: &mut PlanningRun<'_>,
    ) -> Result<PlanOutcome, PlanFailure> {
        let key = self.reuse.keys.of(run.request);
        if let Some(cached) = self.cached(&key, run.request).await {
            return Box::pin(self.serve_reused(run, cached, "cache")).await;
        }
        let work = (run.request.context.client_id.clone(), key);
        loop {
            match self.reuse.in_flight.join(&work) {
                Role::Leader(leader) => {
                    let outcome = self.make(run).await;
                    self.cache(key, &outcome).await;
                    leader.publish(|| outcome.clone().map_err(|failure| failure.kind));
                    return outcome;
                }
                Role::Follower(follower) => {
                    match tokio::time::timeout_at(run.deadline, follower.outcome()).await {
                        Ok(Some(Ok(made))) => {
                            return Box::pin(self.serve_reused(run, made, "in_flight")).await;
                        }
                        Ok(Some(Err(kind))) => return Err(self.fail(run, kind)),
                        // The leader did not come to its end: another request takes its place.
                        Ok(None) => {}
                        Err(_elapsed) => {
                            return Err(self.fail(run, PlanFailureKind::DeadlineExceeded));
                        }
                    }
                }
            }
        }
    }

    /// The cached plan of a key, if its model is still one that may write plans.
    async fn cached(&self, key: &PlanKey, request: &PlanRequest) -> Option<PlanOutcome> {
        let cached = self
            .reuse
            .cache
            .as_ref()?
            .get(key, &request.constraints)
            .await?;
        let candidates = &self.dependencies.candidates;
        candidates
            .iter()
            .any(|candidate| candidate.name == cached.model)
            .then_some(cached)
    }

    async fn cache(&self, key: PlanKey, outcome: &Result<PlanOutcome, PlanFailure>) {
        if let (Ok(outcome), Some(cache)) = (outcome, &self.reuse.cache)
            && !outcome.fallback
        {
            cache.put(key, outcome).await;
        }
    }

    /// Settles a request that reuses a plan: it costs nothing, and has a row of its own. Boxed where it is called: it is the rare
    /// case, and would take room in the task of every request.
    async fn serve_reused(
        &self,
        run: &mut PlanningRun<'_>,
        made: PlanOutcome,
        from: &str,
    ) -> Result<PlanOutcome, PlanFailure> {
        run.bill.set_category(made.classification.category);
        run.bill.set_model(&made.model.to_string());
        self.dependencies.metrics.plan_reused(from);
        let outcome = PlanOutcome {
            tokens: Tokens::default(),
            cost: Money::ZERO,
            llm_calls: 0,
            cached: true,
            timings: Timings::default(),
            ..made
        };
        self.settle(run, Ok(outcome)).await
    }
}
