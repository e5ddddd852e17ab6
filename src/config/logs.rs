//! The format and filter of the log.

use super::values::{SettingsError, Values};
use crate::telemetry::LogFormat;

/// The default filter. It leaves out the web server's messages about its workers and about malformed requests, and the embedded
/// engine's messages about tables that already exist. The SDK's messages about credentials come with every attempt to load them; our
/// own event tells of them once.
const DEFAULT_FILTER: &str =
    "info,actix_server=warn,actix_http=off,aws_config=error,dynoxide=error";

/// The format and filter of the log.
#[derive(Debug, Clone)]
pub struct Logs {
    /// `LOG_FORMAT`: `json` or `pretty`.
    pub format: LogFormat,
    /// `RUST_LOG`: the filter of log events.
    pub filter: String,
}

impl Logs {
    pub(super) fn from_values(values: &Values) -> Result<Self, SettingsError> {
        Ok(Self {
            format: values
                .parsed::<LogFormat>("LOG_FORMAT", "must be `json` or `pretty`")?
                .unwrap_or(LogFormat::Json),
            filter: values
                .text("RUST_LOG")
                .unwrap_or_else(|| DEFAULT_FILTER.to_owned()),
        })
    }
}
