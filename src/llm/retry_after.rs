//! When a provider wants to be called again, as its response says.

use std::time::Duration;

use chrono::DateTime;
use serde_json::Value;

/// The longest wait that is believed. Whoever asks for more is asked again after this.
const MAX: Duration = Duration::from_hours(1);

/// Returns how long a response asks to wait: by its headers `retry-after-ms` or `Retry-After` (seconds or a date, which counts from the
/// header `Date`), else by a `retryDelay` in its body.
pub(super) fn of_response<'a>(
    header: impl Fn(&str) -> Option<&'a str>,
    body: &[u8],
) -> Option<Duration> {
    let milliseconds = header("retry-after-ms").or_else(|| header("x-ms-retry-after-ms"));
    let milliseconds = milliseconds.and_then(|text| text.trim().parse().ok());
    let by_header = || {
        let text = header("retry-after")?.trim();
        seconds(text).or_else(|| until(text, header("date")?))
    };
    milliseconds
        .map(Duration::from_millis)
        .or_else(by_header)
        .or_else(|| in_body(&serde_json::from_slice(body).ok()?, 5))
        .map(|wait| wait.min(MAX))
}

fn seconds(text: &str) -> Option<Duration> {
    let seconds = text.trim_end_matches('s').parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn until(date: &str, now: &str) -> Option<Duration> {
    let at = DateTime::parse_from_rfc2822(date).ok()?;
    let now = DateTime::parse_from_rfc2822(now.trim()).ok()?;
    Some((at - now).to_std().unwrap_or_default())
}

fn in_body(value: &Value, depth: u8) -> Option<Duration> {
    let depth = depth.checked_sub(1)?;
    let is_delay = |name: &str| {
        [
            "retryDelay",
            "retry_delay",
            "retry_after",
            "retry_after_seconds",
        ]
        .contains(&name)
    };
    match value {
        Value::Object(fields) => fields.iter().find_map(|(name, field)| match field {
            Value::String(text) if is_delay(name) => seconds(text.trim()),
            Value::Number(number) if is_delay(name) => {
                Duration::try_from_secs_f64(number.as_f64()?).ok()
            }
            field => in_body(field, depth),
        }),
        Value::Array(items) => items.iter().find_map(|item| in_body(item, depth)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_say_when_is_read() {
        let date = "Wed, 21 Oct 2026 07:28:00 GMT";
        for (headers, body, wanted) in [
            (vec![("retry-after", "20")], "", Some(20_000)),
            (vec![("retry-after", "1.5")], "", Some(1500)),
            (
                vec![("retry-after-ms", "250"), ("retry-after", "1")],
                "",
                Some(250),
            ),
            (
                vec![
                    ("retry-after", "Wed, 21 Oct 2026 07:28:30 GMT"),
                    ("date", date),
                ],
                "",
                Some(30_000),
            ),
            (
                vec![
                    ("retry-after", date),
                    ("date", "Wed, 21 Oct 2026 07:28:30 GMT"),
                ],
                "",
                Some(0),
            ),
            (vec![("retry-after", "soon")], "", None),
            (vec![("retry-after", "-1")], "", None),
            (vec![("retry-after", "999999")], "", Some(3_600_000)),
            (
                vec![],
                r#"{"error": {"details": [{"@type": "RetryInfo", "retryDelay": "21s"}]}}"#,
                Some(21_000),
            ),
            (vec![], r#"{"error": {"message": "m"}}"#, None),
        ] {
            let header = |name: &str| {
                headers
                    .iter()
                    .find(|(other, _)| *other == name)
                    .map(|(_, value)| *value)
            };
            let wait = of_response(header, body.as_bytes());
            assert_eq!(
                wait,
                wanted.map(Duration::from_millis),
                "{headers:?} {body}"
            );
        }
    }
}
