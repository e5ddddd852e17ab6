//! The secondary indexes of the usage table, and the expiry of both tables.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::TimeDelta;
use goal_router::dynamodb::{DynamoDbStore, TableNames};
use goal_router::ledger::store::Expected;
use goal_router::ledger::{LedgerStore as _, RowStatus, UsageRow};

use crate::entries::{entry, now, row, write};

const REQUEST_ID: &str = "open";

pub async fn indexes_find_rows_by_day_by_client_and_while_open(
    store: &DynamoDbStore,
    client: &Client,
    names: &TableNames,
) {
    let held = row(REQUEST_ID, RowStatus::Held);
    write(store, &[entry(&held, Expected::Nothing)])
        .await
        .unwrap();
    let item = item_of(client, names).await;
    let count = async |index: &str, hash: &str| {
        matches_in_index(client, names, index, hash, &item[hash]).await
    };

    for (index, hash) in [
        ("date-index", "date_shard"),
        ("client-index", "client_id"),
        ("open-index", "open_shard"),
    ] {
        assert_eq!(count(index, hash).await, 1, "{index}");
    }
    assert!(!is_expired(store, &held, 180).await);
    assert!(is_expired(store, &held, 181).await);
    let failed = row(REQUEST_ID, RowStatus::Failed);
    write(store, &[entry(&failed, Expected::Held)])
        .await
        .unwrap();
    assert_eq!(
        count("open-index", "open_shard").await,
        0,
        "a settled row is not open"
    );
    assert!(!is_expired(store, &held, 181).await);
    assert_eq!(count("date-index", "date_shard").await, 1);
}

/// The attributes of the row, as stored.
async fn item_of(client: &Client, names: &TableNames) -> HashMap<String, AttributeValue> {
    let timestamp = "2026-11-23T10:30:00.000000Z".to_owned();
    let found = client
        .get_item()
        .table_name(&names.usage)
        .key("request_id", AttributeValue::S(REQUEST_ID.to_owned()))
        .key("timestamp", AttributeValue::S(timestamp))
        .consistent_read(true)
        .send()
        .await
        .unwrap();
    found.item.unwrap()
}

/// How often a query of `index` for this hash key finds the row.
async fn matches_in_index(
    client: &Client,
    names: &TableNames,
    index: &str,
    hash: &str,
    value: &AttributeValue,
) -> usize {
    let found = client
        .query()
        .table_name(&names.usage)
        .index_name(index)
        .key_condition_expression("#hash = :value")
        .expression_attribute_names("#hash", hash)
        .expression_attribute_values(":value", value.clone())
        .send()
        .await
        .unwrap();
    found
        .items()
        .iter()
        .filter(|item| item["request_id"] == AttributeValue::S(REQUEST_ID.to_owned()))
        .count()
}

/// Whether the store lists the row as expired this many seconds after it was written.
async fn is_expired(store: &DynamoDbStore, row: &UsageRow, seconds: i64) -> bool {
    let before = now() + TimeDelta::seconds(seconds);
    let expired = store.expired_rows(before, 10).await.unwrap();
    expired.contains(&row.key())
}

pub async fn both_tables_expire_items(client: &Client, names: &TableNames) {
    for table in [&names.usage, &names.state] {
        let described = client
            .describe_time_to_live()
            .table_name(table)
            .send()
            .await
            .unwrap();
        let expiry = described.time_to_live_description.unwrap();
        assert_eq!(expiry.attribute_name(), Some("expires_at"), "{table}");
    }
}
