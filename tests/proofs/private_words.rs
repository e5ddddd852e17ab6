//! Words of a goal in logs, rows and metrics: none, even if a provider sends the whole request back in every way it can.

use fake_bedrock::raw::{RawRequest, RawResponse, RawServer};
use serde_json::{Value, json};

use crate::support::{MODEL, Process, Tables};

/// Words that are in the goal, and in the context, of every request.
const GOAL: &str = "zebrafinch";
const CONTEXT: &str = "quokkawhistle";

const MODELS_FILE: &str = r#"
[[models]]
provider = "openai"
id = "test"
priced_on = "2026-11-27"
source = "a test"
answer_by = "text"
temperature = false
thinking_tokens = 0
rates = { input = "1", output = "10", cache_write = "1", cache_read = "1" }
"#;

const STATUSES: [u16; 17] = [
    200, 201, 301, 400, 401, 403, 404, 408, 409, 413, 422, 424, 429, 500, 502, 503, 504,
];

const EXCEPTIONS: [&str; 10] = [
    "ValidationException",
    "ThrottlingException",
    "AccessDeniedException",
    "ResourceNotFoundException",
    "ModelTimeoutException",
    "ModelErrorException",
    "ModelNotReadyException",
    "InternalServerException",
    "ServiceQuotaExceededException",
    "ECHO",
];

/// Returns the ways to send a request back: bodies in which `ECHO` stands for it.
fn bodies() -> Vec<Value> {
    let usage = |count: Value| json!({"inputTokens": count, "outputTokens": count, "prompt_tokens": count, "completion_tokens": count});
    vec![
        json!("ECHO"),
        json!({"message": "ECHO"}),
        json!({"message": "ECHO", "__type": "ECHO", "code": "ECHO"}),
        json!({"error": "ECHO"}),
        json!({"error": {"message": "ECHO", "code": "ECHO", "type": "ECHO", "param": "ECHO"}}),
        json!({"detail": [{"msg": "ECHO", "loc": ["ECHO"]}]}),
        json!({"choices": "ECHO", "output": "ECHO"}),
        json!({"choices": ["ECHO"], "output": {"message": "ECHO"}}),
        json!({"choices": [{"message": "ECHO", "finish_reason": "ECHO"}], "output": {"message": {"content": "ECHO"}}, "stopReason": "ECHO"}),
        json!({
            "choices": [{"message": {"content": "ECHO"}, "finish_reason": "stop"}],
            "output": {"message": {"content": [{"text": "ECHO"}]}}, "stopReason": "end_turn",
            "usage": usage(json!("ECHO")),
        }),
        json!({
            "choices": [{"message": {"content": "ECHO", "refusal": "ECHO"}, "finish_reason": "content_filter"}],
            "output": {"message": {"content": [{"text": "ECHO"}]}}, "stopReason": "content_filtered",
            "usage": usage(json!(1e12)),
        }),
        json!({
            "choices": [{"message": {"tool_calls": [{"function": {"name": "ECHO", "arguments": "{\"weekly_breakdown\": \"ECHO\"}"}}]}}],
            "output": {"message": {"content": [{"toolUse": {"name": "ECHO", "input": {"weekly_breakdown": [{"focus_area": "ECHO", "tasks": "ECHO", "estimated_hours": "ECHO"}]}}}]}},
            "usage": "ECHO",
        }),
    ]
}

/// Returns every answer: each body under each status, as it is and cut off, and with each exception.
fn answers() -> Vec<RawResponse> {
    let bodies = bodies();
    let mut answers = Vec::new();
    for (index, body) in bodies.iter().enumerate() {
        let text = body.to_string();
        answers.push(RawResponse::json(200, &text));
        answers.push(RawResponse::json(200, &text[..text.len() - 1]));
        // Every status and every exception meets some bodies, and every body some of them.
        for (number, status) in STATUSES.iter().enumerate() {
            if number % 4 == index % 4 {
                let exception = EXCEPTIONS[(index + number) % EXCEPTIONS.len()];
                let response = RawResponse::json(*status, &text);
                answers.push(response.header("x-amzn-errortype", exception));
            }
        }
    }
    for exception in EXCEPTIONS {
        answers.push(
            RawResponse::json(400, &bodies[1].to_string()).header("x-amzn-errortype", exception),
        );
    }
    answers.push(RawResponse::json(400, "ECHO").header("Content-Type", "text/plain"));
    answers
}

/// Replaces `ECHO` with the request: escaped in the body, and in headers as far as they may have it.
fn echo(response: &RawResponse, request: &RawRequest) -> RawResponse {
    let escaped = json!(request.body).to_string();
    let in_header: String = request
        .body
        .chars()
        .filter(char::is_ascii_graphic)
        .take(4000)
        .collect();
    let mut response = response.clone();
    response.body = response.body.replace("ECHO", escaped.trim_matches('"'));
    for (_, value) in &mut response.headers {
        *value = value.replace("ECHO", &in_header);
    }
    response
        .header("x-amzn-requestid", &in_header)
        .header("x-request-id", &in_header)
        .header("Retry-After", &in_header)
        .header("Server", &in_header)
}

/// Returns an answer with a good plan, in both protocols.
fn good_answer() -> RawResponse {
    let weeks = [1, 2].map(|week| json!({"focus_area": format!("Part {week}"), "tasks": [format!("Task {week}")], "milestone": "Done", "estimated_hours": 2}));
    let plan = json!({"weekly_breakdown": weeks, "resources": []}).to_string();
    let answer = json!({
        "choices": [{"message": {"content": plan}, "finish_reason": "stop"}],
        "output": {"message": {"content": [{"text": plan}]}}, "stopReason": "end_turn",
    });
    RawResponse::json(200, &answer.to_string())
}

fn server(answers: Vec<RawResponse>) -> RawServer {
    RawServer::start(move |request| {
        // All calls of a request get the same answer.
        let number = request.body.split("answer-").nth(1).unwrap_or_default();
        let number: String = number.chars().take_while(char::is_ascii_digit).collect();
        match number.parse::<usize>() {
            Ok(number) => echo(&answers[number], &request),
            Err(_) => good_answer(),
        }
    })
    .unwrap()
}

async fn request(process: &Process, id: &str, answer: &str) {
    let response = process
        .client
        .post(format!("{}/api/v1/generate-plan", process.address))
        .header("X-Request-Id", id)
        .json(&json!({
            "goal": format!("Learn to raise a {GOAL}, answer-{answer}"),
            "context": format!("I own a {CONTEXT}"),
            "duration_weeks": 2,
        }))
        .send()
        .await
        .unwrap();
    let (status, text) = (response.status(), response.text().await.unwrap());
    let is_silent = !text.contains(GOAL) && !text.contains(CONTEXT);
    assert!(status == 200 || is_silent, "{id}: {status} {text}");
    assert!(answer != "good" || status == 200, "{id}: {status} {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_openai_server_that_sends_the_request_back_puts_no_word_of_it_into_logs_rows_or_metrics()
{
    check("openai:test").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bedrock_that_sends_the_request_back_puts_no_word_of_it_into_logs_rows_or_metrics() {
    check(MODEL).await;
}

async fn check(model: &str) {
    let tables = Tables::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("models.toml");
    std::fs::write(&file, MODELS_FILE).unwrap();
    let answers = answers();
    let count = answers.len();
    let server = server(answers);
    let endpoint = server.endpoint();
    let process = Process::start(
        &fake_bedrock::FakeBedrock::start().unwrap(),
        &tables.endpoint,
        folder.path(),
        &[
            ("RUST_LOG", "trace"),
            ("LLM_MODELS", model),
            ("CLASSIFIER_MODEL", "offline"),
            ("MODELS_FILE", file.to_str().unwrap()),
            ("OPENAI_BASE_URL", &endpoint),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &endpoint),
            ("DAILY_BUDGET_USD", "1000"),
        ],
    )
    .await;

    for number in 0..count {
        request(&process, &format!("bad-{number}"), &number.to_string()).await;
        // Keeps the circuit breaker closed.
        request(&process, &format!("good-{number}"), "good").await;
    }

    assert_private("the metrics", &process.metrics().await);
    let rows = format!("{:?}", tables.items().await);
    assert!(rows.contains("bad-0") && rows.contains("cost_nano_usd"));
    assert_private("the rows", &rows);
    let log = process.log.clone();
    drop(process);
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.lines().count() > count * 4, "the log has events");
    assert!(!log.contains("circuit_open"));
    assert!(log.contains("usage_above_hold"));
    assert_private("the log", &log);
}

fn assert_private(what: &str, text: &str) {
    for word in [GOAL, CONTEXT] {
        let found = text.find(word);
        let around = found.map(|place| {
            let line = text[..place].rfind('\n').map_or(0, |end| end + 1);
            text[line..].lines().next()
        });
        assert_eq!(around, None, "{what}: `{word}`");
    }
}
