//! Traffic in which the events happen that metric filters look for.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use fake_bedrock::FakeBedrock;
use fake_bedrock::script::{Fault, Script, Step};
use goal_router::access::identity::api_key::KeyDigest;
use goal_router::dynamodb::embedded::EmbeddedEngine;
use goal_router::dynamodb::{self, TableNames, tables};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::observed::Observed;
use super::process::Process;
use super::scrape;
use crate::environments;
use crate::task;
use crate::terraform::Environment;

const KEY: &str = "coupling";
const PLAN: &str = "/api/v1/generate-plan";
const ESTIMATE: &str = "/api/v1/estimate";

/// Runs the service as an environment has it, except for where its neighbours are, and how long it drains.
pub async fn play(name: &str) -> Observed {
    let digest = KeyDigest::of(KEY).to_string();
    let client = environments::CLIENT.replace("DIGEST", &digest);
    let environment = Environment::changed(name, &client);
    let variables = task::of(&environment).variables(task::SERVICE);
    let fake = FakeBedrock::start().unwrap();
    let engine = EmbeddedEngine::in_memory().unwrap();
    let store = dynamodb::local_client(&engine.endpoint(), Duration::from_secs(20));
    let names = TableNames {
        usage: variables["DYNAMODB_TABLE_NAME"].clone(),
        state: variables["DYNAMODB_STATE_TABLE_NAME"].clone(),
    };
    tables::create(&store, &names).await.unwrap();
    put_unreadable_row(&store, &names.usage).await;
    let folder = tempfile::tempdir().unwrap();
    let mut variables = variables;
    for (name, value) in [
        ("BIND_ADDRESS", "127.0.0.1"),
        ("PORT", "0"),
        ("MANAGEMENT_PORT", "0"),
        ("DATA_DIR", folder.path().to_str().unwrap()),
        ("AWS_ENDPOINT_URL_DYNAMODB", &engine.endpoint()),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &fake.endpoint()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
        ("DRAIN_DELAY_SECONDS", "0"),
        ("LEDGER_SWEEP_SECONDS", "1"),
        ("STORE_TIMEOUT_MS", "5000"),
    ] {
        variables.insert(name.to_owned(), value.to_owned());
    }

    let (mut observed, of_the_other) = tokio::join!(
        serve(&environment, variables.clone(), &fake, folder.path()),
        lose_neighbours(variables.clone())
    );
    observed.lines.extend(of_the_other);
    observed
}

/// Puts an expired row that no build can read, as a newer one may have written it.
async fn put_unreadable_row(store: &Client, table: &str) {
    let put = [
        ("request_id", "unreadable"),
        ("timestamp", "2026-01-01T00:00:00.000000Z"),
        ("open_shard", "open#0"),
        ("lease_until", "2026-01-01T00:03:00.000000Z"),
    ];
    let item = put.map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())));
    let request = store
        .put_item()
        .table_name(table)
        .set_item(Some(item.into()));
    request.send().await.unwrap();
}

async fn serve(
    environment: &Environment,
    variables: BTreeMap<String, String>,
    fake: &FakeBedrock,
    folder: &Path,
) -> Observed {
    let mut service = Process::start(&variables);
    let startup = service
        .wait_for("application_startup")
        .await
        .unwrap_or_else(|error| panic!("{environment:?}: {error}"));
    let target = &environment.resources("aws_lb_target_group")[0];
    let path = target.get("health_check")[0]["path"]
        .as_str()
        .unwrap()
        .to_owned();
    let api = Api::of(&startup);
    let health = api.get(&path).await.0;
    let plan = api.post(PLAN, Some(KEY)).await;
    let faults = |faults: Vec<Fault>| Script {
        steps: faults
            .into_iter()
            .map(|fault| Step {
                fault: Some(fault),
                purpose: None,
            })
            .collect(),
        ..Script::default()
    };
    fake.set_script(faults(vec![Fault::Throttle]));
    api.post(PLAN, Some(KEY)).await;
    fake.set_script(Script::always(Fault::Denied));
    api.post(PLAN, Some(KEY)).await;
    fake.set_script(Script::default());
    api.post(PLAN, None).await;
    api.post(ESTIMATE, Some(KEY)).await;
    service.wait_for_error("unreadable_item").await;
    let management = format!("http://127.0.0.1:{}/metrics", startup["management_port"]);
    let metrics = reqwest::get(management)
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let port = startup["port"].to_string();
    let health_check = check_health(environment, variables, &port, folder).await;
    Observed {
        warnings: startup_warnings(&service.lines()),
        lines: service.stop(),
        series: scrape::read(&metrics),
        kinds: scrape::kinds(&metrics),
        health,
        plan,
        health_check,
    }
}

fn startup_warnings(lines: &[Value]) -> Vec<Value> {
    let warnings = lines
        .iter()
        .filter(|line| line["event_type"] == "startup_warning");
    warnings.cloned().collect()
}

/// The public port of a process.
struct Api {
    address: String,
    client: reqwest::Client,
}

impl Api {
    fn of(startup: &Value) -> Self {
        let address = format!("http://127.0.0.1:{}", startup["port"]);
        let client = reqwest::Client::new();
        Self { address, client }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let response = self
            .client
            .get(format!("{}{path}", self.address))
            .send()
            .await
            .unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn post(&self, path: &str, key: Option<&str>) -> u16 {
        let body = json!({"goal": "Learn to play the piano, 3 hours a week", "duration_weeks": 3});
        let mut request = self
            .client
            .post(format!("{}{path}", self.address))
            .json(&body);
        if let Some(key) = key {
            request = request.header("X-API-Key", key);
        }
        request.send().await.unwrap().status().as_u16()
    }
}

/// Runs the task definition's health check with all settings in `CONFIG_FILE`, which refuses a name that the service does not know.
async fn check_health(
    environment: &Environment,
    mut variables: BTreeMap<String, String>,
    port: &str,
    folder: &Path,
) -> Result<(), String> {
    variables.insert("PORT".to_owned(), port.to_owned());
    // The variables of OpenTelemetry have no key in the file. An unknown one is warned of at the start.
    let (standard, own): (BTreeMap<_, _>, BTreeMap<_, _>) = variables
        .into_iter()
        .partition(|(name, _)| name.starts_with("OTEL_"));
    let file = folder.join("settings.toml");
    let settings: BTreeMap<_, _> = own
        .into_iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    std::fs::write(&file, toml::to_string(&settings).unwrap()).unwrap();
    let check = task::of(environment).container(task::SERVICE)["healthCheck"]["command"].clone();
    let check: Vec<String> = serde_json::from_value(check).unwrap();
    assert_eq!(check[..2], ["CMD", "goal-router"]);
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_goal-router"))
        .args(&check[2..])
        .env_clear()
        .envs(standard)
        .env("CONFIG_FILE", &file)
        .output();
    let output = output.await.unwrap();
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

/// Runs the service without its neighbours: nothing listens where its tables should be, and Redis accepts connections and never answers.
/// Returns its lines.
async fn lose_neighbours(mut variables: BTreeMap<String, String>) -> Vec<Value> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    let silent = tokio::spawn(async move {
        let mut connections = Vec::new();
        while let Ok((connection, _)) = listener.accept().await {
            connections.push(connection);
        }
    });
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in [
        ("REDIS_URL", url.as_str()),
        ("DATA_DIR", folder.path().to_str().unwrap()),
        ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9"),
        ("OUTAGE_ALLOWANCE_USD", "0"),
    ] {
        variables.insert(name.to_owned(), value.to_owned());
    }
    let mut service = Process::start(&variables);
    let startup = service.wait_for("application_startup").await.unwrap();
    let api = Api::of(&startup);
    for _ in 0..4 {
        api.post(ESTIMATE, Some(KEY)).await;
    }
    assert_eq!(api.post(PLAN, Some(KEY)).await, 503);
    service.wait_for("redis").await.unwrap();
    silent.abort();
    service.stop()
}
