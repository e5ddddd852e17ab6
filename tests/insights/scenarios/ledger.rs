//! Trouble with the ledger: a task that is killed, and a store that freezes for a while.

use std::path::Path;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;
use goal_router::dynamodb::embedded::EmbeddedEngine;
use goal_router::dynamodb::{self, TableNames, tables};

use super::FIRST_MODEL;
use crate::service::{PLAN, Service};
use crate::store_proxy::StoreProxy;

/// What a process may spend while the store is frozen.
const ALLOWANCE: &str = "100";

/// Plays both. Returns what was logged.
pub async fn play() -> String {
    let fake = FakeBedrock::start().unwrap();
    let engine = EmbeddedEngine::in_memory().unwrap();
    let client = dynamodb::local_client(&engine.endpoint(), Duration::from_secs(20));
    let names = TableNames {
        usage: "ai-router-usage-logs".to_owned(),
        state: "ai-router-state".to_owned(),
    };
    tables::create(&client, &names).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let killed = play_kill(&fake, &engine.endpoint(), &client, folder.path()).await;
    let frozen = play_freeze(&fake, &engine.endpoint(), folder.path()).await;
    killed + &frozen
}

/// Kills a process while its plan is made.
async fn play_kill(fake: &FakeBedrock, store: &str, client: &Client, folder: &Path) -> String {
    let service = start(fake, store, folder, ALLOWANCE).await;
    assert_eq!(service.post(PLAN, "before", None).await, 200);
    fake.set_script(Script::latency(5000));
    tokio::select! {
        _ = service.post(PLAN, "cut", None) => panic!("the plan is not made so fast"),
        () = held(client) => {}
    }
    fake.set_script(Script::default());
    service.kill()
}

/// Waits until a row is held.
async fn held(client: &Client) {
    loop {
        let scan = client.scan().table_name("ai-router-usage-logs");
        let page = scan.send().await.unwrap();
        let held = AttributeValue::S("held".to_owned());
        if page
            .items()
            .iter()
            .any(|item| item.get("status") == Some(&held))
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Freezes the store under two processes. One has an allowance, and a file of its spool is deleted; the other one has none.
async fn play_freeze(fake: &FakeBedrock, store: &str, folder: &Path) -> String {
    let spool = folder.join("spool");
    // What a crash leaves in the middle of a write.
    std::fs::write(spool.join("000000000099.spool"), "0badc0de {\"request_id").unwrap();
    let proxy = StoreProxy::start(store).await;
    let service = start(fake, &proxy.endpoint, folder, ALLOWANCE).await;
    let other_folder = tempfile::tempdir().unwrap();
    let other = start(fake, &proxy.endpoint, other_folder.path(), "0").await;
    service.wait_for("spool_torn").await;
    // By whichever of the two sweeps first.
    tokio::select! {
        _ = service.wait_for("row_abandoned") => {}
        _ = other.wait_for("row_abandoned") => {}
    }

    proxy.freeze(true);
    assert_eq!(service.post(PLAN, "spooled-0", None).await, 200);
    for file in std::fs::read_dir(&spool).unwrap() {
        let path = file.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "spool")
        {
            std::fs::remove_file(path).unwrap();
        }
    }
    assert_eq!(service.post(PLAN, "spooled-1", None).await, 200);
    service.wait_for("spool_restored").await;
    assert_eq!(other.post(PLAN, "refused", None).await, 503);
    // The outage is known after a few failures, which the renewal of leases and sweeps have as well.
    let known = async {
        while other.get("/health/ready").await != 503 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), known)
        .await
        .unwrap();
    proxy.freeze(false);
    service.wait_for("spool_replayed").await;
    service.stop() + &other.stop()
}

async fn start(fake: &FakeBedrock, store: &str, folder: &Path, allowance: &str) -> Service {
    Service::start(
        folder,
        &[
            ("USE_MOCK_AWS", "false"),
            ("LLM_MODELS", &format!("bedrock:{FIRST_MODEL}")),
            ("CLASSIFIER_MODEL", "offline"),
            ("AWS_ENDPOINT_URL_DYNAMODB", store),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &fake.endpoint()),
            ("OUTAGE_ALLOWANCE_USD", allowance),
            ("STORE_TIMEOUT_MS", "250"),
            ("REQUEST_DEADLINE_SECONDS", "6"),
            ("LEDGER_LEASE_SECONDS", "7"),
        ],
    )
    .await
}
