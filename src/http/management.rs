//! The management port: metrics for operators, never on the public port.

use std::sync::Arc;

use actix_web::{HttpResponse, web};

use super::Service;

/// Mounts the routes of the management port.
pub fn routes(service: &Arc<Service>) -> impl FnOnce(&mut web::ServiceConfig) + use<> {
    let service = web::Data::from(Arc::clone(service));
    move |config| {
        config
            .app_data(service)
            .route("/metrics", web::get().to(text));
    }
}

async fn text(service: web::Data<Service>) -> HttpResponse {
    match service.metrics_text() {
        Ok(text) => HttpResponse::Ok()
            .content_type("text/plain; version=0.0.4; charset=utf-8")
            .body(text),
        Err(error) => {
            tracing::error!(event_type = "error", error_type = "metrics", error_message = %error, "metrics cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}
