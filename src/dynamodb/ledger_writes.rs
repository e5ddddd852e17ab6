//! The ledger's writes: a single row is a `PutItem`, everything else a `TransactWriteItems`. Each entry has its condition, and
//! failed conditions are mapped back to the entries.

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Put, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use chrono::{DateTime, NaiveDate, Utc};

use super::DynamoDbStore;
use super::attributes::{Item, number, string, timestamp};
use super::call_span::in_span;
use super::ledger_store::unavailable;
use super::reason;
use super::state_item::{self, values};
use super::tables::EXPIRES_AT;
use super::throttling::is_throttling;
use super::usage_item;
use crate::ledger::store::{Account, Entry, Expected, Lease, Refusal, WriteError};
use crate::ledger::{RowStatus, UsageRow};
use crate::money::Money;

/// The codes of a request or an entry that is never accepted, however often it is sent.
const INVALID: [&str; 4] = [
    "ItemCollectionSizeLimitExceeded",
    "ItemCollectionSizeLimitExceededException",
    "ValidationError",
    "ValidationException",
];

impl DynamoDbStore {
    /// Writes a single row.
    ///
    /// # Errors
    /// [`WriteError`], with one refusal if the stored row is not as expected.
    pub(super) async fn put(&self, row: &UsageRow, expected: Expected) -> Result<(), WriteError> {
        let (condition, status) = condition(expected);
        let mut put = self
            .client
            .put_item()
            .table_name(&self.tables.usage)
            .set_item(Some(usage_item::item(row, self.usage_retention)))
            .condition_expression(condition);
        if let Some(status) = status {
            put = put
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":status", string(status.as_str()));
        }
        let sent = in_span("PutItem", &self.tables.usage, put.send()).await;
        sent.map(|_| ()).map_err(|error| {
            let refused = error
                .as_service_error()
                .is_some_and(PutItemError::is_conditional_check_failed_exception);
            if refused {
                WriteError::Refused(vec![Some(Refusal::Differs)])
            } else {
                failed(&error)
            }
        })
    }

    /// Writes all entries in one transaction. `token` makes it idempotent.
    ///
    /// # Errors
    /// [`WriteError`]. A cancelled transaction is a refusal if a condition failed, else contention or an outage.
    pub(super) async fn transact(&self, entries: &[Entry], token: &str) -> Result<(), WriteError> {
        let items = entries
            .iter()
            .map(|entry| self.transact_item(entry))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| WriteError::Invalid(error.to_string()))?;
        let request = self
            .client
            .transact_write_items()
            .set_transact_items(Some(items))
            .client_request_token(token);
        let sent = in_span("TransactWriteItems", &self.tables.usage, request.send()).await;
        sent.map(|_| ()).map_err(|error| cancelled(entries, &error))
    }

    fn transact_item(&self, entry: &Entry) -> Result<TransactWriteItem, BuildError> {
        let item = TransactWriteItem::builder();
        let item = match entry {
            Entry::Row { row, expected } => item.put(self.put_row(row, *expected)?),
            Entry::Count {
                account,
                committed,
                settled,
                limit,
            } => item.update(self.update_counter(account, *committed, *settled, *limit)?),
            Entry::Lease {
                id,
                day,
                granted,
                reported,
                until,
            } => item.update(self.update_lease((*day, id), *granted, *reported, *until)?),
            Entry::CloseLease { lease } => item.update(self.close_lease(lease)?),
            Entry::TouchLease { id, day } => item.update(self.touch_lease(*day, id)?),
        };
        Ok(item.build())
    }

    fn put_row(&self, row: &UsageRow, expected: Expected) -> Result<Put, BuildError> {
        let (condition, status) = condition(expected);
        let mut put = Put::builder()
            .table_name(&self.tables.usage)
            .set_item(Some(usage_item::item(row, self.usage_retention)))
            .condition_expression(condition);
        if let Some(status) = status {
            put = put
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":status", string(status.as_str()));
        }
        put.build()
    }

    fn update_counter(
        &self,
        account: &Account,
        committed: i64,
        settled: i64,
        limit: Option<Money>,
    ) -> Result<Update, BuildError> {
        let mut update = self
            .update_state(state_item::counter_key(account))
            .update_expression(
                "ADD committed_nano_usd :committed, settled_nano_usd :settled SET #expires_at = :expires_at",
            )
            .expression_attribute_names("#expires_at", EXPIRES_AT)
            .set_expression_attribute_values(Some(values([
                (":committed", committed),
                (":settled", settled),
                (":expires_at", state_item::expires_at(account.day)),
            ])))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        if let Some(limit) = limit {
            let max_before = limit.as_change() - committed;
            update = update
                .condition_expression(
                    "(attribute_not_exists(committed_nano_usd) AND :room >= :nothing) OR committed_nano_usd <= :room",
                )
                .expression_attribute_values(":room", number(max_before))
                .expression_attribute_values(":nothing", number(0));
        }
        update.build()
    }

    fn update_lease(
        &self,
        (day, id): (NaiveDate, &str),
        granted: i64,
        reported: i64,
        until: DateTime<Utc>,
    ) -> Result<Update, BuildError> {
        self.update_state(state_item::lease_key(day, id))
            .update_expression(
                "ADD granted_nano_usd :granted, told_nano_usd :told, version :one SET lease_until = :until, #expires_at = :expires_at",
            )
            .expression_attribute_names("#expires_at", EXPIRES_AT)
            .condition_expression("attribute_not_exists(closed)")
            .set_expression_attribute_values(Some(values([
                (":granted", granted),
                (":told", reported),
                (":one", 1),
                (":expires_at", state_item::expires_at(day)),
            ])))
            .expression_attribute_values(":until", string(timestamp(until)))
            .build()
    }

    fn close_lease(&self, lease: &Lease) -> Result<Update, BuildError> {
        self.update_state(state_item::lease_key(lease.day, &lease.id))
            .update_expression("SET closed = :closed")
            .condition_expression("attribute_not_exists(closed) AND version = :version")
            .expression_attribute_values(":closed", AttributeValue::Bool(true))
            .expression_attribute_values(":version", number(lease.version))
            .build()
    }

    fn touch_lease(&self, day: NaiveDate, id: &str) -> Result<Update, BuildError> {
        self.update_state(state_item::lease_key(day, id))
            .update_expression("ADD version :one")
            .condition_expression("attribute_not_exists(closed)")
            .expression_attribute_values(":one", number(1))
            .build()
    }

    fn update_state(&self, key: Item) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.tables.state)
            .set_key(Some(key))
    }
}

/// Returns the condition on the stored row, and the status that it refers to.
const fn condition(expected: Expected) -> (&'static str, Option<RowStatus>) {
    match expected {
        Expected::Nothing => ("attribute_not_exists(request_id)", None),
        Expected::Held => ("#status = :status", Some(RowStatus::Held)),
        Expected::Abandoned => ("#status = :status", Some(RowStatus::Abandoned)),
    }
}

/// Maps a failed transaction to a [`WriteError`].
fn cancelled(
    entries: &[Entry],
    error: &SdkError<TransactWriteItemsError, HttpResponse>,
) -> WriteError {
    let reasons = match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons()
        }
        _ => return failed(error),
    };
    let codes = || reasons.iter().map(|reason| reason.code().unwrap_or("None"));
    if codes().any(|code| code == "ConditionalCheckFailed") {
        return WriteError::Refused(
            entries
                .iter()
                .zip(reasons)
                .map(|(entry, reason)| refusal(entry, reason))
                .collect(),
        );
    }
    if codes().any(|code| INVALID.contains(&code)) {
        return WriteError::Invalid(reason(error));
    }
    let contended =
        |code: &str| code == "None" || code == "TransactionConflict" || is_throttling(code);
    if !reasons.is_empty() && codes().all(contended) {
        WriteError::Contended
    } else {
        WriteError::Unavailable(unavailable(error))
    }
}

/// Maps a failed request that was not refused by a condition. A busy table or item is not an outage.
fn failed<E>(error: &SdkError<E, HttpResponse>) -> WriteError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let code = error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code);
    match code {
        Some("TransactionConflictException" | "TransactionInProgressException") => {
            WriteError::Contended
        }
        Some(code) if is_throttling(code) => WriteError::Contended,
        Some(code) if INVALID.contains(&code) => WriteError::Invalid(reason(error)),
        _ => WriteError::Unavailable(unavailable(error)),
    }
}

/// Returns the refusal of an entry; `None` if its condition did not fail.
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
