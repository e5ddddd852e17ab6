//! `GET /metrics` of the management port: for Prometheus, never on the public port.

use actix_web::{HttpResponse, web};

use crate::http::Service;

/// All metrics as text, with the gauges of a present state read just now.
pub async fn metrics(service: web::Data<Service>) -> HttpResponse {
    refresh(&service);
    match service.metrics.text() {
        Ok(text) => HttpResponse::Ok()
            .content_type("text/plain; version=0.0.4; charset=utf-8")
            .body(text),
        Err(error) => {
            tracing::error!(event_type = "error", error_type = "metrics", error_message = %error, "metrics cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn refresh(service: &Service) {
    let ledger = service.planner.ledger().state();
    service.metrics.spool_rows(ledger.spool_rows);
    if let Some(left) = ledger.service_left {
        service.metrics.budget_remaining(left);
    }
    for (model, state) in service.planner.breakers() {
        service.metrics.breaker(model, state);
    }
}
