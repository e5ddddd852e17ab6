//! Reports the end of every request, including one whose client disconnected: log line, duration and status.

use std::sync::Arc;
use std::time::Instant;

use actix_web::dev::ServiceRequest;

use crate::request_context::RequestContext;
use crate::telemetry::metrics::DisconnectPhase;
use crate::telemetry::{ActiveRequest, Metrics, events};

/// The status of a request whose client disconnected before the response (the nginx convention).
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Reports the end of a request when dropped, so also if the client disconnected (499).
pub struct RequestGuard {
    context: Arc<RequestContext>,
    method: &'static str,
    route: String,
    /// The status of the response; 499 until there is one.
    pub status: u16,
    started: Instant,
    metrics: Metrics,
    _active: ActiveRequest,
}

impl RequestGuard {
    /// Reports the beginning of a request. Returns `None` for probes and documentation files, which are not observed.
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
            status: CLIENT_CLOSED_REQUEST,
            started: Instant::now(),
            metrics: metrics.clone(),
            _active: metrics.active_request(),
        })
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        let took = self.started.elapsed();
        if self.status == CLIENT_CLOSED_REQUEST {
            self.metrics.client_disconnected(DisconnectPhase::Waiting);
        }
        self.metrics
            .request(self.method, &self.route, self.status, took);
        events::request_completed(&self.context, self.method, &self.route, self.status, took);
    }
}

/// Returns the method as a metric label. Unknown methods share one: a client may send any token.
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
