//! A circuit breaker: it opens after consecutive failures, and closes when a single probe call succeeds.
//!
//! We keep our own instead of a crate because we need three things together: concurrent failures count as one, a permit that is
//! dropped counts for nothing, and the state can be read for metrics.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// When a breaker opens, and how long it stays open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitBreakerSettings {
    /// Consecutive failures that open it.
    pub failures: u32,
    /// Whether failures of concurrent calls count as one. With a short timeout, a brief CPU stall in this process fails all
    /// calls in flight, which says little about the remote.
    pub coalesce_concurrent: bool,
    /// How long it stays open before it allows a probe.
    pub open_duration: Duration,
}

/// Which calls a breaker allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CircuitState {
    /// All calls.
    Closed,
    /// One call at a time, as a probe.
    HalfOpen,
    /// No calls.
    Open,
}

/// A circuit breaker in front of one remote.
#[derive(Debug)]
pub struct CircuitBreaker {
    name: String,
    settings: CircuitBreakerSettings,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    failures: u32,
    last_counted_failure: Option<Instant>,
    opened_at: Option<Instant>,
    probe_started: Option<Instant>,
}

/// The breaker rejected a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitOpen {
    /// How long to wait before the next attempt.
    pub retry_after: Duration,
}

/// Permission to make one call. Report the result with [`Permit::succeeded`] or [`Permit::failed`]; a permit that is dropped
/// without a result does not count.
#[derive(Debug)]
#[must_use = "a permit that is dropped does not count the call"]
pub struct Permit<'a> {
    breaker: &'a CircuitBreaker,
    started: Instant,
    probe: bool,
}

impl CircuitBreaker {
    /// Creates a closed breaker. `name` says in logs what it protects.
    #[must_use]
    pub fn new(name: impl Into<String>, settings: CircuitBreakerSettings) -> Self {
        Self {
            name: name.into(),
            settings,
            inner: Mutex::new(Inner {
                failures: 0,
                last_counted_failure: None,
                opened_at: None,
                probe_started: None,
            }),
        }
    }

    /// Returns a permit for one call.
    ///
    /// # Errors
    /// [`CircuitOpen`] while the breaker is open, or while a probe is in flight.
    pub fn permit(&self) -> Result<Permit<'_>, CircuitOpen> {
        let now = Instant::now();
        let mut inner = self.inner();
        let Some(opened_at) = inner.opened_at else {
            return Ok(Permit {
                breaker: self,
                started: now,
                probe: false,
            });
        };
        let remaining = self
            .settings
            .open_duration
            .saturating_sub(now.saturating_duration_since(opened_at));
        if !remaining.is_zero() {
            return Err(CircuitOpen {
                retry_after: remaining,
            });
        }
        if inner.probe_started.is_some() {
            return Err(CircuitOpen {
                retry_after: self.settings.open_duration,
            });
        }
        inner.probe_started = Some(now);
        Ok(Permit {
            breaker: self,
            started: now,
            probe: true,
        })
    }

    /// Returns the current state, without taking a permit. Once the open duration is over it is half-open, whether or not there is a
    /// call that could be the probe.
    #[must_use]
    pub fn state(&self) -> CircuitState {
        let inner = self.inner();
        match inner.opened_at {
            None => CircuitState::Closed,
            Some(_) if inner.probe_started.is_some() => CircuitState::HalfOpen,
            Some(opened_at) if opened_at.elapsed() >= self.settings.open_duration => {
                CircuitState::HalfOpen
            }
            Some(_) => CircuitState::Open,
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit<'_> {
    /// Records that the remote answered.
    pub fn succeeded(self) {
        let mut inner = self.breaker.inner();
        // A call that started before the breaker opened says nothing about the remote now.
        if inner.opened_at.is_none() || self.probe {
            inner.failures = 0;
            if inner.opened_at.take().is_some() {
                tracing::info!(
                    event_type = "breaker_closed",
                    name = self.breaker.name,
                    "{} answers again; the circuit is closed",
                    self.breaker.name
                );
            }
        }
    }

    /// Records that the call failed.
    pub fn failed(self) {
        let now = Instant::now();
        let mut inner = self.breaker.inner();
        let was_concurrent = inner
            .last_counted_failure
            .is_some_and(|last| self.started < last);
        if !(self.breaker.settings.coalesce_concurrent && was_concurrent) {
            inner.failures = inner.failures.saturating_add(1);
            inner.last_counted_failure = Some(now);
        }
        if self.probe {
            inner.opened_at = Some(now);
        } else if inner.opened_at.is_none() && inner.failures >= self.breaker.settings.failures {
            inner.opened_at = Some(now);
            tracing::warn!(
                event_type = "breaker_opened",
                name = self.breaker.name,
                failures = inner.failures,
                "{} failed {} times in a row; the circuit is open",
                self.breaker.name,
                inner.failures
            );
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.breaker.inner().probe_started = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN_DURATION: Duration = Duration::from_millis(50);
    const SETTINGS: CircuitBreakerSettings = CircuitBreakerSettings {
        failures: 3,
        coalesce_concurrent: false,
        open_duration: OPEN_DURATION,
    };

    fn open_breaker() -> CircuitBreaker {
        let breaker = CircuitBreaker::new("test", SETTINGS);
        for _ in 0..3 {
            breaker.permit().unwrap().failed();
        }
        breaker
    }

    #[tokio::test]
    async fn it_opens_after_consecutive_failures_and_a_success_resets_the_count() {
        let breaker = CircuitBreaker::new("test", SETTINGS);

        breaker.permit().unwrap().failed();
        breaker.permit().unwrap().failed();
        breaker.permit().unwrap().succeeded();
        breaker.permit().unwrap().failed();
        breaker.permit().unwrap().failed();
        assert_eq!(breaker.state(), CircuitState::Closed);
        breaker.permit().unwrap().failed();

        assert_eq!(breaker.state(), CircuitState::Open);
        let retry_after = breaker.permit().unwrap_err().retry_after;
        assert!(
            retry_after > Duration::ZERO && retry_after <= OPEN_DURATION,
            "{retry_after:?}"
        );
    }

    #[tokio::test]
    async fn concurrent_failures_count_as_one() {
        let settings = CircuitBreakerSettings {
            coalesce_concurrent: true,
            ..SETTINGS
        };
        let breaker = CircuitBreaker::new("test", settings);

        for round in 1..=3 {
            assert_eq!(breaker.state(), CircuitState::Closed, "before {round}");
            let concurrent: Vec<_> = (0..8).map(|_| breaker.permit().unwrap()).collect();
            concurrent.into_iter().for_each(Permit::failed);
        }

        assert_eq!(breaker.state(), CircuitState::Open);
    }

    #[tokio::test]
    async fn after_the_open_duration_one_probe_decides() {
        let breaker = open_breaker();
        tokio::time::sleep(OPEN_DURATION).await;

        let probe = breaker.permit().unwrap();
        assert_eq!(breaker.state(), CircuitState::HalfOpen);
        assert!(breaker.permit().is_err(), "one probe at a time");
        probe.failed();
        assert!(breaker.permit().is_err(), "the open duration starts again");
        tokio::time::sleep(OPEN_DURATION).await;
        breaker.permit().unwrap().succeeded();

        assert_eq!(breaker.state(), CircuitState::Closed);
    }

    #[tokio::test]
    async fn without_calls_it_does_not_stay_open() {
        let breaker = open_breaker();
        assert_eq!(breaker.state(), CircuitState::Open);
        tokio::time::sleep(OPEN_DURATION).await;
        assert_eq!(breaker.state(), CircuitState::HalfOpen);
    }

    #[tokio::test]
    async fn a_dropped_probe_allows_the_next() {
        let breaker = open_breaker();
        tokio::time::sleep(OPEN_DURATION).await;

        drop(breaker.permit().unwrap());

        assert!(breaker.permit().is_ok());
    }

    #[tokio::test]
    async fn a_late_success_of_an_earlier_call_does_not_close_it() {
        let breaker = CircuitBreaker::new("test", SETTINGS);
        let early = breaker.permit().unwrap();
        for _ in 0..3 {
            breaker.permit().unwrap().failed();
        }

        early.succeeded();

        assert_eq!(breaker.state(), CircuitState::Open);
    }
}
