//! Connection settings of the AWS clients: region, credentials and endpoint.
//!
//! Retries, time limits and budgets are policy and belong to the planner and the ledger.

mod credentials;

use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::Credentials;

use crate::outbound_http::is_loopback;

use self::credentials::RecoveringCredentials;

/// Maximum time to connect. It allows for one or two lost SYNs, which are sent again after 1 s and 3 s.
pub const CONNECT_TIMEOUT: Duration = Duration::from_millis(3100);

/// Maximum time to load credentials. A source that takes longer is down, and a request that waits for it could use another model.
pub const CREDENTIALS_TIMEOUT: Duration = Duration::from_secs(5);

/// Returns the SDK configuration for an endpoint (`None` for AWS itself). Credentials come from the environment, a profile, the
/// container or the instance, and are resolved on the first call; a failure to load them is not remembered. A loopback endpoint is a
/// local emulator that accepts any credentials, so it gets dummy ones: real credentials must not be sent there.
pub async fn sdk_config(region: &str, endpoint: Option<&str>) -> SdkConfig {
    let region = Region::new(region.to_owned());
    let identities = IdentityCache::lazy().load_timeout(CREDENTIALS_TIMEOUT);
    let loader = aws_config::defaults(BehaviorVersion::latest())
        .identity_cache(identities.build())
        .region(region.clone());
    if endpoint.is_some_and(is_loopback) {
        loader
            .credentials_provider(dummy_credentials())
            .load()
            .await
    } else {
        loader
            .credentials_provider(RecoveringCredentials::new(region))
            .load()
            .await
    }
}

/// Returns dummy credentials for emulators on this machine.
#[must_use]
pub fn dummy_credentials() -> Credentials {
    Credentials::new("local", "local", None, None, "dummy")
}
