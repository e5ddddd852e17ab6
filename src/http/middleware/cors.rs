//! Cross-origin requests (CORS): allowed only from the configured origins.

use actix_cors::Cors;

use crate::access::AllowedOrigins;

/// How long a browser may cache the response to a preflight request, in seconds.
const PREFLIGHT_SECONDS: usize = 600;

const REQUEST_HEADERS: [&str; 7] = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "traceparent",
    "x-api-key",
    "x-request-id",
];
/// Every header that the API documentation points clients to.
const EXPOSED_HEADERS: [&str; 9] = [
    "allow",
    "idempotency-replayed",
    "location",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "server-timing",
    "www-authenticate",
    "x-request-id",
];

/// Returns the CORS policy for these origins. It never allows credentials: the API uses no cookies, and `*` forbids them.
pub fn cors(origins: &AllowedOrigins) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PATCH", "DELETE"])
        .allowed_headers(REQUEST_HEADERS)
        .expose_headers(EXPOSED_HEADERS)
        .max_age(PREFLIGHT_SECONDS);
    match origins {
        AllowedOrigins::None => cors,
        AllowedOrigins::Any => cors.allow_any_origin().send_wildcard(),
        AllowedOrigins::Listed(list) => list
            .iter()
            .fold(cors, |cors, origin| cors.allowed_origin(origin)),
    }
}
