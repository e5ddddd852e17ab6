//! Runs a plan in its own task, which outlives the connection if the client disconnects, and the worker when the service stops.

use std::sync::Arc;

use actix_web::web;
use tokio::sync::OwnedSemaphorePermit;
use tracing::{Instrument as _, Span};

use super::Service;
use super::execute_plan::{ParsedBody, PlanReply, execute_plan};
use super::middleware::idempotency::{self, IdempotentRequest};
use super::problem::{Code, Problem};
use crate::telemetry::events;

/// Makes a plan in its own task: a broken connection drops the handler, but not the plan and its usage row.
///
/// # Errors
/// Returns the problem to respond with.
pub(super) async fn run(
    service: web::Data<Service>,
    body: ParsedBody,
    idempotent: Option<IdempotentRequest>,
    permit: OwnedSemaphorePermit,
) -> Result<PlanReply, Problem> {
    let context = Arc::clone(&body.context);
    let runtime = service.runtime.clone();
    let running = service.running.clone();
    let service = service.into_inner();
    // Plans that may cost money or have an idempotency key must also outlive the worker when the service stops. Other plans stay on
    // the worker's thread, which saves two thread hops.
    let outlives_worker = service.planner.may_spend() || idempotent.is_some();
    let work = async move {
        let deadline = service.planner.deadline();
        let outcome = match idempotent {
            None => execute_plan(&service, body, deadline).await,
            // Boxed, so that requests without a key do not pay for the larger future.
            Some(idempotent) => {
                Box::pin(idempotency::execute_once(
                    &service,
                    body,
                    &idempotent,
                    deadline,
                ))
                .await
            }
        };
        drop(permit);
        outcome
    }
    .instrument(Span::current());
    let outcome = if outlives_worker {
        running.spawn_on(work, &runtime)
    } else {
        running.spawn(work)
    };
    outcome.await.unwrap_or_else(|panic| {
        events::error(&context, "panic", &panic.to_string());
        Err(Problem::new(
            Code::InternalError,
            "the request failed because of an internal error, which is logged with its request id",
        ))
    })
}
