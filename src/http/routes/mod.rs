//! The routes, one file each, and the functions that mount them.

mod docs;
pub mod estimate;
pub mod generate_plan;
pub mod goal_request;
pub mod health;
mod metrics;

use std::sync::Arc;

use actix_web::guard::{self, Guard, GuardContext};
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::middleware::{Compress, Condition, from_fn};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, web};

use super::Service;
use super::middleware::identify::CheckedClient;
use super::middleware::{
    compression, cors, count_responses, identify, normalize_response, observe, rate_limit,
    request_id,
};
use super::problem::{Code, Problem};
use crate::access::AllowedOrigins;

/// The series of requests that exist from the start: those whose rates matter when there are none yet.
pub const EXPECTED_REQUESTS: [(&str, &str, u16); 9] = [
    ("POST", "/api/v1/estimate", 200),
    ("POST", "/api/v1/generate-plan", 200),
    ("POST", "/api/v1/generate-plan", 422),
    ("POST", "/api/v1/generate-plan", 429),
    ("POST", "/api/v1/generate-plan", 499),
    ("POST", "/api/v1/generate-plan", 500),
    ("POST", "/api/v1/generate-plan", 502),
    ("POST", "/api/v1/generate-plan", 503),
    ("POST", "/api/v1/generate-plan", 504),
];

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
                .wrap(from_fn(count_responses::count_responses))
                .wrap(from_fn(observe::observe))
                .service(api())
                .service(get("/health", health::health))
                .service(get("/health/live", health::live))
                .service(get("/health/ready", health::ready))
                .service(get("/docs", docs::redirect))
                .service(get("/docs/{_:.*}", docs::swagger_ui))
                .service(get("/api-docs/openapi.json", docs::openapi))
                .default_service(web::to(not_found)),
        );
    }
}

/// Mounts the routes of the management port.
pub fn management(service: &Arc<Service>) -> impl FnOnce(&mut web::ServiceConfig) + use<> {
    let service = web::Data::from(Arc::clone(service));
    move |config| {
        config.app_data(service).service(
            web::scope("")
                .wrap(from_fn(normalize_response::normalize_response))
                .wrap(from_fn(request_id::assign))
                .service(get("/metrics", metrics::metrics))
                .default_service(web::to(not_found)),
        );
    }
}

fn api() -> impl actix_web::dev::HttpServiceFactory {
    web::scope(identify::API)
        .wrap(from_fn(rate_limit::rate_limit))
        .service(post("/generate-plan", generate_plan::generate_plan))
        .service(post("/estimate", estimate::estimate))
        .default_service(web::to(not_found))
}

/// Returns a resource for `GET` and `HEAD`, for which the server leaves out the body.
fn get<F, A>(path: &str, handler: F) -> Resource
where
    F: Handler<A>,
    A: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let is_allowed = guard::Any(guard::Get()).or(guard::Head());
    resource(
        path,
        "GET, HEAD",
        web::route().guard(is_allowed).to(handler),
    )
}

/// Returns a resource of the API for `POST`. It matches only requests whose credentials were checked, so that no spelling of a path
/// leads past the check.
fn post<F, A>(path: &str, handler: F) -> Resource
where
    F: Handler<A>,
    A: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    resource(path, "POST", web::post().to(handler)).guard(ClientIsChecked)
}

struct ClientIsChecked;

impl Guard for ClientIsChecked {
    fn check(&self, context: &GuardContext<'_>) -> bool {
        context.req_data().contains::<CheckedClient>()
    }
}

/// Returns a resource with one route; any other method gets 405 and the `Allow` header.
fn resource(path: &str, allowed: &'static str, route: actix_web::Route) -> Resource {
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

async fn not_found(request: HttpRequest) -> HttpResponse {
    Problem::new(
        Code::NotFound,
        "there is no resource at this path; see /docs/ for the API",
    )
    .response(&request)
}
