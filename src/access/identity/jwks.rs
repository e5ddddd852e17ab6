//! A client for the issuer's key set (JWKS): fetches the keys on demand, and keeps using them while the issuer is unavailable.
//!
//! This is our own code rather than a crate because the fetch policy is specific: known keys must outlive an outage of the issuer,
//! tokens with unknown key ids must not flood it, and readiness probes must keep the keys fresh.
//!
//! A token that no known key verifies triggers a fetch, but at most one per [`MIN_FETCH_INTERVAL`], and none so soon after a failure.
//! Only a fetch that starts after the token arrived can tell that the issuer has no such key; until then the key may be a new one, and
//! the token cannot be checked. A set older than [`MAX_AGE`] is fetched again in the background, triggered by a token or by a readiness
//! probe. No request waits for that, and a withdrawn key is soon gone. If a fetch fails (response too large, not JSON, without usable
//! keys, or too late), the known keys stay.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jsonwebtoken::{Algorithm, DecodingKey};
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::issuer_key::{IssuerKey, MAX_KEYS, parse_keys};
use crate::outbound_http;

/// Minimum time between the starts of two fetches.
pub const MIN_FETCH_INTERVAL: Duration = Duration::from_secs(10);
/// Age after which the set is fetched again.
const MAX_AGE: Duration = Duration::from_mins(5);
/// Maximum time of a fetch.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Maximum size of a set, in bytes. Those of real issuers have a few thousand.
const MAX_BYTES: usize = 256 * 1024;
/// Maximum number of keys that are tried for one token. Issuers have two or three at a time.
const MAX_CANDIDATES: usize = 16;

/// The client for the issuer's keys.
pub struct JwksClient {
    inner: Arc<Inner>,
}

struct Inner {
    url: String,
    client: reqwest::Client,
    runtime: Handle,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    keys: Option<Arc<Vec<IssuerKey>>>,
    /// When the keys were fetched.
    fetched_at: Option<Instant>,
    /// When the last fetch started that delays the next one.
    last_attempt: Option<Instant>,
    /// The fetch in progress; the value becomes `true` when it ends.
    fetching: Option<watch::Receiver<bool>>,
    /// The ids of keys that the issuer has withdrawn, the latest last.
    withdrawn: VecDeque<String>,
    /// The number of successful fetches.
    generation: u64,
}

/// The known keys that may have signed a token.
pub struct Candidates {
    keys: Arc<Vec<IssuerKey>>,
    generation: u64,
    indexes: Vec<usize>,
    are_final: bool,
}

impl Candidates {
    /// Returns the keys to verify the signature with.
    pub fn decoding_keys(&self) -> impl Iterator<Item = &DecodingKey> {
        self.indexes.iter().map(|index| &self.keys[*index].decoding)
    }

    /// Returns whether no key that is fetched later can be meant.
    #[must_use]
    pub const fn are_final(&self) -> bool {
        self.are_final
    }

    /// Returns the keys for this algorithm, whatever their ids, that were known when these were. Keys that were fetched since are not
    /// among them: a key that verifies a token here is one that the token's id did not mean.
    pub fn whatever_their_id(&self, algorithm: Algorithm) -> impl Iterator<Item = &DecodingKey> {
        let indexes = indexes(&self.keys, algorithm, |_| true);
        indexes.into_iter().map(|index| &self.keys[index].decoding)
    }
}

/// Why the keys are fetched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trigger {
    /// They are stale, or there are none. If such a fetch succeeds, it does not delay the next one: a token may have come just after it.
    Age,
    /// A token that no known key verifies.
    Token,
}

/// What the known keys are after a fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// All that the issuer had after the fetch was asked for.
    All,
    /// All that the issuer had at some time before that.
    MaybeOutdated,
    /// The same as before: the fetch failed, or it was too soon for one.
    Not,
}

/// How a fetch was asked for.
enum Fetch {
    /// It has started.
    Started(watch::Receiver<bool>),
    /// One was in progress already.
    InProgress(watch::Receiver<bool>),
    /// The last one that counts started less than [`MIN_FETCH_INTERVAL`] ago.
    TooSoon,
}

impl JwksClient {
    /// Creates a client for the key set at `url`. Fetches run in `runtime`.
    ///
    /// # Errors
    /// Returns an error if the HTTP client cannot be built, for instance without TLS.
    pub fn new(url: &str, runtime: Handle) -> reqwest::Result<Self> {
        let client = outbound_http::client_builder(url)
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self {
            inner: Arc::new(Inner {
                url: url.to_owned(),
                client,
                runtime,
                state: Mutex::default(),
            }),
        })
    }

    /// Returns the known keys for this algorithm that a token with this key id may be signed with: those with the id; if there are
    /// none, those without an id. Any key may have signed a token without an id.
    #[must_use]
    pub fn candidates(&self, id: Option<&str>, algorithm: Algorithm) -> Candidates {
        let state = self.inner.state();
        let keys = state.keys.clone().unwrap_or_default();
        let generation = state.generation;
        let has_id = id.is_some() && keys.iter().any(|key| key.id.as_deref() == id);
        let is_withdrawn =
            id.is_some_and(|id| state.withdrawn.iter().any(|withdrawn| withdrawn == id));
        drop(state);
        Candidates {
            indexes: indexes(&keys, algorithm, |key| {
                id.is_none() || key.id.as_deref() == id.filter(|_| has_id)
            }),
            keys,
            generation,
            are_final: has_id || is_withdrawn,
        }
    }

    /// Fetches the keys for a token that none of the `known` keys verifies, unless that was done just now or others have been fetched
    /// since those were known.
    pub async fn fetch(&self, known: &Candidates) -> Fetched {
        let before = known.generation;
        if self.generation() > before {
            return Fetched::MaybeOutdated;
        }
        let (mut fetching, is_new) = match self.inner.start_fetch(Trigger::Token) {
            Fetch::Started(fetching) => (fetching, true),
            Fetch::InProgress(fetching) => (fetching, false),
            Fetch::TooSoon => return Fetched::Not,
        };
        // An error means that the fetch panicked, which leaves the state unchanged.
        drop(fetching.wait_for(|ended| *ended).await);
        match (self.generation() > before, is_new) {
            (true, true) => Fetched::All,
            (true, false) => Fetched::MaybeOutdated,
            (false, _) => Fetched::Not,
        }
    }

    /// Starts a fetch in the background if the keys are stale.
    pub fn refresh_if_stale(&self) {
        if self.inner.is_stale() {
            self.inner.start_fetch(Trigger::Age);
        }
    }

    /// Returns the generation of the keys, which changes with every successful fetch.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.inner.state().generation
    }

    /// Returns whether keys are known. Waits for a fetch if there are none, and starts one in the background if they are stale.
    /// Readiness probes call this regularly, so the keys stay fresh even without traffic.
    pub async fn is_ready(&self) -> bool {
        if self.inner.is_stale()
            && let Fetch::Started(mut fetching) | Fetch::InProgress(mut fetching) =
                self.inner.start_fetch(Trigger::Age)
            && self.inner.state().keys.is_none()
        {
            drop(fetching.wait_for(|ended| *ended).await);
        }
        self.are_known()
    }

    /// Returns whether keys are known.
    #[must_use]
    pub fn are_known(&self) -> bool {
        self.inner.state().keys.is_some()
    }
}

impl State {
    fn replace_keys(&mut self, keys: Vec<IssuerKey>) {
        let is_current = |id: &str| keys.iter().any(|key| key.id.as_deref() == Some(id));
        self.withdrawn.retain(|id| !is_current(id));
        let old = self.keys.iter().flat_map(|keys| keys.iter());
        let gone = old.filter_map(|key| key.id.clone().filter(|id| !is_current(id)));
        self.withdrawn.extend(gone);
        let surplus = self.withdrawn.len().saturating_sub(MAX_KEYS);
        self.withdrawn.drain(..surplus);
        self.keys = Some(Arc::new(keys));
        self.fetched_at = Some(Instant::now());
        self.generation += 1;
    }
}

/// Returns the indexes of the first keys for this algorithm that are `wanted`.
fn indexes(
    keys: &[IssuerKey],
    algorithm: Algorithm,
    wanted: impl Fn(&IssuerKey) -> bool,
) -> Vec<usize> {
    let all = keys.iter().enumerate();
    all.filter(|(_, key)| key.algorithm == algorithm && wanted(key))
        .map(|(index, _)| index)
        .take(MAX_CANDIDATES)
        .collect()
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // The state is consistent after every statement, so a poisoned lock can still be used.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_stale(&self) -> bool {
        let fetched_at = self.state().fetched_at;
        fetched_at.is_none_or(|fetched_at| fetched_at.elapsed() >= MAX_AGE)
    }

    /// Starts a fetch, unless one is in progress or it is too soon. The receivers get its end.
    fn start_fetch(self: &Arc<Self>, trigger: Trigger) -> Fetch {
        let mut state = self.state();
        // If the sender is gone, that fetch panicked.
        if let Some(fetching) = &state.fetching
            && fetching.has_changed().is_ok()
        {
            return Fetch::InProgress(fetching.clone());
        }
        if state
            .last_attempt
            .is_some_and(|last_attempt| last_attempt.elapsed() < MIN_FETCH_INTERVAL)
        {
            return Fetch::TooSoon;
        }
        state.last_attempt = Some(Instant::now());
        let (ended, fetching) = watch::channel(false);
        state.fetching = Some(fetching.clone());
        drop(state);
        let inner = Arc::clone(self);
        self.runtime.spawn(async move {
            let result = inner.fetch().await;
            let mut state = inner.state();
            state.fetching = None;
            match result {
                Ok(keys) => {
                    state.replace_keys(keys);
                    if trigger == Trigger::Age {
                        state.last_attempt = None;
                    }
                }
                Err(message) => tracing::error!(
                    event_type = "error",
                    error_type = "key_set",
                    error_message = message,
                    "the issuer's keys could not be fetched; the known keys stay in use"
                ),
            }
            drop(state);
            ended.send_replace(true);
        });
        Fetch::Started(fetching)
    }

    async fn fetch(&self) -> Result<Vec<IssuerKey>, String> {
        let response = self.client.get(&self.url).send().await;
        let mut response = response
            .and_then(reqwest::Response::error_for_status)
            .map_err(|error| error.without_url().to_string())?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(format!("the status is {}, not 200", response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| error.without_url().to_string())?
        {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(format!("the key set has more than {MAX_BYTES} bytes"));
            }
            body.extend_from_slice(&chunk);
        }
        parse_keys(&body)
    }
}

impl std::fmt::Debug for JwksClient {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("JwksClient").finish_non_exhaustive()
    }
}
