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
    /// The providers whose models cannot be called now. The service is ready as long as another one can write plans.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unavailable_providers: Vec<Unavailable>,
}

/// A provider whose models cannot be called now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unavailable {
    /// The provider.
    #[schema(example = "bedrock")]
    pub provider: &'static str,
    /// The reason: `no_credentials`.
    #[schema(example = "no_credentials")]
    pub reason: &'static str,
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
        unavailable_providers: Vec::new(),
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
/// They are not while the service stops, while usage cannot be recorded, before the issuer's keys are known, and while there are no
/// credentials for any model.
#[utoipa::path(get, path = "/health/ready", tag = "health", responses(
    (status = 200, description = "Requests are served", body = Health, example = json!(health_of(HealthStatus::Ready))),
    (status = 503, description = "The service is stopping, or cannot serve requests now", body = Problem, content_type = "application/problem+json",
        example = json!(Problem::example(Code::NotReady, "the service is stopping")))
))]
pub async fn ready(request: HttpRequest, service: web::Data<Service>) -> HttpResponse {
    if service.is_draining() {
        return Problem::new(Code::NotReady, "the service is stopping").response(&request);
    }
    if !service.access.identity.is_ready().await {
        return Problem::new(Code::NotReady, "tokens cannot be checked yet").response(&request);
    }
    if !service.planner.can_plan() {
        return Problem::new(Code::NotReady, no_model(&service)).response(&request);
    }
    match service.planner.ledger().ready().await {
        Ok(()) => HttpResponse::Ok().json(Health {
            unavailable_providers: unavailable(&service),
            ..health_of(HealthStatus::Ready)
        }),
        Err(error) => {
            tracing::warn!(event_type = "not_ready", error_message = %error, "the ledger is not ready");
            Problem::new(Code::NotReady, "usage cannot be recorded now").response(&request)
        }
    }
}

fn unavailable(service: &Service) -> Vec<Unavailable> {
    let providers = service.planner.unavailable_providers().into_iter();
    let providers = providers.map(|each| Unavailable {
        provider: each.provider,
        reason: each.reason,
    });
    providers.collect()
}

fn no_model(service: &Service) -> String {
    let reasons = unavailable(service).into_iter();
    let reasons = reasons.map(|each| format!("{}: {}", each.provider, each.reason));
    format!(
        "no model can be called now ({})",
        reasons.collect::<Vec<_>>().join(", ")
    )
}
