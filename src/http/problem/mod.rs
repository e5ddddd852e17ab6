//! Problem details (RFC 9457): the form of every error of the API, with a stable code.

mod code;
mod plan_failure;

use std::sync::Arc;

use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use planning::care::{Contact, Refusal, RefusalKind};
use planning::language::Language;
use planning::validation::{FieldError, InvalidFields};
use serde::Serialize;
use utoipa::ToSchema;

pub use self::code::Code;
use crate::planner::RequestError;
use crate::request_context::RequestContext;

/// The media type of problems.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Problem details (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// The kind of problem, as a URI.
    #[serde(rename = "type")]
    #[schema(example = "urn:goal-router:problem:validation_failed")]
    pub kind: String,
    /// The kind of problem in words.
    pub title: &'static str,
    /// The HTTP status of the response.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// This occurrence of the problem in words.
    pub detail: String,
    /// The path of the request.
    pub instance: String,
    /// The kind of problem, as a stable name.
    pub code: Code,
    /// ID of the request.
    pub request_id: String,
    /// With `validation_failed`: the invalid fields. At most 20 are listed; one more entry counts the rest.
    #[schema(max_items = 21)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// With `needs_person`: people who help.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact>,
    /// Whether the request cost something all the same.
    #[serde(skip)]
    pub spent: bool,
    /// Whether it is the stored response to an earlier request under the same idempotency key.
    #[serde(skip)]
    pub replayed: bool,
    /// Seconds after which it is worth trying again, where they are known.
    #[serde(skip)]
    retry_after: Option<u32>,
}

impl Problem {
    /// Creates a problem with the code's title, status and default `Retry-After`.
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
            contacts: Vec::new(),
            spent: false,
            replayed: false,
            retry_after: code.retry_after(),
        }
    }

    /// Sets `Retry-After`, rounded up to whole seconds, at least one.
    #[must_use]
    pub fn retry_after(mut self, wait: chrono::TimeDelta) -> Self {
        // A client that retries exactly after this time must not be too early.
        let seconds = wait.num_milliseconds().saturating_add(999) / 1000;
        self.retry_after = u32::try_from(seconds.max(1)).ok();
        self
    }

    /// Returns whether the response has `Retry-After`.
    #[must_use]
    pub const fn has_retry_after(&self) -> bool {
        self.retry_after.is_some()
    }

    /// Converts the problem into the response to a request, and adds the request's path and id.
    #[must_use]
    pub fn response(mut self, request: &HttpRequest) -> HttpResponse {
        request.path().clone_into(&mut self.instance);
        if let Some(context) = request.extensions().get::<Arc<RequestContext>>() {
            self.request_id.clone_from(&context.request_id);
            // The first problem stays: a later one would be about the response, not about the request.
            context.outcome.problem.set(self.code.as_str()).ok();
        }
        let mut response = HttpResponse::build(self.code.status());
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds));
        }
        // For the trace, and for `count_responses`.
        response.extensions_mut().insert(self.code);
        if self.code == Code::RequestTimeout {
            // The rest of the body may still arrive, and must not be taken for the next request.
            response.force_close();
        }
        // Strings and numbers always serialise.
        response
            .content_type(PROBLEM_JSON)
            .body(serde_json::to_vec(&self).unwrap_or_default())
    }

    /// Returns an example for the API documentation.
    #[must_use]
    pub fn example(code: Code, detail: &str) -> Self {
        let mut problem = Self::new(code, detail);
        "/api/v1/generate-plan".clone_into(&mut problem.instance);
        "0193589e-2d4b-7c3a-9f10-6b2f0f6b7c11".clone_into(&mut problem.request_id);
        problem
    }

    /// Returns an example of a goal that is not planned for the API documentation.
    #[must_use]
    pub fn example_of_care(kind: RefusalKind) -> Self {
        let refused = Self::from(&Refusal {
            kind,
            language: Language::english(),
        });
        let mut problem = Self::example(refused.code, &refused.detail);
        problem.contacts = refused.contacts;
        problem
    }

    /// Returns an example with field errors for the API documentation.
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

impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        let code = match refusal.kind {
            RefusalKind::NeedsPerson => Code::NeedsPerson,
            RefusalKind::GoalRefused => Code::GoalRefused,
        };
        let mut problem = Self::new(code, refusal.detail());
        problem.contacts = refusal.contacts();
        problem
    }
}

impl From<RequestError> for Problem {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Care(refusal) => Self::from(&refusal),
            RequestError::Invalid(invalid) => invalid.into(),
        }
    }
}

impl From<InvalidFields> for Problem {
    fn from(invalid: InvalidFields) -> Self {
        let mut problem = Self::new(Code::ValidationFailed, FIELDS_DETAIL);
        problem.errors = invalid.errors().to_vec();
        problem
    }
}
