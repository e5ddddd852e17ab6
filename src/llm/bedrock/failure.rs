//! Maps Bedrock's errors to [`ModelError`], including whether the call may have been billed.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_bedrockruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockruntime::operation::converse::ConverseError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::call_trace::{Progress, ReceivedResponse};
use super::credentials::{self, no_credentials};
use crate::llm::provider_error::ProviderError;
use crate::llm::{Billed, ModelError, ModelErrorKind, NotSent, transmission};

/// Returns what an error response says.
pub fn provider_error(
    error: &SdkError<ConverseError, HttpResponse>,
    response: Option<&ReceivedResponse>,
) -> ProviderError {
    let code = error.code();
    match (response, error) {
        (Some(response), _) => ProviderError::read(response.status, code, &response.body),
        (None, SdkError::ServiceError(service)) => {
            let status = service.raw().status().as_u16();
            ProviderError::read(
                status,
                code,
                service.err().message().unwrap_or_default().as_bytes(),
            )
        }
        (None, _) => ProviderError::default(),
    }
}

/// Maps an SDK error of a call whose request came this far.
pub fn translate(
    error: &SdkError<ConverseError, HttpResponse>,
    response: Option<&ReceivedResponse>,
    progress: Progress,
) -> ModelError {
    if progress < Progress::Sent {
        return not_sent(Some(error), progress);
    }
    match error {
        SdkError::TimeoutError(_) => timed_out(),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => timed_out(),
        SdkError::DispatchFailure(_) => ModelError::new(
            ModelErrorKind::Connection,
            Billed::Unknown,
            "the connection broke after the request was sent",
        ),
        SdkError::ServiceError(service) => {
            let (kind, billed) = kind(service.err(), service.raw().status().as_u16());
            let code = service.err().code().unwrap_or_default();
            let provider_error = provider_error(error, response);
            ModelError {
                retry_after: response.and_then(|response| response.retry_after),
                ..provider_error.failure_of(kind, billed, code)
            }
        }
        _ => unreadable(),
    }
}

/// Returns the failure of a call whose response did not arrive completely.
pub const fn unreadable() -> ModelError {
    ModelError::new(
        ModelErrorKind::Protocol,
        Billed::Unknown,
        "the response did not arrive completely, or cannot be read",
    )
}

/// Returns the failure of a call without an answer by the deadline, whose request came this far.
pub fn deadline(progress: Progress) -> ModelError {
    if progress < Progress::Sent {
        not_sent(None, progress)
    } else {
        timed_out()
    }
}

const fn timed_out() -> ModelError {
    ModelError::new(
        ModelErrorKind::TimedOut,
        Billed::Unknown,
        "the model did not answer in time",
    )
}

/// Returns the failure of a request that never left. Without an error, the time was over.
fn not_sent(
    error: Option<&SdkError<ConverseError, HttpResponse>>,
    progress: Progress,
) -> ModelError {
    let error = error.map(|error| error as &(dyn Error + 'static));
    match progress {
        Progress::Identifying => {
            let causes = std::iter::successors(error, |&error| error.source());
            let found = causes.filter_map(|cause| cause.downcast_ref::<CredentialsError>());
            let reason = found.last().map(credentials::reason);
            no_credentials(reason.unwrap_or(credentials::TIMED_OUT))
        }
        Progress::Connecting => match error {
            Some(error) => transmission::no_connection(error),
            None => ModelError::not_sent(NotSent::Connect, "no connection was made in time"),
        },
        Progress::Building | Progress::Signing | Progress::Sent => {
            ModelError::not_sent(NotSent::Request, "the request could not be built or signed")
        }
    }
}

/// Returns the kind of an error response, and whether the call may have been billed.
fn kind(error: &ConverseError, status: u16) -> (ModelErrorKind, Billed) {
    match error {
        ConverseError::ThrottlingException(_) | ConverseError::ModelNotReadyException(_) => {
            (ModelErrorKind::Throttled, Billed::No)
        }
        ConverseError::ServiceUnavailableException(_)
        | ConverseError::InternalServerException(_) => (ModelErrorKind::Unavailable, Billed::No),
        ConverseError::ModelTimeoutException(_) | ConverseError::ModelErrorException(_) => {
            (ModelErrorKind::Unavailable, Billed::Unknown)
        }
        ConverseError::AccessDeniedException(_) | ConverseError::ResourceNotFoundException(_) => {
            (ModelErrorKind::Denied, Billed::No)
        }
        ConverseError::ValidationException(_) => (ModelErrorKind::Rejected, Billed::No),
        // Errors that the SDK has no type for are mapped by status code.
        other => match (status, other.code()) {
            (_, Some("ServiceQuotaExceededException")) | (401 | 403 | 404, _) => {
                (ModelErrorKind::Denied, Billed::No)
            }
            (429, _) => (ModelErrorKind::Throttled, Billed::No),
            (500..=599, _) => (ModelErrorKind::Unavailable, Billed::Unknown),
            (400..=499, _) => (ModelErrorKind::Rejected, Billed::No),
            _ => (ModelErrorKind::Protocol, Billed::Unknown),
        },
    }
}
