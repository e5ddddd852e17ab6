//! The end of a request, whatever it is: log line, duration and status, also of a client that hung up.

use std::sync::Arc;
use std::time::Instant;

use actix_web::dev::ServiceRequest;

use crate::request_context::RequestContext;
use crate::telemetry::{ActiveRequest, Metrics, events};

/// The status of a request whose client hung up before its response (the nginx convention).
const CLIENT_GONE: u16 = 499;

/// Reports a request's end when it is dropped, so also that of a client that hung up (499).
pub struct RequestGuard {
    context: Arc<RequestContext>,
    method: &'static str,
    route: String,
    /// The status of the response, once there is one.
    pub status: u16,
    started: Instant,
    metrics: Metrics,
    _active: ActiveRequest,
}

impl RequestGuard {
    /// Reports the beginning; `None` for probes and the files of the documentation, which are not observed.
    pub fn begin(
        metrics: &Metrics,
        request: &ServiceRequest,
        route: Option<String>,
        context: Arc<RequestContext>,
    ) -> Option<Self> {
        let route = route.unwrap_or_else(|| "unmatched".to_owned());
        if route.starts_with("/health") || route.starts_with("/docs") {
            return None;
        }
        let method = method(request);
        events::request_received(&context, method, &route);
        Some(Self {
            context,
            method,
            route,
            status: CLIENT_GONE,
            started: Instant::now(),
            metrics: metrics.clone(),
            _active: metrics.active_request(),
        })
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        let took = self.started.elapsed();
        self.metrics
            .request(self.method, &self.route, self.status, took);
        events::request_completed(&self.context, self.method, &self.route, self.status, took);
    }
}

/// The method as a label: a client may send any word.
fn method(request: &ServiceRequest) -> &'static str {
    match request.method().as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
