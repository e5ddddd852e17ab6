//! Processes of the real binary, the tables that they share, and a proxy to those tables that can freeze.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use fake_bedrock::FakeBedrock;
use goal_router::dynamodb::embedded::EmbeddedEngine;
use goal_router::dynamodb::{self, TableNames, tables};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The model of the proofs: it accepts a JSON schema, and is expensive enough for its costs to show.
pub const MODEL: &str = "bedrock:global.anthropic.claude-haiku-4-5-20251001-v1:0";
/// Price of an input token, in nano-dollars.
pub const INPUT_NANO: u64 = 1000;
/// Price of an output token, in nano-dollars.
pub const OUTPUT_NANO: u64 = 5000;

/// Returns whether the proofs run at full length (`make soak`).
#[expect(
    clippy::disallowed_methods,
    reason = "the only variable that the proofs read"
)]
pub fn soak() -> bool {
    std::env::var("SOAK").is_ok_and(|value| value == "1")
}

/// A DynamoDB endpoint with the tables, shared by all processes of a test.
pub struct Tables {
    _engine: EmbeddedEngine,
    pub endpoint: String,
    client: aws_sdk_dynamodb::Client,
}

impl Tables {
    pub async fn new() -> Self {
        let engine = EmbeddedEngine::in_memory().unwrap();
        let endpoint = engine.endpoint();
        let client = dynamodb::local_client(&endpoint, Duration::from_secs(20));
        let names = TableNames {
            usage: "ai-router-usage-logs".to_owned(),
            state: "ai-router-state".to_owned(),
        };
        tables::create(&client, &names).await.unwrap();
        Self {
            _engine: engine,
            endpoint,
            client,
        }
    }

    /// Returns all usage rows by request id.
    pub async fn rows(&self) -> HashMap<String, Vec<Row>> {
        let mut rows: HashMap<String, Vec<Row>> = HashMap::new();
        let mut from = None;
        loop {
            let page = self
                .client
                .scan()
                .table_name("ai-router-usage-logs")
                .set_exclusive_start_key(from)
                .send()
                .await
                .unwrap();
            for item in page.items() {
                let row = Row::of(item);
                rows.entry(row.request_id.clone()).or_default().push(row);
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                return rows;
            }
        }
    }

    /// Returns all usage rows as they are stored.
    pub async fn items(&self) -> Vec<HashMap<String, AttributeValue>> {
        let scan = self.client.scan().table_name("ai-router-usage-logs");
        let pages = scan.into_paginator().items().send();
        pages.try_collect().await.unwrap()
    }

    /// Returns the committed and the settled amount of a counter, in nano-dollars.
    pub async fn counter(&self, pk: &str) -> (u64, u64) {
        let response = self
            .client
            .get_item()
            .table_name("ai-router-state")
            .key("pk", AttributeValue::S(pk.to_owned()))
            .key("sk", AttributeValue::S("counter".to_owned()))
            .consistent_read(true)
            .send()
            .await
            .unwrap();
        let item = response.item.unwrap_or_default();
        let of = |name: &str| number(&item, name);
        (of("committed_nano_usd"), of("settled_nano_usd"))
    }
}

/// The attributes of a usage row that the proofs check.
#[derive(Debug, Clone)]
pub struct Row {
    pub request_id: String,
    pub date: String,
    pub status: String,
    pub cost: u64,
    pub held: u64,
    pub input: u64,
    pub output: u64,
}

impl Row {
    fn of(item: &HashMap<String, AttributeValue>) -> Self {
        let text = |name: &str| item[name].as_s().unwrap().clone();
        Self {
            request_id: text("request_id"),
            date: text("date"),
            status: text("status"),
            cost: number(item, "cost_nano_usd"),
            held: number(item, "held_nano_usd"),
            input: number(item, "input_tokens"),
            output: number(item, "output_tokens"),
        }
    }
}

fn number(item: &HashMap<String, AttributeValue>, name: &str) -> u64 {
    item.get(name)
        .map_or(0, |value| value.as_n().unwrap().parse().unwrap())
}

/// A process of goal-router; killed when it is dropped.
pub struct Process {
    child: Child,
    pub address: String,
    management: String,
    pub client: Client,
    pub log: PathBuf,
}

impl Process {
    /// Starts a process that calls the fake for its plans and writes its rows to the endpoint `store`. Its spool and its log are in
    /// `folder`; `variables` override the defaults of the proofs.
    pub async fn start(
        fake: &FakeBedrock,
        store: &str,
        folder: &Path,
        variables: &[(&str, &str)],
    ) -> Self {
        let program = Command::new(env!("CARGO_BIN_EXE_goal-router"));
        Self::spawn(program, fake, store, folder, variables).await
    }

    /// Starts a process like [`Process::start`] that may write no file of more than `blocks` blocks, as on a disk that is full.
    pub async fn start_limited(
        fake: &FakeBedrock,
        store: &str,
        folder: &Path,
        variables: &[(&str, &str)],
        blocks: u32,
    ) -> Self {
        let mut program = Command::new("/bin/sh");
        // Without its signal, a write beyond the limit fails like one on a full disk.
        program
            .args(["-c", "trap '' XFSZ; ulimit -f \"$1\"; exec \"$0\""])
            .args([env!("CARGO_BIN_EXE_goal-router"), &blocks.to_string()]);
        Self::spawn(program, fake, store, folder, variables).await
    }

    async fn spawn(
        mut program: Command,
        fake: &FakeBedrock,
        store: &str,
        folder: &Path,
        variables: &[(&str, &str)],
    ) -> Self {
        let log = folder.join("log");
        let mut child = program
            .env_clear()
            .envs([
                ("PORT", "0"),
                ("MANAGEMENT_PORT", "0"),
                ("BIND_ADDRESS", "127.0.0.1"),
                ("USE_MOCK_AWS", "false"),
                ("LLM_MODELS", MODEL),
                ("DRAIN_DELAY_SECONDS", "0"),
                ("LEDGER_SWEEP_SECONDS", "1"),
                ("RATE_LIMIT_PER_MINUTE", "1000000"),
                // Test machines are busy. The proofs of a slow store override this.
                ("STORE_TIMEOUT_MS", "10000"),
                ("AWS_ENDPOINT_URL_DYNAMODB", store),
                ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &fake.endpoint()),
            ])
            .env("DATA_DIR", folder)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, started) = tokio::sync::oneshot::channel::<Value>();
        let mut sender = Some(sender);
        let file = log.clone();
        std::thread::spawn(move || {
            use std::io::Write as _;
            let mut file = std::fs::File::create(file).unwrap();
            for line in output.lines().map_while(Result::ok) {
                writeln!(file, "{line}").unwrap();
                let event: Value = serde_json::from_str(&line).unwrap_or_default();
                if event["event_type"] == "application_startup"
                    && let Some(sender) = sender.take()
                {
                    sender.send(event).unwrap();
                }
            }
        });
        let started = tokio::time::timeout(Duration::from_secs(30), started)
            .await
            .unwrap()
            .unwrap();
        let address = |port: &str| format!("http://127.0.0.1:{}", started[port]);
        Self {
            child,
            address: address("port"),
            management: address("management_port"),
            client: Client::new(),
            log,
        }
    }

    /// Requests a plan with this request id.
    pub async fn request_plan(&self, id: &str) -> reqwest::Result<Response> {
        request_plan(&self.client, &self.address, id).await
    }

    /// Returns the sum of the series that start with `series`, from the management port; 0 if there are none.
    pub async fn metric(&self, series: &str) -> f64 {
        let text = self.metrics().await;
        let values = text.lines().filter_map(|line| line.strip_prefix(series));
        values
            .map(|value| value.trim().parse::<f64>().unwrap())
            .sum()
    }

    /// Returns all metrics, from the management port.
    pub async fn metrics(&self) -> String {
        let scrape = self.client.get(format!("{}/metrics", self.management));
        scrape.send().await.unwrap().text().await.unwrap()
    }

    pub async fn is_ready(&self) -> bool {
        let response = self
            .client
            .get(format!("{}/health/ready", self.address))
            .send()
            .await;
        response.is_ok_and(|response| response.status() == 200)
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        let sent = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits until the process ends, and returns its exit code.
    pub async fn wait(&mut self) -> Option<i32> {
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Requests a plan with this request id from the process at `address`.
pub async fn request_plan(client: &Client, address: &str, id: &str) -> reqwest::Result<Response> {
    client
        .post(format!("{address}/api/v1/generate-plan"))
        .header("X-Request-Id", id)
        // The context differs, since simultaneous requests for the same plan would share one call.
        .json(&json!({"goal": "Learn to play the accordion", "context": id, "duration_weeks": 6, "hours_per_week": 4}))
        .send()
        .await
}

/// A proxy to a server that can freeze: it still accepts connections, but delays all data until it is released.
pub struct FreezableProxy {
    pub endpoint: String,
    frozen: watch::Sender<bool>,
}

impl FreezableProxy {
    pub async fn start(endpoint: &str) -> Self {
        let target = endpoint.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (frozen, state) = watch::channel(false);
        let target = Arc::new(target);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (target, state) = (Arc::clone(&target), state.clone());
                tokio::spawn(async move {
                    let Ok(server) = TcpStream::connect(target.as_str()).await else {
                        return;
                    };
                    let (client_read, client_write) = client.into_split();
                    let (server_read, server_write) = server.into_split();
                    tokio::join!(
                        forward(client_read, server_write, state.clone()),
                        forward(server_read, client_write, state)
                    );
                });
            }
        });
        Self {
            endpoint: format!("http://{address}"),
            frozen,
        }
    }

    pub fn freeze(&self, frozen: bool) {
        self.frozen.send(frozen).unwrap();
    }
}

async fn forward(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut state: watch::Receiver<bool>,
) {
    use tokio::io::AsyncReadExt as _;
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let Ok(count) = from.read(&mut buffer).await else {
            return;
        };
        if state.wait_for(|frozen| !frozen).await.is_err()
            || count == 0
            || to.write_all(&buffer[..count]).await.is_err()
        {
            to.shutdown().await.ok();
            return;
        }
    }
}
