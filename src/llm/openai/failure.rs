//! Maps errors of OpenAI-compatible servers to [`ModelError`], including whether the call may have been billed.

use std::error::Error;

use serde_json::Value;

use crate::llm::{Billed, FailureDetail, ModelError, ModelErrorKind, NotSent, transmission};

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

/// Maps a request that got no response; `sent` says whether it may have left.
pub(super) fn of_transport(error: &reqwest::Error, sent: bool) -> ModelError {
    if !sent && error.is_builder() {
        ModelError::not_sent(NotSent::Request, "the request could not be built")
    } else if !sent {
        transmission::no_connection(error as &(dyn Error + 'static))
    } else if error.is_timeout() {
        timed_out()
    } else {
        ModelError::new(
            ModelErrorKind::Connection,
            Billed::Unknown,
            "the connection broke after the request was sent",
        )
    }
}

/// Returns the failure of a call without an answer by the deadline; `sent` says whether the request may have left.
pub(super) const fn deadline(sent: bool) -> ModelError {
    if sent {
        timed_out()
    } else {
        ModelError::not_sent(NotSent::Connect, "no connection was made in time")
    }
}

const fn timed_out() -> ModelError {
    ModelError::new(
        ModelErrorKind::TimedOut,
        Billed::Unknown,
        "the model did not answer in time",
    )
}

/// Maps an error response. The second value is set if the server does not support a feature of the request.
pub(super) fn of_status(status: u16, body: &[u8]) -> (ModelError, Option<Unsupported>) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let (message, code) = message_and_code(&body["error"]);
    let unsupported = matches!(status, 400 | 422)
        .then(|| unsupported(&message.to_ascii_lowercase()))
        .flatten();
    (of_parts(status, code, message), unsupported)
}

/// Maps an error that the server sent with the status of a success. A code that is a status counts as that status.
pub(super) fn of_error_in_success(error: &Value) -> ModelError {
    let (message, code) = message_and_code(error);
    let status = error["code"].as_u64().or_else(|| code.parse().ok());
    let status = status.and_then(|status| u16::try_from(status).ok());
    let status = status.filter(|status| (400..=599).contains(status));
    of_parts(status.unwrap_or(500), code, message)
}

/// Returns message and code of an error: an object, or the message alone.
fn message_and_code(error: &Value) -> (&str, &str) {
    let message = error.as_str().or_else(|| error["message"].as_str());
    let code = error["code"].as_str().or_else(|| error["type"].as_str());
    (message.unwrap_or_default(), code.unwrap_or_default())
}

fn of_parts(status: u16, code: &str, message: &str) -> ModelError {
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
    let otherwise = "the server answered with an error";
    ModelError {
        kind,
        billed,
        detail: FailureDetail::of_response(status, code, message, otherwise),
    }
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
    fn an_error_with_the_status_of_a_success_counts_as_the_status_it_names() {
        for (error, kind, billed) in [
            (
                serde_json::json!({"message": "m", "code": 429}),
                ModelErrorKind::Throttled,
                Billed::No,
            ),
            (
                serde_json::json!({"message": "m", "code": "503"}),
                ModelErrorKind::Unavailable,
                Billed::No,
            ),
            (
                serde_json::json!("loading"),
                ModelErrorKind::Unavailable,
                Billed::Unknown,
            ),
            (
                serde_json::json!({"code": 7}),
                ModelErrorKind::Unavailable,
                Billed::Unknown,
            ),
        ] {
            let mapped = of_error_in_success(&error);
            assert_eq!((mapped.kind, mapped.billed), (kind, billed), "{error}");
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
