//! The span of one call of DynamoDB, for the trace of the request that needs it.

use std::future::Future;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::telemetry::spans;

/// The code by which DynamoDB refuses a write whose condition does not hold, which is an outcome that the caller expects. A cancelled
/// transaction names it, without its last part, among its reasons.
const REFUSED: &str = "ConditionalCheckFailedException";
const REASON: &str = "ConditionalCheckFailed";

/// Makes a call in a span of its own.
///
/// # Errors
/// The error of the call.
pub(super) fn in_span<T, E, R>(
    operation: &'static str,
    table: &str,
    call: impl Future<Output = Result<T, SdkError<E, R>>>,
) -> impl Future<Output = Result<T, SdkError<E, R>>>
where
    E: ProvideErrorMetadata,
{
    spans::store_call(operation, table, call, |error| {
        let code = code(error);
        let message = error
            .as_service_error()
            .and_then(ProvideErrorMetadata::message);
        let is_refusal = code == REFUSED || message.is_some_and(|text| text.contains(REASON));
        (code, is_refusal)
    })
}

/// Returns the code of the service's error, or what else went wrong.
fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    let code = match error {
        SdkError::ServiceError(service) => service.err().code().unwrap_or("unknown"),
        SdkError::TimeoutError(_) => "timeout",
        SdkError::DispatchFailure(_) => "connection",
        SdkError::ConstructionFailure(_) => "construction",
        _ => "response",
    };
    code.to_owned()
}
