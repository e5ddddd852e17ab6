//! Coalescing of equal requests: one makes the plan, the others in flight wait for it, later ones find it in the cache.

use super::plan_key::PlanKey;
use crate::money::{Money, Tokens};
use crate::planner::{
    PlanFailure, PlanFailureKind, PlanOutcome, PlanRequest, Planner, PlanningRun, Timings,
};
use crate::resilience::single_flight::Role;
use crate::telemetry::metrics::ReuseSource;

impl Planner {
    /// Returns whether reuse can pay off. Without a cache and without costs, making a plan is faster than looking for one.
    pub(in crate::planner) fn may_reuse(&self) -> bool {
        self.reuse.cache.is_some() || self.may_spend()
    }

    /// Returns a plan from the cache or from an equal request in flight. Otherwise makes one, caches it and publishes it to followers.
    pub(in crate::planner) async fn reuse_or_make(
        &self,
        run: &mut PlanningRun<'_>,
    ) -> Result<PlanOutcome, PlanFailure> {
        let key = self.reuse.keys.of(run.request);
        if let Some(cached) = self.cached(&key, run.request).await {
            return Box::pin(self.serve_reused(run, cached, ReuseSource::Cache)).await;
        }
        let flight_key = (run.request.context.client_id.clone(), key);
        loop {
            match self.reuse.in_flight.join(&flight_key) {
                Role::Leader(leader) => {
                    let outcome = self.make(run).await;
                    self.cache(key, &outcome).await;
                    leader.publish(|| outcome.clone().map_err(|failure| failure.kind));
                    return outcome;
                }
                Role::Follower(follower) => {
                    match tokio::time::timeout_at(run.deadline, follower.outcome()).await {
                        Ok(Some(Ok(shared))) => {
                            return Box::pin(self.serve_reused(run, shared, ReuseSource::InFlight))
                                .await;
                        }
                        // The leader was dropped without an outcome, or came to the end of its own time: another request
                        // becomes the leader.
                        Ok(None | Some(Err(PlanFailureKind::DeadlineExceeded))) => {}
                        Ok(Some(Err(kind))) => return Err(self.fail(run, kind)),
                        Err(_elapsed) => {
                            return Err(self.fail(run, PlanFailureKind::DeadlineExceeded));
                        }
                    }
                }
            }
        }
    }

    /// Returns the cached plan of a key if its model is still a candidate.
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

    /// Settles a request that reuses a plan at no cost. Callers box the future: it is the rare case, and would enlarge every request's
    /// task.
    async fn serve_reused(
        &self,
        run: &mut PlanningRun<'_>,
        reused: PlanOutcome,
        source: ReuseSource,
    ) -> Result<PlanOutcome, PlanFailure> {
        run.bill.set_category(reused.classification.category);
        run.bill.set_model(&reused.model.to_string());
        self.dependencies.metrics.plan_reused(source);
        let outcome = PlanOutcome {
            tokens: Tokens::default(),
            cost: Money::ZERO,
            llm_calls: 0,
            cached: true,
            timings: Timings::default(),
            ..reused
        };
        self.settle(run, Ok(outcome)).await
    }
}
