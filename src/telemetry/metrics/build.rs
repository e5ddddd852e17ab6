//! What is running: the build, and the process as the system sees it.

use prometheus::{IntGaugeVec, Opts};

use super::registrar::Registrar;

/// The commit that this was built from: the build's environment variable `GOAL_ROUTER_COMMIT`.
const COMMIT: Option<&str> = option_env!("GOAL_ROUTER_COMMIT");

/// Registers the build information and, on Linux, the metrics of the process.
pub(super) fn register(registrar: &Registrar) -> Result<(), prometheus::Error> {
    let build = registrar.add(IntGaugeVec::new(
        Opts::new(
            "goal_router_build_info",
            "Always 1; the labels describe the build",
        ),
        &["version", "commit"],
    )?)?;
    let commit = COMMIT.filter(|commit| !commit.is_empty());
    build
        .with_label_values(&[env!("CARGO_PKG_VERSION"), commit.unwrap_or("unknown")])
        .set(1);
    #[cfg(target_os = "linux")]
    registrar.0.register(Box::new(
        prometheus::process_collector::ProcessCollector::for_self(),
    ))?;
    Ok(())
}
