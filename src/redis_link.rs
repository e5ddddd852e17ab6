//! The way to Redis or Valkey: a few connections' worth of one, a deadline for every question, and a breaker, so that an outage
//! costs requests next to nothing. Whoever asks has an answer of its own for when there is none.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisResult};
use secrecy::{ExposeSecret as _, SecretString};

use crate::breaker::{Breaker, BreakerSettings};

/// How long an answer is waited for: a round trip within a region takes about a millisecond.
const TIMEOUT: Duration = Duration::from_millis(100);
/// How long a connection may take, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// After so many failures in a row nobody asks for a while.
const BREAKER: BreakerSettings = BreakerSettings {
    failures: 3,
    pause: Duration::from_secs(1),
};

/// A link to Redis. Cheap to clone.
#[derive(Clone)]
pub struct RedisLink {
    connection: ConnectionManager,
    breaker: Arc<Breaker>,
}

impl RedisLink {
    /// A link to that URL (`redis://` or `rediss://`), connected when it is first used. Call it in a tokio runtime.
    ///
    /// # Errors
    /// When it is no URL of Redis.
    pub fn to(url: &SecretString) -> RedisResult<Self> {
        let settings = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(TIMEOUT))
            .set_number_of_retries(1);
        let client = Client::open(url.expose_secret())?;
        Ok(Self {
            connection: ConnectionManager::new_lazy_with_config(client, settings)?,
            breaker: Arc::new(Breaker::new("Redis", BREAKER)),
        })
    }

    /// Asks a question; nothing where there is no answer in time, which the log tells when it goes on.
    pub async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&mut ConnectionManager) -> RedisResult<T>,
    ) -> Option<T> {
        let permit = self.breaker.permit().ok()?;
        let mut connection = self.connection.clone();
        match tokio::time::timeout(TIMEOUT, question(&mut connection)).await {
            Ok(Ok(answer)) => {
                permit.succeeded();
                Some(answer)
            }
            Ok(Err(error)) => {
                permit.failed();
                tracing::debug!(error_message = %error, "Redis does not answer");
                None
            }
            Err(_late) => {
                permit.failed();
                None
            }
        }
    }
}

/// Whether this is a URL that a link can be made to.
///
/// # Errors
/// What is allowed, without the URL: it may hold a password.
pub fn check(url: &SecretString) -> Result<(), &'static str> {
    Client::open(url.expose_secret()).map(drop).map_err(
        |_| "must be a URL such as rediss://user:password@host:6379/0 or redis://host:6379",
    )
}
