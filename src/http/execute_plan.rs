//! From a parsed body to a response: parse the fields, plan, serialise. It runs in a task of its own, which outlives the connection
//! of a client that hangs up.

use std::sync::Arc;

use actix_web::web::{self, Bytes};
use planning::validation::FieldErrors;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::Service;
use super::middleware::idempotency::{self, IdempotentRequest};
use super::problem::{Code, Problem};
use crate::planner::plan_response::PlanResponse;
use crate::planner::{Fields, Timings};
use crate::request_context::RequestContext;
use crate::telemetry::events;

/// Bytes of a plan of twelve weeks, with some room: written without growing again and again.
const USUAL_SIZE: usize = 14 * 1024;

/// What a body says, not yet checked.
pub(super) struct ParsedBody {
    pub context: Arc<RequestContext>,
    pub fields: Fields,
    pub errors: FieldErrors,
}

/// A plan as it leaves.
pub(super) struct PlanReply {
    pub body: Bytes,
    /// Of a plan that was made just now.
    pub timings: Option<Timings>,
    /// Whether it is the stored response to an earlier request under the same idempotency key.
    pub replayed: bool,
}

/// Makes a plan in a task of its own, so that a connection that breaks drops the handler but not the plan with its row.
///
/// # Errors
/// The problem to answer with.
pub(super) async fn in_own_task(
    service: web::Data<Service>,
    body: ParsedBody,
    idempotent: Option<IdempotentRequest>,
    permit: OwnedSemaphorePermit,
) -> Result<PlanReply, Problem> {
    let context = Arc::clone(&body.context);
    let runtime = service.runtime.clone();
    let running = service.running.clone();
    let service = service.into_inner();
    // What may spend outlives the worker too, when the service stops. What is free stays on the worker's own thread, which
    // saves two hops between threads.
    let outlives_worker = service.planner.may_spend() || idempotent.is_some();
    let work = async move {
        let deadline = service.planner.deadline();
        let outcome = match idempotent {
            None => execute_plan(&service, body, deadline).await,
            // Boxed, so that only requests with a key have the room for it.
            Some(idempotent) => {
                Box::pin(idempotency::once(&service, body, &idempotent, deadline)).await
            }
        };
        drop(permit);
        outcome
    };
    let outcome = if outlives_worker {
        running.spawn_on(work, &runtime)
    } else {
        running.spawn(work)
    };
    outcome.await.unwrap_or_else(|panic| {
        events::error(&context, "panic", &panic.to_string());
        Err(Problem::new(
            Code::InternalError,
            "the request failed because of a defect of ours; our log has it under the request's id",
        ))
    })
}

/// Makes a plan by the deadline.
///
/// # Errors
/// The problem to answer with.
pub(super) async fn execute_plan(
    service: &Service,
    body: ParsedBody,
    deadline: Instant,
) -> Result<PlanReply, Problem> {
    let planner = &service.planner;
    let today = planner.clock().today();
    let request = body
        .fields
        .parse(body.errors, body.context, planner.classifier(), today)?;
    let outcome = planner
        .plan(&request, deadline)
        .await
        .map_err(|failure| Problem::of_plan_failure(&failure, &request.context))?;
    let timings = outcome.timings;
    let mut json = Vec::with_capacity(USUAL_SIZE);
    serde_json::to_writer(&mut json, &PlanResponse::new(&request, outcome))
        .map_err(|error| Problem::new(Code::InternalError, error.to_string()))?;
    Ok(PlanReply {
        body: json.into(),
        timings: Some(timings),
        replayed: false,
    })
}
