//! The service's parts, each built out of its settings.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use super::connected::Connected;
use crate::aws;
use crate::classifier::Classifier;
use crate::clock::{Clock, SystemClock};
use crate::constraints::spoken;
use crate::http::Access;
use crate::identity::key_set::KeySet;
use crate::identity::token::TokenVerifier;
use crate::identity::{Authenticator, Identity};
use crate::ledger::{Ledger, Spool};
use crate::limit::RateLimiter;
use crate::limit::shared::SharedLimit;
use crate::model::offline::OfflinePlanner;
use crate::planner::{Parts, PlanCache, Planner};
use crate::redis_link::RedisLink;
use crate::settings::{AccessSettings, AuthMode, Settings, StoreKind, StoreSettings};
use crate::store::embedded::EmbeddedEngine;
use crate::store::{self, Store, tables};
use crate::telemetry::Metrics;

/// A planner over this store, with the spool and the cache where it is the service's. Close its ledger when it is done.
///
/// # Errors
/// What could not be built.
pub async fn planner(
    settings: &Settings,
    store: Arc<Store>,
    spool: Option<Spool>,
    cache: Option<PlanCache>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
) -> anyhow::Result<Planner> {
    // The first reading builds the lexicon; the first request should not wait for it.
    drop(spoken::read("", None, clock.today()));
    let mut models = Connected::new(&settings.models, settings.limits.attempt_timeout).await?;
    let authors = settings
        .models
        .authors
        .iter()
        .map(|name| models.author(name))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let sorter = settings
        .models
        .sorter
        .as_ref()
        .map(|name| models.author(name))
        .transpose()?;
    Ok(Planner::new(Parts {
        classifier: Classifier::built_in()?,
        offline: OfflinePlanner::new()?,
        authors,
        sorter,
        ledger: Ledger::new(store, spool, Arc::clone(&clock), settings.ledger),
        clock,
        limits: settings.limits,
        cache,
        metrics,
    }))
}

/// Who may ask, and how often. Call it in a tokio runtime, in which issuers are asked for their keys.
///
/// # Errors
/// What could not be built.
pub fn access(
    settings: &AccessSettings,
    link: Option<RedisLink>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
) -> anyhow::Result<Access> {
    let authenticator = match &settings.mode {
        AuthMode::Open => Authenticator::Open,
        AuthMode::ApiKey(keyring) => Authenticator::ApiKey(keyring.clone()),
        AuthMode::Jwt(tokens) => {
            let runtime = tokio::runtime::Handle::current();
            let keys = KeySet::at(&tokens.key_set_url, runtime).context("JWKS_URL")?;
            let verifier = TokenVerifier::new(tokens.clone(), keys, clock);
            Authenticator::Token(Box::new(verifier))
        }
    };
    Ok(Access {
        identity: Identity::new(authenticator, Arc::clone(&settings.tiers)),
        limiter: RateLimiter::new(link.map(SharedLimit::new), metrics),
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
) -> anyhow::Result<(Store, Option<EmbeddedEngine>)> {
    let engine = match &settings.kind {
        StoreKind::Embedded { folder } => Some(EmbeddedEngine::in_folder(folder)?),
        StoreKind::EmbeddedInMemory => Some(EmbeddedEngine::in_memory()?),
        StoreKind::DynamoDb { .. } => None,
    };
    let client = match (&engine, &settings.kind) {
        (Some(engine), _) => {
            // Making tables may take longer than a row may.
            tables::create(
                &store::local_client(&engine.endpoint(), Duration::from_secs(10)),
                &settings.tables,
            )
            .await?;
            store::local_client(&engine.endpoint(), settings.timeout)
        }
        (None, StoreKind::DynamoDb { region, endpoint }) => store::client(
            &aws::shared(region, endpoint.as_deref()).await,
            endpoint.as_deref(),
            settings.timeout,
        ),
        (None, _) => anyhow::bail!("an embedded store without its engine"),
    };
    Ok((
        Store::new(client, settings.tables.clone(), settings.usage_retention),
        engine,
    ))
}
