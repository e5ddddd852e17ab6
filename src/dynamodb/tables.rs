//! The two tables: their names, keys and indexes, and how they are created.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, TimeToLiveSpecification,
};

use super::reason;

/// The time-to-live attribute of both tables, in seconds since the Unix epoch.
pub const EXPIRES_AT: &str = "expires_at";

/// The names of the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableNames {
    /// `DYNAMODB_TABLE_NAME`: usage rows.
    pub usage: String,
    /// `DYNAMODB_STATE_TABLE_NAME`: counters, plans, idempotency records.
    pub state: String,
}

/// A table could not be created.
#[derive(Debug, thiserror::Error)]
#[error("cannot create the table {table}: {why}")]
pub struct TablesError {
    table: String,
    why: String,
}

impl TablesError {
    fn new(table: &str, why: &(dyn std::error::Error + 'static)) -> Self {
        Self {
            table: table.to_owned(),
            why: reason(why),
        }
    }
}

/// Creates the tables that do not exist yet, with time to live. Existing tables are not changed.
///
/// # Errors
/// [`TablesError`] with the response of the endpoint, or when a table does not become active within a minute.
pub async fn create(client: &Client, names: &TableNames) -> Result<(), TablesError> {
    create_usage(client, &names.usage).await?;
    create_state(client, &names.state).await?;
    Ok(())
}

async fn create_usage(client: &Client, name: &str) -> Result<(), TablesError> {
    let indexes = [
        ("date-index", "date_shard", "timestamp", ProjectionType::All),
        (
            "client-index",
            "client_id",
            "timestamp",
            ProjectionType::All,
        ),
        (
            "open-index",
            "open_shard",
            "lease_until",
            ProjectionType::KeysOnly,
        ),
    ];
    let mut request = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(keys("request_id", "timestamp", name)?))
        .set_attribute_definitions(Some(string_attributes(
            &[
                "request_id",
                "timestamp",
                "date_shard",
                "client_id",
                "open_shard",
                "lease_until",
            ],
            name,
        )?));
    for (index, hash, range, projection) in indexes {
        request = request.global_secondary_indexes(
            GlobalSecondaryIndex::builder()
                .index_name(index)
                .set_key_schema(Some(keys(hash, range, name)?))
                .projection(Projection::builder().projection_type(projection).build())
                .build()
                .map_err(|error| TablesError::new(name, &error))?,
        );
    }
    finish(client, name, request.send().await).await
}

async fn create_state(client: &Client, name: &str) -> Result<(), TablesError> {
    let request = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(keys("pk", "sk", name)?))
        .set_attribute_definitions(Some(string_attributes(&["pk", "sk"], name)?));
    finish(client, name, request.send().await).await
}

/// Waits until a new table is active and enables its time to live. A table that existed before is not changed.
async fn finish<T, R>(
    client: &Client,
    name: &str,
    outcome: Result<T, SdkError<CreateTableError, R>>,
) -> Result<(), TablesError>
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match outcome {
        Ok(_) => {}
        Err(error)
            if error
                .as_service_error()
                .is_some_and(CreateTableError::is_resource_in_use_exception) =>
        {
            return Ok(());
        }
        Err(error) => return Err(TablesError::new(name, &error)),
    }
    wait_until_active(client, name).await?;
    let expiry = TimeToLiveSpecification::builder()
        .attribute_name(EXPIRES_AT)
        .enabled(true)
        .build()
        .map_err(|error| TablesError::new(name, &error))?;
    client
        .update_time_to_live()
        .table_name(name)
        .time_to_live_specification(expiry)
        .send()
        .await
        .map_err(|error| TablesError::new(name, &error))?;
    Ok(())
}

/// Waits until a new table is active. DynamoDB takes some seconds, local engines none.
async fn wait_until_active(client: &Client, name: &str) -> Result<(), TablesError> {
    for _ in 0..60 {
        let described = client
            .describe_table()
            .table_name(name)
            .send()
            .await
            .map_err(|error| TablesError::new(name, &error))?;
        let status = described.table.and_then(|table| table.table_status);
        if status == Some(aws_sdk_dynamodb::types::TableStatus::Active) {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    Err(TablesError {
        table: name.to_owned(),
        why: "it did not become active within a minute".to_owned(),
    })
}

fn keys(hash: &str, range: &str, table: &str) -> Result<Vec<KeySchemaElement>, TablesError> {
    [(hash, KeyType::Hash), (range, KeyType::Range)]
        .into_iter()
        .map(|(name, kind)| {
            KeySchemaElement::builder()
                .attribute_name(name)
                .key_type(kind)
                .build()
        })
        .collect::<Result<_, _>>()
        .map_err(|error| TablesError::new(table, &error))
}

fn string_attributes(names: &[&str], table: &str) -> Result<Vec<AttributeDefinition>, TablesError> {
    names
        .iter()
        .map(|name| {
            AttributeDefinition::builder()
                .attribute_name(*name)
                .attribute_type(ScalarAttributeType::S)
                .build()
        })
        .collect::<Result<_, _>>()
        .map_err(|error| TablesError::new(table, &error))
}
