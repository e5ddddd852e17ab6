//! Takes credentials and addresses out of headers, and asks whose they are.

use std::net::IpAddr;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName};

use crate::access::Access;
use crate::access::identity::{Client, Credentials, IdentityError, client_address};

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// What every path of the API begins with.
pub const API: &str = "/api/v1";
/// The routes at which nobody is asked who they are.
const PUBLIC: [&str; 3] = ["/health", "/docs", "/api-docs"];

/// Marks a request to a route that is everybody's.
pub struct PublicRoute;

/// Whether a request came to a route that is everybody's. The route that it was given decides, not the path that it wrote: one
/// path can be spelt in many ways.
pub fn is_public(route: Option<&str>) -> bool {
    route.is_some_and(|route| PUBLIC.iter().any(|public| route.starts_with(public)))
}

/// Who asks. Where the credentials do not hold, that is the address they came from, and what is wrong with them.
#[derive(Debug, Clone)]
pub struct ClientIdentity {
    pub client: Client,
    pub denied: Option<IdentityError>,
}

/// Who sends this request to a route, which is everybody's or not.
pub async fn identify(
    request: &ServiceRequest,
    is_public: bool,
    access: &Access,
) -> ClientIdentity {
    let address = client_address(request, access.trusted_hops);
    let identity = &access.identity;
    // Where nobody has to show any, credentials are somebody else's: a proxy's, for instance.
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

/// The credentials; a header that is given twice, or is no text, is nobody's.
fn credentials(headers: &HeaderMap) -> Result<Credentials<'_>, IdentityError> {
    let api_key = single(headers, X_API_KEY)?;
    let bearer = match single(headers, AUTHORIZATION)? {
        None => None,
        Some(value) => {
            let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(IdentityError::Invalid("the scheme has to be Bearer"));
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
            "a header with credentials is given twice",
        ));
    }
    let text = value.to_str();
    text.map(|text| Some(text.trim()))
        .map_err(|_| IdentityError::Invalid("a header with credentials is no text"))
}
