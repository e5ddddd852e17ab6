//! What may be logged of a failed call: a status, a code and a reason, each from a closed set.
//!
//! Providers quote the prompt in their messages and in their headers, and parsers quote what they parse. So no text from outside
//! goes into a [`FailureDetail`]: it is only compared with what is known.

use std::fmt;

/// The codes that are logged as they are.
const CODES: [&str; 41] = [
    "AccessDeniedException",
    "ConflictException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InternalFailure",
    "InternalServerException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "ModelErrorException",
    "ModelNotReadyException",
    "ModelStreamErrorException",
    "ModelTimeoutException",
    "NotAuthorized",
    "OptInRequired",
    "RequestExpired",
    "ResourceNotFoundException",
    "ServiceQuotaExceededException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "SignatureDoesNotMatch",
    "ThrottlingException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationException",
    "authentication_error",
    "billing_hard_limit_reached",
    "content_filter",
    "context_length_exceeded",
    "insufficient_quota",
    "invalid_api_key",
    "invalid_prompt",
    "invalid_request_error",
    "invalid_value",
    "model_not_found",
    "overloaded_error",
    "rate_limit_exceeded",
    "server_error",
    "unsupported_parameter",
    "unsupported_value",
    "BadRequestError",
];

/// Phrases in a provider's message, in lower case, and what they mean. The first that is found counts.
const REASONS: [(&str, &str); 20] = [
    (
        "use case details",
        "the account has not submitted the model's use case form",
    ),
    (
        "on-demand throughput",
        "the model must be called through an inference profile",
    ),
    (
        "model identifier is invalid",
        "the model id is not valid in this region",
    ),
    ("end of its life", "the model has been retired"),
    (
        "access to the model",
        "the account has no access to the model",
    ),
    (
        "not authorized to perform",
        "a policy does not allow the call",
    ),
    (
        "security token",
        "the credentials are not valid, or have expired",
    ),
    (
        "signature",
        "the signature was refused; check the credentials and the clock",
    ),
    ("api key", "the API key was refused"),
    ("tokens per day", "the daily token quota is used up"),
    ("too many tokens", "the token quota is used up"),
    ("too many requests", "the request quota is used up"),
    ("rate limit", "the rate limit is used up"),
    ("quota", "a quota is used up"),
    (
        "context length",
        "the prompt is longer than the model's context window",
    ),
    (
        "too long",
        "the prompt is longer than the model's context window",
    ),
    ("temperature", "the model does not accept the temperature"),
    ("max_tokens", "the model does not accept the token limit"),
    (
        "max_completion_tokens",
        "the model does not accept the token limit",
    ),
    ("content filter", "a content filter refused the prompt"),
];

/// What is known about a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureDetail {
    status: Option<u16>,
    code: Option<&'static str>,
    reason: &'static str,
}

impl FailureDetail {
    /// Returns a detail with a reason alone.
    pub(super) const fn of(reason: &'static str) -> Self {
        Self {
            status: None,
            code: None,
            reason,
        }
    }

    /// Returns the detail of an error response. Code and message are compared with what is known; `otherwise` is the reason of
    /// a message that is not.
    pub(super) fn of_response(
        status: u16,
        code: &str,
        message: &str,
        otherwise: &'static str,
    ) -> Self {
        let message = message.to_ascii_lowercase();
        let known = REASONS.iter().find(|(phrase, _)| message.contains(phrase));
        Self {
            status: Some(status),
            code: CODES.into_iter().find(|known| *known == code),
            reason: known.map_or(otherwise, |(_, reason)| reason),
        }
    }
}

impl fmt::Display for FailureDetail {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(status) = self.status {
            write!(out, "{status} {}: ", self.code.unwrap_or("(no known code)"))?;
        }
        out.write_str(self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_known_codes_and_reasons_is_kept() {
        let known =
            FailureDetail::of_response(429, "ThrottlingException", "Too many tokens", "refused");
        assert_eq!(
            known.to_string(),
            "429 ThrottlingException: the token quota is used up"
        );

        let unknown = FailureDetail::of_response(400, "my goal", "my goal is bad", "refused");
        assert_eq!(unknown.to_string(), "400 (no known code): refused");
    }
}
