//! DynamoDB, the only store. Knows the domain's rows; the domain does not know it.
//!
//! Locally the same code talks to an engine that the process serves to itself ([`embedded`]).

mod attributes;
pub mod embedded;
mod idempotency_store;
mod ledger_store;
mod state_item;
pub mod tables;
mod usage_item;

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Region, StalledStreamProtectionConfig};

pub use self::tables::TableNames;
use crate::aws;

/// The store's connection and tables.
#[derive(Debug, Clone)]
pub struct DynamoDbStore {
    client: Client,
    tables: TableNames,
    usage_retention: chrono::TimeDelta,
}

impl DynamoDbStore {
    /// A store over these tables; usage rows are kept that long.
    #[must_use]
    pub fn new(client: Client, tables: TableNames, usage_retention: chrono::TimeDelta) -> Self {
        Self {
            client,
            tables,
            usage_retention,
        }
    }
}

/// A client of DynamoDB in AWS, or at `endpoint` where one is set; no attempt takes longer than `attempt`.
#[must_use]
pub fn client(shared: &SdkConfig, endpoint: Option<&str>, attempt: Duration) -> Client {
    Client::from_conf(tuned(Builder::from(shared), endpoint, attempt).build())
}

/// A client of an engine on this machine, which takes any credentials.
#[must_use]
pub fn local_client(endpoint: &str, attempt: Duration) -> Client {
    let builder = Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(aws::dummy_credentials());
    Client::from_conf(tuned(builder, Some(endpoint), attempt).build())
}

fn tuned(mut builder: Builder, endpoint: Option<&str>, attempt: Duration) -> Builder {
    builder.set_endpoint_url(endpoint.map(str::to_owned));
    builder
        .http_client(aws::http_client(endpoint))
        .retry_config(RetryConfig::disabled())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(aws::CONNECT_TIMEOUT.min(attempt))
                .operation_attempt_timeout(attempt)
                .build(),
        )
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
}
