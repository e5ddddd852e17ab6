//! The store of usage rows and state, and the spool for rows that the store did not accept.

use std::path::PathBuf;
use std::time::Duration;

use super::DEFAULT_REGION;
use super::values::{SettingsError, Values, bad_value};
use crate::dynamodb::TableNames;
use crate::service_url::ServiceUrl;

/// The store of usage rows and state.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// The kind of store.
    pub kind: StoreKind,
    /// The names of the tables.
    pub tables: TableNames,
    /// `STORE_TIMEOUT_MS`: the time limit of one operation.
    pub timeout: Duration,
    /// `USAGE_RETENTION_DAYS`: how long usage rows are stored.
    pub usage_retention: chrono::TimeDelta,
}

/// The spool for rows that the store did not accept.
#[derive(Debug, Clone)]
pub struct SpoolSettings {
    /// `SPOOL_DIR`: the directory of the spool.
    pub folder: PathBuf,
    /// `SPOOL_SHARED`: whether tasks share the directory, and each takes one of its own in it.
    pub shared: bool,
    /// `SPOOL_MAX_MB` in bytes: above this size, no new plan starts without the store.
    pub max_bytes: u64,
}

/// The kind of store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreKind {
    /// `USE_MOCK_AWS=true`: the embedded engine, with a file in `DATA_DIR`.
    Embedded {
        /// `DATA_DIR`: the directory of the file.
        folder: PathBuf,
    },
    /// The embedded engine in memory, for tests and one-off commands.
    EmbeddedInMemory,
    /// DynamoDB.
    DynamoDb {
        /// `APP_AWS_REGION`, else `AWS_REGION`.
        region: String,
        /// `AWS_ENDPOINT_URL_DYNAMODB`, else `AWS_ENDPOINT_URL`.
        endpoint: Option<ServiceUrl>,
    },
}

impl StoreSettings {
    pub(super) fn from_values(values: &Values, mock: bool) -> Result<Self, SettingsError> {
        let (of_app, of_sdk) = (
            values.region("APP_AWS_REGION")?,
            values.region("AWS_REGION")?,
        );
        let region = of_app.or(of_sdk);
        let region = region.unwrap_or_else(|| DEFAULT_REGION.to_owned());
        let kind = if mock {
            StoreKind::Embedded {
                folder: data_folder(values),
            }
        } else {
            StoreKind::DynamoDb {
                region,
                endpoint: values.endpoint("AWS_ENDPOINT_URL_DYNAMODB")?,
            }
        };
        Ok(Self {
            kind,
            tables: tables(values)?,
            timeout: store_timeout(values)?,
            usage_retention: chrono::TimeDelta::days(
                i64::try_from(values.number("USAGE_RETENTION_DAYS", 400, 1..=3650)?).unwrap_or(400),
            ),
        })
    }
}

impl SpoolSettings {
    pub(super) fn from_values(values: &Values) -> Result<Self, SettingsError> {
        Ok(Self {
            folder: values
                .text("SPOOL_DIR")
                .map_or_else(|| data_folder(values).join("spool"), PathBuf::from),
            shared: values.flag("SPOOL_SHARED", false)?,
            max_bytes: values.number("SPOOL_MAX_MB", 256, 1..=1_000_000)? << 20,
        })
    }
}

/// Reads the names of the tables, which must differ: rows of both have other keys.
fn tables(values: &Values) -> Result<TableNames, SettingsError> {
    let usage = values.table("DYNAMODB_TABLE_NAME", "ai-router-usage-logs")?;
    let state = values.table("DYNAMODB_STATE_TABLE_NAME", "ai-router-state")?;
    if usage == state {
        return Err(bad_value(
            "DYNAMODB_STATE_TABLE_NAME",
            &state,
            "must be another table than DYNAMODB_TABLE_NAME",
        ));
    }
    Ok(TableNames { usage, state })
}

/// Reads `STORE_TIMEOUT_MS`.
pub(super) fn store_timeout(values: &Values) -> Result<Duration, SettingsError> {
    values
        .number("STORE_TIMEOUT_MS", 250, 10..=60_000)
        .map(Duration::from_millis)
}

fn data_folder(values: &Values) -> PathBuf {
    values
        .text("DATA_DIR")
        .unwrap_or_else(|| "data".to_owned())
        .into()
}
