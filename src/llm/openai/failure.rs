//! Maps errors of OpenAI-compatible servers to [`ModelError`], including whether the call may have been billed.

use serde::Deserialize;

use crate::llm::{Billed, ModelError, ModelErrorKind};

/// Maximum number of characters of a server's message.
const MESSAGE_CHARS: usize = 300;

/// A feature of a request that the server does not support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsupported {
    /// The output mode.
    Structure,
    /// The name of the token limit: `max_tokens` or `max_completion_tokens`.
    LimitName,
    /// A temperature.
    Temperature,
}

/// Words in an error message that name structured output.
const STRUCTURE: [&str; 7] = [
    "response_format",
    "json_schema",
    "tool_choice",
    "tools",
    "function",
    "strict",
    "schema",
];

#[derive(Debug, Default, Deserialize)]
struct Body {
    error: Option<ErrorBody>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum ErrorBody {
    Object {
        #[serde(default)]
        message: String,
        code: Option<serde_json::Value>,
    },
    Text(String),
}

/// Maps a request that got no response.
pub(super) fn of_transport(error: &reqwest::Error) -> ModelError {
    let (kind, billed) = if error.is_connect() {
        // The request was never sent.
        (ModelErrorKind::Connection, Billed::No)
    } else if error.is_timeout() {
        (ModelErrorKind::TimedOut, Billed::Unknown)
    } else if error.is_builder() {
        (ModelErrorKind::Denied, Billed::No)
    } else {
        (ModelErrorKind::Connection, Billed::Unknown)
    };
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        message.push_str(": ");
        message.push_str(&cause.to_string());
        source = cause.source();
    }
    ModelError {
        kind,
        billed,
        message: truncated(&message),
    }
}

/// Maps an error response. The second value is set if the server does not support a feature of the request.
pub(super) fn of_status(status: u16, body: &[u8]) -> (ModelError, Option<Unsupported>) {
    let parsed = serde_json::from_slice::<Body>(body)
        .unwrap_or_default()
        .error;
    let (message, code) = match parsed {
        Some(ErrorBody::Object { message, code }) => (
            message,
            code.map(|code| code.as_str().map_or(code.to_string(), str::to_owned)),
        ),
        Some(ErrorBody::Text(message)) => (message, None),
        None => (String::new(), None),
    };
    let code = code.unwrap_or_default();
    let (kind, billed) = match status {
        429 if code == "insufficient_quota" => (ModelErrorKind::Denied, Billed::No),
        429 => (ModelErrorKind::Throttled, Billed::No),
        401 | 403 | 404 => (ModelErrorKind::Denied, Billed::No),
        503 => (ModelErrorKind::Unavailable, Billed::No),
        408 | 409 | 500..=599 => (ModelErrorKind::Unavailable, Billed::Unknown),
        400..=499 => (ModelErrorKind::Rejected, Billed::No),
        // For example redirects, which are not followed.
        _ => (ModelErrorKind::Protocol, Billed::Unknown),
    };
    let unsupported = matches!(status, 400 | 422)
        .then(|| unsupported(&message.to_ascii_lowercase()))
        .flatten();
    let error = ModelError {
        kind,
        billed,
        message: truncated(&format!("{status} {code} {message}")),
    };
    (error, unsupported)
}

fn unsupported(message: &str) -> Option<Unsupported> {
    if message.contains("max_tokens") || message.contains("max_completion_tokens") {
        Some(Unsupported::LimitName)
    } else if message.contains("temperature") {
        Some(Unsupported::Temperature)
    } else if STRUCTURE.iter().any(|word| message.contains(word)) {
        Some(Unsupported::Structure)
    } else {
        None
    }
}

fn truncated(message: &str) -> String {
    message.chars().take(MESSAGE_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_maps_to_its_kind_of_failure() {
        for (status, body, kind, billed) in [
            (429, "", ModelErrorKind::Throttled, Billed::No),
            (
                429,
                r#"{"error": {"message": "m", "code": "insufficient_quota"}}"#,
                ModelErrorKind::Denied,
                Billed::No,
            ),
            (401, "not json", ModelErrorKind::Denied, Billed::No),
            (
                503,
                r#"{"error": "loading"}"#,
                ModelErrorKind::Unavailable,
                Billed::No,
            ),
            (500, "", ModelErrorKind::Unavailable, Billed::Unknown),
            (400, "{}", ModelErrorKind::Rejected, Billed::No),
            (301, "", ModelErrorKind::Protocol, Billed::Unknown),
        ] {
            let (error, _) = of_status(status, body.as_bytes());
            assert_eq!((error.kind, error.billed), (kind, billed), "{status}");
        }
    }

    #[test]
    fn an_unsupported_feature_is_recognised_by_the_message() {
        for (message, wanted) in [
            (
                "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
                Some(Unsupported::Structure),
            ),
            (
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
                Some(Unsupported::LimitName),
            ),
            (
                "Unsupported value: 'temperature' does not support 0.3 with this model.",
                Some(Unsupported::Temperature),
            ),
            ("The prompt is too long.", None),
        ] {
            let body = serde_json::json!({"error": {"message": message, "code": null}}).to_string();
            assert_eq!(of_status(400, body.as_bytes()).1, wanted, "{message}");
        }
    }
}
