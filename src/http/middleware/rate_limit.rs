//! Who may pass to the API: within the rate of their client, and with credentials that hold. Every answer tells where the
//! client stands, in the `RateLimit` fields (draft-ietf-httpapi-ratelimit-headers-11).
//!
//! Bad credentials count against the address they come from, so that a flood of them meets a limit like any other.

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
use crate::access::identity::IdentityError;
use crate::access::rate_limit::Decision;
use crate::http::Service;
use crate::http::problem::{Code, Problem};
use crate::request_context::RequestContext;
use crate::telemetry::events;

const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Lets a request pass, or answers it.
pub async fn rate_limit<B: MessageBody + 'static>(
    service: web::Data<Service>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let identity = request.extensions().get::<ClientIdentity>().cloned();
    let Some(identity) = identity else {
        let problem = Problem::new(Code::InternalError, "the request is nobody's");
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
            let challenged = problem.code == Code::Unauthenticated;
            let mut response = problem.response(request.request());
            if challenged {
                let challenge = challenge(identity.denied);
                response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
            }
            request.into_response(response).map_into_right_body()
        }
    };
    insert_rate_limit_headers(response.headers_mut(), tier, decision);
    Ok(response)
}

/// Why a request may not pass, if so; told to the log.
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
        return Some(Problem::new(Code::InternalError, "the request is nobody's"));
    };
    if !decision.allowed {
        service.metrics.rate_limited();
        return Some(limited(decision, &identity.client.tier, context));
    }
    identity.denied.map(|denied| denial(denied, context))
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
    let text = denied.to_string();
    events::access_denied(context, code.as_str(), &text);
    Problem::new(code, text)
}

/// As RFC 6750, section 3, has it: without an error where nothing was shown.
fn challenge(denied: Option<IdentityError>) -> HeaderValue {
    HeaderValue::from_static(match denied {
        Some(IdentityError::Invalid(_)) => "Bearer realm=\"goal-router\", error=\"invalid_token\"",
        _ => "Bearer realm=\"goal-router\"",
    })
}

/// Quota and window of the policy, and what is left of it until when.
fn insert_rate_limit_headers(headers: &mut HeaderMap, tier: &Tier, decision: Decision) {
    let policy = format!(
        "\"{}\";q={};w={}",
        tier.name,
        tier.rate.burst,
        seconds(tier.rate.window()).max(1)
    );
    let left = format!(
        "\"{}\";r={};t={}",
        tier.name,
        decision.remaining,
        seconds(decision.reset_after)
    );
    // Names of tiers are letters, digits and dots, which both a structured field and a header take.
    for (name, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, left)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

/// Whole seconds, rounded up.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
