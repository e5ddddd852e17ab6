//! `goal-router healthcheck`: asks the running service whether it is ready, for a container's health check.

use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A health check that takes longer is a failed one.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Asks the service on this machine's `port` whether it is alive.
///
/// # Errors
/// When it does not say yes in time.
pub async fn run(port: u16) -> anyhow::Result<()> {
    tokio::time::timeout(TIMEOUT, ask(port))
        .await
        .context("no answer in time")?
}

/// One request over one connection needs no client library.
async fn ask(port: u16) -> anyhow::Result<()> {
    let mut connection = TcpStream::connect(("127.0.0.1", port))
        .await
        .with_context(|| format!("nothing listens on port {port}"))?;
    connection
        .write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await?;
    let mut answer = Vec::new();
    connection.take(64 * 1024).read_to_end(&mut answer).await?;
    let head = String::from_utf8_lossy(&answer);
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    anyhow::ensure!(status == "200", "the service answered {status}");
    Ok(())
}
