//! The Redis or Valkey client: one shared connection, a timeout for every command, and a circuit breaker, so that an outage hardly
//! delays requests. Callers must have a fallback of their own.

mod plan_cache;
mod rate_limit;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisResult};
use secrecy::{ExposeSecret as _, SecretString};

use crate::resilience::circuit_breaker::{CircuitBreaker, CircuitBreakerSettings, CircuitState};

/// Maximum time for a reply. A round trip within a region takes about a millisecond, on a busy machine some tens.
const TIMEOUT: Duration = Duration::from_millis(250);
/// Maximum time to connect, including TLS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// The circuit opens after this many failures in a row.
const BREAKER: CircuitBreakerSettings = CircuitBreakerSettings {
    failures: 3,
    coalesce_concurrent: true,
    open_duration: Duration::from_secs(1),
};

/// A client of Redis. Cheap to clone.
#[derive(Clone)]
pub struct RedisClient {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    connection: Mutex<Connection>,
    breaker: CircuitBreaker,
}

/// The current connection.
struct Connection {
    manager: ConnectionManager,
    /// Increases with every reconnect, so that concurrent failures cause only one.
    generation: u64,
}

impl RedisClient {
    /// Opens a client for this URL (`redis://` or `rediss://`). It connects on first use. Call it in a tokio runtime.
    ///
    /// # Errors
    /// Returns an error if the URL is not a Redis URL.
    pub fn open(url: &SecretString) -> RedisResult<Self> {
        let client = Client::open(url.expose_secret())?;
        let manager = manager(&client)?;
        Ok(Self {
            inner: Arc::new(Inner {
                client,
                connection: Mutex::new(Connection {
                    manager,
                    generation: 0,
                }),
                breaker: CircuitBreaker::new("Redis", BREAKER),
            }),
        })
    }

    /// Checks that Redis answers, on a connection of its own. Takes at most [`CONNECT_TIMEOUT`].
    ///
    /// # Errors
    /// Returns why it does not.
    pub async fn ping(&self) -> Result<(), String> {
        let answer = async {
            let mut connection = self.inner.client.get_multiplexed_async_connection().await?;
            redis::cmd("PING").query_async::<()>(&mut connection).await
        };
        match tokio::time::timeout(CONNECT_TIMEOUT, answer).await {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(_elapsed) => Err(format!("no answer within {} s", CONNECT_TIMEOUT.as_secs())),
        }
    }

    /// Runs a command. Returns `None` if it fails or gets no reply in time; repeated failures are logged.
    pub async fn query<T>(
        &self,
        command: impl AsyncFnOnce(&mut ConnectionManager) -> RedisResult<T>,
    ) -> Option<T> {
        let permit = self.inner.breaker.permit().ok()?;
        let (mut manager, generation) = {
            let connection = self.inner.connection();
            (connection.manager.clone(), connection.generation)
        };
        let reason = match tokio::time::timeout(TIMEOUT, command(&mut manager)).await {
            Ok(Ok(reply)) => {
                permit.succeeded();
                return Some(reply);
            }
            Ok(Err(error)) => error.to_string(),
            Err(_elapsed) => format!("no reply within {} ms", TIMEOUT.as_millis()),
        };
        permit.failed();
        // A single failure does not mean that the connection is broken.
        if self.inner.breaker.state() != CircuitState::Closed {
            self.inner.reconnect(generation, &reason);
        }
        None
    }
}

impl Inner {
    fn connection(&self) -> MutexGuard<'_, Connection> {
        // The connection is consistent after every statement, so a poisoned lock can still be used.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the connection after repeated failures: a stalled one would stall until TCP gives up, and the library does not retry
    /// after a failed authentication.
    fn reconnect(&self, generation: u64, reason: &str) {
        let mut connection = self.connection();
        if connection.generation != generation {
            return;
        }
        tracing::warn!(
            event_type = "redis",
            error_message = reason,
            "Redis does not respond"
        );
        match manager(&self.client) {
            Ok(manager) => {
                connection.manager = manager;
                connection.generation += 1;
            }
            Err(error) => {
                tracing::error!(event_type = "error", error_type = "redis", error_message = %error, "the connection to Redis could not be replaced");
            }
        }
    }
}

/// Returns a connection manager that connects on first use.
fn manager(client: &Client) -> RedisResult<ConnectionManager> {
    let settings = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(Some(TIMEOUT))
        .set_number_of_retries(1);
    ConnectionManager::new_lazy_with_config(client.clone(), settings)
}

/// Returns the server's address in a Redis URL, without credentials.
#[must_use]
pub fn address(url: &SecretString) -> String {
    Client::open(url.expose_secret()).map_or_else(
        |_| "an unknown address".to_owned(),
        |client| client.get_connection_info().addr().to_string(),
    )
}

/// Checks that this is a valid Redis URL.
///
/// # Errors
/// Returns what is allowed. It does not echo the URL, which may contain a password.
pub fn check(url: &SecretString) -> Result<(), &'static str> {
    Client::open(url.expose_secret()).map(drop).map_err(
        |_| "must be a URL such as rediss://user:password@host:6379/0 or redis://host:6379",
    )
}
