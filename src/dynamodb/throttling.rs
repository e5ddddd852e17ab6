//! Throttling: a table or partition that is busy, which is no outage. The request had no effect, and may be repeated.

use std::future::Future;
use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::resilience::backoff::full_jitter;

/// Maximum attempts of a request that is throttled.
const ATTEMPTS: u32 = 6;
/// Upper bound of the first delay; doubles up to [`MAX_DELAY`].
const BASE_DELAY: Duration = Duration::from_millis(10);
/// Maximum delay between attempts.
const MAX_DELAY: Duration = Duration::from_millis(250);

/// The codes of DynamoDB's throttling errors, at the top level and as cancellation reasons of a transaction.
/// Source: "Error handling with DynamoDB" and the reference of `TransactWriteItems`.
const CODES: [&str; 6] = [
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingError",
    "ThrottlingException",
];

/// Returns whether a code says that the request was throttled.
pub(super) fn is_throttling(code: &str) -> bool {
    CODES.contains(&code)
}

/// Returns whether a failed request was throttled.
pub(super) fn is_throttled<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
        .is_some_and(is_throttling)
}

/// Sends a request, and repeats it with full jitter while it is throttled.
///
/// # Errors
/// The error of the last attempt.
pub(super) async fn retry_throttled<T, E, R, F>(
    mut send: impl FnMut() -> F,
) -> Result<T, SdkError<E, R>>
where
    E: ProvideErrorMetadata,
    F: Future<Output = Result<T, SdkError<E, R>>>,
{
    let mut attempt = 0;
    loop {
        let result = send().await;
        attempt += 1;
        match result {
            Err(error) if attempt < ATTEMPTS && is_throttled(&error) => {
                tokio::time::sleep(full_jitter(BASE_DELAY, attempt, MAX_DELAY)).await;
            }
            result => return result,
        }
    }
}
