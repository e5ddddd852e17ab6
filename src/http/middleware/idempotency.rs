//! `Idempotency-Key`: a repeated request gets the response of the first one (a replay).

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;
use planning::care::Contact;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::http::Service;
use crate::http::execute_plan::{ParsedBody, PlanReply, assess, execute_plan};
use crate::http::problem::{Code, Problem};
use crate::idempotency::{
    BeginOutcome, Fingerprint, IdempotencyKey, MAX_KEY_CHARS, StoreUnavailable, StoredResponse,
};
use crate::planner::Fields;
use crate::telemetry::events;
use crate::telemetry::metrics::IdempotencyOutcome;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const OK: u16 = 200;

/// A request with an idempotency key.
pub struct IdempotentRequest {
    key: IdempotencyKey,
    fingerprint: Fingerprint,
}

/// A problem as stored in a record. Fields that identify a request, such as its id, are not stored but set for each response.
#[derive(Serialize, Deserialize)]
struct StoredProblem {
    code: Code,
    detail: String,
    #[serde(default)]
    contacts: Vec<Contact>,
}

/// Returns the key in the request's headers, if there is one.
///
/// # Errors
/// Returns a problem if the key is malformed or given more than once.
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
    /// Creates the request; the fingerprint covers the route and the parsed fields, so white space and field order do not matter.
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

/// Makes a plan, or replays the stored response if the key was used before.
///
/// # Errors
/// Returns the problem to respond with, which may be a replayed one.
pub async fn execute_once(
    service: &Service,
    body: ParsedBody,
    request: &IdempotentRequest,
    deadline: Instant,
) -> Result<PlanReply, Problem> {
    let started = Instant::now();
    // Nothing of a goal that is not planned is stored, not even the digest of its request.
    assess(service, &body)?;
    let (outcome, response) = match begin(service, &body, request, deadline).await {
        Ok(BeginOutcome::First(claim)) if is_late(started, deadline) => {
            claim.release().await;
            (IdempotencyOutcome::InProgress, Err(in_progress()))
        }
        Ok(BeginOutcome::First(claim)) => {
            service.metrics.idempotency(IdempotencyOutcome::First);
            let response = execute_plan(service, body, deadline).await;
            match storable(&response) {
                Some(stored) => claim.complete(stored).await,
                None => claim.release().await,
            }
            return response;
        }
        Ok(BeginOutcome::Replay(stored)) => (IdempotencyOutcome::Replayed, replay(&stored)),
        Ok(BeginOutcome::KeyReused) => (IdempotencyOutcome::Reused, Err(key_reused())),
        Ok(BeginOutcome::Running) => (IdempotencyOutcome::InProgress, Err(in_progress())),
        Err(error) => {
            events::error(&body.context, "idempotency", &error.0);
            (IdempotencyOutcome::Unavailable, Err(unavailable()))
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
) -> Result<BeginOutcome, StoreUnavailable> {
    if service.planner.ledger().is_unavailable() {
        return Err(StoreUnavailable("the store is unavailable".to_owned()));
    }
    let (client, owner) = (&body.context.client_id, &body.context.request_id);
    service
        .idempotency
        .begin(client, &request.key, request.fingerprint, owner, deadline)
        .await
}

/// Returns whether more than half of the time until the deadline was spent waiting. The rest might not suffice for a plan, which
/// would be paid for and lost.
fn is_late(started: Instant, deadline: Instant) -> bool {
    started.elapsed() > deadline.saturating_duration_since(Instant::now())
}

fn in_progress() -> Problem {
    Problem::new(
        Code::IdempotencyInProgress,
        "the first request with this Idempotency-Key is still running; send it again later",
    )
}

fn key_reused() -> Problem {
    Problem::new(
        Code::IdempotencyKeyReused,
        "this Idempotency-Key was used with another request; use a new key for a new request",
    )
}

fn unavailable() -> Problem {
    Problem::new(
        Code::LedgerUnavailable,
        "whether this Idempotency-Key was used before cannot be checked now",
    )
}

/// Returns the response to store, if it is final. A failure that cost money is final for its key, so that a retry does not spend
/// again. A free failure, or one with `Retry-After`, may be retried.
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
                contacts: problem.contacts.clone(),
            };
            Some(StoredResponse {
                status: problem.status,
                body: serde_json::to_vec(&stored).ok()?.into(),
            })
        }
        Err(_) => None,
    }
}

fn replay(stored: &StoredResponse) -> Result<PlanReply, Problem> {
    if stored.status == OK {
        return Ok(PlanReply {
            body: stored.body.clone(),
            timings: None,
            replayed: true,
        });
    }
    let mut problem = match serde_json::from_slice::<StoredProblem>(&stored.body) {
        Ok(stored) => {
            let mut problem = Problem::new(stored.code, stored.detail);
            problem.contacts = stored.contacts;
            problem
        }
        Err(_) => Problem::new(
            Code::InternalError,
            "the response that was stored for this Idempotency-Key cannot be read",
        ),
    };
    problem.replayed = true;
    Err(problem)
}
