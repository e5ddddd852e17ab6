//! The server of the public port: like the framework's `HttpServer`, but with [backpressure](super::backpressure)
//! and an [idle timeout](super::idle_timeout) for connections.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::dev::{AppConfig, Server};
use actix_web::rt::net::TcpStream;
use actix_web::{App, Error};
use tokio_util::sync::CancellationToken;

use super::backpressure::BackpressureStream;
use super::idle_timeout::{IdleLimits, IdleTimeoutStream};
use super::{Service, routes};

/// Maximum number of connections waiting to be accepted. The system's limit (`net.core.somaxconn`) applies as well.
pub const BACKLOG: u32 = 16_384;
/// Maximum number of connections per worker. It is far above what its memory is sized for, so the system's limits apply first.
const CONNECTIONS_PER_WORKER: usize = 25_000;
/// Maximum time for a client to send the head of the first request on a connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// The server, and the signal that closes its idle connections on shutdown.
pub struct PublicServer {
    /// The server.
    pub server: Server,
    /// Cancel it on shutdown, so that connections stop waiting for further requests, and for clients that do not read.
    pub closing: CancellationToken,
}

/// Starts a server of all public routes on this listener. No request takes longer than `max_request_time`; on shutdown, requests in
/// progress have `grace` to finish.
///
/// # Errors
/// Returns an error if the listener cannot be used.
pub fn serve(
    service: &Arc<Service>,
    listener: TcpListener,
    max_request_time: Duration,
    grace: Duration,
) -> std::io::Result<PublicServer> {
    let closing = CancellationToken::new();
    let address = listener.local_addr()?;
    let limits = IdleLimits::for_requests_of(max_request_time);
    let (service, signal) = (Arc::clone(service), closing.clone());
    let server = Server::build()
        .backlog(BACKLOG)
        .max_concurrent_connections(CONNECTIONS_PER_WORKER)
        .shutdown_timeout(grace.as_secs())
        .disable_signals()
        .listen("public", listener, move || {
            let (on_drain, closing) = (signal.clone(), signal.clone());
            let app = App::new()
                .configure(routes::public(&service))
                .into_factory()
                .map_err(|error: Error| error.error_response());
            let http = HttpService::build()
                .keep_alive(limits.keep_alive)
                .client_request_timeout(HEAD_TIMEOUT)
                .local_addr(address)
                // A client that closes its side has left, as for other servers. Its request is reported at once; its plan goes on.
                .h1_allow_half_closed(false)
                .graceful_shutdown_signal(move || on_drain.clone().cancelled_owned())
                .finish(map_config(app, |()| AppConfig::default()));
            fn_service(move |stream: TcpStream| {
                let closing = closing.clone();
                async move {
                    // With Nagle's algorithm, the second part of a response waits for the client's acknowledgement of the first.
                    stream.set_nodelay(true)?;
                    let peer = stream.peer_addr().ok();
                    let stream = BackpressureStream::new(stream, closing);
                    let stream = IdleTimeoutStream::new(stream, limits);
                    Ok::<_, DispatchError>((stream, Protocol::Http1, peer))
                }
            })
            .and_then(http)
        })?
        .run();
    Ok(PublicServer { server, closing })
}
