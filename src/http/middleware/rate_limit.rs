//! Admits requests to the API that are within their client's rate limit and have valid credentials. Every response reports the
//! client's quota in the `RateLimit` header fields (draft-ietf-httpapi-ratelimit-headers-11).
//!
//! Requests with invalid credentials count against the address they come from, so that a flood of them is limited as well.

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};
use chrono::TimeDelta;

use super::identify::ClientIdentity;
use crate::access::Tier;
use crate::access::identity::{self, IdentityError};
use crate::access::rate_limit::Decision;
use crate::http::Service;
use crate::http::problem::{Code, Problem};
use crate::request_context::RequestContext;
use crate::telemetry::events;

const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Passes the request on, or rejects it with a problem.
pub async fn rate_limit<B: MessageBody + 'static>(
    service: web::Data<Service>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let identity = request.extensions().get::<ClientIdentity>().cloned();
    let Some(identity) = identity else {
        let problem = Problem::new(Code::InternalError, "the request has no client");
        let response = problem.response(request.request());
        return Ok(request.into_response(response).map_into_right_body());
    };
    let tier = &identity.client.tier;
    let decision = service
        .access
        .limiter
        .check(&identity.client.id, tier.rate)
        .await;
    let refusal = refusal(&service, &request, &identity, decision);
    let mut response = match refusal {
        None => next.call(request).await?.map_into_left_body(),
        Some(problem) => {
            let is_unauthenticated = problem.code == Code::Unauthenticated;
            let mut response = problem.response(request.request());
            if is_unauthenticated {
                let challenge = challenge(identity.denied);
                response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
            }
            request.into_response(response).map_into_right_body()
        }
    };
    insert_rate_limit_headers(response.headers_mut(), tier, decision);
    Ok(response)
}

/// Returns why a request is rejected, if it is, and logs the reason.
fn refusal(
    service: &Service,
    request: &ServiceRequest,
    identity: &ClientIdentity,
    decision: Decision,
) -> Option<Problem> {
    if decision.allowed && identity.denied.is_none() {
        return None;
    }
    let extensions = request.extensions();
    let Some(context) = extensions.get::<Arc<RequestContext>>() else {
        return Some(Problem::new(
            Code::InternalError,
            "the request has no context",
        ));
    };
    if !decision.allowed {
        service.metrics.rate_limited();
        return Some(limited(decision, &identity.client.tier, context));
    }
    let denied = identity.denied?;
    service.metrics.access_denied(denied.reason());
    Some(denial(denied, context))
}

fn limited(decision: Decision, tier: &Tier, context: &RequestContext) -> Problem {
    let wait = TimeDelta::from_std(decision.retry_after).unwrap_or(TimeDelta::minutes(1));
    events::rate_limited(context, &tier.name, seconds(decision.retry_after));
    Problem::new(
        Code::RateLimited,
        format!(
            "{} requests a minute are allowed, {} of them at once",
            tier.rate.per_minute, tier.rate.burst
        ),
    )
    .retry_after(wait)
}

fn denial(denied: IdentityError, context: &RequestContext) -> Problem {
    let code = match denied {
        IdentityError::Missing(_) | IdentityError::Invalid(_) => Code::Unauthenticated,
        IdentityError::Forbidden(_) => Code::Forbidden,
        IdentityError::Unavailable => Code::IdentityUnavailable,
    };
    let reason = denied.to_string();
    events::access_denied(context, code.as_str(), &reason);
    let problem = Problem::new(code, reason);
    if code == Code::IdentityUnavailable {
        let wait = TimeDelta::from_std(identity::RETRY_AFTER).unwrap_or(TimeDelta::seconds(10));
        return problem.retry_after(wait);
    }
    problem
}

/// Returns the `WWW-Authenticate` challenge. It names an error only if credentials were given (RFC 6750, section 3).
fn challenge(denied: Option<IdentityError>) -> HeaderValue {
    HeaderValue::from_static(match denied {
        Some(IdentityError::Invalid(_)) => "Bearer realm=\"goal-router\", error=\"invalid_token\"",
        _ => "Bearer realm=\"goal-router\"",
    })
}

/// Inserts the policy's quota and window, and what is left of the quota until the reset.
fn insert_rate_limit_headers(headers: &mut HeaderMap, tier: &Tier, decision: Decision) {
    let policy = format!(
        "\"{}\";q={};w={}",
        tier.name,
        tier.rate.burst,
        seconds(tier.rate.window()).max(1)
    );
    let limit = format!(
        "\"{}\";r={};t={}",
        tier.name,
        decision.remaining,
        seconds(decision.reset_after)
    );
    // Tier names consist of letters, digits, `.`, `_` and `-`, which are valid in a structured field and in a header.
    for (name, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, limit)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

/// Returns whole seconds, rounded up.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
