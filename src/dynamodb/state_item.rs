//! The items of the state table that the ledger has: counters and leases of allowance, by day.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use super::attributes::{Item, moment_of, number, number_of, text, text_of};
use crate::ledger::store::{Account, Counter, Lease};
use crate::money::Money;

/// How long counters and leases are kept after their day.
const RETENTION: TimeDelta = TimeDelta::days(40);
/// The prefix of leases among a day's items.
pub(super) const LEASE: &str = "lease#";

/// The key of an account's counter.
pub(super) fn counter_key(account: &Account) -> Item {
    let pk = match &account.client {
        None => day_key(account.day),
        Some(client) => format!("budget#client#{client}#{}", account.day),
    };
    key(pk, "counter".to_owned())
}

/// The key of a lease.
pub(super) fn lease_key(day: NaiveDate, id: &str) -> Item {
    key(day_key(day), format!("{LEASE}{id}"))
}

/// Hash key of the service's counter and leases of a day.
pub(super) fn day_key(day: NaiveDate) -> String {
    format!("budget#service#{day}")
}

fn key(pk: String, sk: String) -> Item {
    HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
}

/// When an item of that day expires, in seconds since 1970.
pub(super) fn expires_at(day: NaiveDate) -> i64 {
    (day.and_time(NaiveTime::MIN).and_utc() + RETENTION).timestamp()
}

/// The counter in an item.
pub(super) fn counter(item: &Item) -> Result<Counter, String> {
    Ok(Counter {
        committed: money(item, "committed_nano_usd")?,
        settled: money(item, "settled_nano_usd")?,
    })
}

/// The lease in an item.
pub(super) fn lease(day: NaiveDate, item: &Item) -> Result<Lease, String> {
    let sk = text_of(item, "sk").unwrap_or_default();
    Ok(Lease {
        id: sk.strip_prefix(LEASE).unwrap_or(sk).to_owned(),
        day,
        granted: money(item, "granted_nano_usd")?,
        reported: money(item, "told_nano_usd")?,
        until: moment_of(item, "lease_until")?.ok_or("a lease without its end")?,
        version: number_of(item, "version")?,
        closed: item.contains_key("closed"),
    })
}

/// A counter that went below nothing shows nothing: it is told so, and the sum of rows tells the truth.
fn money(item: &Item, name: &str) -> Result<Money, String> {
    let nano: i64 = number_of(item, name)?;
    if nano < 0 {
        tracing::error!(
            event_type = "error",
            error_type = "ledger_counter",
            error_message = %format!("{name} is {nano}"),
            "a counter is below nothing"
        );
    }
    Ok(Money::from_nano_usd(u64::try_from(nano).unwrap_or(0)))
}

/// Values of an expression.
pub(super) fn values<const N: usize>(pairs: [(&str, i64); N]) -> Item {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), number(value)))
        .collect()
}
