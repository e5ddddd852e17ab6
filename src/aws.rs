//! How the AWS clients connect: region, credentials, endpoint, connection pool, and no retries of the SDK's own.
//!
//! Retries, time limits and budgets are policy and live with the planner and the ledger.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::Credentials;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// A connection that is not made by then never will be; SYNs are sent again after 1 s and 3 s.
pub const CONNECT_TIMEOUT: Duration = Duration::from_millis(3100);

/// Idle connections are dropped after this, below the idle timeouts of the services' load balancers.
const POOL_IDLE: Duration = Duration::from_secs(50);

/// Region and credentials for an endpoint (`None` for AWS itself): from the environment, the container or the instance, as
/// usual, and not asked for before the first call needs them. A stand-in on this machine takes any credentials, so it gets
/// made-up ones: real ones have no business there.
pub async fn sdk_config(region: &str, endpoint: Option<&str>) -> SdkConfig {
    let loader =
        aws_config::defaults(BehaviorVersion::latest()).region(Region::new(region.to_owned()));
    if endpoint.is_some_and(is_on_this_machine) {
        loader
            .credentials_provider(dummy_credentials())
            .load()
            .await
    } else {
        loader.load().await
    }
}

/// Credentials for stand-ins on this machine.
#[must_use]
pub fn dummy_credentials() -> Credentials {
    Credentials::new("local", "local", None, None, "stand-in on this machine")
}

fn is_on_this_machine(endpoint: &str) -> bool {
    let Ok(url) = url::Url::parse(endpoint) else {
        return false;
    };
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A pool of connections for one endpoint; without TLS where the endpoint has none, which saves reading the trust roots.
#[must_use]
pub fn http_client(endpoint: Option<&str>) -> SharedHttpClient {
    if endpoint.is_some_and(|endpoint| endpoint.starts_with("http://")) {
        Builder::new().pool_idle_timeout(POOL_IDLE).build_http()
    } else {
        Builder::new()
            .pool_idle_timeout(POOL_IDLE)
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .build_https()
    }
}

#[cfg(test)]
mod tests {
    use super::is_on_this_machine;

    #[test]
    fn only_loopback_addresses_are_this_machine() {
        for endpoint in [
            "http://127.0.0.1:9000",
            "http://localhost:8000/",
            "http://[::1]:1",
        ] {
            assert!(is_on_this_machine(endpoint), "{endpoint}");
        }
        for endpoint in [
            "http://localstack:4566",
            "https://bedrock-runtime.us-east-1.amazonaws.com",
            "http://127.0.0.1.evil.example",
            "http://10.0.0.1",
        ] {
            assert!(!is_on_this_machine(endpoint), "{endpoint}");
        }
    }
}
