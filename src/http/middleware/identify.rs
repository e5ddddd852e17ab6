//! Extracts credentials and client addresses from headers, and resolves them to a client.

use std::net::IpAddr;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName};

use crate::access::Access;
use crate::access::identity::{
    Client, Credentials, IdentityError, InvalidCredentials, client_address,
};

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// The path prefix of the API.
pub const API: &str = "/api/v1";
/// The routes that need no credentials, as their full patterns. A route that is not listed needs them.
pub const PUBLIC_ROUTES: [&str; 6] = [
    "/health",
    "/health/live",
    "/health/ready",
    "/docs",
    "/docs/{_:.*}",
    "/api-docs/openapi.json",
];

/// Marks a request to a public route.
pub struct PublicRoute;

/// Marks a request whose client was identified, or was found to have invalid credentials. Routes of the API match no other request.
pub struct CheckedClient;

/// What a request's path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// A route that needs no credentials.
    Public,
    /// A route of the API.
    Private,
    /// No route. Such a request must not cost a token check.
    Nothing,
}

impl Destination {
    /// Returns the destination of a request that matches this route's pattern.
    pub fn of(route: Option<&str>) -> Self {
        match route {
            None => Self::Nothing,
            Some(route) if PUBLIC_ROUTES.contains(&route) => Self::Public,
            Some(_) => Self::Private,
        }
    }
}

/// Returns the pattern of the route that a request's path matches. It compares the decoded path, as the router does: one path can be
/// spelled in many ways.
pub fn matched_route(request: &ServiceRequest) -> Option<String> {
    let path = request.match_info().as_str();
    request.resource_map().match_pattern(path)
}

/// The client of a request. If its credentials are invalid, the client is the address it came from, and `denied` says why.
#[derive(Debug, Clone)]
pub struct ClientIdentity {
    pub client: Client,
    pub denied: Option<IdentityError>,
}

/// Identifies the client of a request. Only requests to private routes have their credentials checked.
pub async fn identify(
    request: &ServiceRequest,
    destination: Destination,
    access: &Access,
) -> ClientIdentity {
    let address = client_address(request, access.trusted_hops);
    let identity = &access.identity;
    // Where none are required, credentials in the headers may be meant for something else, such as a proxy.
    if destination != Destination::Private || identity.is_open() {
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
                return Err(IdentityError::Invalid(InvalidCredentials::OtherScheme));
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
        return Err(IdentityError::Invalid(InvalidCredentials::RepeatedHeader));
    }
    let text = value.to_str();
    text.map(|text| Some(text.trim()))
        .map_err(|_| IdentityError::Invalid(InvalidCredentials::NotAscii))
}
