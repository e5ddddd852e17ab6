//! Shutdown: the signals that stop the service, and draining.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::access::rate_limit;
use crate::http::Service;
use crate::http::server::PublicServer;
use crate::telemetry::events;

/// Why and how the service stops.
#[derive(Debug, Clone, Copy)]
pub struct Shutdown {
    reason: &'static str,
    has_drain_delay: bool,
}

impl Shutdown {
    /// Returns a shutdown without a drain delay, for an interactive stop: no more requests are accepted.
    #[must_use]
    pub const fn at_once(reason: &'static str) -> Self {
        Self {
            reason,
            has_drain_delay: false,
        }
    }

    /// Returns a shutdown with a drain delay: load balancers still send requests, and need time to notice.
    #[must_use]
    pub const fn after_draining(reason: &'static str) -> Self {
        Self {
            reason,
            has_drain_delay: true,
        }
    }

    /// Returns the reason, for the log.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        self.reason
    }
}

/// Installs the handlers of SIGTERM and SIGINT, in a tokio runtime, and returns a future that resolves at the first of them: SIGTERM
/// with a drain delay, SIGINT without. From the call on neither ends the process by itself, so a stop during the start is an orderly one.
///
/// # Errors
/// Returns an error if a handler cannot be installed.
pub fn shutdown_signal() -> io::Result<impl Future<Output = Shutdown>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => Shutdown::after_draining("SIGTERM"),
            _ = interrupt.recv() => Shutdown::at_once("SIGINT"),
        }
    })
}

/// The running service.
pub(super) struct Running {
    service: Arc<Service>,
    public: JoinHandle<io::Result<()>>,
    public_handle: ServerHandle,
    closing: CancellationToken,
    management: JoinHandle<io::Result<()>>,
    management_handle: ServerHandle,
    ledger_maintenance: JoinHandle<()>,
    limiter_sweeps: JoinHandle<()>,
    provider_checks: JoinHandle<()>,
}

impl Running {
    pub fn start(service: Arc<Service>, public: PublicServer, management: Server) -> Self {
        let PublicServer { server, closing } = public;
        let ledger = service.planner.ledger().clone();
        let limiter_service = Arc::clone(&service);
        let checked_service = Arc::clone(&service);
        Self {
            public_handle: server.handle(),
            public: tokio::spawn(server),
            closing,
            management_handle: management.handle(),
            management: tokio::spawn(management),
            ledger_maintenance: tokio::spawn(async move { ledger.run().await }),
            limiter_sweeps: tokio::spawn(async move {
                limiter_service
                    .access
                    .limiter
                    .sweep_every(rate_limit::SWEEP_INTERVAL)
                    .await;
            }),
            provider_checks: tokio::spawn(async move {
                checked_service.planner.watch_providers().await;
            }),
            service,
        }
    }

    /// Waits until the service is asked to stop, or cannot continue.
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
            // It never ends by itself. Without it nothing is swept or replayed, so a new process must take over.
            ended = &mut self.ledger_maintenance => {
                if let Err(panic) = ended {
                    tracing::error!(event_type = "error", error_type = "panic", error_message = %panic, "the ledger's maintenance stopped");
                }
                Ok(Shutdown::after_draining("the ledger's maintenance stopped"))
            }
        }
    }

    /// Shuts down: reports the service as not ready at once, keeps serving for `drain_delay` if the shutdown has one, and then waits
    /// up to `grace` for the plans in progress.
    pub async fn drain(
        self,
        shutdown: Shutdown,
        drain_delay: Duration,
        grace: Duration,
    ) -> anyhow::Result<()> {
        self.service.start_draining();
        if shutdown.has_drain_delay {
            // Load balancers keep sending requests until they notice that the service is not ready.
            tokio::time::sleep(drain_delay).await;
        }
        self.closing.cancel();
        self.public_handle.stop(true).await;
        self.finish_plans(grace).await;
        self.ledger_maintenance.abort();
        self.limiter_sweeps.abort();
        self.provider_checks.abort();
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
