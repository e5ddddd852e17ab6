//! One suite for the store, pointed at any DynamoDB endpoint: the embedded engine always, moto's server where Python has it
//! as a second opinion, and whatever `STORE_TEST_ENDPOINT` names (DynamoDB Local, LocalStack).
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and says what it left out"
)]

use std::process::{Command, Stdio};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use goal_router::caller::Caller;
use goal_router::category::Category;
use goal_router::ledger::{Bill, Money, Price, RowError, RowStatus, Tokens, UsageRow, UsageRows};
use goal_router::store::embedded::EmbeddedEngine;
use goal_router::store::{self, Store, TableNames, tables};

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
    let client = store::local_client(endpoint, Duration::from_secs(20));
    let run = uuid::Uuid::new_v4().simple().to_string();
    let names = TableNames {
        usage: format!("usage-{run}"),
        state: format!("state-{run}"),
    };
    tables::create(&client, &names).await.unwrap();
    // Tables that are there are left alone.
    tables::create(&client, &names).await.unwrap();
    let store = Store::new(client.clone(), names.clone(), TimeDelta::days(400));

    a_row_is_there_once(&store, &client, &names).await;
    settling_twice_changes_nothing(&store, &client, &names).await;
    indexes_find_rows_by_day_by_client_and_while_open(&store, &client, &names).await;
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
        matches!(store.probe().await, Err(RowError::Unavailable(_))),
        "a store without its tables does not answer"
    );
}

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 10, 30, 0).unwrap()
}

fn row(request_id: &str, status: RowStatus) -> UsageRow {
    let caller = Caller {
        request_id: request_id.to_owned(),
        trace_id: "0".repeat(32),
        client_id: "client-1".to_owned(),
    };
    let mut bill = Bill::open(&caller, 40, "v1", now());
    bill.set_category(Category::Fitness);
    bill.set_model("bedrock:m");
    let mut row = bill.row().clone();
    row.status = status;
    if status == RowStatus::Held {
        row.held = Money::from_nano_usd(5000);
        row.lease_until = Some(now() + TimeDelta::seconds(180));
    }
    row
}

async fn kept(
    client: &Client,
    names: &TableNames,
    row: &UsageRow,
) -> std::collections::HashMap<String, AttributeValue> {
    let key = AttributeValue::S("2026-11-23T10:30:00.000000Z".to_owned());
    let id = AttributeValue::S(row.request_id.clone());
    let got = client
        .get_item()
        .table_name(&names.usage)
        .key("request_id", id)
        .key("timestamp", key)
        .consistent_read(true)
        .send()
        .await
        .unwrap();
    got.item.unwrap()
}

async fn a_row_is_there_once(store: &Store, client: &Client, names: &TableNames) {
    let first = row("once", RowStatus::Held);
    store.insert(&first).await.unwrap();

    let again = store.insert(&row("once", RowStatus::Rejected)).await;

    assert!(matches!(again, Err(RowError::Exists)), "{again:?}");
    assert_eq!(
        kept(client, names, &first).await["status"],
        AttributeValue::S("held".to_owned())
    );
}

async fn settling_twice_changes_nothing(store: &Store, client: &Client, names: &TableNames) {
    store.insert(&row("settle", RowStatus::Held)).await.unwrap();
    let mut settled = row("settle", RowStatus::Settled);
    settled.tokens = Tokens {
        input: 100,
        output: 50,
        cache_read: 7,
        cache_write: 3,
    };
    settled.cost = Price::FREE
        .cost(settled.tokens)
        .saturating_add(Money::from_nano_usd(1234));
    store.settle(&settled).await.unwrap();
    let mut other = settled.clone();
    other.cost = Money::from_nano_usd(9999);

    let again = store.settle(&other).await;

    assert!(matches!(again, Err(RowError::Exists)), "{again:?}");
    let item = kept(client, names, &settled).await;
    for (name, value) in [
        ("cost_nano_usd", "1234"),
        ("input_tokens", "110"),
        ("output_tokens", "50"),
        ("tokens_used", "160"),
        ("cache_read_tokens", "7"),
    ] {
        assert_eq!(item[name], AttributeValue::N(value.to_owned()), "{name}");
    }
    assert!(!item.contains_key("open_shard") && !item.contains_key("lease_until"));
}

async fn indexes_find_rows_by_day_by_client_and_while_open(
    store: &Store,
    client: &Client,
    names: &TableNames,
) {
    store.insert(&row("open", RowStatus::Held)).await.unwrap();
    let item = kept(client, names, &row("open", RowStatus::Held)).await;
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

    for (index, hash) in [
        ("date-index", "date_shard"),
        ("client-index", "client_id"),
        ("open-index", "open_shard"),
    ] {
        assert_eq!(count(index, hash, item[hash].clone()).await, 1, "{index}");
    }
    store.settle(&row("open", RowStatus::Failed)).await.unwrap();
    assert_eq!(
        count("open-index", "open_shard", item["open_shard"].clone()).await,
        0,
        "a settled row is not open"
    );
    assert_eq!(
        count("date-index", "date_shard", item["date_shard"].clone()).await,
        1
    );
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
