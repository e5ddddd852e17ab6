//! Usage rows to items of the usage table and back.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{TimeDelta, Timelike as _};

use super::attributes::{Item, number, number_of, string, string_of, timestamp, timestamp_of};
use super::tables::EXPIRES_AT;
use crate::ledger::{RowKey, RowStatus, UsageRow};
use crate::money::{Money, Tokens};
use planning::category::Category;

/// Number of shards per day in `date-index`, so that a day's writes are spread over several partitions.
pub(super) const DATE_SHARDS: u32 = 16;
/// Number of shards of the open rows in `open-index`.
pub(super) const OPEN_SHARDS: u32 = 16;

/// Returns the item of a row, which expires after `retention`.
pub(super) fn item(row: &UsageRow, retention: TimeDelta) -> Item {
    let date = row.timestamp.format("%Y-%m-%d").to_string();
    let hash = stable_hash(&row.request_id);
    let mut item = HashMap::with_capacity(28);
    let mut put = |name: &str, value: AttributeValue| {
        item.insert(name.to_owned(), value);
    };
    put("request_id", string(&row.request_id));
    put("timestamp", string(timestamp(row.timestamp)));
    put("date_shard", string(date_shard(&date, hash % DATE_SHARDS)));
    put("date", string(date));
    put("hour", number(row.timestamp.hour()));
    put("client_id", string(&row.client_id));
    put("status", string(row.status.as_str()));
    put(
        "success",
        AttributeValue::Bool(row.status == RowStatus::Settled),
    );
    put("prompt_version", string(&*row.prompt_version));
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
        put("model", string(&row.model));
    }
    if let Some(category) = row.category {
        put("category", string(category.as_str()));
    }
    if let Some(error) = &row.error {
        put("error", string(&**error));
    }
    if let Some(allowance) = &row.allowance {
        put("allowance", string(allowance));
    }
    if row.client_budget {
        put("client_budget", AttributeValue::Bool(true));
    }
    if let (RowStatus::Held, Some(lease_until)) = (row.status, row.lease_until) {
        put("open_shard", string(open_shard(hash % OPEN_SHARDS)));
        put("lease_until", string(timestamp(lease_until)));
    }
    item
}

/// Reads a row from an item.
///
/// # Errors
/// Returns what is wrong with the item.
pub(super) fn row(item: &Item) -> Result<UsageRow, String> {
    let optional = |name: &str| string_of(item, name).map(str::to_owned);
    let required = |name: &str| optional(name).ok_or_else(|| format!("a row without {name}"));
    let (cache_read, cache_write) = (
        number_of(item, "cache_read_tokens")?,
        number_of(item, "cache_write_tokens")?,
    );
    let all_input: u64 = number_of(item, "input_tokens")?;
    let status = required("status")?;
    Ok(UsageRow {
        request_id: required("request_id")?,
        timestamp: timestamp_of(item, "timestamp")?
            .ok_or_else(|| "a row without timestamp".to_owned())?,
        client_id: required("client_id")?,
        category: string_of(item, "category").and_then(Category::from_name),
        status: RowStatus::from_name(&status)
            .ok_or_else(|| format!("a row with the unknown status {status:?}"))?,
        model: optional("model").unwrap_or_default(),
        prompt_version: required("prompt_version")?.into(),
        tokens: Tokens {
            input: all_input
                .saturating_sub(cache_read)
                .saturating_sub(cache_write),
            output: number_of(item, "output_tokens")?,
            cache_read,
            cache_write,
        },
        cost: Money::from_nano_usd(number_of(item, "cost_nano_usd")?),
        held: Money::from_nano_usd(number_of(item, "held_nano_usd")?),
        latency_ms: number_of(item, "latency_ms")?,
        llm_calls: number_of(item, "llm_calls")?,
        goal_length: number_of(item, "goal_length")?,
        error: optional("error").map(Into::into),
        lease_until: timestamp_of(item, "lease_until")?,
        allowance: optional("allowance"),
        client_budget: item.get("client_budget") == Some(&AttributeValue::Bool(true)),
    })
}

/// Returns the key of a row.
pub(super) fn key(key: &RowKey) -> Item {
    HashMap::from([
        ("request_id".to_owned(), string(&key.request_id)),
        ("timestamp".to_owned(), string(timestamp(key.timestamp))),
    ])
}

/// Reads the key of a row from an item of an index.
///
/// # Errors
/// Returns what is wrong with the item.
pub(super) fn key_of(item: &Item) -> Result<RowKey, String> {
    Ok(RowKey {
        request_id: string_of(item, "request_id")
            .ok_or("a row without request_id")?
            .to_owned(),
        timestamp: timestamp_of(item, "timestamp")?.ok_or("a row without timestamp")?,
    })
}

/// Returns the partition key of a shard in `date-index`.
pub(super) fn date_shard(date: &str, shard: u32) -> String {
    format!("{date}#{shard:02}")
}

/// Returns the partition key of a shard in `open-index`.
pub(super) fn open_shard(shard: u32) -> String {
    format!("open#{shard}")
}

/// Returns the FNV-1a hash of a request id. It decides the shard that stored rows are in, so it must never change between versions.
/// No hash crate promises that, so we keep our own.
fn stable_hash(request_id: &str) -> u32 {
    request_id.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
