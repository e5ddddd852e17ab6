//! The service's parts, each built out of its settings.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use super::model_factory::ModelFactory;
use crate::access::Access;
use crate::access::identity::jwks::JwksClient;
use crate::access::identity::jwt::TokenVerifier;
use crate::access::identity::{Authenticator, Identity};
use crate::access::rate_limit::{RateLimiter, SharedLimit};
use crate::aws;
use crate::clock::{Clock, SystemClock};
use crate::config::{AccessSettings, AuthMode, Settings, StoreKind, StoreSettings};
use crate::dynamodb::embedded::EmbeddedEngine;
use crate::dynamodb::{self, DynamoDbStore, tables};
use crate::ledger::{Ledger, Spool};
use crate::planner::{Dependencies, PlanCache, PlanStore, Planner};
use crate::redis::RedisClient;
use crate::telemetry::Metrics;
use planning::classifier::Classifier;
use planning::constraints::extract;
use planning::offline::OfflinePlanner;

/// A planner over this store, with the spool and the cache where it is the service's. Close its ledger when it is done.
///
/// # Errors
/// What could not be built.
pub async fn planner(
    settings: &Settings,
    store: Arc<DynamoDbStore>,
    spool: Option<Spool>,
    cache: Option<PlanCache>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
) -> anyhow::Result<Planner> {
    // The first reading builds the lexicon; the first request should not wait for it.
    drop(extract::extract("", None, clock.today()));
    let mut models =
        ModelFactory::connect(&settings.models, settings.limits.attempt_timeout).await?;
    let candidates = settings
        .models
        .candidates
        .iter()
        .map(|name| models.candidate(name))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let classifier_model = settings
        .models
        .classifier_model
        .as_ref()
        .map(|name| models.candidate(name))
        .transpose()?;
    Ok(Planner::new(Dependencies {
        classifier: Classifier::built_in()?,
        offline: OfflinePlanner::new()?,
        candidates,
        classifier_model,
        ledger: Ledger::new(store, spool, Arc::clone(&clock), settings.ledger),
        clock,
        limits: settings.limits,
        cache,
        metrics,
    }))
}

/// The client of Redis, where one is configured. Call it in a tokio runtime.
///
/// # Errors
/// When `REDIS_URL` is no URL of Redis.
pub(super) fn redis(settings: &AccessSettings) -> anyhow::Result<Option<RedisClient>> {
    let client = settings.redis.as_ref().map(RedisClient::open);
    client.transpose().context("REDIS_URL")
}

/// The cache of plans, where one is configured: in Redis where there is one, else in this process.
pub(super) fn plan_cache(ttl: Option<Duration>, redis: Option<RedisClient>) -> Option<PlanCache> {
    let ttl = ttl?;
    Some(match redis {
        Some(redis) => PlanCache::Shared {
            store: Arc::new(redis) as Arc<dyn PlanStore>,
            ttl,
        },
        None => PlanCache::in_memory(ttl),
    })
}

/// Who may ask, and how often. Call it in a tokio runtime, in which issuers are asked for their keys.
///
/// # Errors
/// What could not be built.
pub fn access(
    settings: &AccessSettings,
    redis: Option<RedisClient>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
) -> anyhow::Result<Access> {
    let authenticator = match &settings.mode {
        AuthMode::Open => Authenticator::Open,
        AuthMode::ApiKey(keyring) => Authenticator::ApiKey(keyring.clone()),
        AuthMode::Jwt(tokens) => {
            let runtime = tokio::runtime::Handle::current();
            let keys = JwksClient::new(&tokens.jwks_url, runtime).context("JWKS_URL")?;
            let verifier = TokenVerifier::new(tokens.clone(), keys, clock);
            Authenticator::Token(Box::new(verifier))
        }
    };
    Ok(Access {
        identity: Identity::new(authenticator, Arc::clone(&settings.tiers)),
        limiter: RateLimiter::new(
            redis.map(|redis| Arc::new(redis) as Arc<dyn SharedLimit>),
            metrics,
        ),
        trusted_hops: settings.trusted_hops,
        origins: settings.origins.clone(),
    })
}

/// The system's clock, as the service uses it.
#[must_use]
pub fn system_clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// Opens the store; the embedded one is started and given its tables.
///
/// # Errors
/// What could not be opened.
pub async fn open_store(
    settings: &StoreSettings,
) -> anyhow::Result<(DynamoDbStore, Option<EmbeddedEngine>)> {
    let engine = match &settings.kind {
        StoreKind::Embedded { folder } => Some(EmbeddedEngine::in_folder(folder)?),
        StoreKind::EmbeddedInMemory => Some(EmbeddedEngine::in_memory()?),
        StoreKind::DynamoDb { .. } => None,
    };
    let client = match (&engine, &settings.kind) {
        (Some(engine), _) => {
            // Making tables may take longer than a row may.
            tables::create(
                &dynamodb::local_client(&engine.endpoint(), Duration::from_secs(10)),
                &settings.tables,
            )
            .await?;
            dynamodb::local_client(&engine.endpoint(), settings.timeout)
        }
        (None, StoreKind::DynamoDb { region, endpoint }) => dynamodb::client(
            &aws::sdk_config(region, endpoint.as_deref()).await,
            endpoint.as_deref(),
            settings.timeout,
        ),
        (None, _) => anyhow::bail!("an embedded store without its engine"),
    };
    Ok((
        DynamoDbStore::new(client, settings.tables.clone(), settings.usage_retention),
        engine,
    ))
}
