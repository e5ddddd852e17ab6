//! Logs and metrics. This module knows the domain's closed sets, for labels and fields, and nothing of HTTP or stores.
//!
//! Neither may contain the text of a goal.

pub mod events;
mod logs;
pub mod metrics;
mod pretty;

pub use self::logs::{LogFormat, LogGuard, init};
pub use self::metrics::{ActiveRequest, Metrics};
