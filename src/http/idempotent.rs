//! `Idempotency-Key`: a request that is sent again is answered as it was the first time.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::Service;
use super::making::{Asked, Refused, Reply, make};
use super::problem::{Code, Problem};
use crate::idempotency::{
    Fingerprint, IdempotencyKey, MOST_CHARS, StoredAnswer, Turn, Unavailable,
};
use crate::planner::Fields;
use crate::telemetry::events;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const OK: u16 = 200;

/// A problem as a record keeps it: what is said of the request itself is the second request's own.
#[derive(Serialize, Deserialize)]
struct StoredProblem {
    code: Code,
    detail: String,
}

/// The request's key, if it has one.
///
/// # Errors
/// When it is none that we take, or there are two.
pub(super) fn key(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Problem> {
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
                "Idempotency-Key must be given once, with 1 to {MOST_CHARS} visible ASCII characters"
            ),
        )),
    }
}

/// A digest of what is asked where; white space and the order of fields do not matter.
pub(super) fn fingerprint(route: &str, fields: &Fields) -> Fingerprint {
    // Texts and numbers always serialise.
    let fields = serde_json::to_vec(fields).unwrap_or_default();
    let digest = Sha256::new_with_prefix(route.as_bytes());
    Fingerprint(
        digest
            .chain_update([0])
            .chain_update(fields)
            .finalize()
            .into(),
    )
}

/// Makes a plan once for this key, or answers as the first time.
pub(super) async fn once(
    service: &Service,
    asked: Asked,
    key: &IdempotencyKey,
    fingerprint: Fingerprint,
    deadline: Instant,
) -> Result<Reply, Refused> {
    let begun = Instant::now();
    let caller = asked.caller.clone();
    let turn = if service.planner.ledger().is_away() {
        Err(Unavailable("the store did not answer lately".to_owned()))
    } else {
        let client = &caller.client_id;
        let idempotency = &service.idempotency;
        idempotency
            .begin(client, key, fingerprint, &caller.request_id, deadline)
            .await
    };
    let (outcome, answered) = match turn {
        Ok(Turn::First(duty)) if is_late(begun, deadline) => {
            duty.release().await;
            ("in_progress", Err(in_progress()))
        }
        Ok(Turn::First(duty)) => {
            service.metrics.idempotency("first");
            let outcome = make(service, asked, deadline).await;
            match answer_of(&outcome) {
                Some(answer) => duty.complete(answer).await,
                None => duty.release().await,
            }
            return outcome;
        }
        Ok(Turn::Answered(answer)) => ("replayed", replayed(&answer)),
        Ok(Turn::Reused) => (
            "reused",
            Err(Refused::from(Problem::new(
                Code::IdempotencyKeyReused,
                "this Idempotency-Key was used with another request; take a new key for a new request",
            ))),
        ),
        Ok(Turn::Running) => ("in_progress", Err(in_progress())),
        Err(why) => {
            events::error(&caller, "idempotency", &why.0);
            let problem = Problem::new(
                Code::LedgerUnavailable,
                "whether this Idempotency-Key was used before cannot be told now",
            );
            ("unavailable", Err(Refused::from(problem)))
        }
    };
    service.metrics.idempotency(outcome);
    answered
}

/// Whether more than half of the time went by with waiting: what is left might be too little, and the time that was paid for lost.
fn is_late(begun: Instant, deadline: Instant) -> bool {
    begun.elapsed() > deadline.saturating_duration_since(Instant::now())
}

fn in_progress() -> Refused {
    Refused::from(Problem::new(
        Code::IdempotencyInProgress,
        "the first request with this Idempotency-Key was running all the time; send it again later",
    ))
}

/// What is kept of an outcome. A failure that cost something is final for its key, so that no retry spends again; what cost nothing
/// may be tried again. So may what is answered with a time to come back: it says itself that it is not the last word.
fn answer_of(outcome: &Result<Reply, Refused>) -> Option<StoredAnswer> {
    match outcome {
        Ok(reply) => Some(StoredAnswer {
            status: OK,
            body: reply.body.clone(),
        }),
        Err(refused) => {
            let problem = &refused.problem;
            if !refused.spent || problem.may_be_tried_again() {
                return None;
            }
            let stored = StoredProblem {
                code: problem.code,
                detail: problem.detail.clone(),
            };
            Some(StoredAnswer {
                status: problem.status,
                body: serde_json::to_vec(&stored).ok()?.into(),
            })
        }
    }
}

fn replayed(answer: &StoredAnswer) -> Result<Reply, Refused> {
    if answer.status == OK {
        return Ok(Reply {
            body: answer.body.clone(),
            timings: None,
            replayed: true,
        });
    }
    let problem = match serde_json::from_slice::<StoredProblem>(&answer.body) {
        Ok(stored) => Problem::new(stored.code, stored.detail),
        Err(_) => Problem::new(
            Code::InternalError,
            "the answer that was kept for this Idempotency-Key cannot be read",
        ),
    };
    Err(Refused {
        problem,
        spent: false,
        replayed: true,
    })
}
