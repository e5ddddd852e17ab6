//! A granted claim: it ends with a stored response, or releases the key.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tracing::{Instrument as _, Span};

use super::store::{Claim, IdempotencyStore, StoreUnavailable, StoredResponse};
use super::{POLL_INTERVAL, RETENTION, Work};
use crate::resilience::backoff::full_jitter;
use crate::resilience::single_flight::Leader;

/// Maximum attempts to store a response while the client waits for it. Further attempts are made in the background.
const FOREGROUND_ATTEMPTS: u32 = 2;
/// Maximum delay between attempts in the background.
const MAX_DELAY: Duration = Duration::from_secs(10);

/// The exclusive right to execute a request. Its holder must end it with [`complete`](Self::complete) or
/// [`release`](Self::release). If it is dropped instead, the key stays claimed until the claim expires.
pub struct ClaimGuard {
    pub(super) store: Arc<dyn IdempotencyStore>,
    pub(super) tasks: TaskTracker,
    pub(super) claim: Claim,
    pub(super) leader: Leader<Work, StoredResponse>,
}

impl ClaimGuard {
    /// Stores the response and publishes it to all waiting requests. If the store does not accept it, this returns nevertheless,
    /// and further attempts are made in the background until the claim expires.
    pub async fn complete(self, response: StoredResponse) {
        let Self {
            store,
            tasks,
            claim,
            leader,
        } = self;
        let until = claim.now + RETENTION;
        for _ in 0..FOREGROUND_ATTEMPTS {
            match store.complete(&claim, &response, until).await {
                Ok(()) => return leader.publish(|| response),
                Err(why) => warn(
                    "the response for an idempotency key is not stored yet",
                    &why,
                ),
            }
        }
        let write = async move {
            write_behind(store, claim, Some(response.clone())).await;
            // Until now, repeated requests in this process waited. Otherwise they would have been executed, and paid for, again.
            leader.publish(|| response);
        };
        tasks.spawn(write.instrument(Span::current()));
    }

    /// Releases the key: the request cost nothing and may be sent again.
    pub async fn release(self) {
        let Self {
            store,
            tasks,
            claim,
            leader,
        } = self;
        if let Err(why) = store.release(&claim).await {
            warn("an idempotency key is not released yet", &why);
            let write = async move {
                write_behind(store, claim, None).await;
                drop(leader);
            };
            tasks.spawn(write.instrument(Span::current()));
        }
    }
}

/// Stores the response, or releases the record if there is none. Retries until the store accepts it or the claim expires; after
/// that, another request may have claimed the record.
pub(super) async fn write_behind(
    store: Arc<dyn IdempotencyStore>,
    claim: Claim,
    response: Option<StoredResponse>,
) {
    let give_up = Instant::now() + (claim.until - claim.now).to_std().unwrap_or_default();
    let mut attempt = 0;
    while Instant::now() < give_up {
        tokio::time::sleep(full_jitter(POLL_INTERVAL, attempt, MAX_DELAY)).await;
        attempt += 1;
        let written = match &response {
            Some(response) => {
                let until = claim.now + RETENTION;
                store.complete(&claim, response, until).await
            }
            None => store.release(&claim).await,
        };
        if written.is_ok() {
            return;
        }
    }
    warn(
        "the record of an idempotency key could not be updated before its claim expired",
        &StoreUnavailable("the store did not accept it in time".to_owned()),
    );
}

fn warn(what: &str, why: &StoreUnavailable) {
    tracing::warn!(event_type = "error", error_type = "idempotency", error_message = %why, "{what}");
}
