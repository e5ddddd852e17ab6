//! Who asks: an address, the holder of an API key, or the subject of a token; and what such a client may do.
//!
//! It knows credentials and addresses, not headers: `http::identify` takes those apart. No refusal here says more than that the
//! credentials do not hold, and nothing here keeps or logs a key or a token.

pub mod api_key;
pub mod client_address;
pub mod jwks;
pub mod jwt;

use std::net::IpAddr;
use std::sync::Arc;

use self::api_key::ApiKeyStore;
use self::client_address::NetworkId;
use self::jwt::TokenVerifier;
use super::{Tier, Tiers};

/// A client, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The id in rows, logs and counters: `ip:…`, `key:…` or `jwt:…`, so that no client of one kind passes for one of another.
    pub id: String,
    /// What it may do.
    pub tier: Arc<Tier>,
}

/// What a request has to show for itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Credentials<'a> {
    /// `X-API-Key`
    pub api_key: Option<&'a str>,
    /// The token of `Authorization: Bearer`
    pub bearer: Option<&'a str>,
}

/// Why a request is nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Nothing was shown.
    #[error("credentials are required: {0}")]
    Missing(&'static str),
    /// What was shown does not hold. The text says why without telling an attacker how close it came.
    #[error("the credentials are not valid: {0}")]
    Invalid(&'static str),
    /// It holds, and does not allow this.
    #[error("the credentials do not allow this: {0}")]
    Forbidden(&'static str),
    /// It cannot be checked now.
    #[error("tokens cannot be checked now: the issuer's keys cannot be had")]
    Unavailable,
}

/// `AUTH_MODE`
#[derive(Debug)]
pub enum Authenticator {
    /// Everybody may ask; a client is its address.
    Open,
    /// Holders of API keys.
    ApiKey(ApiKeyStore),
    /// Subjects of an issuer's tokens.
    Token(Box<TokenVerifier>),
}

/// Tells who asks.
#[derive(Debug)]
pub struct Identity {
    authenticator: Authenticator,
    tiers: Arc<Tiers>,
}

impl Identity {
    /// Identity by this authenticator; clients without a tier of their own have the default one.
    #[must_use]
    pub const fn new(authenticator: Authenticator, tiers: Arc<Tiers>) -> Self {
        Self {
            authenticator,
            tiers,
        }
    }

    /// The client at an address, without credentials.
    #[must_use]
    pub fn anonymous(&self, address: Option<IpAddr>) -> Client {
        Client {
            id: address.map_or_else(
                || "ip:unknown".to_owned(),
                |address| format!("ip:{}", NetworkId(address)),
            ),
            tier: Arc::clone(self.tiers.default_tier()),
        }
    }

    /// Whether everybody may ask, without credentials.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.authenticator, Authenticator::Open)
    }

    /// The client that these credentials are of.
    ///
    /// # Errors
    /// [`IdentityError`] where they are of nobody.
    pub async fn identify(
        &self,
        credentials: Credentials<'_>,
        address: Option<IpAddr>,
    ) -> Result<Client, IdentityError> {
        match &self.authenticator {
            Authenticator::Open => Ok(self.anonymous(address)),
            Authenticator::ApiKey(keyring) => {
                let key = match (credentials.api_key, credentials.bearer) {
                    (Some(key), None) | (None, Some(key)) => key,
                    (Some(one), Some(other)) if one == other => one,
                    (Some(_), Some(_)) => {
                        return Err(IdentityError::Invalid("two different keys are given"));
                    }
                    (None, None) => {
                        return Err(IdentityError::Missing(
                            "an API key as X-API-Key, or as Authorization: Bearer",
                        ));
                    }
                };
                keyring
                    .client(key)
                    .ok_or(IdentityError::Invalid("the API key is unknown"))
            }
            Authenticator::Token(verifier) => {
                let token = credentials.bearer.ok_or(IdentityError::Missing(
                    "a token of the issuer as Authorization: Bearer",
                ))?;
                let subject = verifier.verify(token).await?;
                Ok(Client {
                    tier: Arc::clone(self.tiers.of(&subject.scopes, &subject.groups)),
                    id: subject.client_id,
                })
            }
        }
    }

    /// Whether credentials can be checked now.
    pub async fn is_ready(&self) -> bool {
        match &self.authenticator {
            Authenticator::Open | Authenticator::ApiKey(_) => true,
            Authenticator::Token(verifier) => verifier.is_ready().await,
        }
    }
}
