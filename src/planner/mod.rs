//! The planning pipeline: classify, guard, hold, generate, check, settle. Start reading at [`Planner::plan`].
//!
//! The planner knows neither HTTP nor AWS nor Redis. Every cost is charged to the bill, whatever the outcome, and the bill is settled
//! before the outcome is returned.

mod classify;
mod estimate;
mod failure;
mod generate;
mod guard;
mod model_call;
mod model_candidate;
mod model_fallback;
mod model_health;
pub mod plan_outcome;
pub mod plan_response;
mod progress;
pub mod prompts;
mod read_answer;
pub mod request;
mod reuse;
mod settle;
mod wasted;

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveTime;
use planning::classifier::Classifier;
use planning::offline::OfflinePlanner;

pub use self::estimate::Estimate;
pub use self::failure::{PlanFailure, PlanFailureKind, outcome_of_refusal};
pub use self::guard::Limits;
pub use self::model_candidate::{GuardedModel, ModelCandidate};
use self::model_health::ModelHealth;
pub use self::model_health::UnavailableProvider;
pub use self::plan_outcome::{Classification, ClassifiedBy, PlanOutcome, Timings};
pub use self::progress::{Progress, ProgressListener};
use self::prompts::RequestPrompts;
pub use self::request::{Fields, PlanRequest, RequestError};
use self::reuse::Reuse;
pub use self::reuse::{PlanCache, PlanStore};
use self::wasted::WastedCosts;
use crate::clock::Clock;
use crate::ledger::{Bill, Ledger};
use crate::llm::{ModelName, OutputMode};
use crate::resilience::circuit_breaker::CircuitState;
use crate::telemetry::Metrics;
use crate::telemetry::metrics::OpenHold;

/// The dependencies of the planner.
pub struct Dependencies {
    /// The local classifier.
    pub classifier: Classifier,
    /// The planner without a model.
    pub offline: OfflinePlanner,
    /// The models that may write a plan, in the order in which they are tried; never empty.
    pub candidates: Vec<ModelCandidate>,
    /// The model that classifies goals the local classifier is unsure about, if one is configured.
    pub classifier_model: Option<ModelCandidate>,
    /// The ledger of costs and budgets.
    pub ledger: Ledger,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The limits of a request.
    pub limits: Limits,
    /// The cache of recent plans, if one is configured.
    pub cache: Option<PlanCache>,
    /// The metrics.
    pub metrics: Metrics,
}

/// Makes plans.
pub struct Planner {
    dependencies: Dependencies,
    reuse: Reuse,
    health: ModelHealth,
    progress: Option<ProgressListener>,
}

/// The state of one request in the pipeline.
struct PlanningRun<'a> {
    request: &'a PlanRequest,
    bill: Bill,
    prompts: RequestPrompts,
    timings: Timings,
    wasted: WastedCosts,
    /// While the worst-case cost is held.
    open_hold: Option<OpenHold>,
    deadline: tokio::time::Instant,
}

/// Time reserved for settling, after the last call and at the end of a hold that never came about.
const SETTLE_TIME: Duration = Duration::from_secs(1);

impl PlanningRun<'_> {
    /// Returns until when the request may hold and spend.
    fn spending_deadline(&self) -> tokio::time::Instant {
        let deadline = self.deadline.checked_sub(SETTLE_TIME);
        deadline.unwrap_or(self.deadline)
    }
}

impl Planner {
    /// Makes a plan by the deadline, or reuses one of an equal request. Its cost is settled before this returns.
    ///
    /// Run it in its own task: a request that has started to spend must run to completion.
    ///
    /// # Errors
    /// Returns a [`PlanFailure`]. Costs up to then are settled nevertheless.
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
        self.guard_and_hold(run, intent).await?;
        let classification = self.confirm_category(run, intent).await;
        self.generate(run, classification).await
    }

    fn begin<'a>(
        &self,
        request: &'a PlanRequest,
        deadline: tokio::time::Instant,
    ) -> PlanningRun<'a> {
        let ledger = &self.dependencies.ledger;
        PlanningRun {
            request,
            bill: ledger.open_bill(&request.context, request.goal.chars(), prompts::VERSION),
            prompts: RequestPrompts::default(),
            timings: Timings::default(),
            wasted: WastedCosts::default(),
            open_hold: None,
            deadline,
        }
    }
}

impl Planner {
    /// Creates a planner with these dependencies.
    #[must_use]
    pub fn new(mut dependencies: Dependencies) -> Self {
        let cache = dependencies.cache.take();
        let names = models(&dependencies).map(|candidate| candidate.name.to_string());
        let names = names.collect::<Vec<_>>().join(",");
        let reuse = Reuse::new(cache, &names, dependencies.limits.max_output_tokens);
        initialize_metrics(&dependencies);
        Self {
            dependencies,
            reuse,
            health: ModelHealth::default(),
            progress: None,
        }
    }

    /// Returns the local classifier, which also detects languages.
    #[must_use]
    pub fn classifier(&self) -> &Classifier {
        &self.dependencies.classifier
    }

    /// Returns the ledger of costs and budgets.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.dependencies.ledger
    }

    /// Returns the clock.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.dependencies.clock.as_ref()
    }

    /// Returns the deadline of a request that starts now.
    #[must_use]
    pub fn deadline(&self) -> tokio::time::Instant {
        tokio::time::Instant::now() + self.dependencies.limits.deadline
    }

    /// Returns whether a request can cost money, which is the case if any model is configured.
    #[must_use]
    pub fn may_spend(&self) -> bool {
        models(&self.dependencies).any(|candidate| candidate.model.is_some())
    }

    /// Returns the configured models with the states of their circuit breakers.
    pub fn breakers(&self) -> impl Iterator<Item = (&ModelName, CircuitState)> {
        models(&self.dependencies)
            .filter_map(|candidate| Some((&candidate.name, candidate.model.as_ref()?.state())))
    }

    /// Returns the configured models, each with the output mode that it is first called with and the one that it is called with now.
    pub fn output_modes(&self) -> impl Iterator<Item = (&ModelName, OutputMode, OutputMode)> {
        models(&self.dependencies).filter_map(|candidate| {
            let now = candidate.model.as_ref()?.model.output_mode();
            Some((&candidate.name, candidate.capabilities.output_mode, now))
        })
    }
}

/// Creates the series of the configured models, and tells how old their prices are.
fn initialize_metrics(dependencies: &Dependencies) {
    let metrics = &dependencies.metrics;
    for candidate in models(dependencies) {
        metrics.initialize_model(&candidate.name);
    }
    let newest = models(dependencies).filter_map(|candidate| candidate.capabilities.priced_on);
    let newest = newest
        .max()
        .map(|day| day.and_time(NaiveTime::MIN).and_utc());
    metrics.price_table(newest.map_or(0, |day| day.timestamp()));
}

/// Returns every candidate that a request may use, including the classifier model.
fn models(dependencies: &Dependencies) -> impl Iterator<Item = &ModelCandidate> {
    dependencies
        .candidates
        .iter()
        .chain(&dependencies.classifier_model)
}
