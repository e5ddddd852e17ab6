//! The ledger's store in DynamoDB. Rows, counters and leases are read here and written in [`super::ledger_writes`].

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use super::attributes::{self, Item, string, timestamp};
use super::state_item;
use super::usage_item;
use super::{DynamoDbStore, reason};
use crate::ledger::store::{Account, Counter, Entry, Lease, RowTotals, Unavailable, WriteError};
use crate::ledger::{LedgerStore, RowKey, RowStatus, UsageRow};
use crate::money::Money;

/// Maximum number of open rows that a sweep reads per shard. The next sweep reads the rest.
const MAX_ROWS_PER_SHARD: i32 = 200;

#[async_trait]
impl LedgerStore for DynamoDbStore {
    async fn write(&self, entries: &[Entry], token: &str) -> Result<(), WriteError> {
        match entries {
            [] => Ok(()),
            [Entry::Row { row, expected }] => self.put(row, *expected).await,
            _ => self.transact(entries, token).await,
        }
    }

    async fn row(&self, key: &RowKey) -> Result<Option<UsageRow>, Unavailable> {
        let found = self
            .client
            .get_item()
            .table_name(&self.tables.usage)
            .set_key(Some(usage_item::key(key)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        found
            .item
            .map(|item| usage_item::row(&item).map_err(Unavailable))
            .transpose()
    }

    async fn expired_rows(&self, before: DateTime<Utc>) -> Result<Vec<RowKey>, Unavailable> {
        let mut keys = Vec::new();
        for shard in 0..usage_item::OPEN_SHARDS {
            let found = self
                .client
                .query()
                .table_name(&self.tables.usage)
                .index_name("open-index")
                .key_condition_expression("open_shard = :shard AND lease_until < :before")
                .expression_attribute_values(":shard", string(usage_item::open_shard(shard)))
                .expression_attribute_values(":before", string(timestamp(before)))
                .limit(MAX_ROWS_PER_SHARD)
                .send()
                .await
                .map_err(|error| unavailable(&error))?;
            for item in found.items() {
                keys.push(usage_item::key_of(item).map_err(Unavailable)?);
            }
        }
        Ok(keys)
    }

    async fn lease(&self, day: NaiveDate, id: &str) -> Result<Option<Lease>, Unavailable> {
        self.state_item(state_item::lease_key(day, id))
            .await?
            .map(|item| state_item::lease(day, &item).map_err(Unavailable))
            .transpose()
    }

    async fn leases(&self, day: NaiveDate) -> Result<Vec<Lease>, Unavailable> {
        let mut found = self
            .client
            .query()
            .table_name(&self.tables.state)
            .key_condition_expression("pk = :pk AND begins_with(sk, :lease)")
            .expression_attribute_values(":pk", string(state_item::day_key(day)))
            .expression_attribute_values(":lease", string(state_item::LEASE))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut leases = Vec::new();
        while let Some(item) = found.next().await {
            let item = item.map_err(|error| unavailable(&error))?;
            leases.push(state_item::lease(day, &item).map_err(Unavailable)?);
        }
        Ok(leases)
    }

    async fn row_totals(&self, day: NaiveDate, lease: &str) -> Result<RowTotals, Unavailable> {
        let mut totals = RowTotals::default();
        for shard in 0..usage_item::DATE_SHARDS {
            let mut found = self
                .client
                .query()
                .table_name(&self.tables.usage)
                .index_name("date-index")
                .key_condition_expression("date_shard = :shard")
                .filter_expression("allowance = :lease")
                .projection_expression("#status, cost_nano_usd")
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(
                    ":shard",
                    string(usage_item::date_shard(&day.to_string(), shard)),
                )
                .expression_attribute_values(":lease", string(lease))
                .into_paginator()
                .items()
                .send();
            while let Some(item) = found.next().await {
                let item = item.map_err(|error| unavailable(&error))?;
                let cost = attributes::number_of(&item, "cost_nano_usd").map_err(Unavailable)?;
                totals.cost = totals.cost.saturating_add(Money::from_nano_usd(cost));
                let held = attributes::string_of(&item, "status") == Some(RowStatus::Held.as_str());
                totals.held += u64::from(held);
            }
        }
        Ok(totals)
    }

    async fn counter(&self, account: &Account) -> Result<Counter, Unavailable> {
        let item = self.state_item(state_item::counter_key(account)).await?;
        item.map_or(Ok(Counter::default()), |item| {
            state_item::counter(&item).map_err(Unavailable)
        })
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        let key = [("pk", "probe"), ("sk", "probe")]
            .map(|(name, value)| (name.to_owned(), string(value)));
        self.state_item(Item::from(key)).await.map(|_| ())
    }
}

impl DynamoDbStore {
    async fn state_item(&self, key: Item) -> Result<Option<Item>, Unavailable> {
        let found = self
            .client
            .get_item()
            .table_name(&self.tables.state)
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(found.item)
    }
}

pub(super) fn unavailable(error: &(dyn std::error::Error + 'static)) -> Unavailable {
    Unavailable(reason(error))
}
