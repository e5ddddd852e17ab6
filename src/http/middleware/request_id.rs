//! The request id and trace id of a request: taken from the client's headers if well-formed, otherwise generated.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _};
use uuid::Uuid;

use crate::request_context::{RequestContext, RequestOutcome};

/// The header of the request id, in requests and responses.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives a request of the management port its ids, and echoes the request id. Such requests have no client and are not observed.
pub async fn assign<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let context = RequestContext {
        request_id: request_id(&request),
        trace_id: trace_id(&request),
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

/// Returns the trace id of the W3C `traceparent` header if it is valid, otherwise a new one.
pub fn trace_id(request: &ServiceRequest) -> String {
    let parent = request
        .headers()
        .get("traceparent")
        .and_then(|value| value.to_str().ok());
    let given = parent.and_then(|parent| {
        let mut parts = parent.split('-');
        let (version, trace) = (parts.next()?, parts.next()?);
        let hex = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        };
        let is_valid = version.len() == 2
            && version != "ff"
            && trace.len() == 32
            && hex(version)
            && hex(trace)
            && trace.bytes().any(|byte| byte != b'0');
        is_valid.then(|| trace.to_owned())
    });
    given.unwrap_or_else(|| Uuid::new_v4().simple().to_string())
}
