//! `GET /metrics` on the management port, for Prometheus. It is never served on the public port.

use actix_web::{HttpResponse, web};

use crate::http::Service;
use crate::ledger::LedgerState;
use crate::telemetry::Metrics;
use crate::telemetry::metrics::{Budget, LedgerLevels};

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

/// Reads what is known in this process. It asks neither the store nor anybody else: a scrape must work while they do not.
fn refresh_gauges(service: &Service) {
    let metrics = &service.metrics;
    metrics.saturation(service.saturation());
    report_ledger(metrics, service.planner.ledger().state());
    for (model, state) in service.planner.breakers() {
        metrics.breaker(model, state);
    }
    for (model, first, now) in service.planner.output_modes() {
        metrics.output_mode(model, first, now);
    }
}

fn report_ledger(metrics: &Metrics, ledger: LedgerState) {
    metrics.ledger_levels(LedgerLevels {
        store_breaker: ledger.store_breaker,
        spool_rows: ledger.spool_rows,
        spool_bytes: ledger.spool_bytes,
        spool_limit_bytes: ledger.spool_limit_bytes,
        spool_lost_rows: ledger.spool_lost_rows,
        unreadable_items: ledger.unreadable_items,
    });
    metrics.budget(Budget {
        service_limit: ledger.service_limit,
        service_remaining: ledger.service_left,
        outage_limit: ledger.outage_limit,
        outage_remaining: ledger.outage_left,
    });
}
