//! `POST /api/v1/generate-plan`: makes a plan for a goal.

use std::time::Instant;

use actix_web::http::header::{ContentType, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};

use super::goal_request::GoalRequest;
use crate::http::execute_plan::PlanReply;
use crate::http::middleware::concurrency_limit;
use crate::http::middleware::idempotency::{self, IdempotentRequest};
use crate::http::problem::{Code, Problem};
use crate::http::{Service, body, plan_task};
use crate::planner::Timings;
use crate::planner::plan_response::PlanResponse;
use planning::care::RefusalKind;

/// The operation's ID in the OpenAPI document.
pub const OPERATION: &str = "generate";
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Turns a goal into a weekly plan.
///
/// Every plan keeps the guarantees, whatever the model wrote: weeks are numbered without gaps, no week exceeds the hours per week, the
/// last week ends by the deadline, no task appears twice, texts have no markup, and links lead only to allow-listed sites.
#[utoipa::path(
    post, operation_id = OPERATION, path = "/api/v1/generate-plan", tag = "plans", request_body(content = GoalRequest, examples(
        ("original" = (summary = "Goal and context", value = json!({"goal": "Prepare for AWS Solutions Architect certification", "context": "Beginner with basic cloud knowledge"}))),
        ("constrained" = (summary = "With constraints", value = json!({"goal": "Run a half marathon", "hours_per_week": 5, "deadline": "2027-04-11", "start_date": "2026-11-23"}))),
        ("words" = (summary = "Constraints in words", value = json!({"goal": "Deutsch B1 bis Ende Mai, dreimal pro Woche 45 Minuten"})))
    )),
    responses(
        (status = 200, description = "The plan", body = PlanResponse, headers(
            ("Server-Timing" = String, description = "Milliseconds of classify, model, ledger, total"),
            ("Idempotency-Replayed" = String, description = "`true` if this is the response to an earlier request with the same Idempotency-Key")
        ), example = json!(crate::http::examples::example_plan())),
        (status = 400, description = "The body is not JSON, or a header is malformed", body = Problem, content_type = "application/problem+json",
            example = json!(Problem::example(Code::MalformedRequest, "the body is not JSON: EOF while parsing an object at line 1 column 1"))),
        (status = 409, description = "The first request with this Idempotency-Key is still running", body = Problem, content_type = "application/problem+json",
            example = json!(Problem::example(Code::IdempotencyInProgress, "the first request with this Idempotency-Key is still running; send it again later"))),
        (status = 413, description = "Too large or too expensive", body = Problem, content_type = "application/problem+json", examples(
            ("body_too_large" = (value = json!(Problem::example(Code::BodyTooLarge, "the body may have at most 65536 bytes")))),
            ("input_too_large" = (value = json!(Problem::example(Code::InputTooLarge, "goal and context have about 2450 tokens; 2000 are allowed")))),
            ("request_too_expensive" = (value = json!(Problem::example(Code::RequestTooExpensive, "the plan could cost up to 0.61 USD; 0.5 USD is allowed for a request"))))
        )),
        (status = 422, description = "Fields are invalid, and all of them are listed; the person may be in danger, or the goal would harm somebody; or the Idempotency-Key was used with another request", body = Problem, content_type = "application/problem+json", examples(
            ("validation_failed" = (value = json!(Problem::example_of_fields(&[("goal", "must have 3 to 500 characters after trimming, not 2"), ("hours_per_week", "must be a number from 0.5 to 80, not 120")])))),
            ("needs_person" = (value = json!(Problem::example_of_care(RefusalKind::NeedsPerson)))),
            ("goal_refused" = (value = json!(Problem::example_of_care(RefusalKind::GoalRefused)))),
            ("idempotency_key_reused" = (value = json!(Problem::example(Code::IdempotencyKeyReused, "this Idempotency-Key was used with another request; use a new key for a new request"))))
        )),
        (status = 429, description = "A rate limit or a budget is exceeded; `Retry-After` says when to try again", body = Problem, content_type = "application/problem+json", examples(
            ("budget_exceeded" = (value = json!(Problem::example(Code::BudgetExceeded, "your budget of today (UTC) has no room for this plan, which could cost up to 0.0157 USD"))))
        )),
        (status = 500, description = "An internal error", body = Problem, content_type = "application/problem+json",
            example = json!(Problem::example(Code::InternalError, "the request failed because of an internal error, which is logged with its request id"))),
        (status = 502, description = "The model did not write a valid plan", body = Problem, content_type = "application/problem+json",
            example = json!(Problem::example(Code::InvalidModelOutput, "the model did not write a plan that keeps the rules"))),
        (status = 503, description = "Temporarily unavailable; `Retry-After` says when to try again", body = Problem, content_type = "application/problem+json", examples(
            ("provider_unavailable" = (value = json!(Problem::example(Code::ProviderUnavailable, "no model is able to answer now")))),
            ("overloaded" = (value = json!(Problem::example(Code::Overloaded, "the maximum number of plans is in progress")))),
            ("ledger_unavailable" = (value = json!(Problem::example(Code::LedgerUnavailable, "the usage of this request cannot be recorded now"))))
        )),
        (status = 504, description = "The request exceeded its time limit", body = Problem, content_type = "application/problem+json",
            example = json!(Problem::example(Code::DeadlineExceeded, "the request took longer than it may")))
    )
)]
pub async fn generate_plan(
    request: HttpRequest,
    payload: web::Payload,
    service: web::Data<Service>,
) -> HttpResponse {
    let started = Instant::now();
    let (mut response, replayed) = match respond(&request, payload, service).await {
        Ok(reply) => {
            let mut response = HttpResponse::Ok();
            response.content_type(ContentType::json());
            if let Some(timings) = reply.timings {
                response.insert_header((SERVER_TIMING, server_timing(timings, started)));
            }
            (response.body(reply.body), reply.replayed)
        }
        Err(problem) => {
            let replayed = problem.replayed;
            (problem.response(&request), replayed)
        }
    };
    if replayed {
        let headers = response.headers_mut();
        headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

async fn respond(
    request: &HttpRequest,
    payload: web::Payload,
    service: web::Data<Service>,
) -> Result<PlanReply, Problem> {
    let permit = concurrency_limit::acquire(&service)?;
    let key = idempotency::key(request)?;
    let body = body::parse(request, payload).await?;
    // A body with unknown or wrongly typed fields is rejected whatever its key: it cannot have been accepted before.
    let key = key.filter(|_| body.errors.is_empty());
    let idempotent = key.map(|key| {
        let route = request.match_pattern().unwrap_or_default();
        IdempotentRequest::new(key, &route, &body.fields)
    });
    plan_task::run(service, body, idempotent, permit).await
}

fn server_timing(timings: Timings, started: Instant) -> String {
    let millis = |took: std::time::Duration| took.as_secs_f64() * 1000.0;
    format!(
        "classify;dur={:.3}, model;dur={:.3}, ledger;dur={:.3}, total;dur={:.3}",
        millis(timings.classify),
        millis(timings.model),
        millis(timings.ledger),
        millis(started.elapsed())
    )
}
