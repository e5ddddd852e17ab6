//! The service, run with the environment that Terraform gives it, and what was seen of it: its log, its metrics, its answers.

mod observed;
pub mod process;
mod scrape;
mod traffic;

pub use self::observed::{Observed, observed};
pub use self::scrape::{Labels, Series};
