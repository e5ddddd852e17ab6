//! What a line tells after its time and level.

use std::fmt;

use tracing_subscriber::fmt::format::Writer;

use super::event_fields::EventFields;
use super::style::{self, Paint};

/// Width of method and route: that of `POST /api/v1/generate-plan`.
const ROUTE_WIDTH: usize = 26;
/// The last characters of a request id that are shown. Its first ones are a time, which the ids of a minute share.
const ID_CHARS: usize = 8;
/// Fields that are elsewhere on the line, or not for people.
const NOT_LISTED: [&str; 4] = ["event_type", "request_id", "trace_id", "error_message"];
/// A field that every message about a model has in its words.
const MODEL: &str = "model_id";
/// Fields of the start that its message tells.
const IN_START_MESSAGE: [&str; 3] = ["mode", "port", "remote"];

/// The fields of an event, to be written as a line.
pub(super) struct Line<'a> {
    pub fields: &'a EventFields,
    pub paint: Paint,
}

impl Line<'_> {
    pub fn write(&self, writer: &mut Writer<'_>) -> fmt::Result {
        match self.fields.event_type() {
            "request_completed" => self.request(writer)?,
            _ => self.message(writer)?,
        }
        self.request_id(writer)
    }

    /// Writes the line of a request: method, route, status, time, and what became of it.
    fn request(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let text = |name| self.fields.get(name).unwrap_or_default();
        let target = format!("{} {}", text("method"), text("route"));
        write!(writer, "{target:<ROUTE_WIDTH$} ")?;
        let style = style::of_status(self.fields.number("status"));
        self.paint
            .text(writer, style, format_args!("{}", text("status")))?;
        let took = latency(self.fields.number("latency_ms"));
        write!(writer, " {took:>8}")?;
        if let Some(code) = self.fields.get("code") {
            write!(writer, "  ")?;
            self.paint.text(writer, style, format_args!("{code}"))?;
        }
        for name in ["category", "model"] {
            if let Some(value) = self.fields.get(name).filter(|value| !value.is_empty()) {
                write!(writer, "  {value}")?;
            }
        }
        if self.fields.get("cost_usd").is_some() {
            write!(writer, "  {}", dollars(self.fields.number("cost_usd")))?;
        }
        Ok(())
    }

    /// Writes the message, the reason, and the remaining fields.
    fn message(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let fields = self.fields;
        write!(writer, "{}", fields.message())?;
        if let Some(reason) = fields.get("error_message")
            && !fields.message().ends_with(reason)
        {
            write!(writer, ": {reason}")?;
        }
        let is_start = fields.event_type() == "application_startup";
        for (name, value) in fields.iter() {
            let is_told = NOT_LISTED.contains(&name)
                || (is_start && IN_START_MESSAGE.contains(&name))
                || (name == MODEL && fields.message().contains(value))
                || value == fields.message();
            if is_told || value.is_empty() {
                continue;
            }
            write!(writer, "  ")?;
            self.paint
                .text(writer, style::DIM, format_args!("{name}="))?;
            if value.contains(' ') {
                write!(writer, "\"{value}\"")?;
            } else {
                write!(writer, "{value}")?;
            }
        }
        Ok(())
    }

    fn request_id(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let Some(id) = self.fields.get("request_id") else {
            return Ok(());
        };
        let hidden = id.chars().count().saturating_sub(ID_CHARS);
        let (mark, hidden) = if hidden > 4 { ("…", hidden) } else { ("", 0) };
        let shown: String = id.chars().skip(hidden).collect();
        write!(writer, "  ")?;
        self.paint
            .text(writer, style::DIM, format_args!("{mark}{shown}"))
    }
}

/// Returns a time with about three digits.
fn latency(millis: f64) -> String {
    match millis {
        ..10.0 => format!("{millis:.2} ms"),
        ..1000.0 => format!("{millis:.0} ms"),
        _ => format!("{:.2} s", millis / 1000.0),
    }
}

/// Returns an amount in dollars, to a hundredth of a cent. Less than that is not shown as nothing.
fn dollars(amount: f64) -> String {
    if amount == 0.0 {
        "$0".to_owned()
    } else if amount < 0.0001 {
        format!("${amount:.6}")
    } else {
        format!("${amount:.4}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_amounts_have_about_three_digits() {
        for (millis, text) in [
            (0.0123, "0.01 ms"),
            (1.2345, "1.23 ms"),
            (12.6, "13 ms"),
            (1234.5, "1.23 s"),
        ] {
            assert_eq!(latency(millis), text);
        }
        for (amount, text) in [
            (0.0, "$0"),
            (0.000_012, "$0.000012"),
            (0.0123, "$0.0123"),
            (1.5, "$1.5000"),
        ] {
            assert_eq!(dollars(amount), text);
        }
    }
}
