//! `GET /metrics` on the management port, for Prometheus. It is never served on the public port.

use actix_web::{HttpResponse, web};

use crate::http::Service;

/// Returns all metrics as text, with up-to-date gauges.
pub async fn metrics(service: web::Data<Service>) -> HttpResponse {
    refresh_gauges(&service);
    match service.metrics.text() {
        Ok(text) => HttpResponse::Ok()
            .content_type("text/plain; version=0.0.4; charset=utf-8")
            .body(text),
        Err(error) => {
            tracing::error!(event_type = "error", error_type = "metrics", error_message = %error, "metrics could not be encoded");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn refresh_gauges(service: &Service) {
    let ledger = service.planner.ledger().state();
    service.metrics.spool_rows(ledger.spool_rows);
    service.metrics.unreadable_items(ledger.unreadable_items);
    if let Some(remaining) = ledger.service_left {
        service.metrics.budget_remaining(remaining);
    }
    for (model, state) in service.planner.breakers() {
        service.metrics.breaker(model, state);
    }
}
