//! What is booked for a call, whatever the provider says of its tokens.

use std::sync::{Arc, Mutex};

use fake_bedrock::raw::{RawResponse, RawServer};
use serde_json::{Value, json};

use crate::support::TestApp;

/// One dollar in and ten dollars out per million tokens, for the exact ids of both providers.
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

[[models]]
provider = "bedrock"
id = "acme.test"
priced_on = "2026-11-27"
source = "a test"
answer_by = "forced-tool"
temperature = true
thinking_tokens = 0
rates = { input = "1", output = "10", cache_write = "1", cache_read = "1" }
"#;

/// The protocols, each with the name of its model.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Protocol {
    OpenAi,
    Bedrock,
}

/// What is booked, in nano-dollars.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Booked {
    Exactly(u64),
    /// The worst case of the one call.
    WorstCase,
}

use Booked::{Exactly, WorstCase};

pub fn plan(weeks: usize) -> Value {
    let weeks = (1..=weeks).map(|week| {
        json!({
            "focus_area": format!("Part {week}"),
            "tasks": [format!("Practise scale number {week}"), format!("Record piece number {week}")],
            "milestone": format!("Piece {week} is recorded"),
            "estimated_hours": 3,
        })
    });
    json!({"weekly_breakdown": weeks.collect::<Vec<_>>(), "resources": []})
}

impl Protocol {
    /// Returns an answer with a good plan and this text as its usage; `None` omits the usage.
    fn answer(self, usage: Option<&str>) -> String {
        let plan = plan(8);
        let answer = match self {
            Self::OpenAi => json!({
                "choices": [{"index": 0, "message": {"role": "assistant", "content": plan.to_string()}, "finish_reason": "stop"}],
                "usage": "USAGE",
            }),
            Self::Bedrock => json!({
                "output": {"message": {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t", "name": "tool", "input": plan}}]}},
                "stopReason": "tool_use",
                "usage": "USAGE",
            }),
        };
        let answer = answer.to_string();
        match usage {
            Some(usage) => answer.replace("\"USAGE\"", usage),
            None => answer.replace(",\"usage\":\"USAGE\"", ""),
        }
    }

    async fn app(self, server: &RawServer, file: &std::path::Path) -> TestApp {
        let file = file.to_str().unwrap();
        match self {
            Self::OpenAi => {
                let base = format!("{}/v1", server.endpoint());
                TestApp::with(&[
                    ("LLM_MODELS", "openai:test"),
                    ("OPENAI_BASE_URL", &base),
                    ("MODELS_FILE", file),
                ])
                .await
            }
            Self::Bedrock => {
                TestApp::with(&[
                    ("LLM_MODELS", "bedrock:acme.test"),
                    ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &server.endpoint()),
                    ("MODELS_FILE", file),
                ])
                .await
            }
        }
    }
}

/// A service whose model answers with the plan and a given usage.
struct Booking {
    app: TestApp,
    server: RawServer,
    answer: Arc<Mutex<String>>,
    _folder: tempfile::TempDir,
}

impl Booking {
    async fn start(protocol: Protocol) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("models.toml");
        std::fs::write(&file, MODELS_FILE).unwrap();
        let answer = Arc::new(Mutex::new(String::new()));
        let answers = Arc::clone(&answer);
        let server =
            RawServer::start(move |_| RawResponse::json(200, &answers.lock().unwrap())).unwrap();
        Self {
            app: protocol.app(&server, &file).await,
            server,
            answer,
            _folder: folder,
        }
    }

    /// Requests a plan that the model answers like this. Returns the row.
    async fn row(&self, answer: String) -> Value {
        *self.answer.lock().unwrap() = answer;
        let before = self.server.requests();
        let plan = self
            .app
            .plan(&json!({"goal": "Learn to play the accordion", "duration_weeks": 8}))
            .await;
        assert_eq!(plan["estimated_duration_weeks"], 8);
        assert_eq!(self.server.requests(), before + 1, "one call");
        let id = plan["request_id"].as_str().unwrap();
        let rows = self.app.rows().await;
        rows.into_iter()
            .find(|row| row["request_id"] == id)
            .unwrap()
    }
}

/// Usages of chat completions, each with what is booked.
const USAGES: [(Option<&str>, Booked); 19] = [
    (
        Some(r#"{"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 1500}"#),
        Exactly(6_000_000),
    ),
    // Thinking beside the completion.
    (
        Some(
            r#"{"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 4500, "completion_tokens_details": {"reasoning_tokens": 3000}}"#,
        ),
        Exactly(36_000_000),
    ),
    (
        Some(r#"{"prompt_tokens": 1000, "completion_tokens": null, "total_tokens": 1500}"#),
        Exactly(6_000_000),
    ),
    (
        Some(r#"{"prompt_tokens": null, "completion_tokens": 500, "total_tokens": 1500}"#),
        Exactly(6_000_000),
    ),
    (
        Some(r#"{"prompt_tokens": 1000.0, "completion_tokens": 499.5}"#),
        Exactly(6_000_000),
    ),
    (
        Some(r#"{"prompt_tokens": "1000", "completion_tokens": "500", "queue_time": "x"}"#),
        Exactly(6_000_000),
    ),
    // More than the call can have.
    (
        Some(r#"{"prompt_tokens": 1000, "completion_tokens": 1000000000}"#),
        Exactly(41_000_000),
    ),
    (
        Some(r#"{"prompt_tokens": 1000, "completion_tokens": 2e15}"#),
        Exactly(41_000_000),
    ),
    (
        Some(r#"{"prompt_tokens": 1000, "completion_tokens": 99999999999999999999999}"#),
        Exactly(41_000_000),
    ),
    (None, WorstCase),
    (Some("null"), WorstCase),
    (Some("{}"), WorstCase),
    (Some("[]"), WorstCase),
    (Some("\"none\""), WorstCase),
    (
        Some(r#"{"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}"#),
        WorstCase,
    ),
    (
        Some(r#"{"prompt_tokens": -1, "completion_tokens": -7}"#),
        WorstCase,
    ),
    (
        Some(r#"{"prompt_tokens": NaN, "completion_tokens": Infinity}"#),
        WorstCase,
    ),
    (
        Some(r#"{"prompt_tokens": 1e999, "completion_tokens": "NaN"}"#),
        WorstCase,
    ),
    (
        Some(r#"{"prompt_tokens": 2e15, "completion_tokens": 2e15}"#),
        WorstCase,
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_good_plan_of_an_openai_server_is_kept_and_booked_by_what_its_usage_says() {
    check(Protocol::OpenAi, str::to_owned).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_plan_of_bedrock_is_kept_and_booked_by_what_its_usage_says() {
    check(Protocol::Bedrock, |usage| {
        usage
            .replace("prompt_tokens", "inputTokens")
            .replace("completion_tokens", "outputTokens")
            .replace("total_tokens", "totalTokens")
    })
    .await;
}

async fn check(protocol: Protocol, renamed: impl Fn(&str) -> String) {
    let booking = Booking::start(protocol).await;
    let unknown = booking.row(protocol.answer(Some("{}"))).await;
    let worst_case = unknown["cost_nano_usd"].as_u64().unwrap();
    assert!(
        worst_case > 41_000_000 && worst_case < unknown["held_nano_usd"].as_u64().unwrap(),
        "{unknown}"
    );

    for (usage, booked) in USAGES {
        let usage = usage.map(&renamed);
        let row = booking.row(protocol.answer(usage.as_deref())).await;
        let wanted = match booked {
            Exactly(nano) => nano,
            WorstCase => worst_case,
        };
        assert_eq!(
            row["cost_nano_usd"], wanted,
            "{protocol:?} {usage:?}: {row}"
        );
        assert!(
            row["tokens_used"].as_u64().unwrap() < 20_000,
            "{usage:?}: {row}"
        );
    }
    booking.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_plan_is_kept_although_its_bookkeeping_is_odd() {
    let openai = Booking::start(Protocol::OpenAi).await;
    let content = plan(8).to_string();
    for answer in [
        json!({"choices": [{"message": {"content": content}}]}),
        json!({"id": 5, "created": "now", "choices": [{"index": "0", "message": {"content": content, "refusal": ""}, "finish_reason": "eos"}]}),
        json!({"choices": [{"message": {"role": 7, "content": content, "tool_calls": []}, "finish_reason": 3}], "error": null}),
        json!({"choices": [{"message": {"content": [{"type": "text", "text": content}]}, "finish_reason": "stop"}]}),
    ] {
        openai.row(answer.to_string()).await;
    }

    let bedrock = Booking::start(Protocol::Bedrock).await;
    for answer in [
        json!({"output": {"message": {"content": [{"toolUse": {"input": plan(8)}}]}}}),
        json!({"output": {"message": {"role": "model", "content": [{"newBlock": {}}, {"toolUse": {"toolUseId": 5, "input": plan(8)}}]}}, "stopReason": "new_reason", "metrics": "fast"}),
        json!({"output": {"message": {"content": [{"text": plan(8).to_string()}]}}, "stopReason": 5, "usage": {"inputTokens": 1}}),
    ] {
        bedrock.row(answer.to_string()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_with_the_status_of_a_success_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("models.toml");
    std::fs::write(&file, MODELS_FILE).unwrap();
    let good =
        Protocol::OpenAi.answer(Some(r#"{"prompt_tokens": 1000, "completion_tokens": 500}"#));
    let server = RawServer::start(move |request| match request.index {
        0 => RawResponse::json(
            200,
            r#"{"error": {"message": "Rate limit exceeded", "code": 429}}"#,
        ),
        _ => RawResponse::json(200, &good),
    })
    .unwrap();
    let app = Protocol::OpenAi.app(&server, &file).await;

    app.plan(&json!({"goal": "Learn to play the accordion", "duration_weeks": 8}))
        .await;

    assert_eq!(server.requests(), 2);
    assert_eq!(app.rows().await[0]["cost_nano_usd"], 6_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_price_of_an_inference_profile_is_booked() {
    for (id, cost) in [
        ("global.anthropic.claude-sonnet-4-6", 10_500_000_u64),
        ("us.anthropic.claude-sonnet-4-6", 11_550_000),
        ("anthropic.claude-sonnet-4-6", 11_550_000),
        ("us-gov.anthropic.claude-sonnet-4-6", 12_600_000),
        (
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-6",
            11_550_000,
        ),
    ] {
        let answer =
            Protocol::Bedrock.answer(Some(r#"{"inputTokens": 1000, "outputTokens": 500}"#));
        let server = RawServer::start(move |_| RawResponse::json(200, &answer)).unwrap();
        let app = TestApp::with(&[
            ("LLM_MODELS", &format!("bedrock:{id}")),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &server.endpoint()),
        ])
        .await;

        app.plan(&json!({"goal": "Learn to play the accordion", "duration_weeks": 8}))
            .await;

        assert_eq!(app.rows().await[0]["cost_nano_usd"], cost, "{id}");
        app.stop().await;
    }
}
