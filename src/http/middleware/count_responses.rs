//! Counts responses for the metrics: problems by their code, and health checks, which are no requests of clients.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};

use super::identify::{self, PublicRoute};
use crate::http::Service;
use crate::http::body::IncompleteBody;
use crate::http::problem::Code;
use crate::telemetry::metrics::{Label as _, Probe};

/// Counts the response if it is a problem or answers a health check.
pub async fn count_responses<B: MessageBody + 'static>(
    service: web::Data<Service>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let probe = probe(&request);
    let response = next.call(request).await?;
    if let Some(probe) = probe {
        let status = response.status().as_u16();
        service.metrics.probe(probe, status);
    }
    // `Problem::response` leaves its code here. That the service is not ready is the answer that a health check asks for.
    let has_left = response.request().extensions().contains::<IncompleteBody>();
    if let Some(code) = response.response().extensions().get::<Code>()
        && *code != Code::NotReady
        && !has_left
    {
        service.metrics.problem(*code);
    }
    Ok(response)
}

/// Returns the health check that a request's path leads to, however it is spelled.
fn probe(request: &ServiceRequest) -> Option<Probe> {
    // Spares requests to the API from being matched once more.
    if !request.extensions().contains::<PublicRoute>() {
        return None;
    }
    let route = identify::matched_route(request)?;
    let mut probes = Probe::ALL.iter().copied();
    probes.find(|probe| probe.as_str() == route)
}
