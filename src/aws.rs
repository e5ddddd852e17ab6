//! How the AWS clients connect: region, credentials, endpoint, connection pool, and no retries of the SDK's own.
//!
//! Retries, time limits and budgets are policy and live with the planner and the ledger.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// A connection that is not made by then never will be; SYNs are sent again after 1 s and 3 s.
pub const CONNECT_TIMEOUT: Duration = Duration::from_millis(3100);

/// Idle connections are dropped after this, below the idle timeouts of the services' load balancers.
const POOL_IDLE: Duration = Duration::from_secs(50);

/// Region and credentials, from the environment, the container or the instance, as usual. Nothing is asked before the
/// first call needs it.
pub async fn shared(region: &str) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest()).region(Region::new(region.to_owned())).load().await
}

/// A pool of connections for one endpoint; without TLS where the endpoint has none, which saves reading the trust roots.
#[must_use]
pub fn connections(endpoint: Option<&str>) -> SharedHttpClient {
    if endpoint.is_some_and(|endpoint| endpoint.starts_with("http://")) {
        Builder::new().pool_idle_timeout(POOL_IDLE).build_http()
    } else {
        Builder::new().pool_idle_timeout(POOL_IDLE).tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https()
    }
}
