//! A model that may write a plan, or the planner without one.

use std::sync::Arc;
use std::time::Duration;

use crate::llm::{Capabilities, LanguageModel, ModelName};
use crate::resilience::circuit_breaker::{CircuitBreaker, CircuitBreakerSettings, CircuitState};

/// A model is not called for ten seconds after ten failures in a row, of whatever requests: other models answer meanwhile. Fewer
/// would open the circuit by chance where a third of the calls is throttled.
const BREAKER: CircuitBreakerSettings = CircuitBreakerSettings {
    failures: 10,
    coalesce_concurrent: false,
    open_duration: Duration::from_secs(10),
};

/// A model that may write a plan.
#[derive(Clone)]
pub struct ModelCandidate {
    /// Its name.
    pub name: ModelName,
    /// Its price and capabilities.
    pub capabilities: Capabilities,
    /// The model; `None` for the planner without one.
    pub model: Option<GuardedModel>,
}

impl ModelCandidate {
    /// The planner without a model.
    #[must_use]
    pub fn offline() -> Self {
        Self {
            name: ModelName::offline(),
            capabilities: Capabilities::offline(),
            model: None,
        }
    }
}

/// A model behind the circuit breaker that all its callers share.
#[derive(Clone)]
pub struct GuardedModel {
    /// The model.
    pub model: Arc<dyn LanguageModel>,
    /// Whether it is called at all.
    pub breaker: Arc<CircuitBreaker>,
}

impl GuardedModel {
    /// A model of that name behind a closed breaker.
    #[must_use]
    pub fn new(name: &ModelName, model: Arc<dyn LanguageModel>) -> Self {
        Self {
            model,
            breaker: Arc::new(CircuitBreaker::new(name.to_string(), BREAKER)),
        }
    }

    /// The state of its breaker.
    #[must_use]
    pub fn state(&self) -> CircuitState {
        self.breaker.state()
    }
}
