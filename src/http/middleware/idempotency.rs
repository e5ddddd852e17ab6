//! `Idempotency-Key`: a request that is sent again gets the response of the first time (replay).

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::http::Service;
use crate::http::execute_plan::{ParsedBody, PlanReply, execute_plan};
use crate::http::problem::{Code, Problem};
use crate::idempotency::{
    BeginOutcome, Fingerprint, IdempotencyKey, MAX_KEY_CHARS, StoredResponse, Unavailable,
};
use crate::planner::Fields;
use crate::telemetry::events;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const OK: u16 = 200;

/// A request under a key.
pub struct IdempotentRequest {
    key: IdempotencyKey,
    fingerprint: Fingerprint,
}

/// A problem as a record keeps it: what names the request itself is added anew for each request.
#[derive(Serialize, Deserialize)]
struct StoredProblem {
    code: Code,
    detail: String,
}

/// The key in the request's headers, if there is one.
///
/// # Errors
/// When it is malformed, or given twice.
pub fn key(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Problem> {
    let mut values = request.headers().get_all(IDEMPOTENCY_KEY);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let key = value.to_str().ok().and_then(IdempotencyKey::parse);
    match (key, values.next()) {
        (Some(key), None) => Ok(Some(key)),
        _ => Err(Problem::new(
            Code::MalformedRequest,
            format!(
                "Idempotency-Key must be given once, with 1 to {MAX_KEY_CHARS} visible ASCII characters"
            ),
        )),
    }
}

impl IdempotentRequest {
    /// A request to a route under a key. White space and the order of fields do not matter.
    pub fn new(key: IdempotencyKey, route: &str, fields: &Fields) -> Self {
        // Strings and numbers always serialise.
        let fields = serde_json::to_vec(fields).unwrap_or_default();
        let digest = Sha256::new_with_prefix(route.as_bytes());
        let digest = digest.chain_update([0]).chain_update(fields);
        Self {
            key,
            fingerprint: Fingerprint(digest.finalize().into()),
        }
    }
}

/// Makes a plan once for a key, or replays the response of the first time.
pub async fn once(
    service: &Service,
    body: ParsedBody,
    request: &IdempotentRequest,
    deadline: Instant,
) -> Result<PlanReply, Problem> {
    let begun = Instant::now();
    let (outcome, response) = match begin(service, &body, request, deadline).await {
        Ok(BeginOutcome::First(duty)) if is_late(begun, deadline) => {
            duty.release().await;
            ("in_progress", Err(in_progress()))
        }
        Ok(BeginOutcome::First(duty)) => {
            service.metrics.idempotency("first");
            let response = execute_plan(service, body, deadline).await;
            match storable(&response) {
                Some(answer) => duty.complete(answer).await,
                None => duty.release().await,
            }
            return response;
        }
        Ok(BeginOutcome::Replay(answer)) => ("replayed", replay(&answer)),
        Ok(BeginOutcome::KeyReused) => ("reused", Err(reused())),
        Ok(BeginOutcome::Running) => ("in_progress", Err(in_progress())),
        Err(why) => {
            events::error(&body.context, "idempotency", &why.0);
            ("unavailable", Err(unavailable()))
        }
    };
    service.metrics.idempotency(outcome);
    response
}

async fn begin(
    service: &Service,
    body: &ParsedBody,
    request: &IdempotentRequest,
    deadline: Instant,
) -> Result<BeginOutcome, Unavailable> {
    if service.planner.ledger().is_unavailable() {
        return Err(Unavailable("the store did not answer recently".to_owned()));
    }
    let (client, owner) = (&body.context.client_id, &body.context.request_id);
    service
        .idempotency
        .begin(client, &request.key, request.fingerprint, owner, deadline)
        .await
}

/// Whether more than half of the time was spent waiting: what is left might be too little, and the time that was paid for lost.
fn is_late(begun: Instant, deadline: Instant) -> bool {
    begun.elapsed() > deadline.saturating_duration_since(Instant::now())
}

fn in_progress() -> Problem {
    Problem::new(
        Code::IdempotencyInProgress,
        "the first request with this Idempotency-Key is still running; send it again later",
    )
}

fn reused() -> Problem {
    Problem::new(
        Code::IdempotencyKeyReused,
        "this Idempotency-Key was used with another request; use a new key for a new request",
    )
}

fn unavailable() -> Problem {
    Problem::new(
        Code::LedgerUnavailable,
        "it is not known at present whether this Idempotency-Key was used before",
    )
}

/// What is kept of a response. A failure that cost something is final for its key, so that no retry spends again; what cost nothing
/// may be tried again. So may what is answered with `Retry-After`: it says itself that it is not the last word.
fn storable(response: &Result<PlanReply, Problem>) -> Option<StoredResponse> {
    match response {
        Ok(reply) => Some(StoredResponse {
            status: OK,
            body: reply.body.clone(),
        }),
        Err(problem) if problem.spent && !problem.has_retry_after() => {
            let stored = StoredProblem {
                code: problem.code,
                detail: problem.detail.clone(),
            };
            Some(StoredResponse {
                status: problem.status,
                body: serde_json::to_vec(&stored).ok()?.into(),
            })
        }
        Err(_) => None,
    }
}

fn replay(answer: &StoredResponse) -> Result<PlanReply, Problem> {
    if answer.status == OK {
        return Ok(PlanReply {
            body: answer.body.clone(),
            timings: None,
            replayed: true,
        });
    }
    let mut problem = match serde_json::from_slice::<StoredProblem>(&answer.body) {
        Ok(stored) => Problem::new(stored.code, stored.detail),
        Err(_) => Problem::new(
            Code::InternalError,
            "the response that was stored for this Idempotency-Key cannot be read",
        ),
    };
    problem.replayed = true;
    Err(problem)
}
