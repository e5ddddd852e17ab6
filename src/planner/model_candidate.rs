//! The candidates for writing a plan: models, or the offline planner.

use std::sync::Arc;
use std::time::Duration;

use crate::llm::{Capabilities, LanguageModel, ModelName};
use crate::resilience::circuit_breaker::{CircuitBreaker, CircuitBreakerSettings, CircuitState};

/// After ten failures in a row, across all requests, a model is not called for ten seconds; other candidates take over. With a lower
/// threshold, the circuit would open by chance when a third of the calls is throttled.
const BREAKER: CircuitBreakerSettings = CircuitBreakerSettings {
    failures: 10,
    coalesce_concurrent: false,
    open_duration: Duration::from_secs(10),
};

/// A candidate for writing a plan.
#[derive(Clone)]
pub struct ModelCandidate {
    /// The name of the model.
    pub name: ModelName,
    /// The model's price and capabilities.
    pub capabilities: Capabilities,
    /// The model; `None` for the offline planner.
    pub model: Option<GuardedModel>,
}

impl ModelCandidate {
    /// Returns the offline planner.
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
    /// The circuit breaker.
    pub breaker: Arc<CircuitBreaker>,
}

impl GuardedModel {
    /// Wraps a model with a closed circuit breaker, named after the model.
    #[must_use]
    pub fn new(name: &ModelName, model: Arc<dyn LanguageModel>) -> Self {
        Self {
            model,
            breaker: Arc::new(CircuitBreaker::new(name.to_string(), BREAKER)),
        }
    }

    /// Returns the state of the circuit breaker.
    #[must_use]
    pub fn state(&self) -> CircuitState {
        self.breaker.state()
    }
}
