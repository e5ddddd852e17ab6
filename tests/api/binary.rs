//! The real binary: its logs, its start, and its shutdown.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{MODEL, fake};
use fake_bedrock::FakeBedrock;
use fake_bedrock::script::{Fault, Script};

/// A running process of goal-router, with its log; killed when it is dropped.
pub struct Process {
    child: Child,
    reader: Option<std::thread::JoinHandle<Vec<String>>>,
    ports: std::sync::mpsc::Receiver<u16>,
    folder: PathBuf,
}

impl Process {
    pub fn start(environment: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("goal-router-{}", uuid::Uuid::new_v4()));
        let mut child = Command::new(env!("CARGO_BIN_EXE_goal-router"))
            .env_clear()
            .envs([
                ("PORT", "0"),
                ("MANAGEMENT_PORT", "0"),
                ("STORE_TIMEOUT_MS", "5000"),
            ])
            .env("DATA_DIR", &folder)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, ports) = std::sync::mpsc::channel();
        let reader = std::thread::spawn(move || {
            let mut lines = Vec::new();
            for line in output.lines() {
                let line = line.unwrap();
                if let Some(port) = serde_json::from_str::<Value>(&line)
                    .ok()
                    .and_then(|event| event["port"].as_u64())
                {
                    let _ = sender.send(u16::try_from(port).unwrap());
                }
                lines.push(line);
            }
            lines
        });
        Self {
            child,
            reader: Some(reader),
            ports,
            folder,
        }
    }

    /// Waits until the process listens, and returns its address.
    pub fn address(&self) -> String {
        format!(
            "http://127.0.0.1:{}",
            self.ports.recv_timeout(Duration::from_secs(20)).unwrap()
        )
    }

    pub fn terminate(&self) {
        let sent = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits until the process ends. Returns its exit code and its log lines.
    pub fn finish(mut self) -> (Option<i32>, Vec<Value>) {
        let status = self.child.wait().unwrap();
        let lines = self.reader.take().unwrap().join().unwrap();
        (
            status.code(),
            lines
                .iter()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect(),
        )
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn post(address: &str, body: &Value) -> reqwest::Response {
    let client = reqwest::Client::new();
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    client
        .post(format!("{address}/api/v1/generate-plan"))
        .header("traceparent", trace)
        .header("X-Request-Id", "log-1")
        .json(body)
        .send()
        .await
        .unwrap()
}

/// Every event type with its expected count and its own fields, in the run of the first test.
const EVENTS: [(&str, usize, &[&str]); 8] = [
    (
        "application_startup",
        1,
        &["mode", "port", "models", "store", "auth_mode", "remote"],
    ),
    ("request_received", 3, &["method", "route"]),
    ("classification", 2, &["category", "source", "confidence"]),
    (
        "llm_call",
        2,
        &[
            "category",
            "model_id",
            "input_tokens",
            "output_tokens",
            "total_tokens",
            "latency_ms",
            "cost_usd",
            "outcome",
            "success",
        ],
    ),
    ("cost_guard_triggered", 1, &["reason"]),
    ("error", 2, &["error_type", "error_message"]),
    ("request_completed", 3, &["status", "latency_ms"]),
    ("application_shutdown", 1, &["reason"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_a_json_line_with_its_fields_and_without_the_goal() {
    let fake = fake(Script::default());
    let process = Process::start(&[
        ("LLM_MODELS", MODEL),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &fake.endpoint()),
        ("MAX_INPUT_TOKENS", "60"),
    ]);
    let address = process.address();

    let goal = "Prepare for the Zanzibar pilot exam";
    let body = json!({"goal": goal, "context": "wombat"});
    assert_eq!(post(&address, &body).await.status(), 200);
    let body = json!({"goal": "Zanzibar ".repeat(50)});
    assert_eq!(post(&address, &body).await.status(), 413);
    fake.set_script(Script::faults([Fault::Denied]));
    let body = json!({"goal": goal});
    assert_eq!(post(&address, &body).await.status(), 503);
    reqwest::get(format!("{address}/health")).await.unwrap();
    process.terminate();
    let (code, events) = process.finish();

    assert_eq!(code, Some(0));
    for (kind, count, fields) in EVENTS {
        let found = of_type(&events, kind);
        assert_eq!(found.len(), count, "{kind}: {found:#?}");
        for event in found {
            assert_fields(event, kind, fields);
        }
    }
    assert_call_equals_invoice(of_type(&events, "llm_call")[0], &fake);
    let text = serde_json::to_string(&events).unwrap().to_lowercase();
    assert!(
        !text.contains("zanzibar") && !text.contains("wombat"),
        "{text}"
    );
}

fn of_type<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    events
        .iter()
        .filter(|event| event["event_type"] == kind)
        .collect()
}

/// Checks that an event has its fields and, if it belongs to a request, those of the request.
fn assert_fields(event: &Value, kind: &str, fields: &[&str]) {
    for field in ["timestamp", "level", "message"].iter().chain(fields) {
        assert!(
            event.get(*field).is_some_and(|value| !value.is_null()),
            "{kind} has no {field}: {event}"
        );
    }
    if !kind.starts_with("application") {
        assert_eq!(
            (&event["request_id"], &event["trace_id"]),
            (&json!("log-1"), &json!("4bf92f3577b34da6a3ce929d0e0e4736")),
            "{event}"
        );
        assert_eq!(event["client_id"], "ip:127.0.0.1");
    }
}

fn assert_call_equals_invoice(call: &Value, fake: &FakeBedrock) {
    let billed = &fake.invoice().calls[0];
    assert_eq!(
        (
            &call["input_tokens"],
            &call["output_tokens"],
            &call["success"]
        ),
        (
            &json!(billed.input_tokens),
            &json!(billed.output_tokens),
            &json!(true)
        )
    );
    assert!(
        call["latency_ms"].is_number() && call["cost_usd"].as_f64() > Some(0.0),
        "queries compute with these: {call}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_lets_running_requests_finish_and_exits_with_0() {
    let fake = fake(Script::latency(1500));
    let process = Process::start(&[
        ("LLM_MODELS", MODEL),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &fake.endpoint()),
    ]);
    let address = process.address();

    let request = tokio::spawn(async move {
        post(&address, &json!({"goal": "Learn to sew a shirt"}))
            .await
            .status()
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let terminated = Instant::now();
    process.terminate();
    let (code, events) = process.finish();

    assert_eq!(request.await.unwrap(), 200);
    assert_eq!(code, Some(0));
    assert!(
        terminated.elapsed() < Duration::from_secs(10),
        "it does not wait longer than necessary"
    );
    assert!(
        events
            .iter()
            .any(|event| event["event_type"] == "application_shutdown"
                && event["reason"] == "SIGTERM")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_outlive_the_process_and_the_health_can_be_checked_from_the_command_line() {
    let folder = std::env::temp_dir().join(format!("goal-router-{}", uuid::Uuid::new_v4()));
    let data = [("DATA_DIR", folder.to_str().unwrap())];

    for run in 1..=2 {
        let process = Process::start(&data);
        let address = process.address();
        let port = address.rsplit(':').next().unwrap().to_owned();
        assert_eq!(
            post(&address, &json!({"goal": "Learn to sew a shirt"}))
                .await
                .status(),
            200,
            "run {run}"
        );
        let check = |port: &str| {
            Command::new(env!("CARGO_BIN_EXE_goal-router"))
                .arg("healthcheck")
                .env("PORT", port)
                .status()
                .unwrap()
                .success()
        };
        assert!(check(&port));
        process.terminate();
        assert_eq!(process.finish().0, Some(0));
        assert!(
            !check(&port),
            "nothing listens after the end of the process"
        );
    }

    let engine = goal_router::dynamodb::embedded::EmbeddedEngine::in_folder(&folder).unwrap();
    let client = goal_router::dynamodb::local_client(&engine.endpoint(), Duration::from_secs(5));
    let scanned = client
        .scan()
        .table_name("ai-router-usage-logs")
        .send()
        .await
        .unwrap();
    assert_eq!(scanned.count(), 2);
    drop(engine);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_requests_are_logged_without_their_credentials() {
    let digest = goal_router::access::identity::api_key::KeyDigest::of("right").to_string();
    let process = Process::start(&[
        ("AUTH_MODE", "api_key"),
        ("API_KEYS", &format!("web:{digest}")),
        ("RATE_LIMIT_PER_MINUTE", "1"),
    ]);
    let address = process.address();
    let client = reqwest::Client::new();
    for (key, expected) in [("right", 200), ("right", 429), ("guessed-secret", 401)] {
        let request = client
            .post(format!("{address}/api/v1/estimate"))
            .header("X-API-Key", key)
            .json(&json!({"goal": "Learn chess"}));
        assert_eq!(request.send().await.unwrap().status(), expected);
    }
    process.terminate();
    let (code, events) = process.finish();

    assert_eq!(code, Some(0));
    let of = |kind: &str| {
        events
            .iter()
            .find(|event| event["event_type"] == kind)
            .unwrap()
    };
    let limited = of("rate_limited");
    assert_eq!(
        (&limited["client_id"], &limited["tier"]),
        (&json!("key:web"), &json!("default"))
    );
    assert!(limited["retry_after"].as_u64().unwrap() > 50);
    let denied = of("access_denied");
    assert_eq!(
        (&denied["client_id"], &denied["code"]),
        (&json!("ip:127.0.0.1"), &json!("unauthenticated"))
    );
    let log = format!("{events:?}");
    assert!(!log.contains("guessed-secret") && !log.contains("right\"") && !log.contains(&digest));
}
