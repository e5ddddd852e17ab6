//! Bedrock's errors as our kinds of failure, and whether such a call may be on the invoice.

use aws_sdk_bedrockruntime::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockruntime::operation::converse::ConverseError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::model::{Billed, Failure, ModelError};

/// Most characters of a provider's message that are kept.
const MESSAGE_CHARS: usize = 300;

/// Words in a `ValidationException` that say which feature the model does not have.
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

/// Whether the provider refuses the form of structured output rather than the request.
pub fn refused_feature(error: &SdkError<ConverseError, HttpResponse>) -> bool {
    let Some(ConverseError::ValidationException(refusal)) = error.as_service_error() else {
        return false;
    };
    let message = refusal.message().unwrap_or_default().to_ascii_lowercase();
    FEATURES.iter().any(|feature| message.contains(feature))
}

/// The failure by kind.
pub fn translate(error: &SdkError<ConverseError, HttpResponse>) -> ModelError {
    let (kind, billed) = kind(error);
    let said = match error.as_service_error() {
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
        message: said.chars().take(MESSAGE_CHARS).collect(),
    }
}

fn kind(error: &SdkError<ConverseError, HttpResponse>) -> (Failure, Billed) {
    match error {
        SdkError::TimeoutError(_) => (Failure::TimedOut, Billed::Perhaps),
        // Credentials that are missing or cannot be loaded, among others.
        SdkError::ConstructionFailure(_) => (Failure::Denied, Billed::No),
        // A connection that never came to be carried no request; one that broke may have.
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            (Failure::TimedOut, Billed::Perhaps)
        }
        SdkError::DispatchFailure(failure) if failure.is_user() => (Failure::Denied, Billed::No),
        SdkError::DispatchFailure(failure) => {
            let refused = DisplayErrorContext(
                failure
                    .as_connector_error()
                    .map_or(error as &dyn std::error::Error, |inner| inner),
            )
            .to_string();
            let never_sent = refused.contains("onnection refused") || refused.contains("dns error");
            (
                Failure::Connection,
                if never_sent {
                    Billed::No
                } else {
                    Billed::Perhaps
                },
            )
        }
        SdkError::ServiceError(service) => match service.err() {
            ConverseError::ThrottlingException(_) | ConverseError::ModelNotReadyException(_) => {
                (Failure::Throttled, Billed::No)
            }
            ConverseError::ServiceUnavailableException(_)
            | ConverseError::InternalServerException(_) => (Failure::Unavailable, Billed::No),
            ConverseError::ModelTimeoutException(_) | ConverseError::ModelErrorException(_) => {
                (Failure::Unavailable, Billed::Perhaps)
            }
            ConverseError::AccessDeniedException(_)
            | ConverseError::ResourceNotFoundException(_) => (Failure::Denied, Billed::No),
            ConverseError::ValidationException(_) => (Failure::Rejected, Billed::No),
            // Errors without a model in the SDK: by status, as the protocol has it.
            other => match (service.raw().status().as_u16(), other.code()) {
                (_, Some("ServiceQuotaExceededException")) | (401 | 403 | 404, _) => {
                    (Failure::Denied, Billed::No)
                }
                (429, _) => (Failure::Throttled, Billed::No),
                (500..=599, _) => (Failure::Unavailable, Billed::Perhaps),
                (400..=499, _) => (Failure::Rejected, Billed::No),
                _ => (Failure::Protocol, Billed::Perhaps),
            },
        },
        _ => (Failure::Protocol, Billed::Perhaps),
    }
}
