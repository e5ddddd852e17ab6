//! The ledger's items in the state table: counters and allowance leases, by day.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use super::attributes::{Item, number, number_of, string, string_of, timestamp_of};
use crate::ledger::store::{Account, Counter, Lease};
use crate::money::Money;

/// How long counters and leases are stored after their day.
const RETENTION: TimeDelta = TimeDelta::days(40);
/// The sort key prefix of a day's leases.
pub(super) const LEASE: &str = "lease#";

/// Returns the key of an account's counter.
pub(super) fn counter_key(account: &Account) -> Item {
    let pk = match &account.client {
        None => day_key(account.day),
        Some(client) => format!("budget#client#{client}#{}", account.day),
    };
    key(pk, "counter".to_owned())
}

/// Returns the key of a lease.
pub(super) fn lease_key(day: NaiveDate, id: &str) -> Item {
    key(day_key(day), format!("{LEASE}{id}"))
}

/// Returns the partition key of the service's counter and leases of a day.
pub(super) fn day_key(day: NaiveDate) -> String {
    format!("budget#service#{day}")
}

fn key(pk: String, sk: String) -> Item {
    HashMap::from([("pk".to_owned(), string(pk)), ("sk".to_owned(), string(sk))])
}

/// Returns when the items of a day expire, in seconds since the Unix epoch.
pub(super) fn expires_at(day: NaiveDate) -> i64 {
    (day.and_time(NaiveTime::MIN).and_utc() + RETENTION).timestamp()
}

/// Reads a counter from an item.
///
/// # Errors
/// Returns what is wrong with the item.
pub(super) fn counter(item: &Item) -> Result<Counter, String> {
    Ok(Counter {
        committed: money(item, "committed_nano_usd")?,
        settled: money(item, "settled_nano_usd")?,
    })
}

/// Reads a lease from an item.
///
/// # Errors
/// Returns what is wrong with the item.
pub(super) fn lease(day: NaiveDate, item: &Item) -> Result<Lease, String> {
    let sk = string_of(item, "sk").unwrap_or_default();
    Ok(Lease {
        id: sk.strip_prefix(LEASE).unwrap_or(sk).to_owned(),
        day,
        granted: money(item, "granted_nano_usd")?,
        reported: money(item, "told_nano_usd")?,
        until: timestamp_of(item, "lease_until")?.ok_or("a lease without lease_until")?,
        version: number_of(item, "version")?,
        closed: item.contains_key("closed"),
    })
}

/// Reads an amount. A negative amount is a defect: it is logged and read as zero, and the rows still have the true total.
fn money(item: &Item, name: &str) -> Result<Money, String> {
    let nano: i64 = number_of(item, name)?;
    if nano < 0 {
        tracing::error!(
            event_type = "error",
            error_type = "ledger_counter",
            error_message = %format!("{name} is {nano}"),
            "a counter is negative"
        );
    }
    Ok(Money::from_nano_usd(u64::try_from(nano).unwrap_or(0)))
}

/// Returns the attribute values of an expression.
pub(super) fn values<const N: usize>(pairs: [(&str, i64); N]) -> Item {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), number(value)))
        .collect()
}
