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

    /// Returns the detail of an error response. Codes, in any case, and message are compared with what is known: the first known code
    /// counts, and `otherwise` is the reason of a message that is not known.
    pub(super) fn of_response<'a>(
        status: u16,
        mut codes: impl Iterator<Item = &'a str>,
        message: &str,
        otherwise: &'static str,
    ) -> Self {
        let message = message.to_ascii_lowercase();
        let known = REASONS.iter().find(|(phrase, _)| message.contains(phrase));
        Self {
            status: Some(status),
            code: codes.find_map(|code| {
                let mut known = CODES.into_iter();
                known.find(|known| known.eq_ignore_ascii_case(code))
            }),
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
        let of = |status, codes: &[&str], message| {
            FailureDetail::of_response(status, codes.iter().copied(), message, "refused")
        };
        let known = of(429, &["", "throttlingexception"], "Too many tokens");
        assert_eq!(
            known.to_string(),
            "429 ThrottlingException: the token quota is used up"
        );

        let unknown = of(400, &["my goal"], "my goal is bad");
        assert_eq!(unknown.to_string(), "400 (no known code): refused");
    }
}
