//! Calls that never left this process: nothing is booked for them, and their kind says so.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::support::{MODEL, TestApp, fake};
use fake_bedrock::script::Script;

const MODELS_FILE: &str = r#"
[[models]]
provider = "openai"
id = "test"
priced_on = "2026-11-27"
source = "a test"
answer_by = "json-schema"
temperature = true
thinking_tokens = 0
rates = { input = "1", output = "10", cache_write = "1", cache_read = "1" }
"#;

fn body() -> Value {
    json!({"goal": "Learn to play the accordion", "duration_weeks": 5})
}

/// What a server does with a connection.
#[derive(Debug, Clone, Copy)]
enum Peer {
    /// Answers the first bytes with a fatal TLS alert.
    TlsAlert,
    /// Closes at the first bytes.
    Close,
    /// Reads, and never answers.
    Silent,
}

impl Peer {
    /// Starts a server, and returns its port.
    async fn start(self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut buffer = vec![0; 64 * 1024];
                    loop {
                        match (connection.read(&mut buffer).await, self) {
                            (Ok(0) | Err(_), _) | (_, Self::Close) => return,
                            (Ok(_), Self::Silent) => {}
                            (Ok(_), Self::TlsAlert) => {
                                connection.write_all(&[21, 3, 3, 0, 2, 2, 40]).await.ok();
                                return;
                            }
                        }
                    }
                });
            }
        });
        port
    }
}

/// Starts a service for each provider whose model is at `address`, and returns it with the label of its model.
async fn apps(address: &str) -> Vec<(TestApp, &'static str)> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("models.toml");
    std::fs::write(&file, MODELS_FILE).unwrap();
    let file = file.to_str().unwrap();
    let common = [
        ("REQUEST_DEADLINE_SECONDS", "6"),
        ("LLM_ATTEMPT_TIMEOUT_SECONDS", "1"),
    ];
    let bedrock = [
        ("LLM_MODELS", MODEL),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", address),
    ];
    let openai = [
        ("LLM_MODELS", "openai:test"),
        ("OPENAI_BASE_URL", address),
        ("MODELS_FILE", file),
    ];
    let with = |pairs: &[(&'static str, &str)]| {
        let pairs: Vec<_> = common
            .iter()
            .chain(pairs)
            .copied()
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        async move {
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            TestApp::with(&pairs).await
        }
    };
    vec![
        (with(&bedrock).await, MODEL.trim_start_matches("bedrock:")),
        (with(&openai).await, "test"),
    ]
}

/// Returns the series that count model calls.
async fn calls(app: &TestApp) -> Vec<String> {
    let metrics = app.metrics().await;
    let lines = metrics.lines();
    let lines =
        lines.filter(|line| line.starts_with("gen_ai_client_operation_duration_seconds_count"));
    lines.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_a_connection_or_without_tls_costs_nothing_and_its_kind_says_so() {
    let http_port = fake(Script::default()).endpoint();
    for (address, outcome, attempts) in [
        ("http://127.0.0.1:9".to_owned(), "not_sent_connect", 4),
        (http_port.replace("http:", "https:"), "not_sent_tls", 1),
        (
            format!("https://127.0.0.1:{}", Peer::TlsAlert.start().await),
            "not_sent_tls",
            1,
        ),
        (
            format!("https://127.0.0.1:{}", Peer::Close.start().await),
            "not_sent_tls",
            1,
        ),
        (
            format!("https://127.0.0.1:{}", Peer::Silent.start().await),
            "not_sent_connect",
            0,
        ),
    ] {
        for (app, model) in apps(&address).await {
            let (_, problem) = app.problem(&body()).await;

            assert!(
                ["provider_unavailable", "deadline_exceeded"]
                    .contains(&problem["code"].as_str().unwrap()),
                "{address}: {problem}"
            );
            let row = app.rows().await.remove(0);
            assert_eq!(
                (
                    &row["cost_nano_usd"],
                    &row["llm_calls"],
                    &row["tokens_used"]
                ),
                (&json!(0), &json!(0), &json!(0)),
                "{model} at {address}: {row}"
            );
            let series = |outcome: &str| {
                format!(
                    "gen_ai_client_operation_duration_seconds_count{{model=\"{model}\",operation=\"plan\",outcome=\"{outcome}\"}}"
                )
            };
            let counted = app.metric(&series(outcome)).await;
            let right = if attempts == 0 {
                counted > 0.0
            } else {
                counted == f64::from(attempts)
            };
            assert!(right, "{model} at {address}: {:?}", calls(&app).await);
            app.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_was_sent_and_not_answered_costs_its_worst_case() {
    for peer in [Peer::Close, Peer::Silent] {
        let address = format!("http://127.0.0.1:{}", peer.start().await);
        for (app, model) in apps(&address).await {
            let started = Instant::now();

            let response = app.post_plan(&body()).await;

            assert_ne!(response.status(), StatusCode::OK);
            assert!(started.elapsed() < Duration::from_secs(7));
            let row = app.rows().await.remove(0);
            assert!(
                row["cost_nano_usd"].as_u64() > Some(0)
                    && row["cost_nano_usd"].as_u64() <= row["held_nano_usd"].as_u64(),
                "{model} {peer:?}: {row}"
            );
            app.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_model_takes_over_when_no_connection_can_be_made() {
    let fake = fake(Script::default());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("models.toml");
    std::fs::write(&file, MODELS_FILE).unwrap();
    let plain_port = fake.endpoint().replace("http:", "https:");
    let app = TestApp::with(&[
        ("LLM_MODELS", &format!("openai:test,{MODEL}")),
        ("OPENAI_BASE_URL", &plain_port),
        ("MODELS_FILE", file.to_str().unwrap()),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &fake.endpoint()),
    ])
    .await;

    let plan = app.plan(&body()).await;

    assert_eq!(plan["metadata"]["provider"], "bedrock");
    assert_eq!(plan["metadata"]["llm_calls"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_to_a_host_name_that_is_not_resolved_costs_nothing() {
    // Bedrock would need credentials for an address that is not on this machine.
    let (app, _) = apps("http://nowhere.invalid").await.pop().unwrap();

    app.problem(&body()).await;

    assert_eq!(app.rows().await[0]["cost_nano_usd"], 0);
    let calls = "gen_ai_client_operation_duration_seconds_count{model=\"test\",operation=\"plan\",outcome=\"not_sent_connect\"}";
    assert!(app.metric(calls).await > 0.0);
}
