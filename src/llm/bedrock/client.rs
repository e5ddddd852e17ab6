//! The SDK client of Bedrock.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::retry::RetryConfig;
use aws_sdk_bedrockruntime::config::timeout::TimeoutConfig;
use aws_sdk_bedrockruntime::config::{Builder, Region, StalledStreamProtectionConfig};

use crate::aws;

/// A client for `region`, at `endpoint` where one is set; no attempt takes longer than `attempt`.
#[must_use]
pub fn client(
    shared: &SdkConfig,
    region: &str,
    endpoint: Option<&str>,
    attempt: Duration,
) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(aws::CONNECT_TIMEOUT)
        // The answer comes in one piece, at the end.
        .read_timeout(attempt)
        .operation_attempt_timeout(attempt)
        .build();
    let mut config = Builder::from(shared);
    config.set_endpoint_url(endpoint.map(str::to_owned));
    let config = config
        .region(Region::new(region.to_owned()))
        .http_client(aws::http_client(endpoint))
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        // The attempt's timeout bounds the call; a model that thinks is silent for longer than that protection allows.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build();
    Client::from_conf(config)
}
