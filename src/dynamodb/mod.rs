//! DynamoDB, the only store. It implements the stores that the ledger and idempotency define.
//!
//! Without AWS, the same code talks to an embedded engine that the process serves to itself ([`embedded`]).

mod attributes;
mod call_span;
pub mod embedded;
mod idempotency_store;
mod ledger_store;
mod ledger_writes;
mod reason;
mod state_item;
pub mod tables;
mod throttling;
mod usage_item;

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Region, StalledStreamProtectionConfig};

use self::reason::reason;
pub use self::tables::TableNames;
use crate::aws;
use crate::outbound_http;

/// The store in DynamoDB: a client and the names of the tables.
#[derive(Debug, Clone)]
pub struct DynamoDbStore {
    client: Client,
    tables: TableNames,
    usage_retention: chrono::TimeDelta,
}

impl DynamoDbStore {
    /// Creates a store over these tables. Usage rows expire after `usage_retention`.
    #[must_use]
    pub fn new(client: Client, tables: TableNames, usage_retention: chrono::TimeDelta) -> Self {
        Self {
            client,
            tables,
            usage_retention,
        }
    }
}

/// Returns a client of DynamoDB in AWS, or at `endpoint` if it is set. An operation times out after `timeout` and is not retried.
#[must_use]
pub fn client(shared: &SdkConfig, endpoint: Option<&str>, timeout: Duration) -> Client {
    Client::from_conf(configure(Builder::from(shared), endpoint, timeout).build())
}

/// Returns a client of an engine on this machine, which accepts any credentials.
#[must_use]
pub fn local_client(endpoint: &str, timeout: Duration) -> Client {
    let builder = Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(aws::dummy_credentials());
    Client::from_conf(configure(builder, Some(endpoint), timeout).build())
}

fn configure(mut builder: Builder, endpoint: Option<&str>, timeout: Duration) -> Builder {
    builder.set_endpoint_url(endpoint.map(str::to_owned));
    builder
        .http_client(outbound_http::sdk_client(endpoint))
        .retry_config(RetryConfig::disabled())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(aws::CONNECT_TIMEOUT.min(timeout))
                .operation_attempt_timeout(timeout)
                .build(),
        )
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
}
