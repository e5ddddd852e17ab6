//! The server of a row: it sends the row's answer to every request that the row is about, and a plain good plan to every other.

use fake_bedrock::raw::{RawRequest, RawResponse, RawServer};
use serde_json::{Value, json};

use super::row::Row;
use crate::booking::plan;

/// Starts the server.
pub fn start(row: &Row) -> RawServer {
    let row = row.clone();
    RawServer::start(move |request| answer(&row, &request)).unwrap()
}

fn answer(row: &Row, request: &RawRequest) -> RawResponse {
    let body: Value = serde_json::from_str(&request.body).unwrap();
    let tools = [
        "/tools/0/function/name",
        "/response_format/json_schema/name",
        "/toolConfig/tools/0/toolSpec/name",
        "/outputConfig/textFormat/structure/jsonSchema/name",
    ];
    let tool = tools.iter().find_map(|at| body.pointer(at)?.as_str());
    if !is_meant(row, request, &body) {
        return RawResponse::json(200, &good(row, &body).to_string());
    }
    let mut response = RawResponse::json(row.status, &row.body(tool.unwrap_or("plan")));
    for (name, value) in &row.headers {
        if name.eq_ignore_ascii_case("content-type") {
            response.headers.clear();
        }
        response = response.header(name, value.as_str().unwrap());
    }
    response
}

fn is_meant(row: &Row, request: &RawRequest, body: &Value) -> bool {
    let Some(when) = row.when.as_deref() else {
        return true;
    };
    if let Some(limit) = when.strip_prefix("max_above:") {
        let names = [
            "/max_tokens",
            "/max_completion_tokens",
            "/inferenceConfig/maxTokens",
        ];
        let asked = names.iter().find_map(|name| body.pointer(name)?.as_u64());
        return asked.unwrap_or(u64::MAX) > limit.parse().unwrap();
    }
    if let Some(model) = when.strip_prefix("model:") {
        return body["model"] == model || request.path.contains(model);
    }
    match when {
        "first" => request.index == 0,
        "forced" => {
            body.pointer("/toolConfig/toolChoice/tool").is_some() || body["tool_choice"].is_object()
        }
        "temperature" => {
            body.get("temperature").is_some()
                || body.pointer("/inferenceConfig/temperature").is_some()
        }
        field => body.get(field).is_some(),
    }
}

fn good(row: &Row, body: &Value) -> Value {
    if row.provider == "bedrock" {
        let tool = body.pointer("/toolConfig/tools/0/toolSpec/name");
        let content = match tool {
            Some(name) => json!({"toolUse": {"toolUseId": "t1", "name": name, "input": plan(8)}}),
            None => json!({"text": plan(8).to_string()}),
        };
        return json!({
            "output": {"message": {"role": "assistant", "content": [content]}},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 1000, "outputTokens": 500, "totalTokens": 1500},
        });
    }
    let message = match body.pointer("/tools/0/function/name") {
        Some(name) => json!({"role": "assistant", "content": null, "tool_calls": [
            {"id": "1", "type": "function", "function": {"name": name, "arguments": plan(8).to_string()}}
        ]}),
        None => json!({"role": "assistant", "content": plan(8).to_string()}),
    };
    json!({
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 1500},
    })
}
