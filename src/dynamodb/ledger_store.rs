//! The ledger's books in DynamoDB: a lone row is one `PutItem`, everything else one `TransactWriteItems`.

use async_trait::async_trait;
use aws_sdk_dynamodb::error::{BuildError, DisplayErrorContext, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use chrono::{DateTime, NaiveDate, Utc};

use super::DynamoDbStore;
use super::attributes::{self, Item, moment, number, text};
use super::state_item::{self, values};
use super::tables::EXPIRES_AT;
use super::usage_item;
use crate::ledger::store::{
    Account, Counter, Entry, Expected, Lease, Refusal, RowTotals, Unavailable, WriteError,
};
use crate::ledger::{LedgerStore, RowKey, RowStatus, UsageRow};
use crate::money::Money;

/// Open rows read per shard in one sweep; more are found by the next.
const SWEPT_PER_SHARD: i32 = 200;

#[async_trait]
impl LedgerStore for DynamoDbStore {
    async fn write(&self, entries: &[Entry], token: &str) -> Result<(), WriteError> {
        match entries {
            [] => Ok(()),
            [Entry::Row { row, over }] => self.put(row, *over).await,
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
                .expression_attribute_values(":shard", text(usage_item::open_shard(shard)))
                .expression_attribute_values(":before", text(moment(before)))
                .limit(SWEPT_PER_SHARD)
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
            .expression_attribute_values(":pk", text(state_item::day_key(day)))
            .expression_attribute_values(":lease", text(state_item::LEASE))
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
        let mut sum = RowTotals::default();
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
                    text(usage_item::date_shard(&day.to_string(), shard)),
                )
                .expression_attribute_values(":lease", text(lease))
                .into_paginator()
                .items()
                .send();
            while let Some(item) = found.next().await {
                let item = item.map_err(|error| unavailable(&error))?;
                let cost = attributes::number_of(&item, "cost_nano_usd").map_err(Unavailable)?;
                sum.cost = sum.cost.saturating_add(Money::from_nano_usd(cost));
                let held = attributes::text_of(&item, "status") == Some(RowStatus::Held.as_str());
                sum.held += u64::from(held);
            }
        }
        Ok(sum)
    }

    async fn counter(&self, account: &Account) -> Result<Counter, Unavailable> {
        let item = self.state_item(state_item::counter_key(account)).await?;
        item.map_or(Ok(Counter::default()), |item| {
            state_item::counter(&item).map_err(Unavailable)
        })
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        let key =
            [("pk", "probe"), ("sk", "probe")].map(|(name, value)| (name.to_owned(), text(value)));
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

    async fn put(&self, row: &UsageRow, over: Expected) -> Result<(), WriteError> {
        let (condition, status) = condition(over);
        let mut put = self
            .client
            .put_item()
            .table_name(&self.tables.usage)
            .set_item(Some(usage_item::item(row, self.usage_retention)))
            .condition_expression(condition);
        if let Some(status) = status {
            put = put
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":status", text(status.as_str()));
        }
        match put.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => {
                    WriteError::Refused(vec![Some(Refusal::Differs)])
                }
                // As in a transaction: the table or the partition has enough to do, and is not away.
                Some(
                    PutItemError::TransactionConflictException(_)
                    | PutItemError::ProvisionedThroughputExceededException(_)
                    | PutItemError::RequestLimitExceeded(_)
                    | PutItemError::ThrottlingException(_),
                ) => WriteError::Contended,
                _ => WriteError::Unavailable(unavailable(&error)),
            }),
        }
    }

    async fn transact(&self, entries: &[Entry], token: &str) -> Result<(), WriteError> {
        let items = entries
            .iter()
            .map(|entry| self.write(entry))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| WriteError::Unavailable(unavailable(&error)))?;
        let sent = self
            .client
            .transact_write_items()
            .set_transact_items(Some(items))
            .client_request_token(token)
            .send()
            .await;
        sent.map(|_| ()).map_err(|error| cancelled(entries, &error))
    }

    fn write(&self, entry: &Entry) -> Result<TransactWriteItem, BuildError> {
        let update = || {
            Update::builder()
                .table_name(&self.tables.state)
                .expression_attribute_names("#expires_at", EXPIRES_AT)
        };
        let item = TransactWriteItem::builder();
        Ok(match entry {
            Entry::Row { row, over } => {
                let (condition, status) = condition(*over);
                let mut put = Put::builder()
                    .table_name(&self.tables.usage)
                    .set_item(Some(usage_item::item(row, self.usage_retention)))
                    .condition_expression(condition);
                if let Some(status) = status {
                    put = put
                        .expression_attribute_names("#status", "status")
                        .expression_attribute_values(":status", text(status.as_str()));
                }
                item.put(put.build()?)
            }
            Entry::Count {
                account,
                committed,
                settled,
                most,
            } => {
                let mut update = update()
                    .set_key(Some(state_item::counter_key(account)))
                    .update_expression(
                        "ADD committed_nano_usd :committed, settled_nano_usd :settled SET #expires_at = :expires_at",
                    )
                    .set_expression_attribute_values(Some(values([
                        (":committed", *committed),
                        (":settled", *settled),
                        (":expires_at", state_item::expires_at(account.day)),
                    ])))
                    .return_values_on_condition_check_failure(
                        ReturnValuesOnConditionCheckFailure::AllOld,
                    );
                if let Some(most) = most {
                    let room = most.as_change() - committed;
                    update = update
                        .condition_expression(
                            "(attribute_not_exists(committed_nano_usd) AND :room >= :nothing) OR committed_nano_usd <= :room",
                        )
                        .expression_attribute_values(":room", number(room))
                        .expression_attribute_values(":nothing", number(0));
                }
                item.update(update.build()?)
            }
            Entry::Lease {
                id,
                day,
                granted,
                reported: told,
                until,
            } => {
                let update = update()
                    .set_key(Some(state_item::lease_key(*day, id)))
                    .update_expression(
                        "ADD granted_nano_usd :granted, told_nano_usd :told, version :one SET lease_until = :until, #expires_at = :expires_at",
                    )
                    .condition_expression("attribute_not_exists(closed)")
                    .set_expression_attribute_values(Some(values([
                        (":granted", *granted),
                        (":told", *told),
                        (":one", 1),
                        (":expires_at", state_item::expires_at(*day)),
                    ])))
                    .expression_attribute_values(":until", text(moment(*until)));
                item.update(update.build()?)
            }
            Entry::CloseLease { lease } => {
                let update = Update::builder()
                    .table_name(&self.tables.state)
                    .set_key(Some(state_item::lease_key(lease.day, &lease.id)))
                    .update_expression("SET closed = :closed")
                    .condition_expression("attribute_not_exists(closed) AND version = :version")
                    .expression_attribute_values(
                        ":closed",
                        aws_sdk_dynamodb::types::AttributeValue::Bool(true),
                    )
                    .expression_attribute_values(":version", number(lease.version));
                item.update(update.build()?)
            }
            Entry::TouchLease { id, day } => {
                let update = Update::builder()
                    .table_name(&self.tables.state)
                    .set_key(Some(state_item::lease_key(*day, id)))
                    .update_expression("ADD version :one")
                    .condition_expression("attribute_not_exists(closed)")
                    .expression_attribute_values(":one", number(1));
                item.update(update.build()?)
            }
        }
        .build())
    }
}

/// The condition for what a row is written over, and the status that it names.
const fn condition(over: Expected) -> (&'static str, Option<RowStatus>) {
    match over {
        Expected::Nothing => ("attribute_not_exists(request_id)", None),
        Expected::Held => ("#status = :status", Some(RowStatus::Held)),
        Expected::Abandoned => ("#status = :status", Some(RowStatus::Abandoned)),
    }
}

/// Why a transaction was cancelled, entry by entry.
fn cancelled(
    entries: &[Entry],
    error: &SdkError<TransactWriteItemsError, HttpResponse>,
) -> WriteError {
    let reasons = match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons()
        }
        Some(TransactWriteItemsError::TransactionInProgressException(_)) => {
            return WriteError::Contended;
        }
        _ => return WriteError::Unavailable(unavailable(error)),
    };
    let code = |reason: &CancellationReason| reason.code().unwrap_or("None").to_owned();
    if reasons
        .iter()
        .any(|reason| code(reason) == "ConditionalCheckFailed")
    {
        return WriteError::Refused(
            entries
                .iter()
                .zip(reasons)
                .map(|(entry, reason)| refusal(entry, reason))
                .collect(),
        );
    }
    let contended = reasons.iter().all(|reason| {
        matches!(
            code(reason).as_str(),
            "None" | "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"
        )
    });
    if contended && !reasons.is_empty() {
        WriteError::Contended
    } else {
        WriteError::Unavailable(unavailable(error))
    }
}

fn refusal(entry: &Entry, reason: &CancellationReason) -> Option<Refusal> {
    if reason.code() != Some("ConditionalCheckFailed") {
        return None;
    }
    Some(match entry {
        Entry::Count { .. } => Refusal::OverLimit(
            reason
                .item()
                .and_then(|item| state_item::counter(item).ok())
                .unwrap_or_default(),
        ),
        Entry::Row { .. }
        | Entry::Lease { .. }
        | Entry::CloseLease { .. }
        | Entry::TouchLease { .. } => Refusal::Differs,
    })
}

pub(super) fn unavailable(error: &(dyn std::error::Error + 'static)) -> Unavailable {
    Unavailable(DisplayErrorContext(error).to_string())
}
