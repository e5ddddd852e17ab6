//! Why an operation failed, as a sentence for operators: the error with its causes, and for an error of the service its code and
//! message.

use std::error::Error;
use std::fmt::Write as _;

use aws_sdk_dynamodb::error::ErrorMetadata;

/// Returns an error with all its causes, without those that an earlier one already tells.
pub(super) fn reason(error: &(dyn Error + 'static)) -> String {
    let mut text = told(error);
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = told(error);
        if !text.ends_with(&message) {
            // Writing to a string cannot fail.
            let _ = write!(text, ": {message}");
        }
        cause = error.source();
    }
    text
}

fn told(error: &(dyn Error + 'static)) -> String {
    match error.downcast_ref::<ErrorMetadata>() {
        // As text, it would have the form of `Debug`.
        Some(metadata) => {
            let parts = [metadata.code(), metadata.message()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
        }
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::error::SdkError;
    use aws_sdk_dynamodb::operation::get_item::GetItemError;

    use super::*;

    #[test]
    fn a_reason_has_every_cause_once_and_no_debug_output() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        let error: SdkError<GetItemError> =
            SdkError::construction_failure(std::io::Error::other(refused));
        assert_eq!(
            reason(&error),
            "failed to construct request: connection refused"
        );

        let metadata = ErrorMetadata::builder()
            .code("AccessDeniedException")
            .message("no access")
            .build();
        assert_eq!(
            reason(&GetItemError::generic(metadata)),
            "unhandled error (AccessDeniedException): AccessDeniedException: no access"
        );
    }
}
