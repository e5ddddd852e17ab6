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

const fn health_of(status: &'static str) -> Health {
    Health {
        status,
        service: "goal-router",
        version: env!("CARGO_PKG_VERSION"),
        unavailable_providers: Vec::new(),
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
/// issuer's keys are known, nor while there are no credentials for any model.
#[utoipa::path(get, path = "/health/ready", tag = "health", responses(
    (status = 200, description = "Requests are served", body = Health, example = json!(health_of("ready"))),
    (status = 503, description = "Not now: the service stops, usage cannot be recorded, or no model can be called", body = Problem, content_type = "application/problem+json",
        example = json!(Problem::example(Code::NotReady, "the service is on its way out")))
))]
pub async fn ready(request: HttpRequest, service: web::Data<Service>) -> HttpResponse {
    if service.is_draining() {
        return Problem::new(Code::NotReady, "the service is on its way out").response(&request);
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
            ..health_of("ready")
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
