//! Identifies the client of a request by its address, its API key, or its token, and returns its tier.
//!
//! This module knows credentials and addresses, not headers: `http::middleware::identify` parses those. Errors do not help an
//! attacker to find valid credentials, and no key or token is stored or logged.

pub mod api_key;
pub mod client_address;
mod denial;
mod issuer_key;
pub mod jwks;
pub mod jwt;

use std::net::IpAddr;
use std::sync::Arc;

use self::api_key::ApiKeyStore;
use self::client_address::NetworkId;
pub use self::denial::{IdentityError, InvalidCredentials};
use self::jwt::TokenVerifier;
use super::{Tier, Tiers};

/// The time after which a token that could not be checked ([`IdentityError::Unavailable`]) should be sent again: by then the issuer's
/// keys may be fetched again.
pub const RETRY_AFTER: std::time::Duration = jwks::MIN_FETCH_INTERVAL;

/// A client and its tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The id in rows, logs and counters: `ip:…`, `key:…` or `jwt:…`. The prefixes keep clients of different kinds distinct.
    pub id: String,
    /// The client's tier.
    pub tier: Arc<Tier>,
}

/// The credentials of a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Credentials<'a> {
    /// The value of `X-API-Key`.
    pub api_key: Option<&'a str>,
    /// The token of `Authorization: Bearer`.
    pub bearer: Option<&'a str>,
}

/// How clients are authenticated (`AUTH_MODE`).
#[derive(Debug)]
pub enum Authenticator {
    /// No credentials; a client is its address.
    Open,
    /// API keys.
    ApiKey(ApiKeyStore),
    /// Tokens of an issuer.
    Token(Box<TokenVerifier>),
}

/// Identifies clients.
#[derive(Debug)]
pub struct Identity {
    authenticator: Authenticator,
    tiers: Arc<Tiers>,
}

impl Identity {
    /// Creates an identity service; clients without a tier of their own get the default one.
    #[must_use]
    pub const fn new(authenticator: Authenticator, tiers: Arc<Tiers>) -> Self {
        Self {
            authenticator,
            tiers,
        }
    }

    /// Returns the client of an address, without credentials.
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

    /// Returns whether no credentials are required.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.authenticator, Authenticator::Open)
    }

    /// Returns the client of these credentials.
    ///
    /// # Errors
    /// Returns an [`IdentityError`] if they are missing, invalid or insufficient, or cannot be checked now.
    pub async fn identify(
        &self,
        credentials: Credentials<'_>,
        address: Option<IpAddr>,
    ) -> Result<Client, IdentityError> {
        match &self.authenticator {
            Authenticator::Open => Ok(self.anonymous(address)),
            Authenticator::ApiKey(keys) => {
                let key = match (credentials.api_key, credentials.bearer) {
                    (Some(key), None) | (None, Some(key)) => key,
                    (Some(one), Some(other)) if one == other => one,
                    (Some(_), Some(_)) => {
                        return Err(IdentityError::Invalid(InvalidCredentials::TwoKeys));
                    }
                    (None, None) => {
                        return Err(IdentityError::Missing(
                            "an API key as X-API-Key, or as Authorization: Bearer",
                        ));
                    }
                };
                keys.client(key)
                    .ok_or(IdentityError::Invalid(InvalidCredentials::UnknownKey))
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

    /// Returns the tier of clients without one of their own.
    #[must_use]
    pub fn default_tier(&self) -> &Tier {
        self.tiers.default_tier()
    }

    /// Returns whether credentials can be checked, as far as is known: without asking the issuer for its keys.
    #[must_use]
    pub fn was_ready(&self) -> bool {
        match &self.authenticator {
            Authenticator::Open | Authenticator::ApiKey(_) => true,
            Authenticator::Token(verifier) => verifier.was_ready(),
        }
    }

    /// Returns whether credentials can be checked now.
    pub async fn is_ready(&self) -> bool {
        match &self.authenticator {
            Authenticator::Open | Authenticator::ApiKey(_) => true,
            Authenticator::Token(verifier) => verifier.is_ready().await,
        }
    }
}
