//! `goal-router create-tables`: creates the two tables at the configured endpoint, for LocalStack and tests.

use std::time::Duration;

use crate::aws;
use crate::config::{Settings, StoreKind};
use crate::dynamodb::{self, tables};

/// Creating a table in AWS takes some seconds.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Creates the missing tables, and returns a message about them.
///
/// # Errors
/// Returns the error of the endpoint or of the embedded store, or that the configured store is in memory.
pub async fn run(settings: &Settings) -> anyhow::Result<String> {
    let names = &settings.store.tables;
    let location = match &settings.store.kind {
        StoreKind::DynamoDb { region, endpoint } => {
            tables::create(
                &dynamodb::client(
                    &aws::sdk_config(region, endpoint.as_deref()).await,
                    endpoint.as_deref(),
                    TIMEOUT,
                ),
                names,
            )
            .await?;
            endpoint
                .as_ref()
                .map_or_else(|| region.clone(), ToString::to_string)
        }
        StoreKind::Embedded { folder } => {
            // The embedded store creates its tables when it is opened.
            let (_store, _engine) = crate::app::open_store(&settings.store).await?;
            folder.display().to_string()
        }
        StoreKind::EmbeddedInMemory => anyhow::bail!(
            "an in-memory store has no durable tables; configure DynamoDB or a folder"
        ),
    };
    Ok(format!(
        "tables {} and {} exist ({location})",
        names.usage, names.state
    ))
}
