//! Log output on standard output: one JSON object per line, or a human-readable format.

use std::fs::File;
use std::io::{BufWriter, IsTerminal as _};
use std::os::fd::AsFd as _;
use std::str::FromStr;

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

use super::pretty::PrettyFormat;

/// Maximum number of buffered lines. If the reader of standard output is slow, further lines are dropped so that requests do not wait.
const BUFFERED_LINES: usize = 32_768;

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// Human-readable.
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

/// Flushes buffered log lines when dropped. Hold it until the process exits.
pub struct LogGuard {
    _worker: WorkerGuard,
}

/// Our own crates. Only they log below `info`.
const OUR_CRATES: [&str; 2] = ["goal_router", "planning"];

/// Initializes logging; `filter` has the syntax of `RUST_LOG`. Whatever it says, libraries log nothing below `info`: there they log
/// whole requests and responses, with the words of goals and with keys.
///
/// # Errors
/// Returns an error if the filter is invalid, standard output cannot be used, or logging is already initialized.
pub fn init(format: LogFormat, filter: &str) -> Result<LogGuard, InitError> {
    let filter =
        EnvFilter::try_new(filter).map_err(|error| InitError::Filter(error.to_string()))?;
    let (writer, worker) = NonBlockingBuilder::default()
        .buffered_lines_limit(BUFFERED_LINES)
        .lossy(true)
        .thread_name("logs")
        .finish(output()?);
    let private = filter_fn(|event| {
        let crate_name = event.target().split("::").next().unwrap_or_default();
        *event.level() <= LevelFilter::INFO || OUR_CRATES.contains(&crate_name)
    });
    let detailed = filter.max_level_hint() > Some(LevelFilter::INFO);
    let registry = tracing_subscriber::registry().with(private).with(filter);
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_target(false);
    let layer = if std::io::stdout().is_terminal() {
        // In colour, unless `NO_COLOR` is set.
        layer
    } else {
        layer.with_ansi(false)
    };
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
            .with(layer.event_format(PrettyFormat::new(detailed)))
            .try_init()?,
    }
    Ok(LogGuard { _worker: worker })
}

/// Returns standard output without the standard library's flush after every line. The writer thread flushes when it has nothing more
/// to write.
fn output() -> std::io::Result<BufWriter<File>> {
    let output = std::io::stdout().as_fd().try_clone_to_owned()?;
    Ok(BufWriter::with_capacity(64 * 1024, File::from(output)))
}

/// Why logging could not be initialized.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The filter does not have the form `level` or `target=level,...`.
    #[error("RUST_LOG must have the form `level` or `target=level,...`: {0}")]
    Filter(String),
    /// Standard output cannot be used.
    #[error("standard output cannot be used: {0}")]
    Output(#[from] std::io::Error),
    /// Logging is already initialized.
    #[error(transparent)]
    Twice(#[from] TryInitError),
}
