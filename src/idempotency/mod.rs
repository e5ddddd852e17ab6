//! Idempotent requests: a request with an `Idempotency-Key` is executed once, no matter how often the client sends it.
//!
//! A key is scoped to its client. The first request claims the key in the store, which is shared by all tasks and survives
//! restarts. Later requests wait for the first one's response; in the same process they do so without asking the store. A
//! response is stored for [`RETENTION`]. A request that cost nothing releases its key, so that the client may send it again.
//!
//! This module knows neither HTTP nor DynamoDB: a response is a status and bytes, and the store is an [`IdempotencyStore`].
//!
//! We keep our own code instead of a crate because claims must survive the process, because repeated requests in one
//! process must wait without polling, and because a request that cost nothing must release its key.

mod claim_guard;
mod key;
mod store;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tracing::{Instrument as _, Span};

pub use self::claim_guard::ClaimGuard;
use self::claim_guard::write_behind;
pub use self::key::{Fingerprint, IdempotencyKey, MAX_KEY_CHARS};
pub use self::store::{
    Claim, ClaimResult, IdempotencyStore, RecordName, StoreUnavailable, StoredResponse,
};
use crate::clock::Clock;
use crate::resilience::single_flight::{Leader, Role, SingleFlight};

/// How long a response is stored.
pub const RETENTION: TimeDelta = TimeDelta::hours(24);
/// How much longer than the longest request a claim lasts. Covers retried writes and differences between clocks.
const MARGIN: TimeDelta = TimeDelta::minutes(1);
/// Minimum delay between attempts to claim a record while another task executes its request. Jitter adds up to as much again.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

type Work = (RecordName, Fingerprint);

/// Executes requests with an idempotency key once.
pub struct Idempotency {
    store: Arc<dyn IdempotencyStore>,
    local: SingleFlight<Work, StoredResponse>,
    clock: Arc<dyn Clock>,
    lease: TimeDelta,
    tasks: TaskTracker,
}

/// What to do with a request that has an idempotency key.
pub enum BeginOutcome {
    /// Execute it.
    First(Box<ClaimGuard>),
    /// Respond with this stored response.
    Replay(StoredResponse),
    /// Reject it: the key was used for a different request.
    KeyReused,
    /// Reject it: the first request is still running at the deadline.
    Running,
}

impl Idempotency {
    /// Creates the service over this store, for requests that take up to `max_duration`. Writes that outlive their request are
    /// spawned on `tasks`, so that shutdown can wait for them.
    #[must_use]
    pub fn new(
        store: Arc<dyn IdempotencyStore>,
        clock: Arc<dyn Clock>,
        max_duration: Duration,
        tasks: TaskTracker,
    ) -> Self {
        Self {
            store,
            local: SingleFlight::default(),
            clock,
            lease: TimeDelta::from_std(max_duration).unwrap_or(TimeDelta::minutes(10)) + MARGIN,
            tasks,
        }
    }

    /// Returns what to do with a request. If an earlier request with its key is still running, waits for it until the deadline.
    /// `owner` identifies the request in the store.
    ///
    /// # Errors
    /// [`StoreUnavailable`] when the store does not answer.
    pub async fn begin(
        &self,
        client_id: &str,
        key: &IdempotencyKey,
        fingerprint: Fingerprint,
        owner: &str,
        deadline: Instant,
    ) -> Result<BeginOutcome, StoreUnavailable> {
        let name = RecordName {
            client_id: client_id.to_owned(),
            key: Sha256::digest(key.0.as_bytes()).into(),
        };
        let work = (name, fingerprint);
        loop {
            match self.local.join(&work) {
                Role::Leader(leader) => return self.claim(work, owner, leader, deadline).await,
                Role::Follower(follower) => {
                    match tokio::time::timeout_at(deadline, follower.outcome()).await {
                        Ok(Some(response)) => return Ok(BeginOutcome::Replay(response)),
                        // The leader has no response to share. Join again, to lead and to ask the store.
                        Ok(None) => {}
                        Err(_elapsed) => return Ok(BeginOutcome::Running),
                    }
                }
            }
        }
    }

    async fn claim(
        &self,
        (name, fingerprint): Work,
        owner: &str,
        leader: Leader<Work, StoredResponse>,
        deadline: Instant,
    ) -> Result<BeginOutcome, StoreUnavailable> {
        // Clients choose request ids, so two requests may have the same one.
        let owner = format!("{owner}#{}", uuid::Uuid::new_v4().simple());
        loop {
            let now = self.clock.now();
            let claim = Claim {
                name: name.clone(),
                fingerprint,
                owner: owner.clone(),
                now,
                until: now + self.lease,
            };
            match self.claim_with_retry(&claim).await? {
                ClaimResult::Granted => {
                    return Ok(BeginOutcome::First(Box::new(ClaimGuard {
                        store: Arc::clone(&self.store),
                        tasks: self.tasks.clone(),
                        claim,
                        leader,
                    })));
                }
                ClaimResult::Running(other) | ClaimResult::Done(other, _)
                    if other != fingerprint =>
                {
                    return Ok(BeginOutcome::KeyReused);
                }
                ClaimResult::Done(_, response) => {
                    leader.publish(|| response.clone());
                    return Ok(BeginOutcome::Replay(response));
                }
                ClaimResult::Running(_) => {}
            }
            let delay = POLL_INTERVAL.mul_f64(1.0 + fastrand::f64());
            if Instant::now() + delay >= deadline {
                return Ok(BeginOutcome::Running);
            }
            tokio::time::sleep(delay).await;
        }
    }

    /// Claims the record, and retries once if the result is unknown, because a claim by the same owner succeeds again. If the
    /// second result is unknown too, the record may exist, so it is released in the background.
    async fn claim_with_retry(&self, claim: &Claim) -> Result<ClaimResult, StoreUnavailable> {
        if let Ok(result) = self.store.claim(claim).await {
            return Ok(result);
        }
        let result = self.store.claim(claim).await;
        if result.is_err() {
            let (store, claim) = (Arc::clone(&self.store), claim.clone());
            let write = write_behind(store, claim, None);
            self.tasks.spawn(write.instrument(Span::current()));
        }
        result
    }
}
