//! The public port's server: what the web framework's own would be, over connections that lose [idle timeouts](super::idle_timeout).

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::dev::{AppConfig, Server};
use actix_web::rt::net::TcpStream;
use actix_web::{App, Error};
use tokio::sync::Notify;

use super::idle_timeout::IdleTimeoutStream;
use super::{Service, routes};

/// Connections that may wait to be accepted; the system's own bound (`net.core.somaxconn`) holds as well.
pub const BACKLOG: u32 = 16_384;
/// Connections that one worker serves; far above what its memory is planned for, so that the system's limits decide.
const CONNECTIONS_PER_WORKER: usize = 25_000;
/// Longer than a load balancer's idle timeout of 60 s: else it would send a request into a connection that we just closed.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a client may take to send the head of a connection's first request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// What a client may take beside the time that its request may take.
const MARGIN: Duration = Duration::from_secs(30);

/// The server, and a bell that tells idle connections of the end.
pub struct PublicServer {
    /// The server.
    pub server: Server,
    /// Rung when it is to stop, so that connections do not wait for requests any more.
    pub closing: Arc<Notify>,
}

/// A server of all routes on this listener; no request takes longer than `longest`.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(
    service: &Arc<Service>,
    listener: TcpListener,
    longest: Duration,
    grace: Duration,
) -> std::io::Result<PublicServer> {
    let closing = Arc::new(Notify::new());
    let address = listener.local_addr()?;
    let patience = longest.max(KEEP_ALIVE) + MARGIN;
    let (service, bell) = (Arc::clone(service), Arc::clone(&closing));
    let server = Server::build()
        .backlog(BACKLOG)
        .max_concurrent_connections(CONNECTIONS_PER_WORKER)
        .shutdown_timeout(grace.as_secs())
        .disable_signals()
        .listen("public", listener, move || {
            let bell = Arc::clone(&bell);
            let app = App::new()
                .configure(routes::public(&service))
                .into_factory()
                .map_err(|error: Error| error.error_response());
            let http = HttpService::build()
                .keep_alive(KEEP_ALIVE)
                .client_request_timeout(HEAD_TIMEOUT)
                .local_addr(address)
                .graceful_shutdown_signal(move || {
                    let bell = Arc::clone(&bell);
                    async move { bell.notified().await }
                })
                .finish(map_config(app, |()| AppConfig::default()));
            fn_service(move |stream: TcpStream| async move {
                // Without it an answer in two parts waits for the client's acknowledgement.
                stream.set_nodelay(true)?;
                let peer = stream.peer_addr().ok();
                let patient = IdleTimeoutStream::new(stream, patience);
                Ok::<_, DispatchError>((patient, Protocol::Http1, peer))
            })
            .and_then(http)
        })?
        .run();
    Ok(PublicServer { server, closing })
}
