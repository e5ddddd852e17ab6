//! The kind of a provider's error, and whether the call may have been billed.

use super::ProviderError;
use crate::llm::{Billed, FailureDetail, ModelError, ModelErrorKind};

/// What codes say of words that a content filter refused.
pub(super) const REFUSED_CODES: [&str; 10] = [
    "content_filter",
    "contentfilter",
    "content_policy",
    "responsibleaipolicy",
    "invalid_prompt",
    "moderation",
    "data_inspection_failed",
    "datainspectionfailed",
    "prohibited_content",
    "safety",
];

/// What messages say of them.
const REFUSED: [&str; 23] = [
    "content filter",
    "content_filter",
    "content management policy",
    "content policy",
    "content filtering policy",
    "content exists risk",
    "inappropriate content",
    "usage polic",
    "usage guidelines",
    "was flagged",
    "been flagged",
    "response was filtered",
    "prompt was filtered",
    "safety system",
    "safety reasons",
    "safety filter",
    "blocked by guardrail",
    "blocked by content",
    "content moderation",
    "harmful content",
    "unsafe content",
    "violates our",
    "policy violation",
];

/// What a refusal of the words is about, and what a refusal of the account is about.
const WORDS: [&str; 4] = ["prompt", "input", "content", "request"];
const ACCOUNT: [&str; 3] = ["account", "organization", "organisation"];

/// Signs of a provider that has no room for calls now, and of one that has nothing running.
const THROTTLED: [&str; 7] = [
    "rate limit",
    "rate_limit",
    "ratelimit",
    "too many requests",
    "too_many_requests",
    "resource_exhausted",
    "throttl",
];
const BUSY: [&str; 11] = [
    "overloaded",
    "unavailable",
    "loading",
    "no capacity",
    "at capacity",
    "temporarily",
    "try again later",
    "is busy",
    "starting up",
    "no instances",
    "not ready",
];
const QUOTA: [&str; 5] = [
    "insufficient_quota",
    "insufficient credits",
    "insufficient balance",
    "billing_hard_limit",
    "payment required",
];
const KEY: [&str; 6] = [
    "invalid_api_key",
    "authentication",
    "unauthorized",
    "permission_denied",
    "permission_error",
    "invalid api key",
];
const INVALID: [&str; 6] = [
    "invalid_request",
    "badrequest",
    "bad_request",
    "invalid_argument",
    "invalid_parameter",
    "validation",
];

impl ProviderError {
    /// Returns whether a content filter refused the words. They would be refused again, and nobody has to be told of an outage.
    pub fn is_refusal(&self) -> bool {
        match self.status {
            400 | 422 | 451 => self.has_code(&REFUSED_CODES) || self.says(&REFUSED),
            // May as well be about the account, which an operator has to hear of.
            403 => self.has_code(&REFUSED_CODES) || self.refuses_words(),
            _ => false,
        }
    }

    /// Returns whether a sentence says that the words of the request are refused, rather than whoever sent them.
    fn refuses_words(&self) -> bool {
        let has = |sentence: &str, parts: &[&str]| parts.iter().any(|part| sentence.contains(part));
        let sentences = self.messages.iter().flat_map(|message| message.split(". "));
        sentences.into_iter().any(|sentence| {
            has(sentence, &REFUSED) && has(sentence, &WORDS) && !has(sentence, &ACCOUNT)
        })
    }

    /// Returns the failure, with the first known code of the error in its detail.
    pub fn failure(&self) -> ModelError {
        let (kind, billed) = self.kind();
        self.failure_of(kind, billed, "")
    }

    /// Returns the failure of this kind, unless the words were refused. `code` is one that is not in the body.
    pub fn failure_of(&self, kind: ModelErrorKind, billed: Billed, code: &str) -> ModelError {
        let (kind, billed, otherwise) = if self.is_refusal() {
            let reason = "a content filter refused the prompt";
            // A success that says by its words alone that a filter intervened may have written something before.
            let billed = if self.is_status_guessed {
                Billed::Unknown
            } else {
                Billed::No
            };
            (ModelErrorKind::Refused, billed, reason)
        } else {
            (kind, billed, self.shape())
        };
        let message = self.messages.join(" ");
        let codes = std::iter::once(code).chain(self.codes.iter().map(String::as_str));
        ModelError {
            kind,
            billed,
            detail: FailureDetail::of_response(self.status, codes, &message, otherwise),
            retry_after: None,
        }
    }

    fn kind(&self) -> (ModelErrorKind, Billed) {
        match self.status {
            429 if self.is_quota() => (ModelErrorKind::Denied, Billed::No),
            429 => (ModelErrorKind::Throttled, Billed::No),
            401..=404 => (ModelErrorKind::Denied, Billed::No),
            503 | 529 => (ModelErrorKind::Unavailable, Billed::No),
            408 | 409 | 500..=599 => (ModelErrorKind::Unavailable, Billed::Unknown),
            400..=499 => (ModelErrorKind::Rejected, Billed::No),
            // For example redirects, which are not followed.
            _ => (ModelErrorKind::Protocol, Billed::Unknown),
        }
    }

    fn is_quota(&self) -> bool {
        self.has_code(&QUOTA) || self.says(&QUOTA)
    }

    /// Returns the status that an error without one means.
    pub(super) fn status_in_words(&self) -> u16 {
        let is = |signs: &[&str]| self.has_code(signs) || self.says(signs);
        if is(&QUOTA) {
            402
        } else if is(&THROTTLED) {
            429
        } else if is(&BUSY) {
            503
        } else if is(&KEY) {
            401
        } else if self.has_code(&INVALID) || self.has_code(&REFUSED_CODES) || self.says(&REFUSED) {
            400
        } else {
            500
        }
    }

    /// Returns what there is to say of an error whose words are not known.
    const fn shape(&self) -> &'static str {
        match (self.messages.is_empty(), self.codes.is_empty()) {
            (true, true) => "the provider answered with an error that says nothing",
            (true, false) => "the provider answered with an error that has a code but no message",
            (false, _) => "the provider answered with an error",
        }
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
                r#"{"error": {"code": "insufficient_quota"}}"#,
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
            (
                400,
                r#"{"error": {"code": "content_filter"}}"#,
                ModelErrorKind::Refused,
                Billed::No,
            ),
            (
                403,
                "Content violates usage guidelines.",
                ModelErrorKind::Refused,
                Billed::No,
            ),
            (
                403,
                "Your account has been flagged for a policy violation. Send a request to support.",
                ModelErrorKind::Denied,
                Billed::No,
            ),
            (
                403,
                "Your account was flagged for requests with unsafe content",
                ModelErrorKind::Denied,
                Billed::No,
            ),
        ] {
            let error = ProviderError::read(status, None, body.as_bytes()).failure();
            assert_eq!(
                (error.kind, error.billed),
                (kind, billed),
                "{status} {body}"
            );
        }
    }

    #[test]
    fn a_known_code_of_the_body_is_in_the_detail() {
        let body = br#"{"error": {"type": "BadRequestError", "code": "rate_limit_exceeded"}}"#;
        let failure = ProviderError::read(429, None, body).failure();
        let detail = failure.detail.to_string();
        assert!(detail.starts_with("429 rate_limit_exceeded: "), "{detail}");
    }

    #[test]
    fn an_error_with_the_status_of_a_success_counts_as_the_status_it_names_or_means() {
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
                serde_json::json!("model is loading"),
                ModelErrorKind::Unavailable,
                Billed::No,
            ),
            (
                serde_json::json!({"type": "overloaded_error"}),
                ModelErrorKind::Unavailable,
                Billed::No,
            ),
            (
                serde_json::json!({"message": "Invalid API key"}),
                ModelErrorKind::Denied,
                Billed::No,
            ),
            (
                serde_json::json!("the response was filtered"),
                ModelErrorKind::Refused,
                Billed::Unknown,
            ),
            (
                serde_json::json!({"code": "content_filter"}),
                ModelErrorKind::Refused,
                Billed::No,
            ),
            (
                serde_json::json!({"code": 7}),
                ModelErrorKind::Unavailable,
                Billed::Unknown,
            ),
        ] {
            let failure = ProviderError::in_success(&error).failure();
            assert_eq!((failure.kind, failure.billed), (kind, billed), "{error}");
        }
    }
}
