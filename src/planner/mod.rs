//! The story of a request: classify, guard, generate, check, settle. [`Planner::plan`] tells it on one screen.
//!
//! The planner knows neither HTTP nor AWS nor Redis. What was spent is on the bill whatever the outcome, and the bill is settled
//! before an outcome leaves.

mod classify;
mod estimate;
mod failure;
mod generate;
mod guard;
mod model_call;
mod model_candidate;
pub mod plan_outcome;
pub mod plan_response;
pub mod prompts;
pub mod request;
mod reuse;
mod settle;

use std::sync::Arc;

use planning::classifier::Classifier;
use planning::offline::OfflinePlanner;

pub use self::estimate::Estimate;
pub use self::failure::{PlanFailure, PlanFailureKind};
pub use self::guard::Limits;
pub use self::model_candidate::{GuardedModel, ModelCandidate};
pub use self::plan_outcome::{Classification, ClassifiedBy, PlanOutcome, Timings};
use self::prompts::RequestPrompts;
pub use self::request::{Fields, PlanRequest};
use self::reuse::Reuse;
pub use self::reuse::{PlanCache, PlanStore};
use crate::clock::Clock;
use crate::ledger::{Bill, Ledger};
use crate::llm::ModelName;
use crate::resilience::circuit_breaker::CircuitState;
use crate::telemetry::Metrics;

/// What the planner works with.
pub struct Dependencies {
    /// The local classifier.
    pub classifier: Classifier,
    /// The planner without a model.
    pub offline: OfflinePlanner,
    /// The models that may write a plan, in the order in which they are asked; never empty.
    pub candidates: Vec<ModelCandidate>,
    /// The model that is asked for the category of an unsure goal; none in offline mode.
    pub classifier_model: Option<ModelCandidate>,
    /// The record of costs.
    pub ledger: Ledger,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What a request may take.
    pub limits: Limits,
    /// Recent plans, where they are cached.
    pub cache: Option<PlanCache>,
    /// The counters.
    pub metrics: Metrics,
}

/// Makes plans.
pub struct Planner {
    dependencies: Dependencies,
    reuse: Reuse,
}

/// One request on its way to a plan.
struct PlanningRun<'a> {
    request: &'a PlanRequest,
    bill: Bill,
    prompts: RequestPrompts,
    timings: Timings,
    deadline: tokio::time::Instant,
}

impl Planner {
    /// Makes a plan, or reuses one that was made for the same request, by the deadline. Its cost is settled before it returns.
    ///
    /// Run it in a task of its own: a request that has started to spend has to run to its end.
    ///
    /// # Errors
    /// [`PlanFailure`]; what was spent until then is settled all the same.
    pub async fn plan(
        &self,
        request: &PlanRequest,
        deadline: tokio::time::Instant,
    ) -> Result<PlanOutcome, PlanFailure> {
        let mut run = self.begin(request, deadline);
        if self.may_reuse() {
            self.reuse_or_make(&mut run).await
        } else {
            self.make(&mut run).await
        }
    }

    async fn make(&self, run: &mut PlanningRun<'_>) -> Result<PlanOutcome, PlanFailure> {
        let outcome = self.steps(run).await;
        self.settle(run, outcome).await
    }

    async fn steps(&self, run: &mut PlanningRun<'_>) -> Result<PlanOutcome, PlanFailure> {
        self.dependencies.ledger.check_available()?;
        let intent = self.classify(run);
        let worst_case = self.guard(run, intent)?;
        self.hold(run, worst_case).await?;
        let classification = self.confirm_category(run, intent).await;
        self.generate(run, classification).await
    }

    fn begin<'a>(
        &self,
        request: &'a PlanRequest,
        deadline: tokio::time::Instant,
    ) -> PlanningRun<'a> {
        let now = self.dependencies.clock.now();
        PlanningRun {
            request,
            bill: Bill::open(
                &request.context,
                request.goal.chars(),
                prompts::VERSION,
                now,
            ),
            prompts: RequestPrompts::default(),
            timings: Timings::default(),
            deadline,
        }
    }
}

impl Planner {
    /// A planner with these dependencies.
    #[must_use]
    pub fn new(mut dependencies: Dependencies) -> Self {
        let cache = dependencies.cache.take();
        let names = models(&dependencies).map(|candidate| candidate.name.to_string());
        let names = names.collect::<Vec<_>>().join(",");
        let reuse = Reuse::new(cache, &names, dependencies.limits.max_output_tokens);
        Self {
            dependencies,
            reuse,
        }
    }

    /// The local classifier, which also detects languages.
    #[must_use]
    pub fn classifier(&self) -> &Classifier {
        &self.dependencies.classifier
    }

    /// The record of costs.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.dependencies.ledger
    }

    /// The time.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.dependencies.clock.as_ref()
    }

    /// The deadline of a request that begins now.
    #[must_use]
    pub fn deadline(&self) -> tokio::time::Instant {
        tokio::time::Instant::now() + self.dependencies.limits.deadline
    }

    /// Whether a request can cost anything: not where every plan is written offline.
    #[must_use]
    pub fn may_spend(&self) -> bool {
        models(&self.dependencies).any(|candidate| candidate.model.is_some())
    }

    /// The models that are called, each with the state of its circuit breaker.
    pub fn breakers(&self) -> impl Iterator<Item = (&ModelName, CircuitState)> {
        models(&self.dependencies)
            .filter_map(|candidate| Some((&candidate.name, candidate.model.as_ref()?.state())))
    }
}

/// Every model that a request may call.
fn models(dependencies: &Dependencies) -> impl Iterator<Item = &ModelCandidate> {
    dependencies
        .candidates
        .iter()
        .chain(&dependencies.classifier_model)
}
