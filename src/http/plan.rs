//! `POST /api/v1/generate-plan`: the main job.

use std::sync::Arc;
use std::time::Instant;

use actix_web::http::header::{ContentType, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::{Code, Problem, of_plan_error};
use super::{Service, body, idempotent};
use crate::caller::Caller;
use crate::category::Category;
use crate::constraints::Understood;
use crate::hours::Hours;
use crate::idempotency::Fingerprint;
use crate::language::Language;
use crate::ledger::Money;
use crate::plan::{Resource, Week};
use crate::planner::{Answer, ClassifiedBy, PlanRequest, Timings};
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

/// A plan that keeps every guarantee.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanResponse {
    /// The request's id.
    #[schema(example = "0193589e-2d4b-7c3a-9f10-6b2f0f6b7c11")]
    pub request_id: String,
    /// The goal, as it was understood: trimmed.
    #[schema(example = "Prepare for AWS Solutions Architect certification")]
    pub goal: String,
    /// What the goal was taken for.
    pub category: Category,
    /// Number of weeks.
    #[schema(minimum = 1, maximum = 52, example = 1)]
    pub estimated_duration_weeks: usize,
    /// The weeks, numbered from 1 without gaps.
    pub weekly_breakdown: Vec<Week>,
    /// Where to learn more.
    pub resources: Vec<Resource>,
    /// The sum of the weeks' hours.
    #[schema(value_type = f64, example = 8.0)]
    pub total_estimated_hours: Hours,
    /// When the plan was made, in UTC.
    #[schema(format = DateTime, example = "2026-11-23T10:30:00.000Z")]
    pub created_at: String,
    /// How the plan came about and what it cost.
    pub metadata: Metadata,
}

/// How a plan came about and what it cost.
#[derive(Debug, Serialize, ToSchema)]
pub struct Metadata {
    /// Who served the model.
    #[schema(example = "offline")]
    pub provider: &'static str,
    /// The model that wrote the plan.
    #[schema(example = "offline")]
    pub model: String,
    /// Tokens of all calls, as the provider counted them.
    pub tokens_used: TokensUsed,
    /// Cost of all calls in USD.
    #[schema(value_type = f64, example = 0.0)]
    pub cost_usd: Money,
    /// How the category was found.
    pub classification: ClassificationShown,
    /// The constraints as understood.
    pub constraints: Understood,
    /// The language that the plan is written in.
    #[schema(value_type = String, example = "en")]
    pub written_in: Language,
    /// Whether rules or a second question mended the plan.
    pub repaired: bool,
    /// Whether another than the first of the configured models wrote it, because those before it did not answer.
    pub fallback: bool,
    /// Whether the plan was made for another request, and cost this one nothing: from the cache, or at the same moment.
    pub cached: bool,
    /// Calls of a model.
    #[schema(example = 0)]
    pub llm_calls: u32,
}

/// Tokens as the provider counted them.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokensUsed {
    /// What went in.
    #[schema(example = 0)]
    pub input: u64,
    /// What came out.
    #[schema(example = 0)]
    pub output: u64,
    /// Both.
    #[schema(example = 0)]
    pub total: u64,
}

/// How the category was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClassificationShown {
    /// Who said so.
    pub source: ClassifiedBy,
    /// How sure the local model was, 0 to 1.
    #[schema(example = 0.98)]
    pub confidence: f64,
}

impl PlanResponse {
    /// The answer to a request.
    #[must_use]
    pub fn new(request: &PlanRequest, answer: Answer) -> Self {
        let Answer {
            plan,
            classification,
            model,
            language,
            tokens,
            cost,
            llm_calls,
            repaired,
            fallback,
            cached,
            created_at,
            timings: _,
        } = answer;
        let total_estimated_hours = plan.total();
        let (weekly_breakdown, resources) = plan.into_parts();
        Self {
            request_id: request.caller.request_id.clone(),
            goal: request.goal.text().to_owned(),
            category: classification.category,
            estimated_duration_weeks: weekly_breakdown.len(),
            weekly_breakdown,
            resources,
            total_estimated_hours,
            created_at: created_at.to_rfc3339_opts(SecondsFormat::Millis, true),
            metadata: Metadata {
                provider: model.provider.as_str(),
                model: model.id,
                tokens_used: TokensUsed {
                    input: tokens.all_input(),
                    output: tokens.output,
                    total: tokens.total(),
                },
                cost_usd: cost,
                classification: ClassificationShown {
                    source: classification.source,
                    confidence: f64::from((classification.confidence * 1000.0).round()) / 1000.0,
                },
                constraints: Understood::from(&request.constraints),
                written_in: language,
                repaired,
                fallback,
                cached,
                llm_calls,
            },
        }
    }
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

/// A plan as it leaves.
pub(super) struct Reply {
    pub body: Bytes,
    /// Of a plan that was made just now.
    pub timings: Option<Timings>,
    /// Whether it was made under the same idempotency key before.
    pub replayed: bool,
}

/// A request without a plan.
pub(super) struct Refused {
    pub problem: Problem,
    /// Whether it cost something all the same.
    pub spent: bool,
    /// Whether it was so under the same idempotency key before.
    pub replayed: bool,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            spent: false,
            replayed: false,
        }
    }
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
    let (parsed, fingerprint) = parsed(request, payload, &service).await?;
    let caller = parsed.caller.clone();
    let runtime = service.runtime.clone();
    let running = service.running.clone();
    let service = service.into_inner();
    let outlives_worker = service.planner.may_spend() || key.is_some();
    // In a task of its own: a connection that breaks drops this handler, but not the plan with its row.
    let making = async move {
        let outcome = match &key {
            None => made(&service, &parsed).await,
            Some(key) => idempotent::once(&service, &parsed, key, fingerprint).await,
        };
        drop(place);
        outcome
    };
    // What may spend outlives the worker too, when the service stops. What is free stays on the worker's own thread, which
    // saves two hops between threads.
    let made = if outlives_worker {
        running.spawn_on(making, &runtime)
    } else {
        running.spawn(making)
    };
    made.await.unwrap_or_else(|panic| {
        events::error(&caller, "panic", &panic.to_string());
        Err(Refused::from(Problem::new(
            Code::InternalError,
            "the request failed for a reason that is ours; it is in our log under its id",
        )))
    })
}

/// Makes a plan.
pub(super) async fn made(service: &Service, parsed: &PlanRequest) -> Result<Reply, Refused> {
    match service.planner.plan(parsed).await {
        Ok(answer) => {
            let timings = answer.timings;
            let body = serde_json::to_vec(&PlanResponse::new(parsed, answer))
                .map_err(|error| Problem::new(Code::InternalError, error.to_string()))?;
            Ok(Reply {
                body: body.into(),
                timings: Some(timings),
                replayed: false,
            })
        }
        Err(unplanned) => Err(Refused {
            problem: of_plan_error(&unplanned.error, &parsed.caller),
            spent: unplanned.spent,
            replayed: false,
        }),
    }
}

/// The request of a body, for any route that takes a goal, and a digest of what it says.
///
/// # Errors
/// The problem with it.
pub async fn parsed(
    request: &HttpRequest,
    payload: web::Payload,
    service: &Service,
) -> Result<(PlanRequest, Fingerprint), Problem> {
    let bytes = body::bytes(request, payload).await?;
    let (fields, complaints) = body::fields(&bytes)?;
    let caller = request.extensions().get::<Caller>().cloned();
    let caller =
        caller.ok_or_else(|| Problem::new(Code::InternalError, "the request has no id"))?;
    let fingerprint = idempotent::fingerprint(request.path(), &fields);
    let parsed = fields.parse(
        complaints,
        caller,
        service.planner.classifier(),
        service.planner.clock().today(),
    )?;
    Ok((parsed, fingerprint))
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
