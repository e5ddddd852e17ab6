//! Models: the calls, their tokens, and what happens when a call does not succeed.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use prometheus::{HistogramVec, IntCounterVec, IntGaugeVec, Opts};

use super::Metrics;
use super::registrar::Registrar;
use crate::llm::{ModelErrorKind, ModelName, OutputMode, Provider, Purpose, StopReason};
use crate::money::{Money, Tokens};
use crate::resilience::circuit_breaker::CircuitState;

/// A classification takes tenths of a second, a plan up to a minute and more.
const CALL_BUCKETS: [f64; 15] = [
    0.05, 0.1, 0.25, 0.5, 1.5, 2.5, 5.5, 10.5, 15.5, 20.5, 30.5, 45.5, 60.5, 90.5, 120.5,
];

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallOutcome {
    /// The model answered.
    Answered(StopReason),
    /// The call failed.
    Failed(ModelErrorKind),
}

impl CallOutcome {
    /// Returns the value of the label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered(reason) => reason.as_str(),
            Self::Failed(kind) => kind.as_str(),
        }
    }
}

/// The outcomes of a plan's call that exist from the start, so that the first failure of a kind is seen. The others are rare or follow
/// from one of these.
const OUTCOMES: [CallOutcome; 10] = [
    CallOutcome::Answered(StopReason::Finished),
    CallOutcome::Answered(StopReason::MaxTokens),
    CallOutcome::Failed(ModelErrorKind::Throttled),
    CallOutcome::Failed(ModelErrorKind::Unavailable),
    CallOutcome::Failed(ModelErrorKind::TimedOut),
    CallOutcome::Failed(ModelErrorKind::Connection),
    CallOutcome::Failed(ModelErrorKind::Denied),
    CallOutcome::Failed(ModelErrorKind::Rejected),
    CallOutcome::Failed(ModelErrorKind::Refused),
    CallOutcome::Failed(ModelErrorKind::Protocol),
];

pub(super) struct ModelMetrics {
    calls: HistogramVec,
    tokens: IntCounterVec,
    retries: IntCounterVec,
    fallbacks: IntCounterVec,
    output_mode_steps: IntCounterVec,
    // Two scrapes at once must not both count a step.
    counting_steps: Mutex<()>,
    breakers: IntGaugeVec,
}

impl ModelMetrics {
    pub fn register(registrar: &Registrar) -> Result<Self, prometheus::Error> {
        Ok(Self {
            calls: registrar.histograms(
                "gen_ai_client_operation_duration_seconds",
                "Duration of model calls",
                &["model", "operation", "outcome"],
                &CALL_BUCKETS,
            )?,
            tokens: registrar.counters(
                "gen_ai_client_token_usage_total",
                "Tokens as counted by providers",
                &["model", "type"],
            )?,
            retries: registrar.counters(
                "goal_router_model_retries_total",
                "Calls that failed and were sent again",
                &["model"],
            )?,
            fallbacks: registrar.counters(
                "goal_router_model_fallbacks_total",
                "How often a model was given up for a request and the next one was tried",
                &["model"],
            )?,
            output_mode_steps: registrar.counters(
                "goal_router_output_mode_steps_total",
                "How often a model refused an output mode, so that it is called with the next weaker one",
                &["model", "to"],
            )?,
            counting_steps: Mutex::default(),
            breakers: registrar.add(IntGaugeVec::new(
                Opts::new(
                    "goal_router_breaker_state",
                    "State of the circuit breaker of a model: 0 closed, 1 half-open, 2 open",
                ),
                &["model"],
            )?)?,
        })
    }
}

impl Metrics {
    /// Creates the series of a configured model, which are then 0 until something happens.
    pub fn initialize_model(&self, model: &ModelName) {
        let (models, id) = (&self.inner.models, model.id.as_str());
        let outcomes: &[CallOutcome] = match model.provider {
            Provider::Offline => &OUTCOMES[..1],
            Provider::Bedrock | Provider::OpenAi => &OUTCOMES,
        };
        for outcome in outcomes {
            let labels = [id, Purpose::Plan.as_str(), outcome.as_str()];
            models.calls.with_label_values(&labels);
        }
        for (kind, _) in by_type(Tokens::default()) {
            models.tokens.with_label_values(&[id, kind]);
        }
        models.retries.with_label_values(&[id]);
        models.fallbacks.with_label_values(&[id]);
        if model.provider != Provider::Offline {
            for to in OutputMode::ALL.into_iter().skip(1) {
                let labels = [id, to.as_str()];
                models.output_mode_steps.with_label_values(&labels);
            }
        }
        self.initialize_costs(model);
    }

    /// Records a call of a model, successful or not, with its tokens and cost.
    pub fn model_call(
        &self,
        model: &ModelName,
        purpose: Purpose,
        outcome: CallOutcome,
        took: Duration,
        tokens: Tokens,
        cost: Money,
    ) {
        let models = &self.inner.models;
        models
            .calls
            .with_label_values(&[model.id.as_str(), purpose.as_str(), outcome.as_str()])
            .observe(took.as_secs_f64());
        for (kind, count) in by_type(tokens) {
            if count > 0 {
                models
                    .tokens
                    .with_label_values(&[model.id.as_str(), kind])
                    .inc_by(count);
            }
        }
        self.cost(model, cost);
    }

    /// Counts a call that failed and is sent again.
    pub fn model_retry(&self, model: &ModelName) {
        let retries = &self.inner.models.retries;
        retries.with_label_values(&[&*model.id]).inc();
    }

    /// Counts a request that gives a model up and tries the next one.
    pub fn model_fallback(&self, model: &ModelName) {
        let fallbacks = &self.inner.models.fallbacks;
        fallbacks.with_label_values(&[&*model.id]).inc();
    }

    /// Reports the output mode that a model is called with now, and the one that it was first called with. Every step in between is
    /// counted once: a model only ever moves to weaker modes.
    pub fn output_mode(&self, model: &ModelName, first: OutputMode, now: OutputMode) {
        let models = &self.inner.models;
        let counting = models.counting_steps.lock();
        let _counting = counting.unwrap_or_else(PoisonError::into_inner);
        for to in OutputMode::ALL {
            if first < to && to <= now {
                let labels = [&*model.id, to.as_str()];
                let step = models.output_mode_steps.with_label_values(&labels);
                step.inc_by(1_u64.saturating_sub(step.get()));
            }
        }
    }

    /// Sets the state of a model's circuit breaker.
    pub fn breaker(&self, model: &ModelName, state: CircuitState) {
        self.inner
            .models
            .breakers
            .with_label_values(&[model.id.as_str()])
            .set(state_level(state));
    }
}

fn by_type(tokens: Tokens) -> [(&'static str, u64); 4] {
    [
        ("input", tokens.input),
        ("output", tokens.output),
        ("cache_read", tokens.cache_read),
        ("cache_write", tokens.cache_write),
    ]
}

/// Returns the value of a gauge for the state of a circuit breaker.
pub(super) const fn state_level(state: CircuitState) -> i64 {
    match state {
        CircuitState::Closed => 0,
        CircuitState::HalfOpen => 1,
        CircuitState::Open => 2,
    }
}
