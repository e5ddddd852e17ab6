//! Security headers on every response.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// The policy of data responses: they render nothing and load nothing.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// The policy of Swagger UI: its own files and inline styles, but no inline scripts.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                           connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Sets the headers. `in_docs`: a page of Swagger UI; `is_public`: may be cached; `encrypted`: the client used TLS.
pub fn set(headers: &mut HeaderMap, in_docs: bool, is_public: bool, encrypted: bool) {
    let mut put = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    put(X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(X_FRAME_OPTIONS, "DENY");
    put(REFERRER_POLICY, "no-referrer");
    let policy = if in_docs { DOCS_POLICY } else { DATA_POLICY };
    put(CONTENT_SECURITY_POLICY, policy);
    if !is_public {
        put(CACHE_CONTROL, "no-store");
    }
    // HSTS is only meaningful to a browser that already uses TLS.
    if encrypted {
        put(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}
