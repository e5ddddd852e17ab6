//! The tokio runtime that makes plans: how many tasks it has, and how busy its workers are. Only what tokio calls stable.

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{Counter, IntGauge};
use tokio::runtime::Handle;

use super::registrar::{Registrar, Total};

/// Reads the runtime when the metrics are scraped.
struct RuntimeCollector {
    runtime: Handle,
    workers: IntGauge,
    alive_tasks: IntGauge,
    global_queue_depth: IntGauge,
    busy_seconds: Summed,
    parks: Summed,
    park_unparks: Summed,
}

/// A counter that is the sum over all workers.
struct Summed {
    counter: Counter,
    total: Total,
}

/// Registers the metrics of a runtime.
pub(super) fn register(registrar: &Registrar, runtime: &Handle) -> Result<(), prometheus::Error> {
    registrar.0.register(Box::new(RuntimeCollector {
        runtime: runtime.clone(),
        workers: IntGauge::new("tokio_workers", "Worker threads of the runtime")?,
        alive_tasks: IntGauge::new("tokio_alive_tasks", "Tasks that have not ended")?,
        global_queue_depth: IntGauge::new(
            "tokio_global_queue_depth",
            "Tasks that wait in the queue that all workers share",
        )?,
        busy_seconds: Summed::new(
            "tokio_worker_busy_seconds_total",
            "Time that the workers were busy",
        )?,
        parks: Summed::new(
            "tokio_worker_parks_total",
            "How often workers went to sleep because there was nothing to do",
        )?,
        park_unparks: Summed::new(
            "tokio_worker_park_unparks_total",
            "How often workers went to sleep or woke up",
        )?,
    }))
}

impl Summed {
    fn new(name: &str, help: &str) -> Result<Self, prometheus::Error> {
        let counter = Counter::new(name, help)?;
        let total = Total::of(counter.clone());
        Ok(Self { counter, total })
    }
}

impl RuntimeCollector {
    fn collectors(&self) -> [&dyn Collector; 6] {
        [
            &self.workers,
            &self.alive_tasks,
            &self.global_queue_depth,
            &self.busy_seconds.counter,
            &self.parks.counter,
            &self.park_unparks.counter,
        ]
    }

    fn read(&self) {
        let runtime = self.runtime.metrics();
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.workers.set(count(runtime.num_workers()));
        self.alive_tasks.set(count(runtime.num_alive_tasks()));
        self.global_queue_depth
            .set(count(runtime.global_queue_depth()));
        let (mut busy, mut parks, mut park_unparks) = (0.0, 0.0, 0.0);
        for worker in 0..runtime.num_workers() {
            busy += runtime.worker_total_busy_duration(worker).as_secs_f64();
            parks += float(runtime.worker_park_count(worker));
            park_unparks += float(runtime.worker_park_unpark_count(worker));
        }
        self.busy_seconds.total.advance_to(busy);
        self.parks.total.advance_to(parks);
        self.park_unparks.total.advance_to(park_unparks);
    }
}

impl Collector for RuntimeCollector {
    fn desc(&self) -> Vec<&Desc> {
        let collectors = self.collectors().into_iter();
        collectors.flat_map(Collector::desc).collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        self.read();
        let collectors = self.collectors().into_iter();
        collectors.flat_map(Collector::collect).collect()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "exact up to nine quadrillion, and a graph of a rate needs no more"
)]
const fn float(count: u64) -> f64 {
    count as f64
}
