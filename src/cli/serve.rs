//! `goal-router serve`: the service, until it is asked to stop.

use tokio::runtime::Runtime;

use crate::app::{self, Application};
use crate::config::Settings;
use crate::telemetry;

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// What could not be built or bound, or a server that failed.
pub fn run(settings: &Settings, runtime: &Runtime) -> anyhow::Result<()> {
    // Held to the end: what is buffered is written whatever happens.
    let _logs = telemetry::init(settings.logs.format, &settings.logs.filter)?;
    runtime.block_on(async {
        let application = Application::build(settings, app::system_clock()).await?;
        application.run(app::shutdown_signal()).await
    })
}
