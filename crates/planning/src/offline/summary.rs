//! The summary of a plan: what it is about, how long it is, and the way that it goes.

use crate::hours::Hours;
use crate::plan::summary::length;

/// Returns the summary.
pub fn of(title: &str, way: &str, language: &str, weeks: usize, hours: Hours) -> String {
    let length = length(language, weeks, hours);
    let colon = if language == "fr" { " :" } else { ":" };
    let length = match language {
        "de" => length,
        _ => uncapitalised(&length),
    };
    format!("{title}{colon} {length}. {way}")
}

fn uncapitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}
