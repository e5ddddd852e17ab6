//! `POST /api/v1/estimate`: estimates the cost of a plan without calling a model.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::goal_request::GoalRequest;
use crate::http::problem::{Code, Problem};
use crate::http::{Service, body};
use crate::llm::Provider;
use crate::money::Money;
use crate::planner::{Estimate, PlanRequest};
use planning::category::Category;
use planning::constraints::ConstraintsView;

/// The estimated cost of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct EstimateResponse {
    /// ID of the request.
    pub request_id: String,
    /// The category according to the local classifier.
    pub category: Category,
    /// The confidence of the local classifier, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub confidence: f64,
    /// The provider of the model.
    #[schema(value_type = Provider)]
    pub provider: &'static str,
    /// The model that would write the plan.
    pub model: String,
    /// Estimated tokens of goal and context, to which the limit of input tokens applies.
    pub goal_tokens: u64,
    /// Estimated tokens of the whole prompt.
    pub input_tokens: u64,
    /// Estimated tokens of the plan.
    pub output_tokens: u64,
    /// The expected cost in USD.
    #[schema(value_type = f64)]
    pub likely_cost_usd: Money,
    /// The maximum cost in USD, over all calls that the request may make.
    #[schema(value_type = f64)]
    pub max_cost_usd: Money,
    /// The code of the problem with which a plan for this request would be rejected; `null` if it would not be.
    #[schema(value_type = Option<Code>)]
    pub refused_as: Option<String>,
    /// The constraints as understood.
    pub constraints: ConstraintsView,
}

impl EstimateResponse {
    fn new(request: &PlanRequest, estimate: Estimate) -> Self {
        Self {
            request_id: request.context.request_id.clone(),
            category: estimate.category,
            confidence: f64::from((estimate.confidence * 1000.0).round()) / 1000.0,
            provider: estimate.model.provider.as_str(),
            model: estimate.model.id,
            goal_tokens: estimate.goal_tokens,
            input_tokens: estimate.input_tokens,
            output_tokens: estimate.output_tokens,
            likely_cost_usd: estimate.likely_cost,
            max_cost_usd: estimate.worst_case,
            refused_as: estimate.refusal.map(|refusal| refusal.code().to_owned()),
            constraints: ConstraintsView::from(&request.constraints),
        }
    }
}

/// Estimates the cost of a plan.
///
/// Takes the same body as a plan, calls no model and costs nothing.
#[utoipa::path(
    post, path = "/api/v1/estimate", tag = "plans", request_body(content = GoalRequest,
        example = json!({"goal": "Prepare for AWS Solutions Architect certification", "context": "Beginner with basic cloud knowledge"})),
    responses(
        (status = 200, description = "The estimate", body = EstimateResponse, example = json!(crate::http::examples::example_estimate())),
        (status = 400, description = "The body is not JSON", body = Problem, content_type = "application/problem+json",
            example = json!(Problem::example(Code::MalformedRequest, "the body is not JSON: EOF while parsing an object at line 1 column 1"))),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json",
            example = json!(Problem::example(Code::BodyTooLarge, "the body may have at most 65536 bytes"))),
        (status = 422, description = "Fields are invalid, and all of them are listed; or the goal is not planned, as with generate-plan", body = Problem, content_type = "application/problem+json",
            example = json!(Problem::example_of_fields(&[("duration_weeks", "must be a whole number from 1 to 52, not 60")])))
    )
)]
pub async fn estimate(
    request: HttpRequest,
    payload: web::Payload,
    service: web::Data<Service>,
) -> HttpResponse {
    match respond(&request, payload, &service).await {
        Ok(estimate) => HttpResponse::Ok().json(estimate),
        Err(problem) => problem.response(&request),
    }
}

async fn respond(
    request: &HttpRequest,
    payload: web::Payload,
    service: &Service,
) -> Result<EstimateResponse, Problem> {
    let body = body::parse(request, payload).await?;
    let planner = &service.planner;
    let today = planner.clock().today();
    let parsed = body
        .fields
        .parse(body.errors, body.context, planner.classifier(), today)?;
    Ok(EstimateResponse::new(&parsed, planner.estimate(&parsed)))
}
