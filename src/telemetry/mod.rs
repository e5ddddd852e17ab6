//! Logs, metrics and traces. This module knows the domain's closed sets, for labels and fields, and nothing of HTTP or stores.
//!
//! None of them may contain the text of a goal.

pub mod events;
mod logs;
pub mod metrics;
mod pretty;
pub mod spans;
mod subscriber;
mod traces;

pub use self::logs::{LogFormat, dropped_log_lines};
pub use self::metrics::{ActiveRequest, Metrics};
pub use self::subscriber::{InitError, Telemetry, init};
pub use self::traces::{
    Compression, ExportSettings, Propagation, Protocol, QueueSettings, RequestTracer,
    SamplerSettings, ServerSpan, SpanLimits, SpanTotals, TraceOrigin, TraceSettings, span_counts,
};
