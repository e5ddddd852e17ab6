//! The files that build, run and watch the service: what can go out of step with the code, or with each other. Needs no Docker.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod collector;
mod compose;
mod dockerfile;
mod files;
mod instructions;
mod live_metrics;
mod load;
