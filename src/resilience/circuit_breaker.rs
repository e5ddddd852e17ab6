//! A circuit breaker: after failures in a row nobody asks any more, until one probe at a time finds the other side well.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitBreakerSettings {
    /// Failures in a row that open it.
    pub failures: u32,
    /// Whether calls that were under way together fail as one: where the limit is short, a moment in which this process had no
    /// CPU fails all of them and says little of the other side.
    pub coalesce_concurrent: bool,
    /// How long it stays open before a probe is let through.
    pub open_duration: Duration,
}

/// Whether calls are let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CircuitState {
    /// All calls are.
    Closed,
    /// One is, to see how it goes.
    HalfOpen,
    /// None is.
    Open,
}

/// A circuit breaker.
#[derive(Debug)]
pub struct CircuitBreaker {
    name: String,
    settings: CircuitBreakerSettings,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    failures: u32,
    last_counted: Option<Instant>,
    opened: Option<Instant>,
    probe_since: Option<Instant>,
}

/// The breaker lets no call through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitOpen {
    /// After this it is worth trying again.
    pub retry_after: Duration,
}

/// Leave to make one call; give it back with how the call went. Dropped without that, the call counts for nothing.
#[derive(Debug)]
#[must_use = "a permit that is dropped at once says nothing of the call"]
pub struct Permit<'a> {
    breaker: &'a CircuitBreaker,
    since: Instant,
    probe: bool,
}

impl CircuitBreaker {
    /// A closed breaker before what has this name in logs.
    #[must_use]
    pub fn new(name: impl Into<String>, settings: CircuitBreakerSettings) -> Self {
        Self {
            name: name.into(),
            settings,
            inner: Mutex::new(Inner {
                failures: 0,
                last_counted: None,
                opened: None,
                probe_since: None,
            }),
        }
    }

    /// Asks for leave to make a call.
    ///
    /// # Errors
    /// [`Broken`] while the breaker is open, or while another call is the probe.
    pub fn permit(&self) -> Result<Permit<'_>, CircuitOpen> {
        let now = Instant::now();
        let mut inner = self.inner();
        let Some(opened) = inner.opened else {
            return Ok(Permit {
                breaker: self,
                since: now,
                probe: false,
            });
        };
        let left = self
            .settings
            .open_duration
            .saturating_sub(now.saturating_duration_since(opened));
        if !left.is_zero() {
            return Err(CircuitOpen { retry_after: left });
        }
        if inner.probe_since.is_some() {
            return Err(CircuitOpen {
                retry_after: self.settings.open_duration,
            });
        }
        inner.probe_since = Some(now);
        Ok(Permit {
            breaker: self,
            since: now,
            probe: true,
        })
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> CircuitState {
        let inner = self.inner();
        match inner.opened {
            None => CircuitState::Closed,
            Some(_) if inner.probe_since.is_some() => CircuitState::HalfOpen,
            Some(_) => CircuitState::Open,
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit<'_> {
    /// The other side answered.
    pub fn succeeded(self) {
        let mut inner = self.breaker.inner();
        // A call from before the breaker opened says nothing of how things are now.
        if inner.opened.is_none() || self.probe {
            inner.failures = 0;
            if inner.opened.take().is_some() {
                tracing::info!(
                    event_type = "breaker_closed",
                    name = self.breaker.name,
                    "{} answers again",
                    self.breaker.name
                );
            }
        }
    }

    /// The other side did not answer as it should.
    pub fn failed(self) {
        let now = Instant::now();
        let mut inner = self.breaker.inner();
        let was_together = inner.last_counted.is_some_and(|last| self.since < last);
        if !(self.breaker.settings.coalesce_concurrent && was_together) {
            inner.failures = inner.failures.saturating_add(1);
            inner.last_counted = Some(now);
        }
        if self.probe {
            inner.opened = Some(now);
        } else if inner.opened.is_none() && inner.failures >= self.breaker.settings.failures {
            inner.opened = Some(now);
            tracing::warn!(
                event_type = "breaker_opened",
                name = self.breaker.name,
                failures = inner.failures,
                "{} failed {} times in a row and is left alone",
                self.breaker.name,
                inner.failures
            );
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.breaker.inner().probe_since = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_millis(50);
    const SETTINGS: CircuitBreakerSettings = CircuitBreakerSettings {
        failures: 3,
        coalesce_concurrent: false,
        open_duration: PAUSE,
    };

    fn opened() -> CircuitBreaker {
        let breaker = CircuitBreaker::new("test", SETTINGS);
        for _ in 0..3 {
            breaker.permit().unwrap().failed();
        }
        breaker
    }

    #[tokio::test]
    async fn it_opens_after_failures_in_a_row_and_a_success_begins_the_row_anew() {
        let breaker = CircuitBreaker::new("test", SETTINGS);

        breaker.permit().unwrap().failed();
        breaker.permit().unwrap().failed();
        breaker.permit().unwrap().succeeded();
        breaker.permit().unwrap().failed();
        breaker.permit().unwrap().failed();
        assert_eq!(breaker.state(), CircuitState::Closed);
        breaker.permit().unwrap().failed();

        assert_eq!(breaker.state(), CircuitState::Open);
        let left = breaker.permit().unwrap_err().retry_after;
        assert!(left > Duration::ZERO && left <= PAUSE, "{left:?}");
    }

    #[tokio::test]
    async fn calls_that_were_under_way_together_fail_as_one() {
        let settings = CircuitBreakerSettings {
            coalesce_concurrent: true,
            ..SETTINGS
        };
        let breaker = CircuitBreaker::new("test", settings);

        for round in 1..=3 {
            assert_eq!(breaker.state(), CircuitState::Closed, "before {round}");
            let together: Vec<_> = (0..8).map(|_| breaker.permit().unwrap()).collect();
            together.into_iter().for_each(Permit::failed);
        }

        assert_eq!(breaker.state(), CircuitState::Open);
    }

    #[tokio::test]
    async fn after_the_pause_one_probe_decides() {
        let breaker = opened();
        tokio::time::sleep(PAUSE).await;

        let probe = breaker.permit().unwrap();
        assert_eq!(breaker.state(), CircuitState::HalfOpen);
        assert!(breaker.permit().is_err(), "one probe at a time");
        probe.failed();
        assert!(breaker.permit().is_err(), "the pause begins anew");
        tokio::time::sleep(PAUSE).await;
        breaker.permit().unwrap().succeeded();

        assert_eq!(breaker.state(), CircuitState::Closed);
    }

    #[tokio::test]
    async fn a_probe_that_is_dropped_leaves_room_for_the_next() {
        let breaker = opened();
        tokio::time::sleep(PAUSE).await;

        drop(breaker.permit().unwrap());

        assert!(breaker.permit().is_ok());
    }

    #[tokio::test]
    async fn a_late_success_from_before_does_not_close_it() {
        let breaker = CircuitBreaker::new("test", SETTINGS);
        let early = breaker.permit().unwrap();
        for _ in 0..3 {
            breaker.permit().unwrap().failed();
        }

        early.succeeded();

        assert_eq!(breaker.state(), CircuitState::Open);
    }
}
