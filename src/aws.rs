//! Connection settings of the AWS clients: region, credentials and endpoint.
//!
//! Retries, time limits and budgets are policy and belong to the planner and the ledger.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::Credentials;

use crate::outbound_http::is_loopback;

/// Maximum time to connect. It allows for one or two lost SYNs, which are sent again after 1 s and 3 s.
pub const CONNECT_TIMEOUT: Duration = Duration::from_millis(3100);

/// Returns the SDK configuration for an endpoint (`None` for AWS itself). Credentials come from the environment, the container or
/// the instance, and are resolved on the first call. A loopback endpoint is a local emulator that accepts any credentials, so it
/// gets dummy ones: real credentials must not be sent there.
pub async fn sdk_config(region: &str, endpoint: Option<&str>) -> SdkConfig {
    let loader =
        aws_config::defaults(BehaviorVersion::latest()).region(Region::new(region.to_owned()));
    if endpoint.is_some_and(is_loopback) {
        loader
            .credentials_provider(dummy_credentials())
            .load()
            .await
    } else {
        loader.load().await
    }
}

/// Returns dummy credentials for emulators on this machine.
#[must_use]
pub fn dummy_credentials() -> Credentials {
    Credentials::new("local", "local", None, None, "dummy")
}
