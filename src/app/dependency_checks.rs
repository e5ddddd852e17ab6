//! Checks at start-up whether the servers answer that requests can do without for a while: Redis and the issuer of the tokens. They
//! run in the background, so that they never delay the start or stop it.

use std::sync::Arc;

use crate::http::Service;
use crate::redis::RedisClient;
use crate::telemetry::events;

/// Starts the checks. Each takes a few seconds at most, and logs one warning if the server does not answer.
pub(super) fn start(service: &Arc<Service>, redis: Option<RedisClient>) {
    if let Some(redis) = redis {
        tokio::spawn(async move {
            if let Err(reason) = redis.ping().await {
                events::startup_warning(
                    "REDIS_URL",
                    &format!(
                        "Redis does not answer ({reason}): until it does, each task counts its own requests and caches its own plans"
                    ),
                );
            }
        });
    }
    let service = Arc::clone(service);
    tokio::spawn(async move {
        if !service.access.identity.is_ready().await {
            events::startup_warning(
                "JWKS_URL",
                "the issuer's keys could not be fetched: until they are, tokens get 503 and the service is not ready",
            );
        }
    });
}
