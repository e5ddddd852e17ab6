//! `goal-router create-tables`: the two tables at the configured endpoint, for LocalStack and tests.

use std::time::Duration;

use crate::aws;
use crate::config::{Settings, StoreKind};
use crate::dynamodb::{self, tables};

/// Making a table in AWS takes some seconds.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Makes the tables that are not there yet, and returns a line about them.
///
/// # Errors
/// What the endpoint said.
pub async fn run(settings: &Settings) -> anyhow::Result<String> {
    let names = &settings.store.tables;
    let place = match &settings.store.kind {
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
            endpoint.clone().unwrap_or_else(|| region.clone())
        }
        StoreKind::Embedded { folder } => {
            // The embedded store makes its tables whenever it is opened.
            let (_store, _engine) = crate::app::open_store(&settings.store).await?;
            folder.display().to_string()
        }
        StoreKind::EmbeddedInMemory => anyhow::bail!("an in-memory store keeps no tables"),
    };
    Ok(format!(
        "tables {} and {} are there ({place})",
        names.usage, names.state
    ))
}
