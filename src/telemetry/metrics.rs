//! The metrics. They are registered once and passed in. Callers report what happened; names and labels are defined only here.
//!
//! Label values come from closed sets or from the configured models, never from clients, paths or request ids.

use std::time::Duration;

use prometheus::core::Collector;
use prometheus::{
    Encoder as _, GaugeVec, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry, TextEncoder,
};

use super::export_metrics::ExportMetrics;
use crate::llm::ModelName;
use crate::llm::Purpose;
use crate::money::{Money, Tokens};
use crate::resilience::circuit_breaker::CircuitState;
use planning::category::Category;

/// Local responses take under a millisecond, models take seconds, and the deadline is 90 s.
const REQUEST_BUCKETS: [f64; 16] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 90.0,
];
/// The buckets of the semantic conventions for generative AI.
const CALL_BUCKETS: [f64; 14] = [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];

/// All metrics; cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: HistogramVec,
    active: IntGauge,
    calls: HistogramVec,
    tokens: IntCounterVec,
    cost_usd: prometheus::CounterVec,
    plans: IntCounterVec,
    rejections: IntCounterVec,
    classifications: IntCounterVec,
    repairs: IntCounterVec,
    writes: IntCounterVec,
    spool_rows: IntGauge,
    unreadable_items: IntGauge,
    budget_remaining: GaugeVec,
    breakers: IntGaugeVec,
    rate_limited: IntCounter,
    rate_limit_decisions: IntCounterVec,
    plans_reused: IntCounterVec,
    idempotency: IntCounterVec,
}

impl Metrics {
    /// Creates and registers all metrics, including those of the process.
    ///
    /// # Errors
    /// Returns an error if a name is taken or malformed, which is a bug.
    #[expect(clippy::too_many_lines, reason = "a list of metrics")]
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let counter = |name, help, labels| counter(&registry, name, help, labels);
        let gauge = |name, help| registered(&registry, IntGauge::new(name, help)?);
        let histogram =
            |name, help, labels, buckets| histogram(&registry, name, help, labels, buckets);
        let metrics = Self {
            requests: histogram(
                "http_server_request_duration_seconds",
                "Duration of requests",
                &["method", "route", "status"],
                &REQUEST_BUCKETS,
            )?,
            active: gauge("http_server_active_requests", "Requests in progress")?,
            calls: histogram(
                "gen_ai_client_operation_duration_seconds",
                "Duration of model calls",
                &["model", "operation", "outcome"],
                &CALL_BUCKETS,
            )?,
            tokens: counter(
                "gen_ai_client_token_usage_total",
                "Tokens as counted by providers",
                &["model", "type"],
            )?,
            cost_usd: registered(
                &registry,
                prometheus::CounterVec::new(
                    Opts::new("goal_router_cost_usd_total", "Cost of tokens in USD"),
                    &["model"],
                )?,
            )?,
            plans: counter(
                "goal_router_plans_total",
                "Requests for plans by outcome",
                &["category", "outcome"],
            )?,
            rejections: counter(
                "goal_router_cost_guard_rejections_total",
                "Requests rejected by the cost guard",
                &["reason"],
            )?,
            classifications: counter(
                "goal_router_classifications_total",
                "Goals classified",
                &["source", "category"],
            )?,
            repairs: counter(
                "goal_router_plan_repairs_total",
                "Repairs of plans",
                &["kind"],
            )?,
            writes: counter(
                "goal_router_ledger_writes_total",
                "Writes of usage rows",
                &["outcome"],
            )?,
            spool_rows: gauge(
                "goal_router_spool_rows",
                "Usage rows on the local disk waiting to be written to the store",
            )?,
            unreadable_items: gauge(
                "goal_router_unreadable_items",
                "Expired rows and leases that the last sweep could not read, which a newer build may have written",
            )?,
            budget_remaining: registered(
                &registry,
                GaugeVec::new(
                    Opts::new(
                        "goal_router_budget_remaining_usd",
                        "Remaining budget of the day in USD",
                    ),
                    &["scope"],
                )?,
            )?,
            breakers: registered(
                &registry,
                IntGaugeVec::new(
                    Opts::new(
                        "goal_router_breaker_state",
                        "State of the circuit breaker of a model: 0 closed, 1 half-open, 2 open",
                    ),
                    &["model"],
                )?,
            )?,
            rate_limited: registered(
                &registry,
                IntCounter::new(
                    "goal_router_rate_limited_total",
                    "Requests over the rate limit of their client",
                )?,
            )?,
            rate_limit_decisions: counter(
                "goal_router_rate_limit_decisions_total",
                "Rate limit decisions by source: this process, Redis, or this process because Redis is unavailable",
                &["by"],
            )?,
            plans_reused: counter(
                "goal_router_plans_reused_total",
                "Plans reused from another request: from the cache, or from a request in flight",
                &["how"],
            )?,
            idempotency: counter(
                "goal_router_idempotency_total",
                "Requests with an idempotency key by outcome",
                &["outcome"],
            )?,
            registry: registry.clone(),
        };
        register_build_and_process(&registry)?;
        Ok(metrics)
    }

    /// Counts a request as in progress until the returned guard is dropped, which also happens if the client disconnects.
    #[must_use]
    pub fn active_request(&self) -> ActiveRequest {
        self.active.inc();
        ActiveRequest(self.active.clone())
    }

    /// Records the end of a request.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.requests
            .with_label_values(&[method, route, &status.to_string()])
            .observe(took.as_secs_f64());
    }

    /// Records a call of a model, successful or not, with its tokens and cost.
    pub fn model_call(
        &self,
        model: &ModelName,
        purpose: Purpose,
        outcome: &str,
        took: Duration,
        tokens: Tokens,
        cost: Money,
    ) {
        self.calls
            .with_label_values(&[model.id.as_str(), purpose.as_str(), outcome])
            .observe(took.as_secs_f64());
        for (kind, count) in [
            ("input", tokens.input),
            ("output", tokens.output),
            ("cache_read", tokens.cache_read),
            ("cache_write", tokens.cache_write),
        ] {
            if count > 0 {
                self.tokens
                    .with_label_values(&[model.id.as_str(), kind])
                    .inc_by(count);
            }
        }
        self.cost_usd
            .with_label_values(&[model.id.as_str()])
            .inc_by(cost.as_usd());
    }

    /// Counts a finished request for a plan.
    pub fn plan(&self, category: Option<Category>, outcome: &str) {
        self.plans
            .with_label_values(&[category.map_or("unknown", Category::as_str), outcome])
            .inc();
    }

    /// Counts a request that the cost guard rejected.
    pub fn cost_guard_rejection(&self, reason: &str) {
        self.rejections.with_label_values(&[reason]).inc();
    }

    /// Counts a classified goal.
    pub fn classification(&self, source: &str, category: Category) {
        self.classifications
            .with_label_values(&[source, category.as_str()])
            .inc();
    }

    /// Counts a repair of a plan.
    pub fn plan_repair(&self, kind: &str) {
        self.repairs.with_label_values(&[kind]).inc();
    }

    /// Counts a write of a usage row, successful or not.
    pub fn ledger_write(&self, outcome: &str) {
        self.writes.with_label_values(&[outcome]).inc();
    }

    /// Sets the number of rows waiting in the spool.
    pub fn spool_rows(&self, rows: u64) {
        self.spool_rows.set(i64::try_from(rows).unwrap_or(i64::MAX));
    }

    /// Sets the number of items that the last sweep could not read.
    pub fn unreadable_items(&self, items: u64) {
        self.unreadable_items
            .set(i64::try_from(items).unwrap_or(i64::MAX));
    }

    /// Sets the remaining budget of the service for today.
    pub fn budget_remaining(&self, remaining: Money) {
        self.budget_remaining
            .with_label_values(&["service"])
            .set(remaining.as_usd());
    }

    /// Sets the state of a model's circuit breaker.
    pub fn breaker(&self, model: &ModelName, state: CircuitState) {
        self.breakers
            .with_label_values(&[model.id.as_str()])
            .set(match state {
                CircuitState::Closed => 0,
                CircuitState::HalfOpen => 1,
                CircuitState::Open => 2,
            });
    }

    /// Counts a request over its client's rate limit.
    pub fn rate_limited(&self) {
        self.rate_limited.inc();
    }

    /// Counts a rate limit decision by its source.
    pub fn rate_limit_decision(&self, by: &str) {
        self.rate_limit_decisions.with_label_values(&[by]).inc();
    }

    /// Counts a plan that was reused from another request.
    pub fn plan_reused(&self, how: &str) {
        self.plans_reused.with_label_values(&[how]).inc();
    }

    /// Counts a request with an idempotency key by its outcome.
    pub fn idempotency(&self, outcome: &str) {
        self.idempotency.with_label_values(&[outcome]).inc();
    }

    /// Counts a request that was rejected because the maximum number of plans was in progress.
    pub fn shed(&self) {
        self.plans
            .with_label_values(&["unknown", "overloaded"])
            .inc();
    }

    /// Returns all metrics in the Prometheus text format.
    ///
    /// # Errors
    /// Returns an error if a metric cannot be encoded, which is a bug.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        String::from_utf8(text).map_err(|error| prometheus::Error::Msg(error.to_string()))
    }
}

fn registered<C: Collector + Clone + 'static>(
    registry: &Registry,
    collector: C,
) -> Result<C, prometheus::Error> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

/// Registers the build information and the process metrics.
fn register_build_and_process(registry: &Registry) -> Result<(), prometheus::Error> {
    let build = IntGaugeVec::new(
        Opts::new(
            "goal_router_build_info",
            "Always 1; the labels describe the build",
        ),
        &["version"],
    )?;
    build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
    registry.register(Box::new(build))?;
    registry.register(Box::new(ExportMetrics::new()?))?;
    #[cfg(target_os = "linux")]
    registry.register(Box::new(
        prometheus::process_collector::ProcessCollector::for_self(),
    ))?;
    Ok(())
}

fn counter(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> Result<IntCounterVec, prometheus::Error> {
    registered(registry, IntCounterVec::new(Opts::new(name, help), labels)?)
}

fn histogram(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
    buckets: &[f64],
) -> Result<HistogramVec, prometheus::Error> {
    let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
    registered(registry, HistogramVec::new(options, labels)?)
}

/// A guard that counts a request as in progress until it is dropped.
pub struct ActiveRequest(IntGauge);

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        self.0.dec();
    }
}
