//! Dashboards, rules and alerts: they keep the rules of the trade, and all that they ask is there when a real Prometheus has scraped
//! the real service.
//!
//! Needs `prometheus` and `promtool` on the path; `make prometheus` installs them.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod dashboards;
mod expressions;
mod labels;
mod linter;
mod prometheus;
mod promql;
mod rules;
mod runbook;
mod scrapes;
mod service;
mod traffic;
mod walk;
