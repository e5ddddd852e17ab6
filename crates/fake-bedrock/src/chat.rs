//! OpenAI's chat completions: the same fake over another protocol.
//!
//! A model whose id contains `no-schema` refuses JSON schemas, and `no-tools` refuses tools. `new-limit` accepts only
//! `max_completion_tokens`, and `old-limit` only `max_tokens`. [`Dialect`] says in which form.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Value, json};

use super::Answer;
use super::dialect::Dialect;

/// Returns why the model refuses a request, if it does.
pub fn refusal(model: &str, request: &Value) -> Option<&'static str> {
    let has = |name: &str| request.get(name).is_some();
    if model.contains("no-schema") && has("response_format") {
        Some(
            "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
        )
    } else if model.contains("no-tools") && has("tools") {
        Some("tools are not supported by this model")
    } else if model.contains("new-limit") && has("max_tokens") {
        Some(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        )
    } else if model.contains("old-limit") && has("max_completion_tokens") {
        Some("Unrecognized request argument supplied: max_completion_tokens")
    } else {
        None
    }
}

/// Converts the request to Converse's format.
pub fn as_converse(request: &Value, request_id: &str) -> Value {
    let text = |role: &str| {
        let messages = request["messages"].as_array();
        let message = messages.and_then(|all| all.iter().find(|each| each["role"] == role));
        message.map_or(Value::Null, |message| message["content"].clone())
    };
    let function = &request["tools"][0]["function"];
    let format = &request["response_format"]["json_schema"];
    let named = |name: &Value| name.as_str().is_some_and(|name| name.contains("category"));
    let system = text("system");
    let classifies = named(&function["name"])
        || named(&format["name"])
        // Without a schema's name, the system prompt decides: only a classification has no weeks in its answer.
        || (function.is_null()
            && format.is_null()
            && !system.as_str().unwrap_or_default().contains("weekly_breakdown"));
    let mut converse = json!({
        "system": [{"text": system}],
        "messages": [{"role": "user", "content": [{"text": text("user")}]}],
        "inferenceConfig": {"maxTokens": request.get("max_tokens").or(request.get("max_completion_tokens"))},
        "requestMetadata": {
            "request_id": request_id,
            "purpose": if classifies { "classify" } else { "plan" },
        },
    });
    if !function.is_null() {
        converse["toolConfig"] = json!({"tools": [{"toolSpec": function}]});
    }
    if !format.is_null() {
        converse["outputConfig"] = json!({"textFormat": format});
    }
    converse
}

/// Builds the response as a chat completion.
pub fn respond(request: &Value, answer: &Answer) -> HttpResponse {
    let dialect = Dialect::of(request["model"].as_str().unwrap_or_default());
    let name = request["tools"][0]["function"]["name"].as_str();
    let call = name.and_then(|name| Some((name, answer.as_object()?)));
    let (message, finished) = match call {
        Some((name, input)) => (
            json!({"role": "assistant", "content": null, "tool_calls": [
                {"id": "call-1", "type": "function", "function": {"name": name, "arguments": input.to_string()}}
            ]}),
            "tool_calls",
        ),
        None => (json!({"role": "assistant", "content": answer.text}), "stop"),
    };
    let reason = match answer.stop {
        "end_turn" => finished,
        "max_tokens" => "length",
        _ => "content_filter",
    };
    let mut body = json!({
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": dialect.message(message), "finish_reason": reason}],
    });
    if answer.reports_usage {
        body["usage"] = json!({
            "prompt_tokens": answer.input_tokens,
            "completion_tokens": answer.output_tokens,
            "total_tokens": answer.input_tokens + answer.output_tokens,
        });
    }
    HttpResponse::Ok().json(body)
}

/// Builds an error response in the dialect of a model.
pub fn refuse(model: &str, status: StatusCode, message: &str) -> HttpResponse {
    // Only Bedrock uses this status.
    let status = if status == StatusCode::FAILED_DEPENDENCY {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        status
    };
    let (code, body) = Dialect::of(model).error(status.as_u16(), message);
    HttpResponse::build(StatusCode::from_u16(code).unwrap_or(status)).json(body)
}
