//! What was seen of the service in each environment. Every environment is run once, for all tests together.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

use super::scrape::Series;
use super::traffic;
use crate::environments;

/// What was seen of the service.
#[derive(Debug)]
pub struct Observed {
    /// The lines of its log.
    pub lines: Vec<Value>,
    /// What it warned of when it started.
    pub warnings: Vec<Value>,
    /// The series of its metrics.
    pub series: Series,
    /// The type of each metric.
    pub kinds: BTreeMap<String, String>,
    /// The status of the load balancer's health check.
    pub health: u16,
    /// The status of a request for a plan.
    pub plan: u16,
    /// What `goal-router healthcheck` wrote where it failed, with the same settings in a file.
    pub health_check: Result<(), String>,
}

/// Returns what was seen in an environment.
pub fn observed(name: &str) -> &'static Observed {
    static ALL: OnceLock<BTreeMap<&str, Observed>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        std::thread::scope(|scope| {
            let runs = environments::NAMES.map(|name| (name, scope.spawn(move || play(name))));
            runs.map(|(name, run)| (name, run.join().unwrap())).into()
        })
    });
    &all[name]
}

fn play(name: &str) -> Observed {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(traffic::play(name))
}
