//! The routes, one file each, and the functions that mount them.

pub mod estimate;
pub mod generate_plan;
pub mod goal_request;
pub mod health;
mod metrics;

use std::sync::Arc;

use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::middleware::{Compress, Condition, from_fn};
use actix_web::{HttpRequest, HttpResponse, web};

use super::middleware::{compression, cors, identify, normalize_response, observe, rate_limit};
use super::problem::{Code, Problem};
use super::{Service, openapi};
use crate::access::AllowedOrigins;

/// Mounts the routes of the public port.
pub fn public(service: &Arc<Service>) -> impl FnOnce(&mut web::ServiceConfig) + use<> {
    let service = web::Data::from(Arc::clone(service));
    move |config| {
        let origins = &service.access.origins;
        let (cors_enabled, cors) = (*origins != AllowedOrigins::None, cors::cors(origins));
        config.app_data(service).service(
            // The last `wrap` is the outermost middleware.
            web::scope("")
                .wrap(from_fn(compression::skip_small_compression))
                .wrap(Compress::default())
                .wrap(Condition::new(cors_enabled, cors))
                .wrap(from_fn(normalize_response::normalize_response))
                .wrap(from_fn(observe::observe))
                .service(api())
                .service(resource("/health", "GET, HEAD", probe(health::health)))
                .service(resource("/health/live", "GET, HEAD", probe(health::live)))
                .service(resource("/health/ready", "GET, HEAD", probe(health::ready)))
                .service(web::resource("/docs").route(web::get().to(redirect_to_docs)))
                .service(openapi::swagger())
                .default_service(web::to(not_found)),
        );
    }
}

/// Mounts the routes of the management port.
pub fn management(service: &Arc<Service>) -> impl FnOnce(&mut web::ServiceConfig) + use<> {
    let service = web::Data::from(Arc::clone(service));
    move |config| {
        config
            .app_data(service)
            .route("/metrics", web::get().to(metrics::metrics));
    }
}

fn api() -> impl actix_web::dev::HttpServiceFactory {
    web::scope(identify::API)
        .wrap(from_fn(rate_limit::rate_limit))
        .service(resource(
            "/generate-plan",
            "POST",
            web::post().to(generate_plan::generate_plan),
        ))
        .service(resource(
            "/estimate",
            "POST",
            web::post().to(estimate::estimate),
        ))
        .default_service(web::to(not_found))
}

fn probe<F, A>(handler: F) -> actix_web::Route
where
    F: actix_web::Handler<A>,
    A: actix_web::FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    web::route()
        .guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()))
        .to(handler)
}

/// Returns a resource with one route; any other method gets 405 and the `Allow` header.
fn resource(path: &str, allowed: &'static str, route: actix_web::Route) -> actix_web::Resource {
    web::resource(path).route(route).default_service(web::to(
        move |request: HttpRequest| async move {
            let detail = format!("{} allows only {allowed}", request.path());
            let mut response = Problem::new(Code::MethodNotAllowed, detail).response(&request);
            let headers = response.headers_mut();
            headers.insert(ALLOW, HeaderValue::from_static(allowed));
            response
        },
    ))
}

async fn redirect_to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header(("Location", "/docs/"))
        .finish()
}

async fn not_found(request: HttpRequest) -> HttpResponse {
    Problem::new(
        Code::NotFound,
        "there is no resource at this path; see /docs/ for the API",
    )
    .response(&request)
}
