//! From running to stopped: the signals that end the service, and draining after SIGTERM.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::access::rate_limit;
use crate::http::Service;
use crate::http::server::PublicServer;
use crate::telemetry::events;

/// Why and how the service stops.
#[derive(Debug, Clone, Copy)]
pub struct Shutdown {
    reason: &'static str,
    drains: bool,
}

impl Shutdown {
    /// Somebody waits for the end: no more requests are taken.
    #[must_use]
    pub const fn at_once(reason: &'static str) -> Self {
        Self {
            reason,
            drains: false,
        }
    }

    /// Load balancers still send requests, and need time to notice.
    #[must_use]
    pub const fn after_draining(reason: &'static str) -> Self {
        Self {
            reason,
            drains: true,
        }
    }

    /// Why, for the log.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        self.reason
    }
}

/// Resolves when the process is asked to stop: SIGTERM drains, SIGINT does not.
pub async fn shutdown_signal() -> Shutdown {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => Shutdown::after_draining("SIGTERM"),
            _ = tokio::signal::ctrl_c() => Shutdown::at_once("SIGINT"),
        },
        Err(error) => {
            tracing::error!(event_type = "error", error_type = "signal", error_message = %error, "no handler for SIGTERM could be installed");
            // No reason to stop: an interrupt still ends the service.
            drop(tokio::signal::ctrl_c().await);
            Shutdown::at_once("SIGINT")
        }
    }
}

/// The running service.
pub(super) struct Running {
    service: Arc<Service>,
    public: JoinHandle<std::io::Result<()>>,
    public_handle: ServerHandle,
    closing: Arc<Notify>,
    management: JoinHandle<std::io::Result<()>>,
    management_handle: ServerHandle,
    ledger_maintenance: JoinHandle<()>,
    limiter_sweeps: JoinHandle<()>,
}

impl Running {
    pub fn start(service: Arc<Service>, public: PublicServer, management: Server) -> Self {
        let PublicServer { server, closing } = public;
        let ledger = service.planner.ledger().clone();
        let limited = Arc::clone(&service);
        Self {
            public_handle: server.handle(),
            public: tokio::spawn(server),
            closing,
            management_handle: management.handle(),
            management: tokio::spawn(management),
            ledger_maintenance: tokio::spawn(async move { ledger.run().await }),
            limiter_sweeps: tokio::spawn(async move {
                limited
                    .access
                    .limiter
                    .sweep_every(rate_limit::SWEEP_INTERVAL)
                    .await;
            }),
            service,
        }
    }

    /// Waits until the service is asked to stop, or cannot go on.
    pub async fn until(
        &mut self,
        stop: impl Future<Output = Shutdown>,
    ) -> anyhow::Result<Shutdown> {
        tokio::select! {
            stop = stop => Ok(stop),
            served = &mut self.public => {
                served??;
                Ok(Shutdown::at_once("the server stopped"))
            }
            // It never ends by itself. Without it nothing is swept or replayed, so a new process has to take over.
            ended = &mut self.ledger_maintenance => {
                if let Err(panic) = ended {
                    tracing::error!(event_type = "error", error_type = "panic", error_message = %panic, "the ledger's maintenance stopped");
                }
                Ok(Shutdown::after_draining("the ledger's maintenance stopped"))
            }
        }
    }

    /// Drains: not ready at once, serving on for `drain_delay` where load balancers are to notice, then up to `grace` for what is in
    /// flight.
    pub async fn drain(
        self,
        shutdown: Shutdown,
        drain_delay: Duration,
        grace: Duration,
    ) -> anyhow::Result<()> {
        self.service.start_draining();
        if shutdown.drains {
            // Load balancers go on sending until they have seen that it is not ready.
            tokio::time::sleep(drain_delay).await;
        }
        self.closing.notify_waiters();
        self.public_handle.stop(true).await;
        self.finish_plans(grace).await;
        self.ledger_maintenance.abort();
        self.limiter_sweeps.abort();
        self.service.planner.ledger().close().await;
        self.management_handle.stop(true).await;
        self.management.await??;
        Ok(())
    }

    async fn finish_plans(&self, grace: Duration) {
        let running = &self.service.running;
        running.close();
        if tokio::time::timeout(grace, running.wait()).await.is_err() {
            events::shutdown_incomplete(running.len());
        }
    }
}
