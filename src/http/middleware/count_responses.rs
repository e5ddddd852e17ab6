//! Counts responses for the metrics: problems by their code, and health checks, which are no requests of clients.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web;

use crate::http::Service;
use crate::http::problem::Code;
use crate::telemetry::metrics::{Label as _, Probe};

/// Counts the response if it is a problem or answers a health check.
pub async fn count_responses<B: MessageBody + 'static>(
    service: web::Data<Service>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let response = next.call(request).await?;
    // `Problem::response` leaves its code here.
    if let Some(code) = response.response().extensions().get::<Code>() {
        service.metrics.problem(*code);
    }
    if let Some(probe) = probe(response.request().path()) {
        let status = response.status().as_u16();
        service.metrics.probe(probe, status);
    }
    Ok(response)
}

/// Returns the health check with this path.
fn probe(path: &str) -> Option<Probe> {
    let mut probes = Probe::ALL.iter().copied();
    path.starts_with("/health")
        .then(|| probes.find(|probe| probe.as_str() == path))
        .flatten()
}
