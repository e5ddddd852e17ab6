//! Which providers can be called at all: whether there are credentials for them.
//!
//! It is learned from calls and from regular checks without a call. Without the checks, a task that is not ready, and so gets no
//! requests, would never learn that its credentials have come.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{ModelCandidate, Planner, models};
use crate::llm::{ModelError, ModelErrorKind, NotSent, Provider};
use crate::telemetry::events;

/// Pause between two checks.
const CHECK_INTERVAL: Duration = Duration::from_secs(5);
/// Maximum time of the first check. Longer than credentials take to load, and short enough to wait for at start.
const FIRST_CHECK: Duration = Duration::from_secs(1);

/// The providers that cannot be called, with the reason.
#[derive(Debug, Default)]
pub(super) struct ModelHealth(Mutex<BTreeMap<Provider, NotSent>>);

/// A provider whose models cannot be called now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnavailableProvider {
    /// The name of the provider.
    pub provider: &'static str,
    /// The reason, from a closed set: `no_credentials`.
    pub reason: &'static str,
}

impl ModelHealth {
    /// Learns from a call or a check. Changes are logged, so that each is told once.
    pub fn record(&self, provider: Provider, failure: Option<&ModelError>) {
        let missing = failure.and_then(|failure| match failure.kind {
            ModelErrorKind::NotSent(why @ NotSent::NoCredentials) => Some((why, failure)),
            _ => None,
        });
        let mut unavailable = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match missing {
            Some((why, failure)) => {
                if unavailable.insert(provider, why).is_none() {
                    events::provider_unavailable(provider.as_str(), failure);
                }
            }
            // Other failures say nothing about credentials.
            None if failure.is_some() => {}
            None => {
                if unavailable.remove(&provider).is_some() {
                    events::provider_available(provider.as_str());
                }
            }
        }
    }

    fn is_available(&self, candidate: &ModelCandidate) -> bool {
        let unavailable = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        !unavailable.contains_key(&candidate.name.provider)
    }
}

impl Planner {
    /// Returns the providers whose models cannot be called now.
    #[must_use]
    pub fn unavailable_providers(&self) -> Vec<UnavailableProvider> {
        let unavailable = self.health.0.lock().unwrap_or_else(PoisonError::into_inner);
        let unavailable = unavailable
            .iter()
            .map(|(provider, why)| UnavailableProvider {
                provider: provider.as_str(),
                reason: why.as_str(),
            });
        unavailable.collect()
    }

    /// Returns whether any candidate may write a plan now, as far as that is known without a call.
    #[must_use]
    pub fn can_plan(&self) -> bool {
        let mut candidates = self.dependencies.candidates.iter();
        candidates.any(|candidate| self.health.is_available(candidate))
    }

    /// Checks the providers once, at start. Credentials that are not loaded in time count as missing until they are.
    pub async fn check_providers(&self) {
        for candidate in self.one_per_provider() {
            let check = tokio::time::timeout(FIRST_CHECK, self.check(candidate));
            if check.await.is_err() {
                let reason = "credentials have not been loaded yet";
                let late = ModelError::not_sent(NotSent::NoCredentials, reason);
                self.health.record(candidate.name.provider, Some(&late));
            }
        }
    }

    /// Checks the providers regularly. It never ends.
    pub async fn watch_providers(&self) {
        loop {
            tokio::time::sleep(CHECK_INTERVAL).await;
            for candidate in self.one_per_provider() {
                self.check(candidate).await;
            }
        }
    }

    async fn check(&self, candidate: &ModelCandidate) {
        if let Some(model) = &candidate.model {
            let checked = model.model.check().await;
            self.health
                .record(candidate.name.provider, checked.as_ref().err());
        }
    }

    /// Returns one candidate of each provider: the models of a provider share its credentials.
    fn one_per_provider(&self) -> impl Iterator<Item = &ModelCandidate> {
        let mut first = BTreeMap::new();
        for candidate in models(&self.dependencies) {
            first.entry(candidate.name.provider).or_insert(candidate);
        }
        first.into_values()
    }
}
