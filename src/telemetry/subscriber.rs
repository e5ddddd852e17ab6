//! The subscriber of the process: log lines on standard output, and spans to the collector, each with a filter of its own. `RUST_LOG`
//! filters log lines only.

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

use super::logs::{LogFormat, LogOutput};
use super::traces::{ExporterError, TraceExport, TraceSettings};

/// Flushes buffered spans and log lines when dropped. Hold it until the process exits, and drop it outside of the runtime.
pub struct Telemetry {
    // Dropped first: it may log that spans could not be exported.
    _traces: Option<TraceExport>,
    _logs: WorkerGuard,
}

/// Starts logs and traces; `filter` has the syntax of `RUST_LOG`. Call it in a tokio runtime that lives until the returned guard is
/// dropped.
///
/// # Errors
/// Returns an error if the filter or the collector's endpoint is invalid, standard output cannot be used, or there is a subscriber
/// already.
pub fn init(
    format: LogFormat,
    filter: &str,
    traces: &TraceSettings,
) -> Result<Telemetry, InitError> {
    let filter =
        EnvFilter::try_new(filter).map_err(|error| InitError::Filter(error.to_string()))?;
    let logs = LogOutput::start()?;
    let traces = TraceExport::start(traces)?;
    let subscriber = tracing_subscriber::registry().with(logs.layer(format, filter));
    match &traces {
        Some(traces) => subscriber.with(traces.layer()).try_init()?,
        // A layer that may be none would be asked about every span, although there are none.
        None => subscriber.try_init()?,
    }
    Ok(Telemetry {
        _traces: traces,
        _logs: logs.into_guard(),
    })
}

/// Why logs and traces could not be started.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The filter does not have the form `level` or `target=level,...`.
    #[error("RUST_LOG must have the form `level` or `target=level,...`: {0}")]
    Filter(String),
    /// Standard output cannot be used.
    #[error("standard output cannot be used: {0}")]
    Output(#[from] std::io::Error),
    /// Spans cannot be exported to the configured endpoint.
    #[error(transparent)]
    Traces(#[from] ExporterError),
    /// There is a subscriber already.
    #[error(transparent)]
    Twice(#[from] TryInitError),
}
