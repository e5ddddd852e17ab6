//! The application: builds the components, binds the ports, serves, and shuts down.

mod dependency_checks;
mod ledger_metrics;
mod model_factory;
mod servers;
mod shutdown;
mod startup;
mod wiring;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::TaskTracker;

use self::servers::Servers;
pub use self::shutdown::{Shutdown, shutdown_signal};
use self::startup::StartupReport;
pub use self::wiring::{access, open_store, planner, system_clock};
use crate::clock::Clock;
use crate::config::{Settings, SpoolSettings};
use crate::dynamodb::embedded::EmbeddedEngine;
use crate::http::Service;
use crate::idempotency::{Idempotency, IdempotencyStore};
use crate::ledger::Spool;
use crate::redis::RedisClient;
use crate::telemetry::{Metrics, RequestTracer, events};

/// The service, bound and ready to run.
pub struct Application {
    service: Arc<Service>,
    servers: Servers,
    startup: StartupReport,
    redis: Option<RedisClient>,
    drain_delay: Duration,
    grace: Duration,
    // Dropped last: running tasks may still write to it.
    engine: Option<EmbeddedEngine>,
}

impl Application {
    /// Builds all components and binds both ports. Port 0 lets the system choose, as in tests. Call it in a tokio runtime: plans are
    /// made there.
    ///
    /// # Errors
    /// Returns what could not be built or bound.
    pub async fn build(settings: &Settings, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        startup::raise_open_file_limit();
        let metrics = Metrics::new()?;
        metrics.watch_runtime(&tokio::runtime::Handle::current())?;
        let spool = open_spool(&settings.spool)?;
        let redis = wiring::redis(&settings.access)?;
        let access = access(
            &settings.access,
            redis.clone(),
            Arc::clone(&clock),
            metrics.clone(),
        )?;
        let (store, engine) = open_store(&settings.store).await?;
        let store = Arc::new(store);
        let running = TaskTracker::new();
        let idempotency = Idempotency::new(
            Arc::clone(&store) as Arc<dyn IdempotencyStore>,
            Arc::clone(&clock),
            settings.limits.deadline,
            running.clone(),
        );
        let cache = wiring::plan_cache(settings.cache_ttl, redis.clone());
        let planner = planner(settings, store, Some(spool), cache, clock, metrics.clone()).await?;
        let service = Arc::new(Service::new(
            planner,
            access,
            idempotency,
            metrics,
            RequestTracer::new(&settings.traces),
            tokio::runtime::Handle::current(),
            running,
            settings.listen.max_in_flight,
        ));
        Ok(Self {
            servers: Servers::bind(&service, settings)?,
            service,
            startup: StartupReport::of(settings),
            redis,
            drain_delay: settings.listen.drain_delay,
            grace: settings.listen.shutdown_grace,
            engine,
        })
    }

    /// Returns the public port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.servers.port
    }

    /// Returns the management port.
    #[must_use]
    pub const fn management_port(&self) -> u16 {
        self.servers.management_port
    }

    /// Returns the endpoint of the embedded store, if there is one.
    #[must_use]
    pub fn store_endpoint(&self) -> Option<String> {
        self.engine.as_ref().map(EmbeddedEngine::endpoint)
    }

    /// Serves until `stop` resolves, then drains: the service reports itself as not ready at once, keeps serving for the drain delay,
    /// finishes the plans in progress, and closes the ledger.
    ///
    /// # Errors
    /// Returns the error of a server that failed.
    pub async fn run(self, stop: impl Future<Output = Shutdown>) -> anyhow::Result<()> {
        let Self {
            service,
            servers,
            startup,
            redis,
            drain_delay,
            grace,
            engine: _engine,
        } = self;
        service.planner.check_providers().await;
        startup.log(servers.port, servers.management_port);
        dependency_checks::start(&service, redis);
        let mut running = servers.start(service);
        let shutdown = running.until(stop).await?;
        running.drain(shutdown, drain_delay, grace).await?;
        events::application_shutdown(shutdown.reason());
        Ok(())
    }
}

/// Opens the spool. Two processes must not share its folder, unless each takes a folder of its own in it.
fn open_spool(settings: &SpoolSettings) -> anyhow::Result<Spool> {
    let folder = settings.folder.display();
    let opened = if settings.shared {
        Spool::open_shared(&settings.folder, settings.max_bytes)
    } else {
        Spool::open(&settings.folder, settings.max_bytes)
    };
    opened.map_err(|error| {
        if error.kind() == std::io::ErrorKind::ResourceBusy {
            anyhow::anyhow!(
                "{error}: {folder}; stop that process, give this one a folder of its own with DATA_DIR or SPOOL_DIR, or set SPOOL_SHARED"
            )
        } else {
            anyhow::Error::new(error).context(format!("SPOOL_DIR={folder}"))
        }
    })
}
