//! Counters with their limits, and leases of allowance.

use chrono::TimeDelta;
use goal_router::dynamodb::DynamoDbStore;
use goal_router::ledger::LedgerStore as _;
use goal_router::ledger::store::{Account, Entry, Refusal, WriteError};
use goal_router::money::Money;

use crate::entries::{DIFFERS, count, counter, now, write};

pub async fn a_counter_never_exceeds_its_limit(store: &DynamoDbStore) {
    let account = Account::service(now().date_naive());
    let over_limit = |current| {
        Err(WriteError::Refused(vec![
            Some(Refusal::OverLimit(current)),
            None,
        ]))
    };
    let lease = |granted| Entry::Lease {
        id: "limits".to_owned(),
        day: now().date_naive(),
        granted,
        reported: 0,
        until: now(),
    };

    let refused = write(store, &[count(&account, 1001, 0, Some(1000)), lease(1001)]).await;
    assert_eq!(
        refused,
        over_limit(counter(0, 0)),
        "a single change above the limit"
    );
    write(store, &[count(&account, 600, 0, Some(1000)), lease(600)])
        .await
        .unwrap();
    let refused = write(store, &[count(&account, 401, 0, Some(1000)), lease(401)]).await;
    assert_eq!(refused, over_limit(counter(600, 0)));
    write(store, &[count(&account, 400, 0, Some(1000)), lease(400)])
        .await
        .unwrap();
    write(store, &[count(&account, -900, 100, None), lease(-900)])
        .await
        .unwrap();

    assert_eq!(store.counter(&account).await.unwrap(), counter(100, 100));
}

pub async fn leases_grow_are_touched_and_close_once(store: &DynamoDbStore) {
    let day = now().date_naive();
    let grow = Entry::Lease {
        id: "lease-1".to_owned(),
        day,
        granted: 500,
        reported: 20,
        until: now() + TimeDelta::seconds(180),
    };
    let touch = Entry::TouchLease {
        id: "lease-1".to_owned(),
        day,
    };
    let no_change = count(&Account::service(day), 0, 0, None);
    let with = |entry: &Entry| [entry.clone(), no_change.clone()];
    write(store, &with(&grow)).await.unwrap();
    write(store, &with(&grow)).await.unwrap();
    let read = store.lease(day, "lease-1").await.unwrap().unwrap();
    assert_eq!(
        (read.granted, read.reported, read.version, read.closed),
        (
            Money::from_nano_usd(1000),
            Money::from_nano_usd(40),
            2,
            false
        )
    );
    assert_eq!(read.until, now() + TimeDelta::seconds(180));
    write(store, &with(&touch)).await.unwrap();

    let close = Entry::CloseLease { lease: read };
    let stale = write(store, &with(&close)).await;
    assert_eq!(stale, Err(WriteError::Refused(vec![DIFFERS, None])));
    let read = store.lease(day, "lease-1").await.unwrap().unwrap();
    let close = Entry::CloseLease { lease: read };
    write(store, &with(&close)).await.unwrap();

    for entry in [&close, &grow, &touch] {
        let refused = write(store, &with(entry)).await;
        assert_eq!(refused, Err(WriteError::Refused(vec![DIFFERS, None])));
    }
    let leases = store.leases(day).await.unwrap().items;
    let closed: Vec<(&str, bool)> = leases
        .iter()
        .map(|lease| (lease.id.as_str(), lease.closed))
        .collect();
    assert_eq!(closed, [("lease-1", true), ("limits", false)]);
    // Rows that earlier tests wrote under this lease: three are still held, two have a cost.
    let totals = store.row_totals(day, "lease-1").await.unwrap();
    assert_eq!(totals.held, 3, "{totals:?}");
    assert_eq!(totals.cost, Money::from_nano_usd(2 * 1234));
}
