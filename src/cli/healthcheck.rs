//! `goal-router healthcheck`: checks the liveness (not the readiness) of the running service, for a container's health check.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;

/// Maximum time of a health check.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Checks that the service at this address of this machine is alive: `/health/live` must respond with 200.
///
/// # Errors
/// Returns an error if it does not do so in time.
pub async fn run(address: SocketAddr) -> anyhow::Result<()> {
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .no_proxy()
        .build()?;
    let response = client
        .get(format!("http://{address}/health/live"))
        .send()
        .await
        .with_context(|| format!("the service does not respond at {address}"))?;
    let status = response.status();
    anyhow::ensure!(
        status == 200,
        "the service responded with {status}, not 200"
    );
    Ok(())
}
