//! Creates collectors and registers each of them.

use std::sync::{Mutex, PoisonError};

use prometheus::core::Collector;
use prometheus::{
    Counter, CounterVec, Gauge, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    Opts, Registry,
};

type Registered<C> = Result<C, prometheus::Error>;

/// Registers collectors as they are created. Every method fails if the name is taken or malformed, which is a bug.
pub(super) struct Registrar(pub Registry);

impl Registrar {
    pub fn add<C: Collector + Clone + 'static>(&self, collector: C) -> Registered<C> {
        self.0.register(Box::new(collector.clone()))?;
        Ok(collector)
    }

    pub fn counter(&self, name: &str, help: &str) -> Registered<IntCounter> {
        self.add(IntCounter::new(name, help)?)
    }

    pub fn counters(&self, name: &str, help: &str, labels: &[&str]) -> Registered<IntCounterVec> {
        self.add(IntCounterVec::new(Opts::new(name, help), labels)?)
    }

    pub fn dollars(&self, name: &str, help: &str, labels: &[&str]) -> Registered<CounterVec> {
        self.add(CounterVec::new(Opts::new(name, help), labels)?)
    }

    pub fn total(&self, name: &str, help: &str) -> Registered<Total> {
        Ok(Total::of(self.add(Counter::new(name, help)?)?))
    }

    pub fn gauge(&self, name: &str, help: &str) -> Registered<IntGauge> {
        self.add(IntGauge::new(name, help)?)
    }

    pub fn dollar_gauge(&self, name: &str, help: &str) -> Registered<Gauge> {
        self.add(Gauge::new(name, help)?)
    }

    pub fn histograms(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
        buckets: &[f64],
    ) -> Registered<HistogramVec> {
        let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        self.add(HistogramVec::new(options, labels)?)
    }
}

/// A counter of something that is counted elsewhere, and read when the metrics are scraped.
pub(super) struct Total {
    counter: Counter,
    // Two scrapes at once must not both add what is missing.
    advancing: Mutex<()>,
}

impl Total {
    pub fn of(counter: Counter) -> Self {
        Self {
            counter,
            advancing: Mutex::default(),
        }
    }

    /// Raises the counter to this total. It is never lowered.
    pub fn advance_to(&self, total: f64) {
        let _advancing = self
            .advancing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let missing = total - self.counter.get();
        if missing > 0.0 {
            self.counter.inc_by(missing);
        }
    }
}

/// Returns a number as the value of a gauge.
pub(super) fn level(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_is_raised_to_what_was_counted_elsewhere_and_never_lowered() {
        let counter = Counter::new("things_total", "Things").unwrap();
        let total = Total::of(counter.clone());

        let seen = [3.0, 3.0, 2.0, 7.5].map(|counted| {
            total.advance_to(counted);
            counter.get()
        });

        assert!(
            seen.iter()
                .zip([3.0, 3.0, 3.0, 7.5])
                .all(|(seen, expected)| (seen - expected).abs() < 1e-9),
            "{seen:?}"
        );
    }
}
