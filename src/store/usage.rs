//! Usage rows as items of the table, and their writes.

use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, SecondsFormat, TimeDelta, Timelike as _, Utc};

use super::Store;
use super::tables::EXPIRES_AT;
use crate::ledger::row::{RowStatus, UsageRow};
use crate::ledger::{RowError, UsageRows};

/// Shards of a day in `date-index`, so that no partition takes all of a day's writes.
const DATE_SHARDS: u32 = 16;
/// Shards of the open rows in `open-index`.
const OPEN_SHARDS: u32 = 4;

#[async_trait]
impl UsageRows for Store {
    async fn insert(&self, row: &UsageRow) -> Result<(), RowError> {
        let put = self
            .put(row)
            .condition_expression("attribute_not_exists(request_id)");
        self.write(put).await
    }

    async fn settle(&self, row: &UsageRow) -> Result<(), RowError> {
        let put = self
            .put(row)
            .condition_expression("attribute_not_exists(request_id) OR #status = :held")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":held", text(RowStatus::Held.as_str()));
        self.write(put).await
    }

    async fn probe(&self) -> Result<(), RowError> {
        let asked = self
            .client
            .get_item()
            .table_name(&self.tables.state)
            .key("pk", text("probe"))
            .key("sk", text("probe"))
            .send()
            .await;
        asked
            .map(|_| ())
            .map_err(|error| RowError::Unavailable(DisplayErrorContext(&error).to_string()))
    }
}

impl Store {
    async fn write(&self, put: PutItemFluentBuilder) -> Result<(), RowError> {
        // Closed is never: the store owns the semaphore.
        let _turn = self.turns.acquire().await;
        match put.send().await {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
            {
                Err(RowError::Exists)
            }
            Err(error) => Err(RowError::Unavailable(
                DisplayErrorContext(&error).to_string(),
            )),
        }
    }

    fn put(&self, row: &UsageRow) -> PutItemFluentBuilder {
        self.client
            .put_item()
            .table_name(&self.tables.usage)
            .set_item(Some(item(row, self.usage_retention)))
    }
}

fn item(row: &UsageRow, retention: TimeDelta) -> HashMap<String, AttributeValue> {
    let date = row.timestamp.format("%Y-%m-%d").to_string();
    let hash = stable_hash(&row.request_id);
    let mut item = HashMap::with_capacity(26);
    let mut put = |name: &str, value: AttributeValue| {
        item.insert(name.to_owned(), value);
    };
    put("request_id", text(&row.request_id));
    put("timestamp", text(moment(row.timestamp)));
    put(
        "date_shard",
        text(format!("{date}#{:02}", hash % DATE_SHARDS)),
    );
    put("date", text(date));
    put("hour", number(row.timestamp.hour()));
    put("client_id", text(&row.client_id));
    put("status", text(row.status.as_str()));
    put(
        "success",
        AttributeValue::Bool(row.status == RowStatus::Settled),
    );
    put("prompt_version", text(row.prompt_version));
    put("input_tokens", number(row.tokens.all_input()));
    put("output_tokens", number(row.tokens.output));
    put("cache_read_tokens", number(row.tokens.cache_read));
    put("cache_write_tokens", number(row.tokens.cache_write));
    put("tokens_used", number(row.tokens.total()));
    put("cost_nano_usd", number(row.cost.nano_usd()));
    put("held_nano_usd", number(row.held.nano_usd()));
    put("latency_ms", number(row.latency_ms));
    put("llm_calls", number(row.llm_calls));
    put("goal_length", number(row.goal_length));
    put(EXPIRES_AT, number((row.timestamp + retention).timestamp()));
    if !row.model.is_empty() {
        put("model", text(&row.model));
    }
    if let Some(category) = row.category {
        put("category", text(category.as_str()));
    }
    if let Some(error) = row.error {
        put("error", text(error));
    }
    if let (RowStatus::Held, Some(lease_until)) = (row.status, row.lease_until) {
        put("open_shard", text(format!("open#{}", hash % OPEN_SHARDS)));
        put("lease_until", text(moment(lease_until)));
    }
    item
}

/// Always 27 characters, so that texts sort as the moments do.
fn moment(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn number<T: ToString + Copy>(number: T) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// FNV-1a: the same shard for a request whichever task, build or year computes it.
fn stable_hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
