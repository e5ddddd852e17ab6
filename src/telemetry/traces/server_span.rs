//! The span of a request, from its head to the end of its response's body.

use opentelemetry::trace::{Status, TraceContextExt as _};
use opentelemetry::{Context, KeyValue};
use tracing::{Metadata, Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::request_tracer::TraceOrigin;
use super::trace_ids::with_trace_id;

/// The name of the callsite. The exported name has method and route.
const NAME: &str = "server";

/// Returns whether this is the span of a request.
pub(super) fn is_server_span(span: &Metadata<'_>) -> bool {
    span.name() == NAME
}

/// The span of a request. It ends with [`ServerSpan::end`], even if a plan that outlives the request still has spans below it.
#[derive(Debug)]
pub struct ServerSpan {
    span: Span,
    /// The same span in OpenTelemetry; `None` if the request is not traced.
    context: Option<Context>,
}

impl ServerSpan {
    /// Starts the span of a request; does nothing if the request is not traced.
    ///
    /// `route` is the pattern of the route, not the path; `path` is the path, unless it is one that a client made up.
    #[must_use]
    pub fn start(
        origin: &TraceOrigin,
        request_id: &str,
        client_id: &str,
        method: &'static str,
        route: Option<&str>,
        path: Option<&str>,
    ) -> Self {
        if !origin.sampled {
            return Self {
                span: Span::none(),
                context: None,
            };
        }
        let name = route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}"));
        let span = info_span!(
            parent: None,
            NAME,
            otel.name = name,
            otel.kind = "server",
            http.request.method = method,
            http.route = route,
            url.path = path,
            url.scheme = "http",
            goal_router.request_id = request_id,
            goal_router.client_id = client_id,
        );
        if origin.parent.is_valid() {
            let parent = Context::new().with_remote_span_context(origin.parent.clone());
            // It fails only if the span has started, or nothing records spans.
            drop(span.set_parent(parent));
        }
        let context = with_trace_id(origin.trace_id, || span.context());
        let is_recorded = context.span().span_context().is_valid();
        Self {
            span,
            context: is_recorded.then_some(context),
        }
    }

    /// Returns the span, for what happens inside it.
    #[must_use]
    pub const fn span(&self) -> &Span {
        &self.span
    }

    /// Ends the span. A status from 500 on is an error; the client's mistakes are none of ours.
    pub fn end(&self, status: u16, problem: Option<&'static str>) {
        let Some(context) = &self.context else {
            return;
        };
        let span = context.span();
        span.set_attribute(KeyValue::new(
            "http.response.status_code",
            i64::from(status),
        ));
        if let Some(problem) = problem {
            span.set_attribute(KeyValue::new("error.type", problem));
        }
        if status >= 500 {
            if problem.is_none() {
                span.set_attribute(KeyValue::new("error.type", status.to_string()));
            }
            span.set_status(Status::error(""));
        }
        span.end();
    }
}
