//! What holds for every answer at the edge: security headers, compression where it pays, other sites' pages only where they are
//! allowed, and problems in place of the bare errors that libraries answer with.

use actix_cors::Cors;
use actix_web::body::{BodySize, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName,
    HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _};

use super::identify::OpenRoute;
use super::problem::{Code, PROBLEM_JSON, Problem};

/// Smaller bodies fit into one packet with their head either way.
const LEAST_BYTES: u64 = 1024;
/// How long a browser may go by the answer to its question for permission, in seconds.
const PREFLIGHT_SECONDS: usize = 600;

/// Answers with data show nothing and load nothing.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// Swagger UI: its own files, and styles that it writes into its page; no script that is not one of its files.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                           connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const REQUEST_HEADERS: [&str; 7] = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "traceparent",
    "x-api-key",
    "x-request-id",
];
const SHOWN_HEADERS: [&str; 7] = [
    "idempotency-replayed",
    "location",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "server-timing",
    "x-request-id",
];

/// Whose pages may call the API from a browser.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Origins {
    /// Nobody's but ours.
    #[default]
    None,
    /// Everybody's.
    Any,
    /// Those of these origins.
    Listed(Vec<String>),
}

impl Origins {
    /// Reads a list of origins, such as `https://app.example.com`, or `*` alone.
    ///
    /// # Errors
    /// The one that is no origin.
    pub fn parse(list: &[String]) -> Result<Self, String> {
        match list {
            [] => Ok(Self::None),
            [any] if any == "*" => Ok(Self::Any),
            _ => match list.iter().find(|origin| !is_origin(origin)) {
                None => Ok(Self::Listed(list.to_vec())),
                Some(wrong) => Err(wrong.clone()),
            },
        }
    }
}

/// Scheme, host and port, and nothing behind them: what browsers send.
fn is_origin(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        // A star would be taken for a letter of the host, and allow nobody.
        matches!(url.scheme(), "http" | "https")
            && !text.contains('*')
            && url.origin().ascii_serialization() == text
    })
}

/// Leave for other sites' pages. Never for their cookies: the API takes none, and `*` must not go with them.
pub(super) fn cors(origins: &Origins) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "POST", "PATCH", "DELETE"])
        .allowed_headers(REQUEST_HEADERS)
        .expose_headers(SHOWN_HEADERS)
        .max_age(PREFLIGHT_SECONDS);
    match origins {
        Origins::None => cors,
        Origins::Any => cors.allow_any_origin().send_wildcard(),
        Origins::Listed(list) => list
            .iter()
            .fold(cors, |cors, origin| cors.allowed_origin(origin)),
    }
}

/// Keeps small bodies from the compression around it.
pub(super) async fn spare_small_bodies<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    if let BodySize::Sized(bytes) = response.response().body().size()
        && bytes < LEAST_BYTES
    {
        // Who finds an encoding leaves the body alone; [`guard`] takes the header away again.
        let headers = response.headers_mut();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
    }
    Ok(response)
}

/// Puts the headers on every answer, and a problem in place of an error that has none.
pub(super) async fn guard<B: MessageBody + 'static>(
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
    let is_open = response.request().extensions().contains::<OpenRoute>();
    protect(response.headers_mut(), in_docs, is_open, encrypted);
    Ok(response)
}

/// What libraries refuse with a status and a word.
fn problem_of(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::new(Code::NotFound, "there is nothing at this path"),
        StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(Code::MethodNotAllowed, "this path takes other methods")
        }
        StatusCode::NOT_ACCEPTABLE => Problem::new(
            Code::MalformedRequest,
            "Accept-Encoding must allow br, gzip or identity",
        ),
        _ => Problem::new(
            Code::MalformedRequest,
            "this cannot be answered as it is; from a page of another site, its origin, the method and the headers have to be allowed",
        ),
    }
}

fn protect(headers: &mut HeaderMap, in_docs: bool, is_open: bool, encrypted: bool) {
    let mut put = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    put(X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(X_FRAME_OPTIONS, "DENY");
    put(REFERRER_POLICY, "no-referrer");
    let policy = if in_docs { DOCS_POLICY } else { DATA_POLICY };
    put(CONTENT_SECURITY_POLICY, policy);
    if !is_open {
        put(CACHE_CONTROL, "no-store");
    }
    // A browser that came over TLS comes over TLS again.
    if encrypted {
        put(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| encoding == "identity")
    {
        headers.remove(CONTENT_ENCODING);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_what_browsers_send_and_nothing_more() {
        let parse = |text: &str| {
            let list: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            Origins::parse(&list)
        };

        assert_eq!(parse(""), Ok(Origins::None));
        assert_eq!(parse("*"), Ok(Origins::Any));
        assert!(
            matches!(parse("https://a.example http://localhost:3000"), Ok(Origins::Listed(list)) if list.len() == 2)
        );
        for wrong in [
            "https://a.example/",
            "https://a.example/x",
            "a.example",
            "https://*.example",
            "null",
            "file:///x",
            "https://A.example",
        ] {
            assert_eq!(parse(wrong), Err(wrong.to_owned()));
        }
        assert!(parse("* https://a.example").is_err());
    }
}
