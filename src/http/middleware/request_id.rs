//! The request id and the trace of a request: taken from the client's headers if well-formed, otherwise generated.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};
use uuid::Uuid;

use crate::http::Service;
use crate::request_context::{RequestContext, RequestOutcome};
use crate::telemetry::{RequestTracer, TraceOrigin};

/// The header of the request id, in requests and responses.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives a request of the management port its ids, and echoes the request id. Such requests have no client and are not observed.
pub async fn assign<B: MessageBody + 'static>(
    service: web::Data<Service>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let context = RequestContext {
        request_id: request_id(&request),
        trace_id: trace_origin(&request, &service.tracer).trace_id(),
        client_id: "management".to_owned(),
        daily_budget: None,
        outcome: RequestOutcome::default(),
    };
    let id = HeaderValue::from_str(&context.request_id);
    request.extensions_mut().insert(Arc::new(context));
    let mut response = next.call(request).await?;
    if let Ok(id) = id {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    Ok(response)
}

/// Returns the client's request id if it has 1 to 64 letters, digits, `.`, `_` or `-`, otherwise a new UUID.
pub fn request_id(request: &ServiceRequest) -> String {
    let given = request
        .headers()
        .get(&X_REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    let is_valid = |id: &&str| {
        (1..=64).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    given
        .filter(is_valid)
        .map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

/// Returns the trace of a request, from its headers or new. A header that is given more than once counts as none.
pub fn trace_origin(request: &ServiceRequest, tracer: &RequestTracer) -> TraceOrigin {
    let headers = request.headers();
    tracer.origin(|name| {
        let mut values = headers.get_all(name);
        let value = values.next()?;
        values
            .next()
            .is_none()
            .then(|| value.to_str().ok())
            .flatten()
    })
}
