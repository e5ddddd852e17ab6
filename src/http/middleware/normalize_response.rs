//! Normalizes every response: sets the security headers, and replaces bare errors of libraries with problems.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _};

use super::identify::PublicRoute;
use super::security_headers;
use crate::http::problem::{Code, PROBLEM_JSON, Problem};

/// Sets the security headers, and replaces a library's bare client error with a problem.
pub async fn normalize_response<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let encrypted = request
        .headers()
        .get("x-forwarded-proto")
        .is_some_and(|scheme| scheme == "https");
    let response = next.call(request).await?;
    let bare = response.status().is_client_error()
        && response
            .headers()
            .get(CONTENT_TYPE)
            .is_none_or(|media_type| media_type != PROBLEM_JSON);
    let mut response = if bare {
        let status = response.status();
        let (request, _) = response.into_parts();
        let problem = problem_of(status).response(&request);
        ServiceResponse::new(request, problem).map_into_right_body()
    } else {
        response.map_into_left_body()
    };
    let in_docs = response.request().path().starts_with("/docs/");
    let is_public = response.request().extensions().contains::<PublicRoute>();
    let headers = response.headers_mut();
    security_headers::set(headers, in_docs, is_public, encrypted);
    if headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| encoding == "identity")
    {
        // Set by `skip_small_compression` only to prevent compression.
        headers.remove(CONTENT_ENCODING);
    }
    Ok(response)
}

/// Returns the problem for the status of a library's bare error.
fn problem_of(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::new(Code::NotFound, "there is no resource at this path"),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(
            Code::MethodNotAllowed,
            "this path does not allow the method",
        ),
        StatusCode::REQUEST_TIMEOUT => {
            Problem::new(Code::RequestTimeout, "the request did not arrive in time")
        }
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Code::BodyTooLarge, "the body is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(
            Code::UnsupportedMediaType,
            "the body must be application/json",
        ),
        StatusCode::NOT_ACCEPTABLE => Problem::new(
            Code::MalformedRequest,
            "Accept-Encoding must allow br, gzip or identity",
        ),
        _ => Problem::new(
            Code::MalformedRequest,
            "the request is not allowed; a cross-origin request needs an allowed origin, method and headers",
        ),
    }
}
