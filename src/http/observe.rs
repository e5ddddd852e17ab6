//! Around every request: its id, its trace, its client; the log lines and metrics of its beginning and its end.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};
use uuid::Uuid;

use super::identify::OpenRoute;
use super::{Service, identify};
use crate::caller::Caller;
use crate::telemetry::{ActiveRequest, Metrics, events};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The nginx convention for a client that went away before its answer.
const CLIENT_GONE: u16 = 499;

/// Gives the request its [`Caller`], and tells of it.
pub async fn observe<B: MessageBody + 'static>(
    service: web::Data<Service>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let route = request.match_pattern();
    let is_open = identify::is_open(route.as_deref());
    if is_open {
        request.extensions_mut().insert(OpenRoute);
    }
    let asker = identify::asker(&request, is_open, &service.access).await;
    let caller = Caller {
        request_id: request_id(&request),
        trace_id: trace_id(&request),
        client_id: asker.client.id.clone(),
        daily_budget: asker.client.tier.daily_budget,
    };
    let id = HeaderValue::from_str(&caller.request_id);
    request.extensions_mut().insert(caller.clone());
    request.extensions_mut().insert(asker);
    let draining = service.is_draining();
    let watch = Watch::begin(&service.metrics, &request, route, caller);
    let mut response = next.call(request).await?;
    if draining {
        // The next request belongs to another task.
        response
            .response_mut()
            .head_mut()
            .set_connection_type(ConnectionType::Close);
    }
    if let Ok(id) = id {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    if let Some(mut watch) = watch {
        watch.status = response.status().as_u16();
    }
    Ok(response)
}

/// Tells of a request's end when it is dropped: also of one whose client went away.
struct Watch {
    caller: Caller,
    method: &'static str,
    route: String,
    status: u16,
    started: Instant,
    metrics: Metrics,
    _active: ActiveRequest,
}

impl Watch {
    /// Begins to watch; probes and the files of the documentation are nobody's request.
    fn begin(
        metrics: &Metrics,
        request: &ServiceRequest,
        route: Option<String>,
        caller: Caller,
    ) -> Option<Self> {
        let route = route.unwrap_or_else(|| "unmatched".to_owned());
        if route.starts_with("/health") || route.starts_with("/docs") {
            return None;
        }
        let method = method(request);
        events::request_received(&caller, method, &route);
        Some(Self {
            caller,
            method,
            route,
            status: CLIENT_GONE,
            started: Instant::now(),
            metrics: metrics.clone(),
            _active: metrics.active_request(),
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let took = self.started.elapsed();
        self.metrics
            .request(self.method, &self.route, self.status, took);
        events::request_completed(&self.caller, self.method, &self.route, self.status, took);
    }
}

/// The method as a label: a client may send any word.
fn method(request: &ServiceRequest) -> &'static str {
    match request.method().as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// The id that the client gave, if it is of the form we take; else a new one.
fn request_id(request: &ServiceRequest) -> String {
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
fn trace_id(request: &ServiceRequest) -> String {
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
