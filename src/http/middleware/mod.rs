//! Middleware around the handlers: identity, limits, idempotency, observation, and headers.
//!
//! Middleware may read and write headers and reject a request with a problem. It contains no domain rules.

pub(super) mod compression;
pub(super) mod concurrency_limit;
pub(super) mod cors;
pub(super) mod count_responses;
pub(super) mod idempotency;
pub(super) mod identify;
pub(super) mod normalize_response;
pub(super) mod observe;
mod observed_body;
pub(super) mod rate_limit;
mod request_guard;
pub(super) mod request_id;
mod security_headers;
