//! Judges a row: what the service made of the answer, against what it should have made.

use fake_bedrock::raw::RawServer;
use serde_json::{Value, json};

use super::row::Row;
use super::server;
use crate::support::TestApp;

/// A dollar in and ten dollars out per million tokens.
const PER_INPUT: u64 = 1_000;
const PER_OUTPUT: u64 = 10_000;

const ENTRY: &str = r#"
[[models]]
provider = "PROVIDER"
id = "ID"
priced_on = "2026-11-27"
source = "a test"
answer_by = "FORM"
temperature = true
thinking_tokens = 0
rates = { input = "1", output = "10", cache_write = "1", cache_read = "1" }
"#;

/// Returns what is wrong with the outcome of a row; nothing if it is right.
pub async fn judge(row: &Row) -> Vec<String> {
    let server = server::start(row);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("models.toml");
    let entry = |id: &str| {
        let entry = ENTRY.replace("PROVIDER", &row.provider).replace("ID", id);
        entry.replace("FORM", &row.form)
    };
    std::fs::write(&file, entry("test") + &entry("second")).unwrap();
    let app = app(row, &server, file.to_str().unwrap()).await;

    let mut wrong = Vec::new();
    judge_first(row, &app, &server, &mut wrong).await;
    if let Some(again) = row.expect.again {
        let before = server.requests();
        let plan = json!({"goal": "Learn to play the clarinet"});
        let status = app.post_plan(&plan).await.status();
        let calls = server.requests() - before;
        if calls != again || status != 200 {
            wrong.push(format!(
                "the next goal: {status} after {calls} calls, not {again}"
            ));
        }
    }
    app.stop().await;
    wrong
}

async fn app(row: &Row, server: &RawServer, file: &str) -> TestApp {
    let has_second = row
        .when
        .as_ref()
        .is_some_and(|when| when.starts_with("model:"));
    let names: &[&str] = if has_second {
        &["test", "second"]
    } else {
        &["test"]
    };
    let names: Vec<String> = names
        .iter()
        .map(|id| format!("{}:{id}", row.provider))
        .collect();
    let names = names.join(",");
    let endpoint = server.endpoint();
    let base = format!("{endpoint}/v1");
    let variables = [
        ("LLM_MODELS", names.as_str()),
        ("MODELS_FILE", file),
        ("OPENAI_BASE_URL", base.as_str()),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", endpoint.as_str()),
    ];
    TestApp::with(&variables).await
}

async fn judge_first(row: &Row, app: &TestApp, server: &RawServer, wrong: &mut Vec<String>) {
    let expect = &row.expect;
    let response = app
        .post_plan(&json!({"goal": "Learn to play the accordion"}))
        .await;
    let status = response.status().as_u16();
    let retry_after = response.headers().get("retry-after").cloned();
    let retry_after: Option<u64> =
        retry_after.map(|value| value.to_str().unwrap().parse().unwrap());
    let body: Value = response.json().await.unwrap();

    let is_status = match &expect.status {
        Value::Array(several) => several.contains(&json!(status)),
        one => *one == json!(status),
    };
    if !is_status {
        wrong.push(format!(
            "status {status} {} ({})",
            body["code"], body["detail"]
        ));
    }
    if status == 200 && body["estimated_duration_weeks"] != 8 {
        wrong.push(format!("{} weeks", body["estimated_duration_weeks"]));
    }
    if expect.code.is_some() && body["code"].as_str() != expect.code.as_deref() {
        wrong.push(format!("code {}", body["code"]));
    }
    let calls = server.requests();
    let (least, most) = range(&expect.calls);
    if !(least..=most).contains(&calls) {
        wrong.push(format!("{calls} calls"));
    }
    if expect
        .retry_after
        .is_some_and(|least| retry_after.is_none_or(|told| told < least))
    {
        wrong.push(format!("Retry-After {retry_after:?}"));
    }
    if let Some(booked) = &expect.booked {
        judge_booked(booked, row, app, wrong).await;
    }
}

async fn judge_booked(booked: &Value, row: &Row, app: &TestApp, wrong: &mut Vec<String>) {
    let row_of_usage = app.rows().await.remove(0);
    let cost = row_of_usage["cost_nano_usd"].as_u64().unwrap();
    let wanted = match booked.as_str() {
        Some("zero") => 0..=0,
        Some("usage") => usage(row),
        // One call of a model whose hold covers two, the second of them a little longer.
        Some(_worst_case) => {
            let held = row_of_usage["held_nano_usd"].as_u64().unwrap();
            held / 3..=held / 2
        }
        None => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a few cents"
            )]
            let nano = (booked.as_f64().unwrap() * 1e9).round() as u64;
            nano..=nano
        }
    };
    if !wanted.contains(&cost) {
        wrong.push(format!("booked {cost}, not {wanted:?}"));
    }
}

/// Returns what the usage in the row's answer costs, or that of the plain good plan.
fn usage(row: &Row) -> std::ops::RangeInclusive<u64> {
    let usage = &row.body["usage"];
    let count = |names: [&str; 2], other: u64| {
        names
            .iter()
            .find_map(|name| usage[name].as_u64())
            .unwrap_or(other)
    };
    let (input, output) = if row.when.is_some() {
        (1000, 500)
    } else {
        (
            count(["prompt_tokens", "inputTokens"], 1000),
            count(["completion_tokens", "outputTokens"], 500),
        )
    };
    let cost = input * PER_INPUT + output * PER_OUTPUT;
    cost..=cost
}

fn range(calls: &Value) -> (usize, usize) {
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    match calls.as_array() {
        Some(ends) => (number(&ends[0]), number(&ends[1])),
        None => (number(calls), number(calls)),
    }
}
