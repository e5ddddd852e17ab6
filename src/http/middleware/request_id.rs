//! The id of a request and the trace that it belongs to: the client's, where they are well-formed, else new ones.

use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderName;
use uuid::Uuid;

/// The header of the request's id, in both directions.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id that the client gave, if it is of the form we take; else a new one.
pub fn request_id(request: &ServiceRequest) -> String {
    let given = request
        .headers()
        .get(&X_REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    let fits = |id: &&str| {
        (1..=64).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    given
        .filter(fits)
        .map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

/// The trace that the request belongs to by its W3C `traceparent`; else a new one.
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
        let sound = version.len() == 2
            && version != "ff"
            && trace.len() == 32
            && hex(version)
            && hex(trace)
            && trace.bytes().any(|byte| byte != b'0');
        sound.then(|| trace.to_owned())
    });
    given.unwrap_or_else(|| Uuid::new_v4().simple().to_string())
}
