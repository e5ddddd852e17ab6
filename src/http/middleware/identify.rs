//! Extracts credentials and client addresses from headers, and resolves them to a client.

use std::net::IpAddr;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName};

use crate::access::Access;
use crate::access::identity::{Client, Credentials, IdentityError, client_address};

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// The path prefix of the API.
pub const API: &str = "/api/v1";
/// The prefixes of routes that need no credentials.
const PUBLIC_PREFIXES: [&str; 3] = ["/health", "/docs", "/api-docs"];

/// Marks a request to a public route.
pub struct PublicRoute;

/// Returns whether a route is public. The matched route decides, not the request's path: one path can be spelled in many ways.
pub fn is_public(route: Option<&str>) -> bool {
    route.is_some_and(|route| {
        PUBLIC_PREFIXES
            .iter()
            .any(|prefix| route.starts_with(prefix))
    })
}

/// The client of a request. If its credentials are invalid, the client is the address it came from, and `denied` says why.
#[derive(Debug, Clone)]
pub struct ClientIdentity {
    pub client: Client,
    pub denied: Option<IdentityError>,
}

/// Identifies the client of a request; `is_public` says whether its route is public.
pub async fn identify(
    request: &ServiceRequest,
    is_public: bool,
    access: &Access,
) -> ClientIdentity {
    let address = client_address(request, access.trusted_hops);
    let identity = &access.identity;
    // Where none are required, credentials in the headers may be meant for something else, such as a proxy.
    if is_public || identity.is_open() {
        return ClientIdentity {
            client: identity.anonymous(address),
            denied: None,
        };
    }
    let identified = match credentials(request.headers()) {
        Ok(credentials) => identity.identify(credentials, address).await,
        Err(denied) => Err(denied),
    };
    match identified {
        Ok(client) => ClientIdentity {
            client,
            denied: None,
        },
        Err(denied) => ClientIdentity {
            client: identity.anonymous(address),
            denied: Some(denied),
        },
    }
}

fn client_address(request: &ServiceRequest, trusted_hops: usize) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|address| address.ip());
    let forwarded: Vec<&[u8]> = request
        .headers()
        .get_all(X_FORWARDED_FOR)
        .map(actix_web::http::header::HeaderValue::as_bytes)
        .collect();
    client_address::behind_proxies(peer, forwarded.into_iter(), trusted_hops)
}

/// Returns the credentials in the headers.
///
/// # Errors
/// Returns [`IdentityError::Invalid`] if a header is repeated, is not ASCII text, or has another scheme than `Bearer`.
fn credentials(headers: &HeaderMap) -> Result<Credentials<'_>, IdentityError> {
    let api_key = single(headers, X_API_KEY)?;
    let bearer = match single(headers, AUTHORIZATION)? {
        None => None,
        Some(value) => {
            let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(IdentityError::Invalid(
                    "the Authorization scheme must be Bearer",
                ));
            }
            Some(rest.trim())
        }
    };
    Ok(Credentials { api_key, bearer })
}

fn single(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, IdentityError> {
    let mut values = headers.get_all(name);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(IdentityError::Invalid(
            "a header with credentials is given more than once",
        ));
    }
    let text = value.to_str();
    text.map(|text| Some(text.trim()))
        .map_err(|_| IdentityError::Invalid("a header with credentials is not ASCII text"))
}
