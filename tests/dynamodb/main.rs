//! One suite for the store, pointed at any DynamoDB endpoint: the embedded engine always, moto's server where Python has it
//! as a second opinion, and whatever `STORE_TEST_ENDPOINT` names (DynamoDB Local, LocalStack).
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and says what it left out"
)]

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use goal_router::dynamodb::embedded::EmbeddedEngine;
use goal_router::dynamodb::{self, DynamoDbStore, TableNames, tables};
use goal_router::idempotency::{
    Claim, ClaimResult, Fingerprint, IdempotencyStore as _, RecordName, StoredResponse,
};
use goal_router::ledger::store::{Account, Counter, Entry, Expected, Refusal, WriteError};
use goal_router::ledger::{Bill, LedgerStore as _, RowStatus, UsageRow};
use goal_router::money::{Money, Tokens};
use goal_router::request_context::RequestContext;
use planning::category::Category;

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_engine_keeps_rows_as_the_ledger_needs() {
    let engine = EmbeddedEngine::in_memory().unwrap();

    suite(&engine.endpoint()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn motos_server_agrees() {
    let has_moto = Command::new("python3")
        .args(["-c", "import moto.server"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !has_moto {
        eprintln!("left out: python3 with moto's server is not installed");
        return;
    }
    let port = std::net::TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
        .to_string();
    let mut server = Command::new("python3")
        .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let listening = async {
        while tokio::net::TcpStream::connect(format!("127.0.0.1:{port}"))
            .await
            .is_err()
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let listens = tokio::time::timeout(Duration::from_secs(30), listening).await;

    let outcome = match listens {
        Ok(()) => {
            tokio::spawn(async move { suite(&format!("http://127.0.0.1:{port}")).await }).await
        }
        Err(late) => panic!("moto's server does not listen: {late}"),
    };

    server.kill().unwrap();
    server.wait().unwrap();
    outcome.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_of_the_operators_choice_agrees() {
    match goal_router_test_endpoint() {
        Ok(endpoint) => suite(&endpoint).await,
        Err(_) => eprintln!("left out: STORE_TEST_ENDPOINT names no endpoint"),
    }
}

#[expect(clippy::disallowed_methods, reason = "the one variable of this suite")]
fn goal_router_test_endpoint() -> Result<String, std::env::VarError> {
    std::env::var("STORE_TEST_ENDPOINT")
}

async fn suite(endpoint: &str) {
    let client = dynamodb::local_client(endpoint, Duration::from_secs(20));
    let run = uuid::Uuid::new_v4().simple().to_string();
    let names = TableNames {
        usage: format!("usage-{run}"),
        state: format!("state-{run}"),
    };
    tables::create(&client, &names).await.unwrap();
    // Tables that are there are left alone.
    tables::create(&client, &names).await.unwrap();
    let store = DynamoDbStore::new(client.clone(), names.clone(), TimeDelta::days(400));

    a_row_is_there_once_and_comes_back_as_it_was(&store).await;
    a_row_is_written_over_what_it_has_to_be_over(&store).await;
    rows_and_their_counter_are_posted_together_or_not_at_all(&store).await;
    a_counter_never_passes_its_limit(&store).await;
    leases_grow_are_touched_and_are_closed_once(&store).await;
    indexes_find_rows_by_day_by_client_and_while_open(&store, &client, &names).await;
    a_record_of_a_key_is_claimed_once_answered_once_and_free_when_left(&store).await;
    expiry_is_on(&client, &names).await;
    store.probe().await.unwrap();

    for table in [names.usage, names.state] {
        client
            .delete_table()
            .table_name(table)
            .send()
            .await
            .unwrap();
    }
    assert!(
        store.probe().await.is_err(),
        "a store without its tables does not answer"
    );
}

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 10, 30, 0).unwrap()
}

fn row(request_id: &str, status: RowStatus) -> UsageRow {
    let caller = RequestContext {
        request_id: request_id.to_owned(),
        trace_id: "0".repeat(32),
        client_id: "client-1".to_owned(),
        daily_budget: None,
    };
    let mut bill = Bill::open(&caller, 40, "v1", now());
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

fn entry(row: &UsageRow, over: Expected) -> Entry {
    Entry::Row {
        row: Arc::new(row.clone()),
        over,
    }
}

fn count(account: &Account, committed: i64, settled: i64, most: Option<u64>) -> Entry {
    Entry::Count {
        account: account.clone(),
        committed,
        settled,
        most: most.map(Money::from_nano_usd),
    }
}

async fn post(store: &DynamoDbStore, entries: &[Entry]) -> Result<(), WriteError> {
    store
        .write(entries, &uuid::Uuid::new_v4().to_string())
        .await
}

fn counter(committed: u64, settled: u64) -> Counter {
    Counter {
        committed: Money::from_nano_usd(committed),
        settled: Money::from_nano_usd(settled),
    }
}

const DIFFERS: Option<Refusal> = Some(Refusal::Differs);

async fn a_row_is_there_once_and_comes_back_as_it_was(store: &DynamoDbStore) {
    let first = row("once", RowStatus::Held);
    post(store, &[entry(&first, Expected::Nothing)])
        .await
        .unwrap();

    let again = row("once", RowStatus::Rejected);
    let refused = post(store, &[entry(&again, Expected::Nothing)]).await;

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

async fn a_row_is_written_over_what_it_has_to_be_over(store: &DynamoDbStore) {
    let held = row("over", RowStatus::Held);
    let mut settled = row("over", RowStatus::Settled);
    settled.client_budget = true;
    settled.error = Some("text".into());

    for (over, fits) in [(Expected::Held, false), (Expected::Abandoned, false)] {
        assert_eq!(
            post(store, &[entry(&held, over)]).await.is_ok(),
            fits,
            "{over:?} where nothing is"
        );
    }
    post(store, &[entry(&held, Expected::Nothing)])
        .await
        .unwrap();
    post(store, &[entry(&settled, Expected::Held)])
        .await
        .unwrap();
    let twice = post(store, &[entry(&settled, Expected::Held)]).await;

    assert_eq!(twice, Err(WriteError::Refused(vec![DIFFERS])));
    assert_eq!(store.row(&settled.key()).await.unwrap(), Some(settled));
    let abandoned = row("left", RowStatus::Abandoned);
    post(store, &[entry(&abandoned, Expected::Nothing)])
        .await
        .unwrap();
    post(
        store,
        &[entry(&row("left", RowStatus::Failed), Expected::Abandoned)],
    )
    .await
    .unwrap();
}

async fn rows_and_their_counter_are_posted_together_or_not_at_all(store: &DynamoDbStore) {
    let account = Account::client("together", now().date_naive());
    let (one, two) = (row("t1", RowStatus::Held), row("t2", RowStatus::Held));
    let both = [
        entry(&one, Expected::Nothing),
        entry(&two, Expected::Nothing),
        count(&account, 700, 0, Some(1000)),
    ];
    post(store, &both).await.unwrap();
    let third = row("t3", RowStatus::Held);

    let refused = post(
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

async fn a_counter_never_passes_its_limit(store: &DynamoDbStore) {
    let account = Account::service(now().date_naive());
    let over = |now| {
        Err(WriteError::Refused(vec![
            Some(Refusal::OverLimit(now)),
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

    let refused = post(store, &[count(&account, 1001, 0, Some(1000)), lease(1001)]).await;
    assert_eq!(refused, over(counter(0, 0)), "above the limit by itself");
    post(store, &[count(&account, 600, 0, Some(1000)), lease(600)])
        .await
        .unwrap();
    let refused = post(store, &[count(&account, 401, 0, Some(1000)), lease(401)]).await;
    assert_eq!(refused, over(counter(600, 0)));
    post(store, &[count(&account, 400, 0, Some(1000)), lease(400)])
        .await
        .unwrap();
    post(store, &[count(&account, -900, 100, None), lease(-900)])
        .await
        .unwrap();

    assert_eq!(store.counter(&account).await.unwrap(), counter(100, 100));
}

async fn leases_grow_are_touched_and_are_closed_once(store: &DynamoDbStore) {
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
    let nothing = count(&Account::service(day), 0, 0, None);
    let with = |entry: &Entry| [entry.clone(), nothing.clone()];
    post(store, &with(&grow)).await.unwrap();
    post(store, &with(&grow)).await.unwrap();
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
    post(store, &with(&touch)).await.unwrap();

    let close = Entry::CloseLease { lease: read };
    let stale = post(store, &with(&close)).await;
    assert_eq!(stale, Err(WriteError::Refused(vec![DIFFERS, None])));
    let read = store.lease(day, "lease-1").await.unwrap().unwrap();
    let close = Entry::CloseLease { lease: read };
    post(store, &with(&close)).await.unwrap();

    for entry in [&close, &grow, &touch] {
        let refused = post(store, &with(entry)).await;
        assert_eq!(refused, Err(WriteError::Refused(vec![DIFFERS, None])));
    }
    let leases = store.leases(day).await.unwrap();
    let closed: Vec<(&str, bool)> = leases
        .iter()
        .map(|lease| (lease.id.as_str(), lease.closed))
        .collect();
    assert_eq!(closed, [("lease-1", true), ("limits", false)]);
    // The rows of the tests before: one is held still, and so are two more.
    let sum = store.row_totals(day, "lease-1").await.unwrap();
    assert_eq!(sum.held, 3, "{sum:?}");
    assert_eq!(sum.cost, Money::from_nano_usd(2 * 1234));
}

async fn indexes_find_rows_by_day_by_client_and_while_open(
    store: &DynamoDbStore,
    client: &Client,
    names: &TableNames,
) {
    let held = row("open", RowStatus::Held);
    post(store, &[entry(&held, Expected::Nothing)])
        .await
        .unwrap();
    let item = client
        .get_item()
        .table_name(&names.usage)
        .key("request_id", AttributeValue::S("open".to_owned()))
        .key(
            "timestamp",
            AttributeValue::S("2026-11-23T10:30:00.000000Z".to_owned()),
        )
        .consistent_read(true)
        .send()
        .await
        .unwrap()
        .item
        .unwrap();
    let count = async |index: &str, hash: &str, value: AttributeValue| {
        let found = client
            .query()
            .table_name(&names.usage)
            .index_name(index)
            .key_condition_expression("#hash = :value")
            .expression_attribute_names("#hash", hash)
            .expression_attribute_values(":value", value)
            .send()
            .await
            .unwrap();
        found
            .items()
            .iter()
            .filter(|found| found["request_id"] == AttributeValue::S("open".to_owned()))
            .count()
    };
    let expired = async |after| {
        let keys = store
            .expired_rows(now() + TimeDelta::seconds(after))
            .await
            .unwrap();
        keys.contains(&held.key())
    };

    for (index, hash) in [
        ("date-index", "date_shard"),
        ("client-index", "client_id"),
        ("open-index", "open_shard"),
    ] {
        assert_eq!(count(index, hash, item[hash].clone()).await, 1, "{index}");
    }
    assert_eq!((expired(180).await, expired(181).await), (false, true));
    post(
        store,
        &[entry(&row("open", RowStatus::Failed), Expected::Held)],
    )
    .await
    .unwrap();
    assert_eq!(
        count("open-index", "open_shard", item["open_shard"].clone()).await,
        0,
        "a settled row is not open"
    );
    assert!(!expired(181).await);
    assert_eq!(
        count("date-index", "date_shard", item["date_shard"].clone()).await,
        1
    );
}

async fn a_record_of_a_key_is_claimed_once_answered_once_and_free_when_left(store: &DynamoDbStore) {
    let claim = |owner: &str, seconds: i64| Claim {
        name: RecordName {
            client_id: "key:web".to_owned(),
            key: [7; 32],
        },
        fingerprint: Fingerprint([8; 32]),
        owner: owner.to_owned(),
        now: now() + TimeDelta::seconds(seconds),
        until: now() + TimeDelta::seconds(seconds + 60),
    };
    let answer = |status: u16| StoredResponse {
        status,
        body: vec![b'x'; 20_000].into(),
    };
    let (one, two) = (claim("one", 0), claim("two", 1));
    let until = now() + TimeDelta::hours(24);

    assert_eq!(store.claim(&one).await.unwrap(), ClaimResult::Granted);
    assert_eq!(
        store.claim(&one).await.unwrap(),
        ClaimResult::Granted,
        "again"
    );
    assert_eq!(
        store.claim(&two).await.unwrap(),
        ClaimResult::Running(one.fingerprint)
    );
    store.release(&two).await.unwrap();
    assert_ne!(
        store.claim(&two).await.unwrap(),
        ClaimResult::Granted,
        "not its own to give back"
    );
    store.release(&one).await.unwrap();
    assert_eq!(store.claim(&two).await.unwrap(), ClaimResult::Granted);

    // Left by a task that died, and taken by another, whose answer stands.
    let three = claim("three", 61);
    assert_eq!(store.claim(&three).await.unwrap(), ClaimResult::Granted);
    store.complete(&three, &answer(200), until).await.unwrap();
    store.complete(&two, &answer(502), until).await.unwrap();
    store.release(&three).await.unwrap();
    let done = ClaimResult::Done(one.fingerprint, answer(200));
    for late in [&one, &two, &three, &claim("four", 600)] {
        assert_eq!(store.claim(late).await.unwrap(), done, "{}", late.owner);
    }
    let next_day = claim("five", 24 * 3600);
    assert_eq!(store.claim(&next_day).await.unwrap(), ClaimResult::Granted);
}

async fn expiry_is_on(client: &Client, names: &TableNames) {
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
