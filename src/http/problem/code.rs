//! The error catalogue: stable codes, each with its status and title.

use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::telemetry::metrics::Label;

/// The error catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The body is not JSON, or a header is malformed.
    MalformedRequest,
    /// Credentials are missing or invalid.
    Unauthenticated,
    /// The credentials do not allow this request.
    Forbidden,
    /// There is nothing at this path.
    NotFound,
    /// The path has other methods.
    MethodNotAllowed,
    /// The body did not arrive in time.
    RequestTimeout,
    /// The body is larger than 64 KiB.
    BodyTooLarge,
    /// Goal and context have too many tokens.
    InputTooLarge,
    /// The maximum cost exceeds the limit of a request.
    RequestTooExpensive,
    /// The content type is not `application/json`, or the body has a content encoding.
    UnsupportedMediaType,
    /// Fields are invalid.
    ValidationFailed,
    /// The words tell of suicide or self-harm: `detail` and `contacts` name people who help.
    NeedsPerson,
    /// The goal would harm somebody or breaks the law.
    GoalRefused,
    /// The first request with this idempotency key is still running.
    IdempotencyInProgress,
    /// The idempotency key was used with another body.
    IdempotencyKeyReused,
    /// The client exceeded its rate limit.
    RateLimited,
    /// A daily budget has no room for the maximum cost.
    BudgetExceeded,
    /// The model did not write a valid plan.
    InvalidModelOutput,
    /// No model answers.
    ProviderUnavailable,
    /// The maximum number of plans is in progress.
    Overloaded,
    /// Usage cannot be recorded.
    LedgerUnavailable,
    /// Tokens cannot be checked.
    IdentityUnavailable,
    /// The request exceeded its time limit.
    DeadlineExceeded,
    /// The service is stopping, or cannot serve requests yet.
    NotReady,
    /// An internal error.
    InternalError,
}

impl Label for Code {
    const ALL: &'static [Self] = &[
        Self::MalformedRequest,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::RequestTimeout,
        Self::BodyTooLarge,
        Self::InputTooLarge,
        Self::RequestTooExpensive,
        Self::UnsupportedMediaType,
        Self::ValidationFailed,
        Self::NeedsPerson,
        Self::GoalRefused,
        Self::IdempotencyInProgress,
        Self::IdempotencyKeyReused,
        Self::RateLimited,
        Self::BudgetExceeded,
        Self::InvalidModelOutput,
        Self::ProviderUnavailable,
        Self::Overloaded,
        Self::LedgerUnavailable,
        Self::IdentityUnavailable,
        Self::DeadlineExceeded,
        Self::NotReady,
        Self::InternalError,
    ];

    fn as_str(self) -> &'static str {
        self.as_str()
    }
}

impl Code {
    /// Returns the code as it appears in responses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MalformedRequest => "malformed_request",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::RequestTimeout => "request_timeout",
            Self::BodyTooLarge => "body_too_large",
            Self::InputTooLarge => "input_too_large",
            Self::RequestTooExpensive => "request_too_expensive",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::ValidationFailed => "validation_failed",
            Self::NeedsPerson => "needs_person",
            Self::GoalRefused => "goal_refused",
            Self::IdempotencyInProgress => "idempotency_in_progress",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::RateLimited => "rate_limited",
            Self::BudgetExceeded => "budget_exceeded",
            Self::InvalidModelOutput => "invalid_model_output",
            Self::ProviderUnavailable => "provider_unavailable",
            Self::Overloaded => "overloaded",
            Self::LedgerUnavailable => "ledger_unavailable",
            Self::IdentityUnavailable => "identity_unavailable",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::NotReady => "not_ready",
            Self::InternalError => "internal_error",
        }
    }

    /// Returns the HTTP status of the code.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::MalformedRequest => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyTooLarge | Self::InputTooLarge | Self::RequestTooExpensive => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::IdempotencyInProgress => StatusCode::CONFLICT,
            Self::ValidationFailed
            | Self::NeedsPerson
            | Self::GoalRefused
            | Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimited | Self::BudgetExceeded => StatusCode::TOO_MANY_REQUESTS,
            Self::InvalidModelOutput => StatusCode::BAD_GATEWAY,
            Self::ProviderUnavailable
            | Self::Overloaded
            | Self::LedgerUnavailable
            | Self::IdentityUnavailable
            | Self::NotReady => StatusCode::SERVICE_UNAVAILABLE,
            Self::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::MalformedRequest => "The request is malformed",
            Self::Unauthenticated => "Credentials are required",
            Self::Forbidden => "Not allowed",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::RequestTimeout => "The body did not arrive in time",
            Self::BodyTooLarge => "The body is too large",
            Self::InputTooLarge => "Goal and context are too large",
            Self::RequestTooExpensive => "The plan would be too expensive",
            Self::UnsupportedMediaType => "The media type is not supported",
            Self::ValidationFailed => "Fields are not valid",
            Self::NeedsPerson => "Please talk to somebody",
            Self::GoalRefused => "No plan is made for this goal",
            Self::IdempotencyInProgress => "The first request with this key is still running",
            Self::IdempotencyKeyReused => "The key was used with another body",
            Self::RateLimited => "Too many requests",
            Self::BudgetExceeded => "A budget of the day is used up",
            Self::InvalidModelOutput => "The model wrote no valid plan",
            Self::ProviderUnavailable => "No model answers",
            Self::Overloaded => "Too many plans are in progress",
            Self::LedgerUnavailable => "Usage cannot be recorded",
            Self::IdentityUnavailable => "Tokens cannot be checked",
            Self::DeadlineExceeded => "The request took too long",
            Self::NotReady => "Not ready",
            Self::InternalError => "Internal error",
        }
    }

    /// Returns the default `Retry-After` in seconds, or `None` if a retry would not help.
    pub(super) const fn retry_after(self) -> Option<u32> {
        match self {
            Self::Overloaded => Some(2),
            Self::BudgetExceeded
            | Self::ProviderUnavailable
            | Self::LedgerUnavailable
            | Self::IdentityUnavailable
            | Self::NotReady => Some(5),
            Self::RateLimited => Some(1),
            Self::MalformedRequest
            | Self::Unauthenticated
            | Self::Forbidden
            | Self::IdempotencyInProgress
            | Self::IdempotencyKeyReused
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::RequestTimeout
            | Self::BodyTooLarge
            | Self::InputTooLarge
            | Self::RequestTooExpensive
            | Self::UnsupportedMediaType
            | Self::ValidationFailed
            | Self::NeedsPerson
            | Self::GoalRefused
            | Self::InvalidModelOutput
            | Self::DeadlineExceeded
            | Self::InternalError => None,
        }
    }
}
