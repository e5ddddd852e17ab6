//! The metrics. They are registered once and passed in. Callers report what happened; names and labels are defined only here, in one
//! file for each concern.
//!
//! Label values come from closed sets ([`Label`]) or from the configured models, never from clients, paths or request ids. Where the
//! values are few and known, their series exist from the start at 0, so that no graph is empty and a rate sees the first increase.
//!
//! No bucket bound is a whole number: Prometheus 2 and 3 write those differently, and a query must work with both.

mod build;
mod export;
mod http;
mod label;
mod ledger;
mod models;
mod money;
mod plans;
mod registrar;
mod runtime;

use std::sync::Arc;

use prometheus::{Encoder as _, Registry, TextEncoder};

use self::export::ExportMetrics;
use self::http::HttpMetrics;
pub use self::http::{
    ActiveRequest, DecidedBy, DenialReason, DisconnectPhase, IdempotencyOutcome, Probe, Saturation,
};
pub use self::label::Label;
use self::ledger::LedgerMetrics;
pub use self::ledger::{
    HoldOutcome, LedgerLevels, LedgerWrite, OpenHold, ReplayOutcome, StoreOperation, StoreOutcome,
    SweepOutcome,
};
pub use self::models::CallOutcome;
use self::models::ModelMetrics;
use self::money::MoneyMetrics;
pub use self::money::{Budget, Waste};
use self::plans::PlanMetrics;
pub use self::plans::{
    ClassificationSource, PlanRequestOutcome, RejectionReason, ReuseSource, Stage,
};
use self::registrar::Registrar;

/// All metrics; cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    inner: Arc<Inner>,
}

struct Inner {
    registry: Registry,
    http: HttpMetrics,
    plans: PlanMetrics,
    models: ModelMetrics,
    money: MoneyMetrics,
    ledger: LedgerMetrics,
}

impl Metrics {
    /// Creates and registers all metrics, including those of the process.
    ///
    /// # Errors
    /// Returns an error if a name is taken or malformed, which is a bug.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let registrar = Registrar(registry.clone());
        build::register(&registrar)?;
        registry.register(Box::new(ExportMetrics::new()?))?;
        Ok(Self {
            inner: Arc::new(Inner {
                registry,
                http: HttpMetrics::register(&registrar)?,
                plans: PlanMetrics::register(&registrar)?,
                models: ModelMetrics::register(&registrar)?,
                money: MoneyMetrics::register(&registrar)?,
                ledger: LedgerMetrics::register(&registrar)?,
            }),
        })
    }

    /// Adds the metrics of the runtime that makes plans. Call it once.
    ///
    /// # Errors
    /// Returns an error if a runtime was added before.
    pub fn watch_runtime(&self, runtime: &tokio::runtime::Handle) -> Result<(), prometheus::Error> {
        runtime::register(&Registrar(self.inner.registry.clone()), runtime)
    }

    /// Returns all metrics in the Prometheus text format.
    ///
    /// # Errors
    /// Returns an error if a metric cannot be encoded, which is a bug.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.inner.registry.gather(), &mut text)?;
        String::from_utf8(text).map_err(|error| prometheus::Error::Msg(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bucket_bound_is_a_whole_number() {
        let metrics = Metrics::new().unwrap();
        metrics.initialize_routes([("POST", "/", 200)]);
        let model = crate::llm::ModelName {
            provider: crate::llm::Provider::Bedrock,
            id: "m".to_owned(),
        };
        metrics.initialize_model(&model);
        let text = metrics.text().unwrap();
        let bounds = text.lines().filter_map(|line| {
            let (_, rest) = line.split_once("le=\"")?;
            rest.split('"').next()
        });
        let bounds: Vec<f64> = bounds.filter_map(|bound| bound.parse().ok()).collect();

        let whole = bounds.iter().filter(|bound| bound.is_finite());
        let whole: Vec<_> = whole.filter(|bound| bound.fract() == 0.0).collect();
        assert!(bounds.len() > 100 && whole.is_empty(), "{whole:?}");
    }
}
