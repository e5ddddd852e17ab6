//! Problems as RFC 9457 has them: every error of the API in one form, with a stable code.

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::invalid::{FieldError, Invalid};
use crate::ledger::{BudgetExceeded, Scope};
use crate::planner::PlanError;
use crate::telemetry::events;

/// Media type of problems.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// The error catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Not JSON, or of another content type.
    MalformedRequest,
    /// No credentials, or none that hold.
    Unauthenticated,
    /// The credentials do not allow this.
    Forbidden,
    /// Nothing at this path.
    NotFound,
    /// The path takes other methods.
    MethodNotAllowed,
    /// The body is larger than 64 KiB.
    BodyTooLarge,
    /// Goal and context have too many tokens.
    InputTooLarge,
    /// The worst case costs more than a request may.
    RequestTooExpensive,
    /// Fields are not as they must be.
    ValidationFailed,
    /// The first request with this idempotency key is still running.
    IdempotencyInProgress,
    /// The idempotency key was used with another body.
    IdempotencyKeyReused,
    /// The client asks more often than it may.
    RateLimited,
    /// A budget of the day has no room for the worst case.
    BudgetExceeded,
    /// The model wrote no valid plan.
    InvalidModelOutput,
    /// No model answers.
    ProviderUnavailable,
    /// As many plans are in the making as the service takes.
    Overloaded,
    /// The usage row cannot be kept.
    LedgerUnavailable,
    /// Tokens cannot be checked.
    IdentityUnavailable,
    /// The request took too long.
    DeadlineExceeded,
    /// The service is on its way out, or cannot serve yet.
    NotReady,
    /// A defect of ours.
    InternalError,
}

impl Code {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MalformedRequest => "malformed_request",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::BodyTooLarge => "body_too_large",
            Self::InputTooLarge => "input_too_large",
            Self::RequestTooExpensive => "request_too_expensive",
            Self::ValidationFailed => "validation_failed",
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

    /// The status that goes with it.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::MalformedRequest => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge | Self::InputTooLarge | Self::RequestTooExpensive => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::IdempotencyInProgress => StatusCode::CONFLICT,
            Self::ValidationFailed | Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
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

    const fn title(self) -> &'static str {
        match self {
            Self::MalformedRequest => "The request is malformed",
            Self::Unauthenticated => "Credentials are required",
            Self::Forbidden => "Not allowed",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::BodyTooLarge => "The body is too large",
            Self::InputTooLarge => "Goal and context are too large",
            Self::RequestTooExpensive => "The plan would be too expensive",
            Self::ValidationFailed => "Fields are not valid",
            Self::IdempotencyInProgress => "The first request with this key is still running",
            Self::IdempotencyKeyReused => "The key was used with another body",
            Self::RateLimited => "Too many requests",
            Self::BudgetExceeded => "A budget of the day is used up",
            Self::InvalidModelOutput => "The model wrote no valid plan",
            Self::ProviderUnavailable => "No model answers",
            Self::Overloaded => "Too many plans are in the making",
            Self::LedgerUnavailable => "Usage cannot be recorded",
            Self::IdentityUnavailable => "Tokens cannot be checked",
            Self::DeadlineExceeded => "The request took too long",
            Self::NotReady => "Not ready",
            Self::InternalError => "Internal error",
        }
    }

    /// Seconds after which it is worth trying again, where nothing better is known.
    const fn retry_after(self) -> Option<u32> {
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
            | Self::BodyTooLarge
            | Self::InputTooLarge
            | Self::RequestTooExpensive
            | Self::ValidationFailed
            | Self::InvalidModelOutput
            | Self::DeadlineExceeded
            | Self::InternalError => None,
        }
    }
}

/// A problem as its JSON shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// A name of the kind of problem, as a URI.
    #[serde(rename = "type")]
    #[schema(example = "urn:goal-router:problem:validation_failed")]
    pub kind: String,
    /// The kind of problem in words.
    pub title: &'static str,
    /// The status of the response.
    pub status: u16,
    /// This problem in words.
    pub detail: String,
    /// The path that was asked.
    pub instance: String,
    /// The kind of problem as a stable name.
    pub code: Code,
    /// The request's id.
    pub request_id: String,
    /// With `validation_failed`: every field that is not as it must be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Seconds after which it is worth trying again, where they are known.
    #[serde(skip)]
    retry_after: Option<u32>,
}

impl Problem {
    /// A problem of that kind.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:goal-router:problem:{}", code.as_str()),
            title: code.title(),
            status: code.status().as_u16(),
            detail: detail.into(),
            instance: String::new(),
            code,
            request_id: String::new(),
            errors: Vec::new(),
            retry_after: code.retry_after(),
        }
    }

    /// Says when it is worth trying again.
    #[must_use]
    pub fn retry_after(mut self, wait: chrono::TimeDelta) -> Self {
        // Rounded up: who comes back on the second must not be too early.
        let seconds = wait.num_milliseconds().saturating_add(999) / 1000;
        self.retry_after = u32::try_from(seconds.max(1)).ok();
        self
    }

    /// Whether the answer says when to come back.
    #[must_use]
    pub const fn may_be_tried_again(&self) -> bool {
        self.retry_after.is_some()
    }

    /// The problem as the answer to a request.
    #[must_use]
    pub fn response(mut self, request: &HttpRequest) -> HttpResponse {
        request.path().clone_into(&mut self.instance);
        if let Some(caller) = request.extensions().get::<Caller>() {
            self.request_id.clone_from(&caller.request_id);
        }
        let mut response = HttpResponse::build(self.code.status());
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds));
        }
        // Texts and numbers always serialise.
        response
            .content_type(PROBLEM_JSON)
            .body(serde_json::to_vec(&self).unwrap_or_default())
    }

    /// The problem as documentation shows it.
    #[must_use]
    pub fn example(code: Code, detail: &str) -> Self {
        let mut problem = Self::new(code, detail);
        "/api/v1/generate-plan".clone_into(&mut problem.instance);
        "0193589e-2d4b-7c3a-9f10-6b2f0f6b7c11".clone_into(&mut problem.request_id);
        problem
    }

    /// The problem with field errors, as documentation shows it.
    #[must_use]
    pub fn example_of_fields(errors: &[(&str, &str)]) -> Self {
        let mut problem = Self::example(Code::ValidationFailed, FIELDS_DETAIL);
        problem.errors = errors
            .iter()
            .map(|(field, message)| FieldError {
                field: (*field).to_owned(),
                message: (*message).to_owned(),
            })
            .collect();
        problem
    }
}

const FIELDS_DETAIL: &str = "one or more fields are not valid; `errors` names each";

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        let mut problem = Self::new(Code::ValidationFailed, FIELDS_DETAIL);
        problem.errors = invalid.errors().to_vec();
        problem
    }
}

/// The problem of a failed plan. What operators have to know goes to the log, here and only here; clients get a safe text.
#[must_use]
pub fn of_plan_error(error: &PlanError, caller: &Caller) -> Problem {
    let mut retry_after = None;
    let (code, detail) = match error {
        PlanError::InputTooLarge { .. } => (Code::InputTooLarge, error.to_string()),
        PlanError::RequestTooExpensive { .. } => (Code::RequestTooExpensive, error.to_string()),
        PlanError::BudgetExceeded(refusal) => {
            retry_after = Some(refusal.retry_after);
            (Code::BudgetExceeded, budget_detail(refusal))
        }
        PlanError::InvalidModelOutput(_) => (
            Code::InvalidModelOutput,
            "the model did not write a plan that keeps the rules".to_owned(),
        ),
        PlanError::ProviderUnavailable(_) => (
            Code::ProviderUnavailable,
            "no model is able to answer now".to_owned(),
        ),
        PlanError::LedgerUnavailable(_) => (
            Code::LedgerUnavailable,
            "the usage of this request cannot be recorded now".to_owned(),
        ),
        PlanError::DeadlineExceeded => (Code::DeadlineExceeded, error.to_string()),
    };
    if code.status().is_server_error() {
        events::error(caller, error.code(), &error.to_string());
    }
    let problem = Problem::new(code, detail);
    match retry_after {
        Some(wait) => problem.retry_after(wait),
        None => problem,
    }
}

/// A client may know of its own budget, and not how much the service spends.
fn budget_detail(refusal: &BudgetExceeded) -> String {
    let whose = match refusal.scope {
        Scope::Service => "the service's budget",
        Scope::Client => "your budget",
    };
    format!(
        "{whose} of today (UTC) has no room for this plan, which could cost up to {} USD",
        refusal.amount
    )
}
