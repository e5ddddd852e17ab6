//! Health checks: liveness and readiness. Liveness never depends on a store.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::Service;
use crate::http::problem::{Code, Problem};

/// The state of the service.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// The state that was asked for.
    pub status: HealthStatus,
    /// The name of the service.
    #[schema(example = "goal-router")]
    pub service: &'static str,
    /// The running version.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
}

/// The state of the service, by the path that was asked for it.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum HealthStatus {
    /// `/health`: the service answers.
    Healthy,
    /// `/health/live`: the process is alive.
    Alive,
    /// `/health/ready`: requests are served.
    Ready,
}

const fn health_of(status: HealthStatus) -> Health {
    Health {
        status,
        service: "goal-router",
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// Reports that the service answers.
///
/// Depends on nothing else.
#[utoipa::path(get, path = "/health", tag = "health", responses(
    (status = 200, description = "The service answers", body = Health, example = json!(health_of(HealthStatus::Healthy)))
))]
pub async fn health() -> HttpResponse {
    HttpResponse::Ok().json(health_of(HealthStatus::Healthy))
}

/// Reports that the process is alive.
///
/// Depends on nothing else, so that an outage of a store does not restart the process.
#[utoipa::path(get, path = "/health/live", tag = "health", responses(
    (status = 200, description = "The process is alive", body = Health, example = json!(health_of(HealthStatus::Alive)))
))]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(health_of(HealthStatus::Alive))
}

/// Reports whether requests are served.
///
/// They are not while the service stops, while usage cannot be recorded, and before the issuer's keys are known.
#[utoipa::path(get, path = "/health/ready", tag = "health", responses(
    (status = 200, description = "Requests are served", body = Health, example = json!(health_of(HealthStatus::Ready))),
    (status = 503, description = "The service is stopping, or cannot serve requests yet", body = Problem, content_type = "application/problem+json",
        example = json!(Problem::example(Code::NotReady, "the service is stopping")))
))]
pub async fn ready(request: HttpRequest, service: web::Data<Service>) -> HttpResponse {
    if service.is_draining() {
        return Problem::new(Code::NotReady, "the service is stopping").response(&request);
    }
    if !service.access.identity.is_ready().await {
        return Problem::new(Code::NotReady, "tokens cannot be checked yet").response(&request);
    }
    match service.planner.ledger().ready().await {
        Ok(()) => HttpResponse::Ok().json(health_of(HealthStatus::Ready)),
        Err(error) => {
            tracing::warn!(event_type = "not_ready", error_message = %error, "the ledger is not ready");
            Problem::new(Code::NotReady, "usage cannot be recorded now").response(&request)
        }
    }
}
