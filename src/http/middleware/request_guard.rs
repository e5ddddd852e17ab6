//! Reports the end of every request, including one whose client left: log line, duration, status and span.

use std::sync::Arc;
use std::time::Instant;

use actix_web::dev::ServiceRequest;
use tracing::Span;

use crate::request_context::RequestContext;
use crate::telemetry::metrics::DisconnectPhase;
use crate::telemetry::{ActiveRequest, Metrics, ServerSpan, TraceOrigin, events};

/// The status of a request whose client left before the end of the response (the nginx convention).
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Reports the end of a request when dropped: with 499 if the client left before [`RequestGuard::completed`], and with 500 if the
/// handler panicked.
pub struct RequestGuard {
    context: Arc<RequestContext>,
    method: &'static str,
    route: String,
    /// The status of the response, and the code if it is a problem; `None` until the response begins.
    response: Option<(u16, Option<&'static str>)>,
    is_complete: bool,
    started: Instant,
    metrics: Metrics,
    span: ServerSpan,
    _active: ActiveRequest,
}

impl RequestGuard {
    /// Reports the beginning of a request. Returns `None` for probes and documentation files, which are not observed.
    pub fn begin(
        metrics: &Metrics,
        request: &ServiceRequest,
        route: Option<String>,
        context: Arc<RequestContext>,
        origin: &TraceOrigin,
    ) -> Option<Self> {
        let is_probe = |route: &str| route.starts_with("/health") || route.starts_with("/docs");
        if route.as_deref().is_some_and(is_probe) {
            return None;
        }
        let method = method(request);
        let span = ServerSpan::start(
            origin,
            &context.request_id,
            &context.client_id,
            method,
            route.as_deref(),
            // A path that leads nowhere is the client's own words.
            route.as_ref().map(|_| request.path()),
        );
        let route = route.unwrap_or_else(|| "unmatched".to_owned());
        events::request_received(&context, method, &route);
        Some(Self {
            context,
            method,
            route,
            response: None,
            is_complete: false,
            started: Instant::now(),
            metrics: metrics.clone(),
            span,
            _active: metrics.active_request(),
        })
    }

    /// Returns the span of the request.
    pub const fn span(&self) -> &Span {
        self.span.span()
    }

    /// Notes that the response begins with this status; `problem` is its code if it is a problem.
    pub const fn responds(&mut self, status: u16, problem: Option<&'static str>) {
        self.response = Some((status, problem));
    }

    /// Notes that the body of the response is complete.
    pub const fn completed(&mut self) {
        self.is_complete = true;
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        let took = self.started.elapsed();
        let (status, problem) = match self.response {
            Some(response) if self.is_complete => response,
            // The client gets no answer, but it has not left.
            _ if std::thread::panicking() => (500, Some("internal_error")),
            began => {
                self.metrics.client_disconnected(if began.is_some() {
                    DisconnectPhase::Receiving
                } else {
                    DisconnectPhase::Waiting
                });
                (CLIENT_CLOSED_REQUEST, None)
            }
        };
        self.metrics.request(self.method, &self.route, status, took);
        self.span.end(status, problem);
        events::request_completed(&self.context, self.method, &self.route, status, took);
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
        _ => "_OTHER",
    }
}
