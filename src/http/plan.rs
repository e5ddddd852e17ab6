//! `POST /api/v1/generate-plan`: the main job.

use std::sync::Arc;
use std::time::Instant;

use actix_web::http::header::{ContentType, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::making::{Refused, Reply, make};
use super::plan_response::PlanResponse;
use super::problem::{Code, Problem};
use super::{Service, body, idempotent};
use crate::planner::Timings;
use crate::telemetry::events;

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What a person wants. Fields that are not listed are refused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalRequest {
    /// The goal in the person's own words, in any language: 3 to 500 characters after trimming.
    #[schema(
        min_length = 3,
        max_length = 500,
        example = "Prepare for AWS Solutions Architect certification"
    )]
    pub goal: String,
    /// Circumstances: level, time, what was tried; up to 1000 characters.
    #[schema(max_length = 1000, example = "Beginner with basic cloud knowledge")]
    pub context: Option<String>,
    /// Most hours a week. Without it, hours are read out of goal and context.
    #[schema(minimum = 0.5, maximum = 80, example = 8)]
    pub hours_per_week: Option<f64>,
    /// Weeks of the plan. Without it, weeks are read out of goal and context.
    #[schema(minimum = 1, maximum = 52, example = 12)]
    pub duration_weeks: Option<u8>,
    /// First day of the first week, today by default; may lie in the past.
    #[schema(format = Date, example = "2026-11-23")]
    pub start_date: Option<String>,
    /// The day by whose end the last week is over; after the start.
    #[schema(format = Date, example = "2027-03-14")]
    pub deadline: Option<String>,
    /// Language of the plan as a BCP 47 tag; by default the goal's own.
    #[schema(example = "en")]
    pub language: Option<String>,
}

/// Turns a goal into a weekly plan.
///
/// Whatever the model says, every plan keeps the guarantees: weeks without gaps, hours within the limit, the last week over
/// by the deadline, no task twice, no markup, no link that we do not stand behind.
#[utoipa::path(
    post, path = "/api/v1/generate-plan", tag = "plans", request_body(content = GoalRequest, examples(
        ("original" = (summary = "Goal and context", value = json!({"goal": "Prepare for AWS Solutions Architect certification", "context": "Beginner with basic cloud knowledge"}))),
        ("constrained" = (summary = "With constraints", value = json!({"goal": "Run a half marathon", "hours_per_week": 5, "deadline": "2027-04-11", "start_date": "2026-11-23"}))),
        ("words" = (summary = "Constraints in words", value = json!({"goal": "Deutsch B1 bis Ende Mai, dreimal pro Woche 45 Minuten"})))
    )),
    params(
        ("X-Request-Id" = Option<String>, Header, description = "Id of the request, `[A-Za-z0-9._-]{1,64}`; made where absent, always echoed"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters of your choice, such as a UUID. For 24 hours the same request under the same key is made once: sent again, it is answered as the first time, and costs nothing", example = "8e03978e-40d5-43dd-bc93-6894a57f9324")
    ),
    responses(
        (status = 200, description = "The plan", body = PlanResponse, headers(
            ("Server-Timing" = String, description = "Milliseconds of classify, model, ledger, total"),
            ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request under the same Idempotency-Key")
        ), example = json!(super::examples::example_plan())),
        (status = 400, description = "Not JSON, or of another content type", body = Problem, content_type = "application/problem+json",
            example = json!(Problem::example(Code::MalformedRequest, "the body is not JSON: EOF while parsing an object at line 1 column 1"))),
        (status = 409, description = "The first request under this Idempotency-Key is still running", body = Problem, content_type = "application/problem+json",
            example = json!(Problem::example(Code::IdempotencyInProgress, "the first request with this Idempotency-Key is still running; send it again later"))),
        (status = 413, description = "Too large or too expensive", body = Problem, content_type = "application/problem+json", examples(
            ("body_too_large" = (value = json!(Problem::example(Code::BodyTooLarge, "the body may have at most 65536 bytes")))),
            ("input_too_large" = (value = json!(Problem::example(Code::InputTooLarge, "goal and context have about 2450 tokens; 2000 are allowed")))),
            ("request_too_expensive" = (value = json!(Problem::example(Code::RequestTooExpensive, "the plan could cost up to 0.61 USD; 0.5 USD is allowed for a request"))))
        )),
        (status = 422, description = "Fields are not as they must be, and all of them are named; or an Idempotency-Key that was used for another request", body = Problem, content_type = "application/problem+json", examples(
            ("validation_failed" = (value = json!(Problem::example_of_fields(&[("goal", "must have 3 to 500 characters after trimming, not 2"), ("hours_per_week", "must be a number from 0.5 to 80, not 120")])))),
            ("idempotency_key_reused" = (value = json!(Problem::example(Code::IdempotencyKeyReused, "this Idempotency-Key was used with another request; take a new key for a new request"))))
        )),
        (status = 429, description = "Too much, of requests or of money; `Retry-After` says when to try again", body = Problem, content_type = "application/problem+json", examples(
            ("budget_exceeded" = (value = json!(Problem::example(Code::BudgetExceeded, "your budget of today (UTC) has no room for this plan, which could cost up to 0.0157 USD"))))
        )),
        (status = 500, description = "A defect of ours", body = Problem, content_type = "application/problem+json",
            example = json!(Problem::example(Code::InternalError, "the request failed for a reason that is ours; it is in our log under its id"))),
        (status = 502, description = "The model wrote no valid plan, or refused to", body = Problem, content_type = "application/problem+json",
            example = json!(Problem::example(Code::InvalidModelOutput, "the model did not write a plan that keeps the rules"))),
        (status = 503, description = "Not now; `Retry-After` says when to try again", body = Problem, content_type = "application/problem+json", examples(
            ("provider_unavailable" = (value = json!(Problem::example(Code::ProviderUnavailable, "no model is able to answer now")))),
            ("overloaded" = (value = json!(Problem::example(Code::Overloaded, "as many plans are in the making as this service takes at once")))),
            ("ledger_unavailable" = (value = json!(Problem::example(Code::LedgerUnavailable, "the usage of this request cannot be recorded now"))))
        )),
        (status = 504, description = "The request took longer than it may", body = Problem, content_type = "application/problem+json",
            example = json!(Problem::example(Code::DeadlineExceeded, "the request took longer than it may")))
    )
)]
pub async fn generate(
    request: HttpRequest,
    payload: web::Payload,
    service: web::Data<Service>,
) -> HttpResponse {
    let started = Instant::now();
    let (mut response, replayed) = match planned(&request, payload, service).await {
        Ok(reply) => {
            let mut response = HttpResponse::Ok();
            response.content_type(ContentType::json());
            if let Some(timings) = reply.timings {
                response.insert_header((SERVER_TIMING, server_timing(timings, started)));
            }
            (response.body(reply.body), reply.replayed)
        }
        Err(refused) => (refused.problem.response(&request), refused.replayed),
    };
    if replayed {
        let headers = response.headers_mut();
        headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

async fn planned(
    request: &HttpRequest,
    payload: web::Payload,
    service: web::Data<Service>,
) -> Result<Reply, Refused> {
    // Before the body is read: what is shed must not cost memory.
    let Ok(place) = Arc::clone(&service.places).try_acquire_owned() else {
        service.metrics.shed();
        return Err(Refused::from(Problem::new(
            Code::Overloaded,
            "as many plans are in the making as this service takes at once",
        )));
    };
    let key = idempotent::key(request)?;
    let asked = body::asked(request, payload).await?;
    // A body with unknown fields, or of wrong types, is refused whatever its key: it is not what was answered before.
    let key = key.filter(|_| asked.complaints.is_empty()).map(|key| {
        let route = request.match_pattern().unwrap_or_default();
        (key, idempotent::fingerprint(&route, &asked.fields))
    });
    let caller = asked.caller.clone();
    let runtime = service.runtime.clone();
    let running = service.running.clone();
    let service = service.into_inner();
    let outlives_worker = service.planner.may_spend() || key.is_some();
    // In a task of its own: a connection that breaks drops this handler, but not the plan with its row.
    let making = async move {
        let deadline = service.planner.deadline();
        let outcome = match &key {
            None => make(&service, asked, deadline).await,
            // Boxed, so that only requests with a key have the room for it.
            Some((key, fingerprint)) => {
                let once = idempotent::once(&service, asked, key, *fingerprint, deadline);
                Box::pin(once).await
            }
        };
        drop(place);
        outcome
    };
    // What may spend outlives the worker too, when the service stops. What is free stays on the worker's own thread, which
    // saves two hops between threads.
    let outcome = if outlives_worker {
        running.spawn_on(making, &runtime)
    } else {
        running.spawn(making)
    };
    outcome.await.unwrap_or_else(|panic| {
        events::error(&caller, "panic", &panic.to_string());
        Err(Refused::from(Problem::new(
            Code::InternalError,
            "the request failed for a reason that is ours; it is in our log under its id",
        )))
    })
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
