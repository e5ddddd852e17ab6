//! The log for a person at a terminal (`LOG_FORMAT=pretty`): a line for each request, warnings, errors, and how the service runs.
//!
//! Events that only repeat what the line of the request tells are left out, unless the filter asks for details. Lines for queries are
//! those of the JSON format.

mod event_fields;
mod line;
mod style;

use std::fmt;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use self::event_fields::EventFields;
use self::line::Line;
use self::style::Paint;

/// Events whose facts are on the line of the request's end, or on the warning or error that follows them.
const FOLDED: [&str; 3] = ["request_received", "classification", "llm_call"];
/// The crates whose lines need no name in front.
const OUR_CRATES: [&str; 2] = ["goal_router", "planning"];

/// Writes an event as a line for a person.
#[derive(Debug, Clone)]
pub struct PrettyFormat<T = TimeOfDay> {
    time: T,
    detailed: bool,
}

impl PrettyFormat {
    /// Creates the format. `detailed` says whether to write every event, also those that repeat what the line of the request tells.
    pub const fn new(detailed: bool) -> Self {
        Self {
            time: TimeOfDay,
            detailed,
        }
    }
}

impl<S, N, T> FormatEvent<S, N> for PrettyFormat<T>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    T: FormatTime,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let fields = EventFields::of(event);
        let metadata = event.metadata();
        if !self.detailed && FOLDED.contains(&fields.event_type()) {
            return Ok(());
        }
        let crate_name = metadata.target().split("::").next().unwrap_or_default();
        let is_ours = OUR_CRATES.contains(&crate_name);
        if is_ours && fields.is_only_a_message() && *metadata.level() == Level::INFO {
            // For a person to copy.
            return writeln!(writer, "{}", fields.message());
        }
        let paint = Paint(writer.has_ansi_escapes());
        paint.begin(&mut writer, style::DIM)?;
        self.time.format_time(&mut writer)?;
        paint.end(&mut writer)?;
        write!(writer, " ")?;
        paint.level(&mut writer, *metadata.level())?;
        if !is_ours {
            write!(writer, "{}: ", metadata.target())?;
        }
        let line = Line {
            fields: &fields,
            paint,
        };
        line.write(&mut writer)?;
        writeln!(writer)
    }
}

/// The time of day in UTC, to the millisecond, as on rows and in JSON lines.
#[derive(Debug, Clone, Copy)]
pub struct TimeOfDay;

impl FormatTime for TimeOfDay {
    #[expect(
        clippy::disallowed_methods,
        reason = "a log tells the machine's time, whatever the clock of the service says"
    )]
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", chrono::Utc::now().format("%H:%M:%S%.3fZ"))
    }
}

#[cfg(test)]
mod tests;
