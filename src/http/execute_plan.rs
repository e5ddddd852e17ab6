//! Turns a parsed body into a response: validates the fields, plans, and serialises.

use std::sync::Arc;

use actix_web::web::Bytes;
use planning::care::Refusal;
use planning::validation::FieldErrors;
use tokio::time::Instant;

use super::Service;
use super::problem::{Code, Problem};
use crate::planner::plan_response::PlanResponse;
use crate::planner::{self, Fields, RequestError, Timings};
use crate::request_context::RequestContext;

/// Initial capacity of the response buffer: the size of a twelve-week plan with some headroom, to avoid reallocations.
const INITIAL_CAPACITY: usize = 14 * 1024;

/// The fields of a body, not yet validated, with the errors found so far.
pub(super) struct ParsedBody {
    pub context: Arc<RequestContext>,
    pub fields: Fields,
    pub errors: FieldErrors,
}

/// A successful response.
pub(super) struct PlanReply {
    pub body: Bytes,
    /// How long the steps took; `None` for a replayed response.
    pub timings: Option<Timings>,
    /// Whether this is the stored response to an earlier request with the same idempotency key.
    pub replayed: bool,
}

/// Asks the gate about the goal, before the request takes any other step.
///
/// # Errors
/// Returns the problem to respond with if no plan may be made.
pub(super) fn assess(service: &Service, body: &ParsedBody) -> Result<(), Problem> {
    match body.fields.assess(service.planner.classifier()) {
        Ok(_) => Ok(()),
        Err(refusal) => {
            count_refusal(service, &refusal);
            Err((&refusal).into())
        }
    }
}

fn count_refusal(service: &Service, refusal: &Refusal) {
    let outcome = planner::outcome_of_refusal(refusal.kind);
    service.metrics.plan(None, outcome);
}

/// Validates the fields and makes a plan by the deadline.
///
/// # Errors
/// Returns the problem to respond with.
pub(super) async fn execute_plan(
    service: &Service,
    body: ParsedBody,
    deadline: Instant,
) -> Result<PlanReply, Problem> {
    let planner = &service.planner;
    let today = planner.clock().today();
    let request = body
        .fields
        .parse(body.errors, body.context, planner.classifier(), today)
        .inspect_err(|error| {
            if let RequestError::Care(refusal) = error {
                count_refusal(service, refusal);
            }
        })?;
    let outcome = planner
        .plan(&request, deadline)
        .await
        .map_err(|failure| Problem::of_plan_failure(&failure, &request.context))?;
    let timings = outcome.timings;
    let mut json = Vec::with_capacity(INITIAL_CAPACITY);
    serde_json::to_writer(&mut json, &PlanResponse::new(&request, outcome))
        .map_err(|error| Problem::new(Code::InternalError, error.to_string()))?;
    Ok(PlanReply {
        body: json.into(),
        timings: Some(timings),
        replayed: false,
    })
}
