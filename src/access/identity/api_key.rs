//! API keys: generated here, stored only as digests.

use std::sync::Arc;

use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::Client;
use crate::access::Tier;

/// The prefix of every key, by which people and secret scanners recognise one.
const PREFIX: &str = "gr_";
/// Maximum length of a key, in bytes. Longer ones are rejected without hashing them.
const MAX_BYTES: usize = 256;

/// The SHA-256 digest of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyDigest([u8; 32]);

impl KeyDigest {
    /// Returns the digest of a key. Keys are random, so they need neither a salt nor a slow hash.
    #[must_use]
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }

    /// Parses a digest of 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).ok()?;
        Some(Self(digest))
    }
}

// A digest in a log would tell whose key a guess has to match.
impl std::fmt::Debug for KeyDigest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("KeyDigest")
    }
}

impl std::fmt::Display for KeyDigest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&hex::encode(self.0))
    }
}

/// Generates a key: the prefix and 32 random bytes as hexadecimal digits.
///
/// # Errors
/// Returns an error if the system's random number generator fails.
pub fn new_key() -> Result<SecretString, getrandom::Error> {
    let mut random = [0; 32];
    getrandom::fill(&mut random)?;
    Ok(format!("{PREFIX}{}", hex::encode(random)).into())
}

/// Returns whether `name` is valid for a client or a tier: 1 to 64 letters, digits, `.`, `_` or `-`, which need no escaping in keys,
/// headers and logs.
#[must_use]
pub fn is_client_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// An API key, with its client and tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The digest of the key.
    pub digest: KeyDigest,
    /// The client's name.
    pub client: String,
    /// The client's tier.
    pub tier: Arc<Tier>,
}

/// All accepted API keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyStore {
    keys: Vec<ApiKey>,
}

impl ApiKeyStore {
    /// Creates a store of these keys.
    #[must_use]
    pub const fn new(keys: Vec<ApiKey>) -> Self {
        Self { keys }
    }

    /// Returns the client of this key. Every stored key is compared, each in constant time.
    #[must_use]
    pub fn client(&self, key: &str) -> Option<Client> {
        if key.len() > MAX_BYTES {
            return None;
        }
        let digest = KeyDigest::of(key);
        let mut found = None;
        for candidate in &self.keys {
            if bool::from(candidate.digest.0.ct_eq(&digest.0)) {
                found = Some(candidate);
            }
        }
        found.map(|key| Client {
            id: format!("key:{}", key.client),
            tier: Arc::clone(&key.tier),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::access::rate_limit::Rate;

    #[test]
    fn a_key_identifies_its_client_and_no_similar_text_does() {
        let tier = Arc::new(Tier {
            name: "default".to_owned(),
            rate: Rate {
                per_minute: NonZeroU32::MIN,
                burst: NonZeroU32::MIN,
            },
            daily_budget: None,
        });
        let (one, other) = (new_key().unwrap(), new_key().unwrap());
        let api_key = |key: &SecretString, client: &str| ApiKey {
            digest: KeyDigest::of(key.expose_secret()),
            client: client.to_owned(),
            tier: Arc::clone(&tier),
        };
        let store = ApiKeyStore::new(vec![api_key(&one, "web"), api_key(&other, "batch")]);
        let id = |key: &str| store.client(key).map(|client| client.id);

        assert_eq!(id(one.expose_secret()).unwrap(), "key:web");
        assert_eq!(id(other.expose_secret()).unwrap(), "key:batch");
        let digest = KeyDigest::of(one.expose_secret()).to_string();
        let upper = one.expose_secret().to_uppercase();
        for wrong in [
            "",
            "gr_",
            &one.expose_secret()[..60],
            &upper,
            &digest,
            &"x".repeat(8192),
        ] {
            assert_eq!(id(wrong), None, "{wrong}");
        }
    }
}
