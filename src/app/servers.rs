//! The two servers of the process: the API on the public port, metrics on the management port.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::{App, HttpServer};
use anyhow::Context as _;

use super::shutdown::Running;
use crate::config::Settings;
use crate::http::server::{self, BACKLOG, PublicServer};
use crate::http::{Service, routes};

/// Both servers, bound but not yet running.
pub(super) struct Servers {
    pub public: PublicServer,
    pub management: Server,
    pub port: u16,
    pub management_port: u16,
}

impl Servers {
    /// Binds both ports.
    pub fn bind(service: &Arc<Service>, settings: &Settings) -> anyhow::Result<Self> {
        let listen = &settings.listen;
        let listener = bind(listen.address, listen.port).context("PORT")?;
        let management_listener =
            bind(listen.address, listen.management_port).context("MANAGEMENT_PORT")?;
        let port = listener.local_addr()?.port();
        let management_port = management_listener.local_addr()?.port();
        let deadline = settings.limits.deadline;
        Ok(Self {
            public: server::serve(service, listener, deadline, listen.shutdown_grace)?,
            management: management(service, management_listener)?,
            port,
            management_port,
        })
    }

    /// Starts both servers, and the ledger's and the limiter's background tasks.
    pub fn start(self, service: Arc<Service>) -> Running {
        Running::start(service, self.public, self.management)
    }
}

fn management(service: &Arc<Service>, listener: TcpListener) -> std::io::Result<Server> {
    let service = Arc::clone(service);
    let server = HttpServer::new(move || App::new().configure(routes::management(&service)))
        .workers(1)
        .shutdown_timeout(1)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

fn bind(address: IpAddr, port: u16) -> anyhow::Result<TcpListener> {
    let domain = if address.is_ipv4() {
        socket2::Domain::IPV4
    } else {
        socket2::Domain::IPV6
    };
    let socket = socket2::Socket::new(domain, socket2::Type::STREAM, None)?;
    // A restart must not wait for connections of the previous process to time out.
    socket.set_reuse_address(true)?;
    let address = SocketAddr::new(address, port);
    socket
        .bind(&address.into())
        .with_context(|| format!("cannot listen on {address}"))?;
    socket.listen(i32::try_from(BACKLOG)?)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}
