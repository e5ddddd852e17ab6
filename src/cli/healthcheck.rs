//! `goal-router healthcheck`: asks the running service whether it is alive, for a container's health check.

use std::time::Duration;

use anyhow::Context as _;

/// A health check that takes longer is a failed one.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Asks the service on this machine's `port` whether it is alive.
///
/// # Errors
/// When it does not answer 200 in time.
pub async fn run(port: u16) -> anyhow::Result<()> {
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .no_proxy()
        .build()?;
    let response = client
        .get(format!("http://127.0.0.1:{port}/health/live"))
        .send()
        .await
        .with_context(|| format!("the service does not answer on port {port}"))?;
    let status = response.status();
    anyhow::ensure!(status == 200, "the service answered {status}");
    Ok(())
}
