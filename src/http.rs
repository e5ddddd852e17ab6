//! The HTTP API: routes, bodies, problems, headers. Handlers extract, call the planner, and respond; no rule of the
//! domain lives here.

mod admit;
mod body;
pub mod edge;
pub mod estimate;
mod examples;
mod health;
mod idempotent;
mod identify;
mod making;
pub mod management;
mod observe;
pub mod openapi;
mod patience;
pub mod plan;
pub mod plan_response;
pub mod problem;
pub mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::middleware::{Compress, Condition, from_fn};
use actix_web::{HttpRequest, HttpResponse, web};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use self::edge::Origins;
use self::problem::{Code, Problem};
use crate::idempotency::Idempotency;
use crate::identity::Identity;
use crate::limit::RateLimiter;
use crate::planner::Planner;
use crate::telemetry::Metrics;

/// What handlers work with; one for all workers.
pub struct Service {
    /// Makes plans.
    pub planner: Planner,
    /// Who may ask, and how often.
    pub access: Access,
    /// Makes requests once that are sent again.
    pub idempotency: Idempotency,
    /// The counters.
    pub metrics: Metrics,
    /// Where plans are made: apart from the workers, so that a plan outlives its connection.
    pub runtime: Handle,
    /// The plans being made, and what is still to be written of them, so that shutdown can wait for them.
    pub running: TaskTracker,
    /// A place for every plan that may be in the making at once.
    pub places: Arc<Semaphore>,
    /// Whether the service is on its way out.
    pub draining: AtomicBool,
}

/// Who may ask, and how often.
pub struct Access {
    /// Tells who asks.
    pub identity: Identity,
    /// Counts how often they do.
    pub limiter: RateLimiter,
    /// Proxies before us whose entries in `X-Forwarded-For` count.
    pub trusted_hops: usize,
    /// Whose pages may call the API from a browser.
    pub origins: Origins,
}

impl Service {
    /// A service around this planner; plans are made in that runtime, and so many at once at most.
    #[must_use]
    pub fn new(
        planner: Planner,
        access: Access,
        idempotency: Idempotency,
        metrics: Metrics,
        runtime: Handle,
        running: TaskTracker,
        places: usize,
    ) -> Self {
        Self {
            planner,
            access,
            idempotency,
            metrics,
            runtime,
            running,
            places: Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))),
            draining: AtomicBool::new(false),
        }
    }

    /// Whether the service is on its way out.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// All metrics as text, with those that show a present state read just now.
    ///
    /// # Errors
    /// When a metric cannot be written, which is a defect of the build.
    pub fn metrics_text(&self) -> Result<String, prometheus::Error> {
        let ledger = self.planner.ledger().state();
        self.metrics.spool_rows(ledger.spool_rows);
        if let Some(left) = ledger.service_left {
            self.metrics.budget_remaining(left);
        }
        for (model, state) in self.planner.breakers() {
            self.metrics.breaker(model, state);
        }
        self.metrics.text()
    }
}

/// Mounts all routes of the public port.
pub fn routes(service: &Arc<Service>) -> impl FnOnce(&mut web::ServiceConfig) + use<> {
    let service = web::Data::from(Arc::clone(service));
    move |config| {
        let origins = &service.access.origins;
        let (crosses, cors) = (*origins != Origins::None, edge::cors(origins));
        config.app_data(service).service(
            // The last of them comes first.
            web::scope("")
                .wrap(from_fn(edge::spare_small_bodies))
                .wrap(Compress::default())
                .wrap(Condition::new(crosses, cors))
                .wrap(from_fn(edge::guard))
                .wrap(from_fn(observe::observe))
                .service(
                    web::scope(identify::API)
                        .wrap(from_fn(admit::admit))
                        .service(only(
                            "/generate-plan",
                            "POST",
                            web::post().to(plan::generate),
                        ))
                        .service(only(
                            "/estimate",
                            "POST",
                            web::post().to(estimate::estimate),
                        ))
                        .default_service(web::to(not_found)),
                )
                .service(only("/health", "GET, HEAD", health_route(health::health)))
                .service(only(
                    "/health/live",
                    "GET, HEAD",
                    health_route(health::live),
                ))
                .service(only(
                    "/health/ready",
                    "GET, HEAD",
                    health_route(health::ready),
                ))
                .service(web::resource("/docs").route(web::get().to(to_docs)))
                .service(openapi::swagger())
                .default_service(web::to(not_found)),
        );
    }
}

fn health_route<F, A>(handler: F) -> actix_web::Route
where
    F: actix_web::Handler<A>,
    A: actix_web::FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    web::route()
        .guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()))
        .to(handler)
}

/// A resource that answers one kind of request and says so to all others.
fn only(path: &str, allowed: &'static str, route: actix_web::Route) -> actix_web::Resource {
    web::resource(path).route(route).default_service(web::to(
        move |request: HttpRequest| async move {
            let mut response = Problem::new(
                Code::MethodNotAllowed,
                format!("{} takes {allowed}", request.path()),
            )
            .response(&request);
            response.headers_mut().insert(
                actix_web::http::header::ALLOW,
                actix_web::http::header::HeaderValue::from_static(allowed),
            );
            response
        },
    ))
}

async fn to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header(("Location", "/docs/"))
        .finish()
}

async fn not_found(request: HttpRequest) -> HttpResponse {
    Problem::new(
        Code::NotFound,
        "there is nothing at this path; see /docs/ for what there is",
    )
    .response(&request)
}
