//! How the service calls other servers over HTTP: directly, or through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`
//! name. The rule is the same for every client: the libraries read these variables alike, and this module decides when they may.
//!
//! Servers on this machine are always called directly. Plain http is allowed for them because nobody can listen in between, and a
//! proxy would be in between.

use std::time::Duration;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// Idle connections are closed after this time, which is below the idle timeouts of load balancers.
pub const POOL_IDLE: Duration = Duration::from_secs(50);

/// Returns a builder of a client for the server at `url`.
pub fn client_builder(url: &str) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .pool_idle_timeout(POOL_IDLE)
        // A redirect would send credentials and goals to another server.
        .redirect(reqwest::redirect::Policy::none());
    if is_loopback(url) {
        builder.no_proxy()
    } else {
        builder
    }
}

/// Returns a builder of a client for the server at `url` that blocks its thread, for threads that are not a runtime's.
pub fn blocking_client_builder(url: &str) -> reqwest::blocking::ClientBuilder {
    let builder = reqwest::blocking::Client::builder()
        .pool_idle_timeout(POOL_IDLE)
        .redirect(reqwest::redirect::Policy::none());
    if is_loopback(url) {
        builder.no_proxy()
    } else {
        builder
    }
}

/// Returns a client for the AWS SDK and the server at `endpoint`, or for AWS itself. On this machine it has no TLS for `http://`,
/// which saves loading the trust roots.
#[must_use]
pub fn sdk_client(endpoint: Option<&str>) -> SharedHttpClient {
    if endpoint.is_some_and(|endpoint| endpoint.starts_with("http://") && is_loopback(endpoint)) {
        return Builder::new().pool_idle_timeout(POOL_IDLE).build_http();
    }
    let is_direct = endpoint.is_some_and(is_loopback);
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder()
            .pool_idle_timeout(POOL_IDLE)
            .proxy_config(if is_direct {
                ProxyConfig::disabled()
            } else {
                ProxyConfig::from_env()
            });
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .build()
    })
}

/// Returns whether the server at this URL is on this machine.
#[must_use]
pub fn is_loopback(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else {
        return false;
    };
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
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
