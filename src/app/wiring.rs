//! Builds the components of the service from their settings.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use super::ledger_metrics::LedgerMetrics;
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

/// Builds a planner on this store; the service passes a spool and, if configured, a cache. Close its ledger when done.
///
/// # Errors
/// Returns what could not be built.
pub async fn planner(
    settings: &Settings,
    store: Arc<DynamoDbStore>,
    spool: Option<Spool>,
    cache: Option<PlanCache>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
) -> anyhow::Result<Planner> {
    // The first extraction builds the lexicon; the first request should not wait for it.
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
    let ledger = Ledger::observed(
        store,
        spool,
        Arc::clone(&clock),
        settings.ledger,
        Arc::new(LedgerMetrics(metrics.clone())),
    );
    Ok(Planner::new(Dependencies {
        classifier: Classifier::built_in()?,
        offline: OfflinePlanner::new()?,
        candidates,
        classifier_model,
        ledger,
        clock,
        limits: settings.limits,
        cache,
        metrics,
    }))
}

/// Returns the Redis client, if configured. Call it in a tokio runtime.
///
/// # Errors
/// Returns an error if `REDIS_URL` is not a Redis URL.
pub(super) fn redis(settings: &AccessSettings) -> anyhow::Result<Option<RedisClient>> {
    let client = settings.redis_url.as_ref().map(RedisClient::open);
    client.transpose().context("REDIS_URL")
}

/// Returns the plan cache, if configured: in Redis if that is configured, otherwise in this process.
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

/// Builds the access control. Call it in a tokio runtime: the issuer's keys are fetched there.
///
/// # Errors
/// Returns what could not be built.
pub fn access(
    settings: &AccessSettings,
    redis: Option<RedisClient>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
) -> anyhow::Result<Access> {
    let authenticator = match &settings.mode {
        AuthMode::Open => Authenticator::Open,
        AuthMode::ApiKey(keys) => Authenticator::ApiKey(keys.clone()),
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
        origins: settings.allowed_origins.clone(),
    })
}

/// Returns the system's clock.
#[must_use]
pub fn system_clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// Opens the store. For an embedded store, starts its engine and creates its tables.
///
/// # Errors
/// Returns what could not be opened.
pub async fn open_store(
    settings: &StoreSettings,
) -> anyhow::Result<(DynamoDbStore, Option<EmbeddedEngine>)> {
    let (client, engine) = match &settings.kind {
        StoreKind::Embedded { folder } => {
            start_embedded(EmbeddedEngine::in_folder(folder)?, settings).await?
        }
        StoreKind::EmbeddedInMemory => {
            start_embedded(EmbeddedEngine::in_memory()?, settings).await?
        }
        StoreKind::DynamoDb { region, endpoint } => {
            let config = aws::sdk_config(region, endpoint.as_deref()).await;
            let client = dynamodb::client(&config, endpoint.as_deref(), settings.timeout);
            (client, None)
        }
    };
    Ok((
        DynamoDbStore::new(client, settings.tables.clone(), settings.usage_retention),
        engine,
    ))
}

/// Creates the tables of an embedded engine, and returns a client of it.
async fn start_embedded(
    engine: EmbeddedEngine,
    settings: &StoreSettings,
) -> anyhow::Result<(aws_sdk_dynamodb::Client, Option<EmbeddedEngine>)> {
    // Creating tables may take longer than writing a row.
    let patient = dynamodb::local_client(&engine.endpoint(), Duration::from_secs(10));
    tables::create(&patient, &settings.tables).await?;
    let client = dynamodb::local_client(&engine.endpoint(), settings.timeout);
    Ok((client, Some(engine)))
}
