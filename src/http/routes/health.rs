//! Health checks: liveness and readiness. Liveness never depends on a store.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::Service;
use crate::http::problem::{Code, Problem};

/// The service's state.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `healthy`, `alive` or `ready`.
    #[schema(example = "healthy")]
    pub status: &'static str,
    /// Always `goal-router`.
    #[schema(example = "goal-router")]
    pub service: &'static str,
    /// The version that runs.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
}

const fn health_of(status: &'static str) -> Health {
    Health {
        status,
        service: "goal-router",
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// Tells that the service answers.
#[utoipa::path(get, path = "/health", tag = "health", responses(
    (status = 200, description = "The service answers", body = Health, example = json!(health_of("healthy")))
))]
pub async fn health() -> HttpResponse {
    HttpResponse::Ok().json(health_of("healthy"))
}

/// Tells that the process is alive; depends on nothing else.
#[utoipa::path(get, path = "/health/live", tag = "health", responses(
    (status = 200, description = "The process is alive", body = Health, example = json!(health_of("alive")))
))]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(health_of("alive"))
}

/// Tells whether requests can be served: not while the service stops, nor while usage cannot be recorded, nor before the
/// issuer's keys are known.
#[utoipa::path(get, path = "/health/ready", tag = "health", responses(
    (status = 200, description = "Requests are served", body = Health, example = json!(health_of("ready"))),
    (status = 503, description = "Not now: the service stops, or usage cannot be recorded", body = Problem, content_type = "application/problem+json",
        example = json!(Problem::example(Code::NotReady, "the service is on its way out")))
))]
pub async fn ready(request: HttpRequest, service: web::Data<Service>) -> HttpResponse {
    if service.is_draining() {
        return Problem::new(Code::NotReady, "the service is on its way out").response(&request);
    }
    if !service.access.identity.is_ready().await {
        return Problem::new(Code::NotReady, "tokens cannot be checked yet").response(&request);
    }
    match service.planner.ledger().ready().await {
        Ok(()) => HttpResponse::Ok().json(health_of("ready")),
        Err(error) => {
            tracing::warn!(event_type = "not_ready", error_message = %error, "the ledger is not ready");
            Problem::new(Code::NotReady, "usage cannot be recorded now").response(&request)
        }
    }
}
