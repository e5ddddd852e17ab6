//! Log output on standard output: one JSON object per line, or a human-readable format.

use std::fs::File;
use std::io::{BufWriter, IsTerminal as _};
use std::os::fd::AsFd as _;
use std::str::FromStr;
use std::sync::OnceLock;

use tracing::Metadata;
use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer};

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

/// Our own crates. Only they log below `info`, whatever the filter says: there, libraries log whole requests and responses, with the
/// words of goals and with keys.
const OUR_CRATES: [&str; 2] = ["goal_router", "planning"];

static DROPPED_LINES: OnceLock<ErrorCounter> = OnceLock::new();

/// The output of log lines. Dropping it flushes the buffered ones.
pub(super) struct LogOutput {
    writer: NonBlocking,
    worker: WorkerGuard,
}

impl LogOutput {
    /// Starts the thread that writes to standard output.
    pub fn start() -> std::io::Result<Self> {
        let (writer, worker) = NonBlockingBuilder::default()
            .buffered_lines_limit(BUFFERED_LINES)
            .lossy(true)
            .thread_name("logs")
            .finish(output()?);
        // There is one output in a process. Should there be another, its lines are not counted.
        drop(DROPPED_LINES.set(writer.error_counter()));
        Ok(Self { writer, worker })
    }

    /// Returns the guard that flushes when it is dropped.
    pub fn into_guard(self) -> WorkerGuard {
        self.worker
    }

    /// Returns the layer that writes events, and no spans, in this format.
    pub fn layer<S>(&self, format: LogFormat, filter: EnvFilter) -> Box<dyn Layer<S> + Send + Sync>
    where
        S: tracing::Subscriber + for<'span> LookupSpan<'span>,
    {
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(self.writer.clone())
            .with_target(false);
        let detailed = filter.max_level_hint() > Some(LevelFilter::INFO);
        let private = filter_fn(is_private).with_max_level_hint(LevelFilter::TRACE);
        let filter = private.and(filter);
        match format {
            LogFormat::Json => layer
                .json()
                .flatten_event(true)
                .with_current_span(false)
                .with_span_list(false)
                .with_filter(filter)
                .boxed(),
            LogFormat::Pretty => {
                let layer = if std::io::stdout().is_terminal() {
                    // In colour, unless `NO_COLOR` is set.
                    layer
                } else {
                    layer.with_ansi(false)
                };
                layer
                    .event_format(PrettyFormat::new(detailed))
                    .with_filter(filter)
                    .boxed()
            }
        }
    }
}

/// Returns whether an event cannot contain the words of goals or keys by its origin.
fn is_private(metadata: &Metadata<'_>) -> bool {
    let crate_name = metadata.target().split("::").next().unwrap_or_default();
    let is_ours = OUR_CRATES.contains(&crate_name);
    metadata.is_event() && (*metadata.level() <= LevelFilter::INFO || is_ours)
}

/// Returns the number of log lines that were dropped because the reader of standard output is slow.
#[must_use]
pub fn dropped_log_lines() -> u64 {
    let dropped = DROPPED_LINES.get().map_or(0, ErrorCounter::dropped_lines);
    u64::try_from(dropped).unwrap_or(u64::MAX)
}

/// Returns standard output without the standard library's flush after every line. The writer thread flushes when it has nothing more
/// to write.
fn output() -> std::io::Result<BufWriter<File>> {
    let output = std::io::stdout().as_fd().try_clone_to_owned()?;
    Ok(BufWriter::with_capacity(64 * 1024, File::from(output)))
}
