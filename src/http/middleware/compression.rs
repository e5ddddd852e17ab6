//! Compression where it pays.

use actix_web::Error;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_ENCODING, HeaderValue};
use actix_web::middleware::Next;

/// Smaller bodies fit into one packet with their head either way.
const MIN_BYTES: u64 = 1024;

/// Keeps small bodies from the compression around it.
pub async fn skip_small_compression<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    if let BodySize::Sized(bytes) = response.response().body().size()
        && bytes < MIN_BYTES
    {
        // `Compress` leaves a body alone that has an encoding; the header is removed again outside of it.
        let headers = response.headers_mut();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
    }
    Ok(response)
}
