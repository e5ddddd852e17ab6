//! Observes every request: assigns its id, trace and client, opens its span, and reports its beginning and end.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderValue;
use actix_web::http::{ConnectionType, Method};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};
use tracing::{Instrument as _, Span};

use super::identify::{self, CheckedClient, Destination, PublicRoute};
use super::observed_body::ObservedBody;
use super::request_guard::RequestGuard;
use super::request_id::{X_REQUEST_ID, request_id, trace_origin};
use crate::http::Service;
use crate::http::problem::Code;
use crate::request_context::{RequestContext, RequestOutcome};

/// Attaches the [`RequestContext`] to the request, and reports its beginning and end.
pub async fn observe<B: MessageBody + 'static>(
    service: web::Data<Service>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<ObservedBody<B>>, Error> {
    let route = identify::matched_route(&request);
    let destination = Destination::of(route.as_deref());
    let identity = identify::identify(&request, destination, &service.access).await;
    match destination {
        Destination::Public => drop(request.extensions_mut().insert(PublicRoute)),
        Destination::Private => drop(request.extensions_mut().insert(CheckedClient)),
        Destination::Nothing => {}
    }
    let origin = trace_origin(&request, &service.tracer);
    let context = Arc::new(RequestContext {
        request_id: request_id(&request),
        trace_id: origin.trace_id(),
        client_id: identity.client.id.clone(),
        daily_budget: identity.client.tier.daily_budget,
        outcome: RequestOutcome::default(),
    });
    let id = HeaderValue::from_str(&context.request_id);
    request.extensions_mut().insert(Arc::clone(&context));
    request.extensions_mut().insert(identity);
    let draining = service.is_draining();
    let only_head = request.method() == Method::HEAD;
    let mut guard = RequestGuard::begin(&service.metrics, &request, route, context, &origin);
    let span = guard
        .as_ref()
        .map_or_else(Span::none, |guard| guard.span().clone());
    let called = next.call(request).instrument(span).await;
    let mut response = called.inspect_err(|error| {
        if let Some(guard) = &mut guard {
            guard.responds(error.as_response_error().status_code().as_u16(), None);
            guard.completed();
        }
    })?;
    if draining {
        // The client's next request must go to another instance.
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    if let Ok(id) = id {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    if let Some(guard) = &mut guard {
        let head = response.response();
        let problem = head.extensions().get::<Code>().map(|code| code.as_str());
        guard.responds(head.status().as_u16(), problem);
    }
    Ok(response.map_body(|_, body| ObservedBody::new(body, guard, only_head)))
}
