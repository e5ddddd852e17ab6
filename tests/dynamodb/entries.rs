//! The rows and entries that the suite writes, and the write itself.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use goal_router::dynamodb::DynamoDbStore;
use goal_router::ledger::store::{Account, Counter, Entry, Expected, Refusal, WriteError};
use goal_router::ledger::{Bill, LedgerStore as _, RowStatus, UsageRow};
use goal_router::money::{Money, Tokens};
use goal_router::request_context::{RequestContext, RequestOutcome};
use planning::category::Category;

/// The refusal of an entry whose stored item is not in the expected state.
pub const DIFFERS: Option<Refusal> = Some(Refusal::Differs);

/// The time of every row in the suite.
pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 10, 30, 0).unwrap()
}

/// A row under `lease-1`: with a lease while it is held, with tokens and a cost otherwise.
pub fn row(request_id: &str, status: RowStatus) -> UsageRow {
    let context = RequestContext {
        request_id: request_id.to_owned(),
        trace_id: "0".repeat(32),
        client_id: "client-1".to_owned(),
        daily_budget: None,
        outcome: RequestOutcome::default(),
    };
    let mut bill = Bill::open(&context, 40, "v1", now());
    bill.set_category(Category::Fitness);
    bill.set_model("bedrock:m");
    let mut row = bill.row().clone();
    row.status = status;
    row.allowance = Some("lease-1".to_owned());
    row.held = Money::from_nano_usd(5000);
    if status == RowStatus::Held {
        row.lease_until = Some(now() + TimeDelta::seconds(180));
    } else {
        row.tokens = Tokens {
            input: 100,
            output: 50,
            cache_read: 7,
            cache_write: 3,
        };
        row.cost = Money::from_nano_usd(1234);
    }
    row
}

/// An entry that writes `row` if the stored row is as `expected`.
pub fn entry(row: &UsageRow, expected: Expected) -> Entry {
    Entry::Row {
        row: Arc::new(row.clone()),
        expected,
    }
}

/// An entry that changes the counter of `account`; `limit` is the maximum of `committed` in nano-dollars.
pub fn count(account: &Account, committed: i64, settled: i64, limit: Option<u64>) -> Entry {
    Entry::Count {
        account: account.clone(),
        committed,
        settled,
        limit: limit.map(Money::from_nano_usd),
    }
}

/// Writes the entries under a new token.
pub async fn write(store: &DynamoDbStore, entries: &[Entry]) -> Result<(), WriteError> {
    store
        .write(entries, &uuid::Uuid::new_v4().to_string())
        .await
}

/// A counter of these amounts, in nano-dollars.
pub fn counter(committed: u64, settled: u64) -> Counter {
    Counter {
        committed: Money::from_nano_usd(committed),
        settled: Money::from_nano_usd(settled),
    }
}
