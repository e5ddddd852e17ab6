//! One suite for the store, which runs against any DynamoDB endpoint: the embedded engine always, moto's server if Python has
//! it, and the endpoint that `STORE_TEST_ENDPOINT` names (such as DynamoDB Local or LocalStack).
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot continue has failed; a skipped one prints why"
)]

mod allowances;
mod entries;
mod idempotency;
mod indexes;
mod rows;

use std::process::{Command, Stdio};
use std::time::Duration;

use chrono::TimeDelta;
use goal_router::dynamodb::embedded::EmbeddedEngine;
use goal_router::dynamodb::{self, DynamoDbStore, TableNames, tables};
use goal_router::ledger::LedgerStore as _;

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_engine_passes_the_suite() {
    let engine = EmbeddedEngine::in_memory().unwrap();

    suite(&engine.endpoint()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_moto_server_passes_the_suite() {
    let has_moto = Command::new("python3")
        .args(["-c", "import moto.server"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !has_moto {
        eprintln!("skipped: python3 with moto's server is not installed");
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
    let started = tokio::time::timeout(Duration::from_secs(30), listening).await;

    let outcome = match started {
        Ok(()) => {
            tokio::spawn(async move { suite(&format!("http://127.0.0.1:{port}")).await }).await
        }
        Err(elapsed) => panic!("moto's server does not listen after 30 s: {elapsed}"),
    };

    server.kill().unwrap();
    server.wait().unwrap();
    outcome.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configured_endpoint_passes_the_suite() {
    match configured_endpoint() {
        Ok(endpoint) => suite(&endpoint).await,
        Err(_) => eprintln!("skipped: STORE_TEST_ENDPOINT is not set"),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the only variable that this suite reads"
)]
fn configured_endpoint() -> Result<String, std::env::VarError> {
    std::env::var("STORE_TEST_ENDPOINT")
}

/// Runs every check against a fresh pair of tables, and deletes them. The order matters: the lease check counts earlier rows.
async fn suite(endpoint: &str) {
    let client = dynamodb::local_client(endpoint, Duration::from_secs(20));
    let run = uuid::Uuid::new_v4().simple().to_string();
    let names = TableNames {
        usage: format!("usage-{run}"),
        state: format!("state-{run}"),
    };
    tables::create(&client, &names).await.unwrap();
    // A second call leaves existing tables unchanged.
    tables::create(&client, &names).await.unwrap();
    let store = DynamoDbStore::new(client.clone(), names.clone(), TimeDelta::days(400));

    rows::a_row_is_created_once_and_reads_back_unchanged(&store).await;
    rows::a_row_is_overwritten_only_in_the_expected_state(&store).await;
    rows::rows_and_their_counter_are_written_together_or_not_at_all(&store).await;
    allowances::a_counter_never_exceeds_its_limit(&store).await;
    allowances::leases_grow_are_touched_and_close_once(&store).await;
    indexes::indexes_find_rows_by_day_by_client_and_while_open(&store, &client, &names).await;
    idempotency::a_key_is_claimed_once_completed_once_and_free_after_release(&store).await;
    indexes::both_tables_expire_items(&client, &names).await;
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
        "the probe fails without the tables"
    );
}
