//! `goal-router serve`: runs the service until it is asked to stop.

use tokio::runtime::Runtime;

use crate::app::{self, Application};
use crate::config::Settings;
use crate::telemetry;

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// Returns what could not be built or bound, or the error of a server that failed.
pub fn run(settings: &Settings, runtime: &Runtime) -> anyhow::Result<()> {
    // Held until the end, so that buffered spans and lines are flushed in any case.
    let _telemetry = {
        let _entered = runtime.enter();
        telemetry::init(
            settings.logs.format,
            &settings.logs.filter,
            &settings.traces,
        )?
    };
    runtime.block_on(async {
        let stop = app::shutdown_signal()?;
        let application = Application::build(settings, app::system_clock()).await?;
        application.run(stop).await
    })
}
