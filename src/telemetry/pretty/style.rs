//! Colours, on terminals that have them.

use std::fmt;

use tracing::Level;
use tracing_subscriber::fmt::format::Writer;

pub(super) const DIM: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const BLUE: &str = "34";

/// Writes in colour, or without if there is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(pub bool);

impl Paint {
    /// Writes a text in a style.
    pub fn text(
        self,
        writer: &mut Writer<'_>,
        style: &str,
        text: fmt::Arguments<'_>,
    ) -> fmt::Result {
        self.begin(writer, style)?;
        writer.write_fmt(text)?;
        self.end(writer)
    }

    pub fn begin(self, writer: &mut Writer<'_>, style: &str) -> fmt::Result {
        if self.0 {
            write!(writer, "\x1b[{style}m")?;
        }
        Ok(())
    }

    pub fn end(self, writer: &mut Writer<'_>) -> fmt::Result {
        if self.0 {
            write!(writer, "\x1b[0m")?;
        }
        Ok(())
    }

    /// Writes a level, padded so that what follows is aligned.
    pub fn level(self, writer: &mut Writer<'_>, level: Level) -> fmt::Result {
        let style = match level {
            Level::ERROR => RED,
            Level::WARN => YELLOW,
            Level::INFO => GREEN,
            _ => BLUE,
        };
        self.text(writer, style, format_args!("{level:<6}"))
    }
}

/// Returns the style of a status: of the server's faults, of the client's, or of what is right.
pub(super) fn of_status(status: f64) -> &'static str {
    if status >= 500.0 {
        RED
    } else if status >= 400.0 {
        YELLOW
    } else {
        GREEN
    }
}
