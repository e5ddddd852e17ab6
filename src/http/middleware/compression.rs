//! Skips compression of small bodies.

use actix_web::Error;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_ENCODING, HeaderValue};
use actix_web::middleware::Next;

/// Minimum size of a compressed body: ten packets of 1,460 bytes. So many are sent at once on a new connection (RFC 6928), so a smaller
/// body would arrive no sooner, and compressing a plan costs a tenth of the CPU time that all else about it does.
const MIN_BYTES: u64 = 14_600;

/// Excludes small bodies from the outer `Compress` middleware.
pub async fn skip_small_compression<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    if let BodySize::Sized(bytes) = response.response().body().size()
        && bytes < MIN_BYTES
    {
        // `Compress` skips a body that has an encoding already. `normalize_response` removes the header again.
        let headers = response.headers_mut();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
    }
    Ok(response)
}
