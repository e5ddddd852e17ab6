//! Counts what becomes of spans, which the library does not tell: every span that ends is offered, and is then exported, failed or
//! dropped.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor};

use crate::telemetry::events;

/// What became of the spans of this process.
#[derive(Debug, Default)]
pub struct SpanCounts {
    offered: AtomicU64,
    exported: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
    /// Spans in the queue, including those that are being sent.
    waiting: AtomicU64,
}

/// The counts at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanTotals {
    /// Spans that ended.
    pub offered: u64,
    /// Spans that the collector answered without an error.
    pub exported: u64,
    /// Spans that the collector answered with an error, or not at all.
    pub failed: u64,
    /// Spans that found the queue full, or were still in it when the process stopped.
    pub dropped: u64,
}

static COUNTS: SpanCounts = SpanCounts {
    offered: AtomicU64::new(0),
    exported: AtomicU64::new(0),
    failed: AtomicU64::new(0),
    dropped: AtomicU64::new(0),
    waiting: AtomicU64::new(0),
};

/// Returns the counts of this process, which has at most one export.
#[must_use]
pub fn span_counts() -> &'static SpanCounts {
    &COUNTS
}

impl SpanCounts {
    /// Returns the counts at this time.
    #[must_use]
    pub fn totals(&self) -> SpanTotals {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        SpanTotals {
            exported: read(&self.exported),
            failed: read(&self.failed),
            dropped: read(&self.dropped),
            offered: read(&self.offered),
        }
    }

    /// Counts a span that ended. Returns whether the queue has room for it.
    fn offer(&self, max_waiting: u64) -> bool {
        self.offered.fetch_add(1, Ordering::Relaxed);
        let has_room = self.waiting.fetch_add(1, Ordering::AcqRel) < max_waiting;
        if !has_room {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        has_room
    }

    fn sent(&self, spans: u64, accepted: bool) {
        let outcome = if accepted {
            &self.exported
        } else {
            &self.failed
        };
        let left = self.waiting.fetch_sub(spans, Ordering::AcqRel);
        if left < spans {
            // They were given up meanwhile, and are counted as dropped.
            self.waiting.store(0, Ordering::Release);
            return;
        }
        outcome.fetch_add(spans, Ordering::Relaxed);
    }

    /// Counts the spans that still wait as dropped, because nothing waits for their export any more. Returns their number.
    pub(super) fn give_up(&self) -> u64 {
        let left = self.waiting.swap(0, Ordering::AcqRel);
        self.dropped.fetch_add(left, Ordering::Relaxed);
        left
    }
}

/// A batch processor that counts its spans. It refuses a span before the queue of the library, which has the same size, can.
#[derive(Debug)]
pub(super) struct CountedProcessor {
    pub batches: BatchSpanProcessor,
    pub max_waiting: u64,
}

impl SpanProcessor for CountedProcessor {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.batches.on_start(span, context);
    }

    fn on_end(&self, mut span: SpanData) {
        // The clock may have been set back meanwhile, and collectors refuse a span that ends before it starts.
        span.end_time = span.end_time.max(span.start_time);
        if COUNTS.offer(self.max_waiting) {
            self.batches.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.batches.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}

/// An exporter that counts its spans, and logs once when the collector stops accepting them, and once when it accepts them again.
#[derive(Debug)]
pub(super) struct CountedExporter<E> {
    exporter: E,
    is_failing: AtomicBool,
}

impl<E> CountedExporter<E> {
    pub const fn new(exporter: E) -> Self {
        Self {
            exporter,
            is_failing: AtomicBool::new(false),
        }
    }
}

impl<E: SpanExporter> SpanExporter for CountedExporter<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        // A batch never has more than the queue.
        let spans = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        let result = self.exporter.export(batch).await;
        COUNTS.sent(spans, result.is_ok());
        match (
            &result,
            self.is_failing.swap(result.is_err(), Ordering::Relaxed),
        ) {
            (Err(error), false) => events::trace_export_failed(&error.to_string()),
            (Ok(()), true) => events::trace_export_recovered(),
            _ => {}
        }
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
