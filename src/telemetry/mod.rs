//! Logs and metrics. A leaf: it knows the domain's closed sets, for labels and fields, and nothing of HTTP or stores.
//!
//! Nothing here may take a goal's words.

pub mod events;
mod logs;
mod metrics;

pub use self::logs::{LogFormat, LogGuard, init};
pub use self::metrics::{ActiveRequest, Metrics};
