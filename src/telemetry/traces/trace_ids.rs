//! The ids of traces and spans. A request's trace id is known before its first span: it is in its logs, whether it is traced or not.

use std::cell::Cell;

use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};

thread_local! {
    /// The trace id of the root span that this thread starts now.
    static CHOSEN: Cell<Option<TraceId>> = const { Cell::new(None) };
}

/// Returns a new trace id.
pub(super) fn new_trace_id() -> TraceId {
    RandomIdGenerator::default().new_trace_id()
}

/// Runs `start`, which starts a root span, such that the span gets this trace id.
pub(super) fn with_trace_id<T>(trace_id: TraceId, start: impl FnOnce() -> T) -> T {
    CHOSEN.set(Some(trace_id));
    let started = start();
    // It is still there if the span is not a root.
    CHOSEN.take();
    started
}

/// Gives root spans the trace ids of their requests, and all spans random ids.
#[derive(Debug, Default)]
pub(super) struct RequestTraceIds(RandomIdGenerator);

impl IdGenerator for RequestTraceIds {
    fn new_trace_id(&self) -> TraceId {
        CHOSEN.take().unwrap_or_else(|| self.0.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        self.0.new_span_id()
    }
}
