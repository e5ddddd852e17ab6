//! Requests that are made once, however often a client sends them: the records behind `Idempotency-Key`.
//!
//! A key belongs to its client. Its first request claims it in the store, which is what holds across tasks and restarts; others
//! wait for that one's answer, in this process without asking the store. An answer stays for [`KEPT`]. What ended without cost
//! gives the key back, so that the same request may be tried again under it.
//!
//! It knows neither HTTP nor DynamoDB: an answer is a status and bytes, and the store is [`Records`].

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
pub use crate::ledger::Unavailable;
use crate::resilience::backoff::full_jitter;
use crate::resilience::single_flight::{Leader, Role, SingleFlight};

/// How long an answer is kept.
pub const RETENTION: TimeDelta = TimeDelta::hours(24);
/// Most characters of a key.
pub const MAX_KEY_CHARS: usize = 255;
/// How much longer than a request a claim holds: for writes that are tried again, and clocks that differ.
const MARGIN: TimeDelta = TimeDelta::minutes(1);
/// Pause between looks at the record of a request that another task serves.
const POLL: Duration = Duration::from_millis(250);
/// Tries to write an answer before the client gets it; afterwards it is tried on behind its back.
const TRIES: u32 = 2;
/// Longest pause between the tries behind its back.
const MAX_PAUSE: Duration = Duration::from_secs(10);

/// A key as a client chose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Parses a key: 1 to 255 visible ASCII characters, as they are or in quotes, as the draft of the header has them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bare = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        let key = bare.unwrap_or(text);
        let fits = (1..=MAX_KEY_CHARS).contains(&key.len())
            && key
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'"');
        fits.then(|| Self(key.to_owned()))
    }
}

/// A digest of what was asked under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// The name of a record: a client, and a digest of its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecordName {
    /// The client.
    pub client_id: String,
    /// SHA-256 of the key: keys may be anything, and need not be known to anybody who reads the table.
    pub key: [u8; 32],
}

/// An answer that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// Its status.
    pub status: u16,
    /// Its body, in whatever form the caller wants it back.
    pub body: Bytes,
}

/// A claim to a record.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Which.
    pub name: RecordName,
    /// What is asked.
    pub fingerprint: Fingerprint,
    /// Who claims it: a task's request.
    pub owner: String,
    /// Now.
    pub now: DateTime<Utc>,
    /// Until when the claim holds without an answer.
    pub until: DateTime<Utc>,
}

/// What a claim meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimResult {
    /// Nothing: it is the claimant's.
    Granted,
    /// Another's, who is still at work.
    Running(Fingerprint),
    /// An answer.
    Done(Fingerprint, StoredResponse),
}

/// The store of records. Every call is atomic, and has a deadline of its own.
#[async_trait]
pub trait IdempotencyStore: Send + Sync {
    /// Claims a record: one that is not there, has expired, was left by a dead task, or is the claimant's already.
    async fn claim(&self, claim: &Claim) -> Result<ClaimResult, Unavailable>;
    /// Puts the answer there, for so long, if the record is still the claimant's.
    async fn complete(
        &self,
        claim: &Claim,
        answer: &StoredResponse,
        until: DateTime<Utc>,
    ) -> Result<(), Unavailable>;
    /// Gives a record back, if it is still the claimant's.
    async fn release(&self, claim: &Claim) -> Result<(), Unavailable>;
}

type Work = (RecordName, Fingerprint);

/// Requests that are made once.
pub struct Idempotency {
    store: Arc<dyn IdempotencyStore>,
    local: SingleFlight<Work, StoredResponse>,
    clock: Arc<dyn Clock>,
    lease: TimeDelta,
    running: TaskTracker,
}

/// What is to be done with a request that has a key.
pub enum BeginOutcome {
    /// Make it.
    First(Box<ClaimGuard>),
    /// Answer it with this, which was made before.
    Replay(StoredResponse),
    /// Refuse it: the key was used for something else.
    KeyReused,
    /// Refuse it: the first is still running at the deadline.
    Running,
}

/// The duty to answer a request; ends with an answer, or gives the key back.
pub struct ClaimGuard {
    records: Arc<dyn IdempotencyStore>,
    running: TaskTracker,
    claim: Claim,
    lead: Leader<Work, StoredResponse>,
}

impl Idempotency {
    /// Over these records, for requests that take so long at most. What is still to be written when a request ends is a task of
    /// `running`, so that shutdown can wait for it.
    #[must_use]
    pub fn new(
        records: Arc<dyn IdempotencyStore>,
        clock: Arc<dyn Clock>,
        longest: Duration,
        running: TaskTracker,
    ) -> Self {
        Self {
            store: records,
            local: SingleFlight::default(),
            clock,
            lease: TimeDelta::from_std(longest).unwrap_or(TimeDelta::minutes(10)) + MARGIN,
            running,
        }
    }

    /// Finds out what is to be done with a request, which `owner` names; waits until the deadline for one that is running.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not tell.
    pub async fn begin(
        &self,
        client_id: &str,
        key: &IdempotencyKey,
        fingerprint: Fingerprint,
        owner: &str,
        deadline: Instant,
    ) -> Result<BeginOutcome, Unavailable> {
        let name = RecordName {
            client_id: client_id.to_owned(),
            key: Sha256::digest(key.0.as_bytes()).into(),
        };
        let work = (name, fingerprint);
        loop {
            match self.local.join(&work) {
                Role::Leader(lead) => return self.claim(work, owner, lead, deadline).await,
                Role::Follower(follow) => {
                    match tokio::time::timeout_at(deadline, follow.outcome()).await {
                        Ok(Some(answer)) => return Ok(BeginOutcome::Replay(answer)),
                        // The first gave the key back, or was refused: what holds for this one is for the store to say.
                        Ok(None) => {}
                        Err(_late) => return Ok(BeginOutcome::Running),
                    }
                }
            }
        }
    }

    async fn claim(
        &self,
        (name, fingerprint): Work,
        owner: &str,
        lead: Leader<Work, StoredResponse>,
        deadline: Instant,
    ) -> Result<BeginOutcome, Unavailable> {
        // Two requests may have the same id.
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
                        records: Arc::clone(&self.store),
                        running: self.running.clone(),
                        claim,
                        lead,
                    })));
                }
                ClaimResult::Running(other) | ClaimResult::Done(other, _)
                    if other != fingerprint =>
                {
                    return Ok(BeginOutcome::KeyReused);
                }
                ClaimResult::Done(_, answer) => {
                    lead.publish(|| answer.clone());
                    return Ok(BeginOutcome::Replay(answer));
                }
                ClaimResult::Running(_) => {}
            }
            let pause = POLL.mul_f64(1.0 + fastrand::f64());
            if Instant::now() + pause >= deadline {
                return Ok(BeginOutcome::Running);
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// A claim whose outcome nobody heard is made once more: the store knows its owner again. If that is not heard either, the
    /// record is given back as soon as the store listens, should it be there.
    async fn claim_with_retry(&self, claim: &Claim) -> Result<ClaimResult, Unavailable> {
        if let Ok(claimed) = self.store.claim(claim).await {
            return Ok(claimed);
        }
        let claimed = self.store.claim(claim).await;
        if claimed.is_err() {
            let (records, claim) = (Arc::clone(&self.store), claim.clone());
            self.running.spawn(write_behind(records, claim, None));
        }
        claimed
    }
}

impl ClaimGuard {
    /// Keeps the answer, and tells it to all who wait. Where the store does not take it at once, the client gets it all the same,
    /// and it is tried on behind its back until the claim ends.
    pub async fn complete(self, answer: StoredResponse) {
        let Self {
            records,
            running,
            claim,
            lead,
        } = self;
        let until = claim.now + RETENTION;
        for _ in 0..TRIES {
            match records.complete(&claim, &answer, until).await {
                Ok(()) => return lead.publish(|| answer),
                Err(why) => warn("the answer to an idempotency key is not kept yet", &why),
            }
        }
        running.spawn(async move {
            write_behind(records, claim, Some(answer.clone())).await;
            // Until here whoever sent it again to this process waited, instead of paying again.
            lead.publish(|| answer);
        });
    }

    /// Gives the key back: nothing was spent, and the same request may be tried again.
    pub async fn release(self) {
        let Self {
            records,
            running,
            claim,
            lead,
        } = self;
        if let Err(why) = records.release(&claim).await {
            warn("an idempotency key is not given back yet", &why);
            running.spawn(async move {
                write_behind(records, claim, None).await;
                drop(lead);
            });
        }
    }
}

/// Writes the answer, or gives the record back where there is none, until the store takes it or the claim ends, after which there is
/// nothing more to write.
async fn write_behind(
    records: Arc<dyn IdempotencyStore>,
    claim: Claim,
    answer: Option<StoredResponse>,
) {
    let give_up = Instant::now() + (claim.until - claim.now).to_std().unwrap_or_default();
    let mut attempt = 0;
    while Instant::now() < give_up {
        tokio::time::sleep(full_jitter(POLL, attempt, MAX_PAUSE)).await;
        attempt += 1;
        let written = match &answer {
            Some(answer) => {
                records
                    .complete(&claim, answer, claim.now + RETENTION)
                    .await
            }
            None => records.release(&claim).await,
        };
        if written.is_ok() {
            return;
        }
    }
    warn(
        "a record of an idempotency key stays as it is until its claim ends",
        &Unavailable("the store did not take it in time".to_owned()),
    );
}

fn warn(what: &str, why: &Unavailable) {
    tracing::warn!(event_type = "error", error_type = "idempotency", error_message = %why, "{what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_visible_ascii_with_or_without_quotes() {
        let parsed = |text: &str| IdempotencyKey::parse(text).map(|key| key.0);

        assert_eq!(parsed("8e03978e-40d5").unwrap(), "8e03978e-40d5");
        assert_eq!(parsed(" \"8e03978e-40d5\" "), parsed("8e03978e-40d5"));
        assert!(parsed(&"k".repeat(MAX_KEY_CHARS)).is_some());
        let long = "k".repeat(MAX_KEY_CHARS + 1);
        for wrong in [
            "", "\"\"", " ", "a b", "a\tb", "a\u{1}b", "é", "\"", "a\"b", &long,
        ] {
            assert_eq!(parsed(wrong), None, "{wrong:?}");
        }
    }
}
