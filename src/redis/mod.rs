//! The way to Redis or Valkey: one connection for all, a deadline for every question, and a breaker, so that an outage costs
//! requests next to nothing. Callers have an answer of their own for when there is none.

mod plan_cache;
mod rate_limit;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisResult};
use secrecy::{ExposeSecret as _, SecretString};

use crate::resilience::circuit_breaker::{CircuitBreaker, CircuitBreakerSettings, CircuitState};

/// How long an answer is waited for: a round trip within a region takes about a millisecond, and a busy machine some tens.
const TIMEOUT: Duration = Duration::from_millis(250);
/// How long a connection may take, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// After so many failures in a row nobody asks for a while.
const BREAKER: CircuitBreakerSettings = CircuitBreakerSettings {
    failures: 3,
    coalesce_concurrent: true,
    open_duration: Duration::from_secs(1),
};

/// A link to Redis. Cheap to clone.
#[derive(Clone)]
pub struct RedisClient {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    connection: Mutex<Connection>,
    breaker: CircuitBreaker,
}

/// The connection that is used now.
struct Connection {
    manager: ConnectionManager,
    number: u64,
}

impl RedisClient {
    /// A link to that URL (`redis://` or `rediss://`), connected when it is first used. Call it in a tokio runtime.
    ///
    /// # Errors
    /// When it is no URL of Redis.
    pub fn open(url: &SecretString) -> RedisResult<Self> {
        let client = Client::open(url.expose_secret())?;
        let manager = manager(&client)?;
        Ok(Self {
            inner: Arc::new(Inner {
                client,
                connection: Mutex::new(Connection { manager, number: 0 }),
                breaker: CircuitBreaker::new("Redis", BREAKER),
            }),
        })
    }

    /// Asks a question; nothing where there is no answer in time, which the log tells when it goes on.
    pub async fn query<T>(
        &self,
        question: impl AsyncFnOnce(&mut ConnectionManager) -> RedisResult<T>,
    ) -> Option<T> {
        let permit = self.inner.breaker.permit().ok()?;
        let (mut manager, number) = {
            let line = self.inner.connection();
            (line.manager.clone(), line.number)
        };
        let why = match tokio::time::timeout(TIMEOUT, question(&mut manager)).await {
            Ok(Ok(answer)) => {
                permit.succeeded();
                return Some(answer);
            }
            Ok(Err(error)) => error.to_string(),
            Err(_late) => format!("no answer within {} ms", TIMEOUT.as_millis()),
        };
        permit.failed();
        // A single late answer says nothing of the connection.
        if self.inner.breaker.state() != CircuitState::Closed {
            self.inner.reconnect(number, &why);
        }
        None
    }
}

impl Inner {
    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A line is whole between any two statements.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes another connection after failures in a row: one that hangs would hang on until TCP gives up, and one that was refused for its
    /// password is not tried again by the library.
    fn reconnect(&self, number: u64, why: &str) {
        let mut line = self.connection();
        if line.number != number {
            return;
        }
        tracing::warn!(
            event_type = "redis",
            error_message = why,
            "Redis does not answer"
        );
        match manager(&self.client) {
            Ok(manager) => {
                line.manager = manager;
                line.number += 1;
            }
            Err(error) => {
                tracing::error!(event_type = "error", error_type = "redis", error_message = %error, "no new connection to Redis");
            }
        }
    }
}

/// A connection that is made when it is first used.
fn manager(client: &Client) -> RedisResult<ConnectionManager> {
    let settings = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(Some(TIMEOUT))
        .set_number_of_retries(1);
    ConnectionManager::new_lazy_with_config(client.clone(), settings)
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
