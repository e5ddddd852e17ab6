//! Usage rows: conditional writes, and writes of several entries at once.

use goal_router::dynamodb::DynamoDbStore;
use goal_router::ledger::store::{Account, Expected, WriteError};
use goal_router::ledger::{LedgerStore as _, RowStatus};

use crate::entries::{DIFFERS, count, counter, entry, now, row, write};

pub async fn a_row_is_created_once_and_reads_back_unchanged(store: &DynamoDbStore) {
    let first = row("once", RowStatus::Held);
    write(store, &[entry(&first, Expected::Nothing)])
        .await
        .unwrap();

    let again = row("once", RowStatus::Rejected);
    let refused = write(store, &[entry(&again, Expected::Nothing)]).await;

    assert_eq!(refused, Err(WriteError::Refused(vec![DIFFERS])));
    assert_eq!(store.row(&first.key()).await.unwrap(), Some(first));
    assert_eq!(
        store
            .row(&row("never", RowStatus::Held).key())
            .await
            .unwrap(),
        None
    );
}

pub async fn a_row_is_overwritten_only_in_the_expected_state(store: &DynamoDbStore) {
    let held = row("over", RowStatus::Held);
    let mut settled = row("over", RowStatus::Settled);
    settled.client_budget = true;
    settled.error = Some("text".into());

    for expected in [Expected::Held, Expected::Abandoned] {
        assert!(
            write(store, &[entry(&held, expected)]).await.is_err(),
            "{expected:?} where no row is"
        );
    }
    write(store, &[entry(&held, Expected::Nothing)])
        .await
        .unwrap();
    write(store, &[entry(&settled, Expected::Held)])
        .await
        .unwrap();
    let twice = write(store, &[entry(&settled, Expected::Held)]).await;

    assert_eq!(twice, Err(WriteError::Refused(vec![DIFFERS])));
    assert_eq!(store.row(&settled.key()).await.unwrap(), Some(settled));
    let abandoned = row("left", RowStatus::Abandoned);
    write(store, &[entry(&abandoned, Expected::Nothing)])
        .await
        .unwrap();
    write(
        store,
        &[entry(&row("left", RowStatus::Failed), Expected::Abandoned)],
    )
    .await
    .unwrap();
}

pub async fn rows_and_their_counter_are_written_together_or_not_at_all(store: &DynamoDbStore) {
    let account = Account::client("together", now().date_naive());
    let (one, two) = (row("t1", RowStatus::Held), row("t2", RowStatus::Held));
    let both = [
        entry(&one, Expected::Nothing),
        entry(&two, Expected::Nothing),
        count(&account, 700, 0, Some(1000)),
    ];
    write(store, &both).await.unwrap();
    let third = row("t3", RowStatus::Held);

    let refused = write(
        store,
        &[
            entry(&third, Expected::Nothing),
            entry(&two, Expected::Nothing),
            count(&account, 100, 0, Some(1000)),
        ],
    )
    .await;

    assert_eq!(refused, Err(WriteError::Refused(vec![None, DIFFERS, None])));
    assert_eq!(store.row(&third.key()).await.unwrap(), None);
    assert_eq!(store.counter(&account).await.unwrap(), counter(700, 0));
}
