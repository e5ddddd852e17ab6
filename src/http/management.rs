//! The management port: metrics for operators, never on the public port.

use actix_web::{HttpResponse, web};

use crate::telemetry::Metrics;

/// Mounts the routes of the management port.
pub fn routes(metrics: &Metrics) -> impl FnOnce(&mut web::ServiceConfig) + use<> {
    let metrics = web::Data::new(metrics.clone());
    move |config| {
        config
            .app_data(metrics)
            .route("/metrics", web::get().to(text));
    }
}

async fn text(metrics: web::Data<Metrics>) -> HttpResponse {
    match metrics.text() {
        Ok(text) => HttpResponse::Ok()
            .content_type("text/plain; version=0.0.4; charset=utf-8")
            .body(text),
        Err(error) => {
            tracing::error!(event_type = "error", error_type = "metrics", error_message = %error, "metrics cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}
