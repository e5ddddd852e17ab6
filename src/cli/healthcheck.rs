//! `goal-router healthcheck`: checks the liveness (not the readiness) of the running service, for a container's health check.

use std::time::Duration;

use anyhow::Context as _;

/// Maximum time of a health check.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Checks that the service on this machine's `port` is alive: `/health/live` must respond with 200.
///
/// # Errors
/// Returns an error if it does not do so in time.
pub async fn run(port: u16) -> anyhow::Result<()> {
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .no_proxy()
        .build()?;
    let response = client
        .get(format!("http://127.0.0.1:{port}/health/live"))
        .send()
        .await
        .with_context(|| format!("the service does not respond on port {port}"))?;
    let status = response.status();
    anyhow::ensure!(
        status == 200,
        "the service responded with {status}, not 200"
    );
    Ok(())
}
