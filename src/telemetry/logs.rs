//! Where log lines go: one JSON object a line on standard output, or a form for people.

use std::fs::File;
use std::io::{BufWriter, IsTerminal as _};
use std::os::fd::AsFd as _;
use std::str::FromStr;

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

/// Lines that wait for a slow reader of our output; what comes on top is dropped rather than making requests wait.
const BUFFERED_LINES: usize = 32_768;

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For machines: one JSON object a line.
    Json,
    /// For people.
    Pretty,
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "json" => Ok(Self::Json),
            "pretty" => Ok(Self::Pretty),
            _ => Err("must be `json` or `pretty`".to_owned()),
        }
    }
}

/// Writes out what is buffered when it is dropped; `main` holds it to the end.
pub struct LogGuard {
    _worker: WorkerGuard,
}

/// Starts logging; `filter` is in the form of `RUST_LOG`.
///
/// # Errors
/// When the filter cannot be read, or logging was started before.
pub fn init(format: LogFormat, filter: &str) -> Result<LogGuard, InitError> {
    let filter =
        EnvFilter::try_new(filter).map_err(|error| InitError::Filter(error.to_string()))?;
    let (writer, worker) = NonBlockingBuilder::default()
        .buffered_lines_limit(BUFFERED_LINES)
        .lossy(true)
        .thread_name("logs")
        .finish(output()?);
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_target(false);
    match format {
        LogFormat::Json => registry
            .with(
                layer
                    .json()
                    .flatten_event(true)
                    .with_current_span(false)
                    .with_span_list(false),
            )
            .try_init()?,
        LogFormat::Pretty => registry
            .with(layer.with_ansi(std::io::stdout().is_terminal()).compact())
            .try_init()?,
    }
    Ok(LogGuard { _worker: worker })
}

/// Standard output without the standard library's flush at every line: the writer's thread flushes when it has nothing more
/// to write.
fn output() -> std::io::Result<BufWriter<File>> {
    let output = std::io::stdout().as_fd().try_clone_to_owned()?;
    Ok(BufWriter::with_capacity(64 * 1024, File::from(output)))
}

/// Why logging did not start.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The filter is not of the form `level` or `target=level,...`.
    #[error("RUST_LOG cannot be read: {0}")]
    Filter(String),
    /// Standard output cannot be used.
    #[error("standard output: {0}")]
    Output(#[from] std::io::Error),
    /// Logging was started before.
    #[error(transparent)]
    Twice(#[from] TryInitError),
}
