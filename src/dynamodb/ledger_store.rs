//! The ledger's store in DynamoDB. Rows, counters and leases are read here and written in [`super::ledger_writes`].

use async_trait::async_trait;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use chrono::{DateTime, NaiveDate, Utc};

use super::attributes::{self, Item, string, timestamp};
use super::call_span::in_span;
use super::state_item;
use super::throttling::retry_throttled;
use super::usage_item;
use super::{DynamoDbStore, reason};
use crate::ledger::store::{
    Account, Counter, Entry, Found, Lease, ReadError, RowTotals, Unavailable, WriteError,
};
use crate::ledger::{LedgerStore, RowKey, RowStatus, UsageRow};
use crate::money::Money;

#[async_trait]
impl LedgerStore for DynamoDbStore {
    async fn write(&self, entries: &[Entry], token: &str) -> Result<(), WriteError> {
        match entries {
            [] => Ok(()),
            [Entry::Row { row, expected }] => self.put(row, *expected).await,
            _ => self.transact(entries, token).await,
        }
    }

    async fn row(&self, key: &RowKey) -> Result<Option<UsageRow>, ReadError> {
        let request = self
            .client
            .get_item()
            .table_name(&self.tables.usage)
            .set_key(Some(usage_item::key(key)))
            .consistent_read(true);
        let table = &self.tables.usage;
        let found = retry_throttled(|| in_span("GetItem", table, request.clone().send()))
            .await
            .map_err(|error| unavailable(&error))?;
        found
            .item
            .map(|item| usage_item::row(&item).map_err(ReadError::Unreadable))
            .transpose()
    }

    async fn expired_rows(
        &self,
        before: DateTime<Utc>,
        count: usize,
    ) -> Result<Vec<RowKey>, Unavailable> {
        let mut keys = Vec::new();
        for shard in 0..usage_item::OPEN_SHARDS {
            let request = self
                .client
                .query()
                .table_name(&self.tables.usage)
                .index_name("open-index")
                .key_condition_expression("open_shard = :shard AND lease_until < :before")
                .expression_attribute_values(":shard", string(usage_item::open_shard(shard)))
                .expression_attribute_values(":before", string(timestamp(before)));
            // A shard is read to the end only if there are fewer rows than asked for: the oldest must not hide the others.
            let items = self.items(request, count).await?;
            keys.extend(
                items
                    .iter()
                    .filter_map(|item| usage_item::key_of(item).ok()),
            );
        }
        Ok(keys)
    }

    async fn lease(&self, day: NaiveDate, id: &str) -> Result<Option<Lease>, ReadError> {
        self.state_item(state_item::lease_key(day, id))
            .await?
            .map(|item| state_item::lease(day, &item).map_err(ReadError::Unreadable))
            .transpose()
    }

    async fn leases(&self, day: NaiveDate) -> Result<Found<Lease>, Unavailable> {
        let request = self
            .client
            .query()
            .table_name(&self.tables.state)
            .key_condition_expression("pk = :pk AND begins_with(sk, :lease)")
            .expression_attribute_values(":pk", string(state_item::day_key(day)))
            .expression_attribute_values(":lease", string(state_item::LEASE))
            .consistent_read(true);
        let mut found = Found {
            items: Vec::new(),
            unreadable: Vec::new(),
        };
        for item in self.items(request, usize::MAX).await? {
            match state_item::lease(day, &item) {
                Ok(lease) => found.items.push(lease),
                Err(why) => found.unreadable.push(why),
            }
        }
        Ok(found)
    }

    async fn row_totals(&self, day: NaiveDate, lease: &str) -> Result<RowTotals, ReadError> {
        let mut totals = RowTotals::default();
        for shard in 0..usage_item::DATE_SHARDS {
            let request = self
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
                .expression_attribute_values(":lease", string(lease));
            for item in self.items(request, usize::MAX).await? {
                let cost =
                    attributes::number_of(&item, "cost_nano_usd").map_err(ReadError::Unreadable)?;
                totals.cost = totals.cost.saturating_add(Money::from_nano_usd(cost));
                totals.held += u64::from(is_open(&item).map_err(ReadError::Unreadable)?);
            }
        }
        Ok(totals)
    }

    async fn counter(&self, account: &Account) -> Result<Counter, ReadError> {
        let item = self.state_item(state_item::counter_key(account)).await?;
        item.map_or(Ok(Counter::default()), |item| {
            state_item::counter(&item).map_err(ReadError::Unreadable)
        })
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        let key = [("pk", "probe"), ("sk", "probe")]
            .map(|(name, value)| (name.to_owned(), string(value)));
        self.state_item(Item::from(key)).await.map(|_| ())
    }
}

/// Returns whether a row is held.
///
/// # Errors
/// Says that its status is unknown: a newer build may mean that it is.
fn is_open(item: &Item) -> Result<bool, String> {
    let status = attributes::string_of(item, "status").unwrap_or_default();
    let status = RowStatus::from_name(status)
        .ok_or_else(|| format!("a row with the unknown status {status:?}"))?;
    Ok(status == RowStatus::Held)
}

impl DynamoDbStore {
    async fn state_item(&self, key: Item) -> Result<Option<Item>, Unavailable> {
        let request = self
            .client
            .get_item()
            .table_name(&self.tables.state)
            .set_key(Some(key))
            .consistent_read(true);
        let table = &self.tables.state;
        let found = retry_throttled(|| in_span("GetItem", table, request.clone().send()))
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(found.item)
    }

    /// Returns all items that a query finds, page by page, until there are at least `count`.
    async fn items(
        &self,
        request: QueryFluentBuilder,
        count: usize,
    ) -> Result<Vec<Item>, Unavailable> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let page = request.clone().set_exclusive_start_key(start);
            let table = page.get_table_name().as_deref().unwrap_or_default();
            let page = retry_throttled(|| in_span("Query", table, page.clone().send()))
                .await
                .map_err(|error| unavailable(&error))?;
            items.extend(page.items.unwrap_or_default());
            start = page.last_evaluated_key;
            if start.is_none() || items.len() >= count {
                return Ok(items);
            }
        }
    }
}

pub(super) fn unavailable(error: &(dyn std::error::Error + 'static)) -> Unavailable {
    Unavailable(reason(error))
}
