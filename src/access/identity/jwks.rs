//! The issuer's public keys: fetched when they are needed, kept while the issuer is away.
//!
//! A key that is not known is asked for, at most once in [`PAUSE`], however many tokens name it. A set that is old is fetched
//! anew behind the back of whoever asked, a probe of readiness as well as a token, so that nobody waits for it and a withdrawn key is
//! gone soon after [`FRESH`]. What cannot
//! be a key set (too large, empty, no JSON, not in time) leaves the one that is known.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::IdentityError;

/// Shortest time between two fetches.
const PAUSE: Duration = Duration::from_secs(10);
/// How long a set is taken for the present one.
const FRESH: Duration = Duration::from_mins(5);
/// How long a fetch may take.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Most bytes of a set: those of real issuers have a few thousand.
const MAX_BYTES: usize = 256 * 1024;
/// Most keys of a set.
const MAX_KEYS: usize = 100;
/// Fewest and most bytes of an RSA modulus: 2,048 to 8,192 bits (RFC 7518, section 3.3; more would only cost time).
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// A key that signatures are checked with.
struct Key {
    id: Option<String>,
    algorithm: Algorithm,
    decoding: DecodingKey,
}

/// The issuer's keys.
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
    keys: Option<Arc<Vec<Key>>>,
    /// When the keys were fetched.
    fetched: Option<Instant>,
    /// When a fetch was last begun.
    tried: Option<Instant>,
    /// The fetch under way, which becomes true when it ends.
    fetching: Option<watch::Receiver<bool>>,
    /// Whether the last fetch that ended brought keys.
    last_fetch_ok: bool,
    /// How often keys were fetched.
    generation: u64,
}

/// A key of the set.
pub struct VerificationKey {
    keys: Arc<Vec<Key>>,
    index: usize,
}

impl VerificationKey {
    /// What signatures are checked with.
    #[must_use]
    pub fn decoding(&self) -> &DecodingKey {
        &self.keys[self.index].decoding
    }
}

impl JwksClient {
    /// The keys at that URL, which are fetched in that runtime.
    ///
    /// # Errors
    /// When no TLS can be had.
    pub fn new(url: &str, runtime: Handle) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
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

    /// The key of that id; of a token that names none, the only key of that algorithm.
    ///
    /// # Errors
    /// [`IdentityError::Invalid`] when the issuer has no such key, [`IdentityError::Unavailable`] when it cannot be asked.
    pub async fn key(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<VerificationKey, IdentityError> {
        if let Some(found) = self.inner.find(id, algorithm) {
            self.refresh_if_stale();
            return Ok(found);
        }
        if let Some(mut fetching) = self.inner.fetch_anew() {
            // It ends with an error when the fetch panicked, which leaves things as they were.
            drop(fetching.wait_for(|ended| *ended).await);
        }
        self.inner.find(id, algorithm).ok_or_else(|| {
            if self.inner.state().last_fetch_ok {
                IdentityError::Invalid("the issuer has no such key")
            } else {
                IdentityError::Unavailable
            }
        })
    }

    /// Fetches the keys anew behind the caller's back where they are old.
    pub fn refresh_if_stale(&self) {
        if self.inner.is_stale() {
            self.inner.fetch_anew();
        }
    }

    /// Which keys are known: another number after every fetch.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.inner.state().generation
    }

    /// Whether there are keys; asks for them where there are none, and anew where they are old. Probes ask this all the time, so
    /// that keys do not grow old while no token comes.
    pub async fn is_ready(&self) -> bool {
        if self.inner.is_stale()
            && let Some(mut fetching) = self.inner.fetch_anew()
            && self.inner.state().keys.is_none()
        {
            drop(fetching.wait_for(|ended| *ended).await);
        }
        self.inner.state().keys.is_some()
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // The state is whole between any two statements.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<VerificationKey> {
        let keys = self.state().keys.clone()?;
        let mut fitting = keys.iter().enumerate().filter(|(_, key)| {
            key.algorithm == algorithm && (id.is_none() || key.id.as_deref() == id)
        });
        let (index, _) = fitting.next()?;
        if id.is_none() && fitting.next().is_some() {
            return None;
        }
        drop(fitting);
        Some(VerificationKey { keys, index })
    }

    fn is_stale(&self) -> bool {
        let fetched = self.state().fetched;
        fetched.is_none_or(|fetched| fetched.elapsed() >= FRESH)
    }

    /// Begins a fetch, unless one is under way or the last began just now. What is returned tells when it ends.
    fn fetch_anew(self: &Arc<Self>) -> Option<watch::Receiver<bool>> {
        let mut state = self.state();
        // A fetch whose teller is gone panicked.
        if let Some(fetching) = &state.fetching
            && fetching.has_changed().is_ok()
        {
            return Some(fetching.clone());
        }
        if state.tried.is_some_and(|tried| tried.elapsed() < PAUSE) {
            return None;
        }
        state.tried = Some(Instant::now());
        let (ended, fetching) = watch::channel(false);
        state.fetching = Some(fetching.clone());
        drop(state);
        let inner = Arc::clone(self);
        self.runtime.spawn(async move {
            let fetched = inner.fetch().await;
            let mut state = inner.state();
            state.fetching = None;
            state.last_fetch_ok = fetched.is_ok();
            match fetched {
                Ok(keys) => {
                    state.keys = Some(Arc::new(keys));
                    state.fetched = Some(Instant::now());
                    state.generation += 1;
                }
                Err(why) => tracing::error!(
                    event_type = "error",
                    error_type = "key_set",
                    error_message = why,
                    "the issuer's keys cannot be fetched; those that are known stay"
                ),
            }
            drop(state);
            ended.send_replace(true);
        });
        Some(fetching)
    }

    async fn fetch(&self) -> Result<Vec<Key>, String> {
        let asked = self.client.get(&self.url).send().await;
        let mut answer = asked
            .and_then(reqwest::Response::error_for_status)
            .map_err(|error| error.without_url().to_string())?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err(format!("it answers {}", answer.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|error| error.without_url().to_string())?
        {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(format!("it has more than {MAX_BYTES} bytes"));
            }
            body.extend_from_slice(&chunk);
        }
        keys(&body)
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

/// The keys of a document that we can use; others are passed over.
fn keys(document: &[u8]) -> Result<Vec<Key>, String> {
    let document: Document =
        serde_json::from_slice(document).map_err(|error| format!("it is no key set: {error}"))?;
    if document.keys.len() > MAX_KEYS {
        return Err(format!("it has more than {MAX_KEYS} keys"));
    }
    let keys: Vec<Key> = document.keys.into_iter().filter_map(key).collect();
    if keys.is_empty() {
        return Err("it has no key for RS256 or ES256".to_owned());
    }
    Ok(keys)
}

fn key(value: serde_json::Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    let for_signatures = matches!(
        jwk.common.public_key_use,
        None | Some(PublicKeyUse::Signature)
    );
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => {
            Algorithm::ES256
        }
        _ => return None,
    };
    let as_stated = match jwk.common.key_algorithm {
        None => true,
        Some(KeyAlgorithm::RS256) => algorithm == Algorithm::RS256,
        Some(KeyAlgorithm::ES256) => algorithm == Algorithm::ES256,
        Some(_) => false,
    };
    let decoding = DecodingKey::from_jwk(&jwk).ok()?;
    let strong = match decoding.kind() {
        jsonwebtoken::DecodingKeyKind::RsaModulusExponent { n, .. } => {
            let zeros = n.iter().take_while(|byte| **byte == 0).count();
            MODULUS_BYTES.contains(&(n.len() - zeros))
        }
        jsonwebtoken::DecodingKeyKind::SecretOrDer(_) => true,
    };
    (for_signatures && as_stated && strong).then_some(Key {
        id: jwk.common.key_id,
        algorithm,
        decoding,
    })
}

impl std::fmt::Debug for JwksClient {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("KeySet")
            .field("url", &self.inner.url)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MODULUS: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

    fn usable(key: serde_json::Value) -> bool {
        super::key(key).is_some()
    }

    #[test]
    fn only_strong_keys_for_signatures_of_our_two_algorithms_are_taken() {
        let rsa = json!({"kty": "RSA", "kid": "a", "n": MODULUS, "e": "AQAB"});
        let with = |more: serde_json::Value| {
            let mut key = rsa.clone();
            key.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            key
        };

        assert!(usable(rsa.clone()));
        assert!(usable(with(json!({"alg": "RS256", "use": "sig"}))));
        for wrong in [
            with(json!({"use": "enc"})),
            with(json!({"alg": "PS512"})),
            with(json!({"alg": "ES256"})),
            with(json!({"alg": "HS256"})),
            with(json!({"n": &MODULUS[..100]})),
            with(json!({"n": "!"})),
            json!({"kty": "oct", "kid": "a", "k": "c2VjcmV0"}),
            json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
            json!({"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}),
            json!({"kty": "new"}),
            json!("key"),
        ] {
            assert!(!usable(wrong.clone()), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_key_set_is_refused_and_one_bad_key_spoils_no_set() {
        let good = json!({"kty": "RSA", "kid": "a", "n": MODULUS, "e": "AQAB"});
        let set = |keys: serde_json::Value| keys_of(&json!({ "keys": keys }).to_string());

        assert_eq!(set(json!([7, {"kty": "new"}, good.clone()])), Ok(1));
        assert!(set(json!([])).is_err() && set(json!([{"kty": "oct", "k": "AA"}])).is_err());
        assert!(set(json!(vec![good; MAX_KEYS + 1])).is_err());
        for wrong in ["", "<html>", "[]", "{}", "{\"keys\": {}}"] {
            assert!(keys_of(wrong).is_err(), "{wrong}");
        }
    }

    fn keys_of(document: &str) -> Result<usize, String> {
        keys(document.as_bytes()).map(|keys| keys.len())
    }
}
