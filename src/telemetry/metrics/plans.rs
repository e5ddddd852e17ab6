//! Plans: what became of each request for one, and how long our own work on it took.

use std::time::Duration;

use planning::category::Category;
use planning::plan::repair::Repair;
use prometheus::{Histogram, IntCounterVec};

use super::Metrics;
use super::label::{CountBy, Label, labels};
use super::registrar::Registrar;

/// Our own work takes microseconds; what waits for the store takes milliseconds, and seconds in an outage.
const STAGE_BUCKETS: [f64; 17] = [
    0.00001, 0.000_025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
    0.1, 0.25, 0.5, 1.5, 5.5,
];
/// The category of a request that ended before its goal was classified.
const UNKNOWN_CATEGORY: &str = "unknown";
/// The kind of repair that is not made by a rule: the model was asked for the plan again.
const ASKED_AGAIN: &str = "asked_again";

labels! {
    /// A stage of our own work on a plan.
    Stage {
        /// Classification by the local classifier.
        Classify = "classify",
        /// The prompts and the worst-case cost.
        Guard = "guard",
        /// Holding the worst-case cost in the ledger.
        Hold = "hold",
        /// Parsing, repairing and checking what a model wrote.
        Check = "check",
        /// Writing the outcome to the ledger.
        Settle = "settle",
    }

    /// What became of a request for a plan.
    PlanRequestOutcome {
        /// A plan was made or reused.
        Planned = "planned",
        /// Goal and context have too many tokens.
        InputTooLarge = "input_too_large",
        /// The worst case costs more than a request may.
        RequestTooExpensive = "request_too_expensive",
        /// A budget has no room for the worst case.
        BudgetExceeded = "budget_exceeded",
        /// A person may be in danger.
        NeedsPerson = "needs_person",
        /// The goal would harm somebody.
        GoalRefused = "goal_refused",
        /// The model did not write a valid plan.
        InvalidModelOutput = "invalid_model_output",
        /// No model was available.
        ProviderUnavailable = "provider_unavailable",
        /// The usage row could not be written.
        LedgerUnavailable = "ledger_unavailable",
        /// The deadline passed.
        DeadlineExceeded = "deadline_exceeded",
        /// The maximum number of plans was in progress.
        Overloaded = "overloaded",
    }

    /// Why the cost guard rejected a request.
    RejectionReason {
        /// Goal and context have too many tokens.
        InputTooLarge = "input_too_large",
        /// The worst case costs more than a request may.
        RequestTooExpensive = "request_too_expensive",
        /// A budget has no room for the worst case.
        BudgetExceeded = "budget_exceeded",
    }

    /// What classified a goal.
    ClassificationSource {
        /// The local classifier.
        Local = "local",
        /// A model.
        Model = "model",
    }

    /// Where a reused plan came from.
    ReuseSource {
        /// The cache.
        Cache = "cache",
        /// An equal request in flight.
        InFlight = "in_flight",
    }
}

pub(super) struct PlanMetrics {
    plans: IntCounterVec,
    rejections: CountBy<RejectionReason>,
    classifications: IntCounterVec,
    repairs: IntCounterVec,
    reused: CountBy<ReuseSource>,
    stages: Box<[Histogram]>,
}

impl PlanMetrics {
    pub fn register(registrar: &Registrar) -> Result<Self, prometheus::Error> {
        let stages = registrar.histograms(
            "goal_router_stage_duration_seconds",
            "Duration of our own work on a plan by stage, without the calls of models",
            &["stage"],
            &STAGE_BUCKETS,
        )?;
        let metrics = Self {
            plans: registrar.counters(
                "goal_router_plans_total",
                "Requests for plans by outcome",
                &["category", "outcome"],
            )?,
            rejections: CountBy::register(
                registrar,
                "goal_router_cost_guard_rejections_total",
                "Requests rejected by the cost guard",
                "reason",
            )?,
            classifications: registrar.counters(
                "goal_router_classifications_total",
                "Goals classified",
                &["source", "category"],
            )?,
            repairs: registrar.counters(
                "goal_router_plan_repairs_total",
                "Repairs of plans",
                &["kind"],
            )?,
            reused: CountBy::register(
                registrar,
                "goal_router_plans_reused_total",
                "Plans reused from another request: from the cache, or from a request in flight",
                "how",
            )?,
            stages: Stage::ALL
                .iter()
                .map(|stage| stages.with_label_values(&[stage.as_str()]))
                .collect(),
        };
        metrics.initialize();
        Ok(metrics)
    }

    fn initialize(&self) {
        let categories = Category::ALL.map(Category::as_str);
        for outcome in PlanRequestOutcome::ALL {
            for category in categories.into_iter().chain([UNKNOWN_CATEGORY]) {
                self.plans.with_label_values(&[category, outcome.as_str()]);
            }
        }
        for source in ClassificationSource::ALL {
            for category in categories {
                let labels = [source.as_str(), category];
                self.classifications.with_label_values(&labels);
            }
        }
        for kind in Repair::ALL.map(Repair::as_str) {
            self.repairs.with_label_values(&[kind]);
        }
        self.repairs.with_label_values(&[ASKED_AGAIN]);
    }
}

impl Metrics {
    /// Counts a finished request for a plan.
    pub fn plan(&self, category: Option<Category>, outcome: PlanRequestOutcome) {
        let category = category.map_or(UNKNOWN_CATEGORY, Category::as_str);
        let labels = [category, outcome.as_str()];
        self.inner.plans.plans.with_label_values(&labels).inc();
    }

    /// Counts a request that was rejected because the maximum number of plans was in progress.
    pub fn shed(&self) {
        self.plan(None, PlanRequestOutcome::Overloaded);
    }

    /// Counts a request that the cost guard rejected.
    pub fn cost_guard_rejection(&self, reason: RejectionReason) {
        self.inner.plans.rejections.of(reason).inc();
    }

    /// Counts a classified goal.
    pub fn classification(&self, source: ClassificationSource, category: Category) {
        let labels = [source.as_str(), category.as_str()];
        let classifications = &self.inner.plans.classifications;
        classifications.with_label_values(&labels).inc();
    }

    /// Counts a repair of a plan by a rule.
    pub fn plan_repair(&self, repair: Repair) {
        let repairs = &self.inner.plans.repairs;
        repairs.with_label_values(&[repair.as_str()]).inc();
    }

    /// Counts a plan that was valid only when the model was asked again.
    pub fn plan_asked_again(&self) {
        let repairs = &self.inner.plans.repairs;
        repairs.with_label_values(&[ASKED_AGAIN]).inc();
    }

    /// Counts a plan that was reused from another request.
    pub fn plan_reused(&self, from: ReuseSource) {
        self.inner.plans.reused.of(from).inc();
    }

    /// Records how long a stage took.
    pub fn stage(&self, stage: Stage, took: Duration) {
        let place: usize = stage.into();
        self.inner.plans.stages[place].observe(took.as_secs_f64());
    }
}
