//! The SDK client for Bedrock.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::retry::RetryConfig;
use aws_sdk_bedrockruntime::config::timeout::TimeoutConfig;
use aws_sdk_bedrockruntime::config::{Builder, Region, StalledStreamProtectionConfig, Token};
use aws_smithy_runtime_api::client::auth::AuthSchemeId;

use super::credentials::CredentialsCheck;
use crate::aws;
use crate::outbound_http;

/// Signed requests, as opposed to those with a bearer token.
const SIGV4: AuthSchemeId = AuthSchemeId::new("sigv4");

/// The client of all models on Bedrock, and the check of its credentials.
pub struct BedrockClient {
    pub(super) client: Client,
    pub(super) credentials: CredentialsCheck,
}

impl BedrockClient {
    /// Builds a client for `region`, or for `endpoint` if one is set. `attempt_timeout` bounds every attempt.
    #[must_use]
    pub fn new(
        shared: &SdkConfig,
        region: &str,
        endpoint: Option<&str>,
        attempt_timeout: Duration,
    ) -> Self {
        Self {
            client: client(shared, region, endpoint, attempt_timeout),
            credentials: CredentialsCheck::new(shared.credentials_provider()),
        }
    }
}

fn client(
    shared: &SdkConfig,
    region: &str,
    endpoint: Option<&str>,
    attempt_timeout: Duration,
) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(aws::CONNECT_TIMEOUT)
        // The answer arrives in one piece at the end, so reading needs as long as the whole attempt.
        .read_timeout(attempt_timeout)
        .operation_attempt_timeout(attempt_timeout)
        .build();
    let mut config = Builder::from(shared);
    config.set_endpoint_url(endpoint.map(str::to_owned));
    if endpoint.is_some_and(outbound_http::is_loopback) {
        // The SDK prefers the token of `AWS_BEARER_TOKEN_BEDROCK`, which must not be sent to an emulator.
        config = config
            .bearer_token(Token::new("local", None))
            .auth_scheme_preference([SIGV4]);
    }
    let config = config
        .region(Region::new(region.to_owned()))
        .http_client(outbound_http::sdk_client(endpoint))
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        // The attempt timeout bounds the call. A model that is thinking sends nothing for longer than this protection allows.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build();
    Client::from_conf(config)
}
