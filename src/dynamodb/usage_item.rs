//! Usage rows as items of the table, and back.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{TimeDelta, Timelike as _};

use super::attributes::{Item, moment, moment_of, number, number_of, text, text_of};
use super::tables::EXPIRES_AT;
use crate::ledger::{RowKey, RowStatus, UsageRow};
use crate::money::{Money, Tokens};
use planning::category::Category;

/// Shards of a day in `date-index`, so that no partition takes all of a day's writes.
pub(super) const DATE_SHARDS: u32 = 16;
/// Shards of the open rows in `open-index`.
pub(super) const OPEN_SHARDS: u32 = 4;

/// The item of a row.
pub(super) fn item(row: &UsageRow, retention: TimeDelta) -> Item {
    let date = row.timestamp.format("%Y-%m-%d").to_string();
    let hash = stable_hash(&row.request_id);
    let mut item = HashMap::with_capacity(28);
    let mut put = |name: &str, value: AttributeValue| {
        item.insert(name.to_owned(), value);
    };
    put("request_id", text(&row.request_id));
    put("timestamp", text(moment(row.timestamp)));
    put("date_shard", text(date_shard(&date, hash % DATE_SHARDS)));
    put("date", text(date));
    put("hour", number(row.timestamp.hour()));
    put("client_id", text(&row.client_id));
    put("status", text(row.status.as_str()));
    put(
        "success",
        AttributeValue::Bool(row.status == RowStatus::Settled),
    );
    put("prompt_version", text(&*row.prompt_version));
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
    if let Some(error) = &row.error {
        put("error", text(&**error));
    }
    if let Some(allowance) = &row.allowance {
        put("allowance", text(allowance));
    }
    if row.client_budget {
        put("client_budget", AttributeValue::Bool(true));
    }
    if let (RowStatus::Held, Some(lease_until)) = (row.status, row.lease_until) {
        put("open_shard", text(open_shard(hash % OPEN_SHARDS)));
        put("lease_until", text(moment(lease_until)));
    }
    item
}

/// The row of an item; what is wrong with it, where it is none of ours.
pub(super) fn row(item: &Item) -> Result<UsageRow, String> {
    let optional = |name: &str| text_of(item, name).map(str::to_owned);
    let required = |name: &str| optional(name).ok_or_else(|| format!("a row without {name}"));
    let (read, written) = (
        number_of(item, "cache_read_tokens")?,
        number_of(item, "cache_write_tokens")?,
    );
    let all_input: u64 = number_of(item, "input_tokens")?;
    let status = required("status")?;
    Ok(UsageRow {
        request_id: required("request_id")?,
        timestamp: moment_of(item, "timestamp")?
            .ok_or_else(|| "a row without timestamp".to_owned())?,
        client_id: required("client_id")?,
        category: text_of(item, "category").and_then(Category::from_name),
        status: RowStatus::from_name(&status)
            .ok_or_else(|| format!("a row of status {status:?}"))?,
        model: optional("model").unwrap_or_default(),
        prompt_version: required("prompt_version")?.into(),
        tokens: Tokens {
            input: all_input.saturating_sub(read).saturating_sub(written),
            output: number_of(item, "output_tokens")?,
            cache_read: read,
            cache_write: written,
        },
        cost: Money::from_nano_usd(number_of(item, "cost_nano_usd")?),
        held: Money::from_nano_usd(number_of(item, "held_nano_usd")?),
        latency_ms: number_of(item, "latency_ms")?,
        llm_calls: number_of(item, "llm_calls")?,
        goal_length: number_of(item, "goal_length")?,
        error: optional("error").map(Into::into),
        lease_until: moment_of(item, "lease_until")?,
        allowance: optional("allowance"),
        client_budget: item.get("client_budget") == Some(&AttributeValue::Bool(true)),
    })
}

/// The key of a row as an item.
pub(super) fn key(key: &RowKey) -> Item {
    HashMap::from([
        ("request_id".to_owned(), text(&key.request_id)),
        ("timestamp".to_owned(), text(moment(key.timestamp))),
    ])
}

/// The key in an item of an index.
pub(super) fn key_of(item: &Item) -> Result<RowKey, String> {
    Ok(RowKey {
        request_id: text_of(item, "request_id")
            .ok_or("a row without request_id")?
            .to_owned(),
        timestamp: moment_of(item, "timestamp")?.ok_or("a row without timestamp")?,
    })
}

pub(super) fn date_shard(date: &str, shard: u32) -> String {
    format!("{date}#{shard:02}")
}

pub(super) fn open_shard(shard: u32) -> String {
    format!("open#{shard}")
}

/// FNV-1a: the same shard for a request whichever task, build or year computes it.
fn stable_hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
