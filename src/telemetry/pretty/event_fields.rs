//! The fields of an event as texts, safe for a terminal.

use std::fmt::{self, Write as _};

use tracing::Event;
use tracing::field::{Field, Visit};

/// Characters that end a line or change the order of a text without being control characters.
const REORDERING: [char; 13] = [
    '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}',
    '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

/// The fields of an event, in their order.
#[derive(Debug, Default)]
pub(super) struct EventFields {
    message: String,
    fields: Vec<(&'static str, String)>,
}

impl EventFields {
    pub fn of(event: &Event<'_>) -> Self {
        let mut fields = Self::default();
        event.record(&mut fields);
        fields
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    pub fn event_type(&self) -> &str {
        self.get("event_type").unwrap_or_default()
    }

    pub const fn is_only_a_message(&self) -> bool {
        self.fields.is_empty()
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(field, _)| *field == name);
        field.map(|(_, value)| value.as_str())
    }

    /// Returns the value of a number; 0 if there is none.
    pub fn number(&self, name: &str) -> f64 {
        self.get(name)
            .and_then(|value| value.parse().ok())
            .unwrap_or(0.0)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
    }
}

impl Visit for EventFields {
    fn record_str(&mut self, field: &Field, value: &str) {
        let value = printable(value);
        if field.name() == "message" {
            self.message = value;
        } else {
            self.fields.push((field.name(), value));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

/// Returns a text without the characters that control a terminal. Texts of clients, such as the subject of a token, get here.
fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_control() || REORDERING.contains(&char) {
            // Writing to a string cannot fail.
            write!(printable, "{}", char.escape_default()).ok();
        } else {
            printable.push(char);
        }
    }
    printable
}
