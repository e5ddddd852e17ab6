//! Connection settings of the AWS clients: region, credentials, endpoint and connection pool.
//!
//! Retries, time limits and budgets are policy and belong to the planner and the ledger.

mod credentials;

use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::Credentials;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use self::credentials::RecoveringCredentials;

/// Maximum time to connect. It allows for one or two lost SYNs, which are sent again after 1 s and 3 s.
pub const CONNECT_TIMEOUT: Duration = Duration::from_millis(3100);

/// Maximum time to load credentials. A source that takes longer is down, and a request that waits for it could use another model.
pub const CREDENTIALS_TIMEOUT: Duration = Duration::from_secs(5);

/// Idle connections are closed after this time, which is below the idle timeouts of the services' load balancers.
const POOL_IDLE: Duration = Duration::from_secs(50);

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

fn is_loopback(endpoint: &str) -> bool {
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

/// Returns an HTTP client with a connection pool. For an `http://` endpoint it has no TLS, which saves loading the trust roots.
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
    use super::is_loopback;

    #[test]
    fn only_loopback_endpoints_are_local() {
        for endpoint in [
            "http://127.0.0.1:9000",
            "http://localhost:8000/",
            "http://[::1]:1",
        ] {
            assert!(is_loopback(endpoint), "{endpoint}");
        }
        for endpoint in [
            "http://localstack:4566",
            "https://bedrock-runtime.us-east-1.amazonaws.com",
            "http://127.0.0.1.evil.example",
            "http://10.0.0.1",
        ] {
            assert!(!is_loopback(endpoint), "{endpoint}");
        }
    }
}
