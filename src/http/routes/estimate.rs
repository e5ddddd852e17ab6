//! `POST /api/v1/estimate`: estimates the cost of a plan without calling a model.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::goal_request::GoalRequest;
use crate::http::problem::{Code, Problem};
use crate::http::{Service, body};
use crate::money::Money;
use crate::planner::{Estimate, PlanRequest};
use planning::category::Category;
use planning::constraints::ConstraintsView;

/// What a plan would cost.
#[derive(Debug, Serialize, ToSchema)]
pub struct EstimateResponse {
    /// The request's id.
    pub request_id: String,
    /// What the local model takes the goal for.
    pub category: Category,
    /// How sure it is, 0 to 1.
    pub confidence: f64,
    /// Who would serve the model.
    pub provider: &'static str,
    /// The model that would write the plan.
    pub model: String,
    /// Estimated tokens of goal and context, which the service's limit bounds.
    pub goal_tokens: u64,
    /// Estimated tokens of the whole prompt.
    pub input_tokens: u64,
    /// Estimated tokens of the plan.
    pub output_tokens: u64,
    /// What that would cost, in USD.
    #[schema(value_type = f64)]
    pub likely_cost_usd: Money,
    /// The most it can cost, over every call that the request may make, in USD.
    #[schema(value_type = f64)]
    pub max_cost_usd: Money,
    /// The code under which the request would be refused as it is.
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

/// Tells what a plan would cost at most. Calls no model and costs nothing.
#[utoipa::path(
    post, path = "/api/v1/estimate", tag = "plans", request_body(content = GoalRequest,
        example = json!({"goal": "Prepare for AWS Solutions Architect certification", "context": "Beginner with basic cloud knowledge"})),
    responses(
        (status = 200, description = "The estimate", body = EstimateResponse, example = json!(crate::http::examples::example_estimate())),
        (status = 400, description = "Not JSON, or of another content type", body = Problem, content_type = "application/problem+json",
            example = json!(Problem::example(Code::MalformedRequest, "the content type must be application/json, not \"text/plain\""))),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json",
            example = json!(Problem::example(Code::BodyTooLarge, "the body may have at most 65536 bytes"))),
        (status = 422, description = "Fields are not as they must be, and all of them are named; or a goal that is not planned, as with generate-plan", body = Problem, content_type = "application/problem+json",
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
