//! Maps Bedrock's errors to [`ModelError`], including whether the call may have been billed.

use aws_sdk_bedrockruntime::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockruntime::operation::converse::ConverseError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::llm::{Billed, ModelError, ModelErrorKind};

/// Maximum number of characters of a provider's message.
const MESSAGE_CHARS: usize = 300;

/// Words in a `ValidationException` that name a feature which the model does not support.
const FEATURES: [&str; 14] = [
    "outputconfig",
    "output_config",
    "output config",
    "textformat",
    "text_format",
    "json_schema",
    "structured output",
    "toolchoice",
    "tool_choice",
    "tool choice",
    "toolconfig",
    "tool use",
    "strict",
    "tools",
];

/// Returns whether the provider refuses the output mode rather than the request itself.
pub fn refused_feature(error: &SdkError<ConverseError, HttpResponse>) -> bool {
    let Some(ConverseError::ValidationException(exception)) = error.as_service_error() else {
        return false;
    };
    let message = exception.message().unwrap_or_default().to_ascii_lowercase();
    FEATURES.iter().any(|feature| message.contains(feature))
}

/// Maps an SDK error.
pub fn translate(error: &SdkError<ConverseError, HttpResponse>) -> ModelError {
    let (kind, billed) = kind(error);
    let message = match error.as_service_error() {
        Some(service) => format!(
            "{}: {}",
            service.code().unwrap_or("unknown"),
            service.message().unwrap_or("no message")
        ),
        None => DisplayErrorContext(error).to_string(),
    };
    ModelError {
        kind,
        billed,
        message: message.chars().take(MESSAGE_CHARS).collect(),
    }
}

fn kind(error: &SdkError<ConverseError, HttpResponse>) -> (ModelErrorKind, Billed) {
    match error {
        SdkError::TimeoutError(_) => (ModelErrorKind::TimedOut, Billed::Unknown),
        // For example, credentials that are missing or cannot be loaded.
        SdkError::ConstructionFailure(_) => (ModelErrorKind::Denied, Billed::No),
        // A connection that was never established carried no request; one that broke may have.
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            (ModelErrorKind::TimedOut, Billed::Unknown)
        }
        SdkError::DispatchFailure(failure) if failure.is_user() => {
            (ModelErrorKind::Denied, Billed::No)
        }
        SdkError::DispatchFailure(failure) => {
            let reason = DisplayErrorContext(
                failure
                    .as_connector_error()
                    .map_or(error as &dyn std::error::Error, |inner| inner),
            )
            .to_string();
            let never_sent = reason.contains("onnection refused") || reason.contains("dns error");
            (
                ModelErrorKind::Connection,
                if never_sent {
                    Billed::No
                } else {
                    Billed::Unknown
                },
            )
        }
        SdkError::ServiceError(service) => match service.err() {
            ConverseError::ThrottlingException(_) | ConverseError::ModelNotReadyException(_) => {
                (ModelErrorKind::Throttled, Billed::No)
            }
            ConverseError::ServiceUnavailableException(_)
            | ConverseError::InternalServerException(_) => {
                (ModelErrorKind::Unavailable, Billed::No)
            }
            ConverseError::ModelTimeoutException(_) | ConverseError::ModelErrorException(_) => {
                (ModelErrorKind::Unavailable, Billed::Unknown)
            }
            ConverseError::AccessDeniedException(_)
            | ConverseError::ResourceNotFoundException(_) => (ModelErrorKind::Denied, Billed::No),
            ConverseError::ValidationException(_) => (ModelErrorKind::Rejected, Billed::No),
            // Errors that the SDK has no type for are mapped by status code.
            other => match (service.raw().status().as_u16(), other.code()) {
                (_, Some("ServiceQuotaExceededException")) | (401 | 403 | 404, _) => {
                    (ModelErrorKind::Denied, Billed::No)
                }
                (429, _) => (ModelErrorKind::Throttled, Billed::No),
                (500..=599, _) => (ModelErrorKind::Unavailable, Billed::Unknown),
                (400..=499, _) => (ModelErrorKind::Rejected, Billed::No),
                _ => (ModelErrorKind::Protocol, Billed::Unknown),
            },
        },
        _ => (ModelErrorKind::Protocol, Billed::Unknown),
    }
}
