//! The application: wires the parts, binds, runs, drains.

mod connected;
mod parts;

use std::future::Future;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::{App, HttpServer};
use anyhow::Context as _;
use tokio_util::task::TaskTracker;

pub use self::parts::{access, open_store, planner, system_clock};
use crate::clock::Clock;
use crate::http::server::{self, BACKLOG, PublicServer};
use crate::http::{Service, management};
use crate::idempotency::{Idempotency, Records};
use crate::ledger::Spool;
use crate::limit;
use crate::model::catalogue::Provider;
use crate::planner::PlanCache;
use crate::redis_link::RedisLink;
use crate::settings::{Settings, StoreKind};
use crate::store::embedded::EmbeddedEngine;
use crate::telemetry::{Metrics, events};

/// The service, bound and ready to run.
pub struct Application {
    service: Arc<Service>,
    public: PublicServer,
    management: Server,
    port: u16,
    management_port: u16,
    drain_delay: Duration,
    grace: Duration,
    startup: Startup,
    // The engine goes last: what is still running writes to it.
    engine: Option<EmbeddedEngine>,
}

/// Why and how the service is to stop.
#[derive(Debug, Clone, Copy)]
pub struct Stop {
    reason: &'static str,
    drains: bool,
}

impl Stop {
    /// Somebody waits for the end: no request more is taken.
    #[must_use]
    pub const fn at_once(reason: &'static str) -> Self {
        Self {
            reason,
            drains: false,
        }
    }

    /// Load balancers still send requests, and are to be given time to take note.
    #[must_use]
    pub const fn after_draining(reason: &'static str) -> Self {
        Self {
            reason,
            drains: true,
        }
    }
}

/// What the start-up event tells.
struct Startup {
    mode: String,
    models: String,
    store: String,
}

impl Application {
    /// Builds all parts and binds both ports; port 0 lets the system choose, as tests do. Call it in a tokio runtime: plans
    /// are made in it.
    ///
    /// # Errors
    /// What could not be built or bound.
    pub async fn build(settings: &Settings, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        // Thousands of calls in flight take two sockets each; the soft limit is often 1,024. Where it cannot be raised, the
        // service runs with what there is.
        if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
            tracing::warn!(event_type = "application_startup", error_message = %error, "the limit of open files stays as it is");
        }
        let metrics = Metrics::new()?;
        let spool = Spool::open(&settings.spool.folder, settings.spool.most_bytes)
            .with_context(|| format!("SPOOL_DIR={}", settings.spool.folder.display()))?;
        let link = settings.access.redis.as_ref().map(RedisLink::to);
        let link = link.transpose().context("REDIS_URL")?;
        let access = access(
            &settings.access,
            link.clone(),
            Arc::clone(&clock),
            metrics.clone(),
        )?;
        let (store, engine) = open_store(&settings.store).await?;
        let store = Arc::new(store);
        let running = TaskTracker::new();
        let idempotency = Idempotency::new(
            Arc::clone(&store) as Arc<dyn Records>,
            Arc::clone(&clock),
            settings.limits.deadline,
            running.clone(),
        );
        let cache = settings.cache_ttl.map(|ttl| match link {
            Some(link) => PlanCache::Redis { link, ttl },
            None => PlanCache::in_memory(ttl),
        });
        let planner = planner(settings, store, Some(spool), cache, clock, metrics.clone()).await?;
        let service = Arc::new(Service::new(
            planner,
            access,
            idempotency,
            metrics.clone(),
            tokio::runtime::Handle::current(),
            running,
            settings.listen.max_in_flight,
        ));
        let listener = listen(settings.listen.address, settings.listen.port).context("PORT")?;
        let management_listener = listen(settings.listen.address, settings.listen.management_port)
            .context("MANAGEMENT_PORT")?;
        let port = listener.local_addr()?.port();
        let management_port = management_listener.local_addr()?.port();
        let grace = settings.listen.shutdown_grace;
        let public = server::serve(&service, listener, settings.limits.deadline, grace)?;
        let management = {
            let service = Arc::clone(&service);
            HttpServer::new(move || App::new().configure(management::routes(&service)))
                .workers(1)
                .shutdown_timeout(1)
                .disable_signals()
                .listen(management_listener)?
                .run()
        };
        let startup = Startup {
            mode: mode(settings),
            models: settings
                .models
                .authors
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(","),
            store: store_name(&settings.store.kind),
        };
        Ok(Self {
            service,
            public,
            management,
            port,
            management_port,
            drain_delay: settings.listen.drain_delay,
            grace,
            startup,
            engine,
        })
    }

    /// The public port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The management port.
    #[must_use]
    pub const fn management_port(&self) -> u16 {
        self.management_port
    }

    /// The endpoint of the embedded store, where there is one.
    #[must_use]
    pub fn store_endpoint(&self) -> Option<String> {
        self.engine.as_ref().map(EmbeddedEngine::endpoint)
    }

    /// Serves until `stop` resolves, then drains: says at once that it is not ready, serves on for the delay, finishes what is in
    /// flight, and settles what there is to settle.
    ///
    /// # Errors
    /// When a server fails.
    pub async fn run(self, stop: impl Future<Output = Stop>) -> anyhow::Result<()> {
        let Self {
            service,
            public,
            management,
            port,
            management_port,
            drain_delay,
            grace,
            startup,
            engine: _engine,
        } = self;
        events::application_startup(
            &startup.mode,
            port,
            management_port,
            &startup.models,
            &startup.store,
        );
        let PublicServer { server, closing } = public;
        let (public_handle, management_handle) = (server.handle(), management.handle());
        let mut public = tokio::spawn(server);
        let management = tokio::spawn(management);
        let ledger = service.planner.ledger().clone();
        let mut keeper = tokio::spawn({
            let ledger = ledger.clone();
            async move { ledger.keep().await }
        });
        let limiter = tokio::spawn({
            let service = Arc::clone(&service);
            async move { service.access.limiter.keep(limit::SWEEP).await }
        });
        let stop = tokio::select! {
            stop = stop => stop,
            served = &mut public => {
                served??;
                Stop::at_once("the server stopped")
            }
            // It never ends by itself. Without it nothing is swept or replayed, so a new process has to take over.
            kept = &mut keeper => {
                if let Err(panic) = kept {
                    tracing::error!(event_type = "error", error_type = "panic", error_message = %panic, "the ledger's keeper stopped");
                }
                Stop::after_draining("the ledger's keeper stopped")
            }
        };
        service.draining.store(true, Ordering::Relaxed);
        if stop.drains {
            // Load balancers go on sending until they have seen that it is not ready.
            tokio::time::sleep(drain_delay).await;
        }
        closing.notify_waiters();
        public_handle.stop(true).await;
        service.running.close();
        if tokio::time::timeout(grace, service.running.wait())
            .await
            .is_err()
        {
            tracing::error!(
                event_type = "error",
                error_type = "shutdown",
                error_message = "the grace is over",
                "{} plans did not finish",
                service.running.len()
            );
        }
        keeper.abort();
        limiter.abort();
        ledger.close().await;
        management_handle.stop(true).await;
        management.await??;
        events::application_shutdown(stop.reason);
        Ok(())
    }
}

fn listen(address: std::net::IpAddr, port: u16) -> anyhow::Result<TcpListener> {
    let domain = if address.is_ipv4() {
        socket2::Domain::IPV4
    } else {
        socket2::Domain::IPV6
    };
    let socket = socket2::Socket::new(domain, socket2::Type::STREAM, None)?;
    // A restart must not wait for the connections of the one before.
    socket.set_reuse_address(true)?;
    let address = std::net::SocketAddr::new(address, port);
    socket
        .bind(&address.into())
        .with_context(|| format!("cannot listen on {address}"))?;
    socket.listen(i32::try_from(BACKLOG)?)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

fn mode(settings: &Settings) -> String {
    let offline = settings
        .models
        .authors
        .iter()
        .all(|name| name.provider == Provider::Offline);
    let local = !matches!(settings.store.kind, StoreKind::DynamoDb { .. });
    match (offline, local) {
        (true, true) => {
            "fully local: offline planner and embedded store, no account and no network".to_owned()
        }
        (true, false) => "offline planner, DynamoDB".to_owned(),
        (false, true) => "models, embedded store".to_owned(),
        (false, false) => "models, DynamoDB".to_owned(),
    }
}

fn store_name(kind: &StoreKind) -> String {
    match kind {
        StoreKind::Embedded { folder } => format!("embedded in {}", folder.display()),
        StoreKind::EmbeddedInMemory => "embedded in memory".to_owned(),
        StoreKind::DynamoDb { region, endpoint } => endpoint
            .clone()
            .unwrap_or_else(|| format!("DynamoDB in {region}")),
    }
}
