//! API keys: made here, known by their digests only.

use std::sync::Arc;

use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::Client;
use crate::access::Tier;

/// What every key begins with, so that people and scanners of leaked secrets recognise one.
const PREFIX: &str = "gr_";
/// Longest key that is looked at.
const MAX_BYTES: usize = 256;

/// The SHA-256 of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyDigest([u8; 32]);

impl KeyDigest {
    /// The digest of a key. Keys are random, so that no salt and no slow hash is needed.
    #[must_use]
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }

    /// A digest as 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).ok()?;
        Some(Self(digest))
    }
}

impl std::fmt::Display for KeyDigest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&hex::encode(self.0))
    }
}

/// A new key: 32 random bytes of the system, in hexadecimal digits.
///
/// # Errors
/// When the system has no randomness to give.
pub fn new_key() -> Result<SecretString, getrandom::Error> {
    let mut random = [0; 32];
    getrandom::fill(&mut random)?;
    Ok(format!("{PREFIX}{}", hex::encode(random)).into())
}

/// Whether a client, or a tier, may be called this: 1 to 64 letters, digits, `.`, `_` or `-`, which fit into keys, headers and
/// logs as they are.
#[must_use]
pub fn is_client_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// A key of a client: who holds it, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The digest of the key.
    pub digest: KeyDigest,
    /// The client's name.
    pub client: String,
    /// What it may do.
    pub tier: Arc<Tier>,
}

/// All keys that open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyStore {
    keys: Vec<ApiKey>,
}

impl ApiKeyStore {
    /// These keys.
    #[must_use]
    pub const fn new(holders: Vec<ApiKey>) -> Self {
        Self { keys: holders }
    }

    /// The client that holds this key. Every key is compared, each in constant time.
    #[must_use]
    pub fn client(&self, key: &str) -> Option<Client> {
        if key.len() > MAX_BYTES {
            return None;
        }
        let digest = KeyDigest::of(key);
        let mut found = None;
        for holder in &self.keys {
            if bool::from(holder.digest.0.ct_eq(&digest.0)) {
                found = Some(holder);
            }
        }
        found.map(|holder| Client {
            id: format!("key:{}", holder.client),
            tier: Arc::clone(&holder.tier),
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
    fn a_key_opens_for_its_holder_and_nothing_like_it_does() {
        let tier = Arc::new(Tier {
            name: "default".to_owned(),
            rate: Rate {
                per_minute: NonZeroU32::MIN,
                burst: NonZeroU32::MIN,
            },
            daily_budget: None,
        });
        let (one, other) = (new_key().unwrap(), new_key().unwrap());
        let holder = |key: &SecretString, client: &str| ApiKey {
            digest: KeyDigest::of(key.expose_secret()),
            client: client.to_owned(),
            tier: Arc::clone(&tier),
        };
        let ring = ApiKeyStore::new(vec![holder(&one, "web"), holder(&other, "batch")]);
        let id = |key: &str| ring.client(key).map(|client| client.id);

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
