//! Reads a chat completion: the content and the finish reason, and of the usage what can be read.

use serde_json::Value;

use super::failure;
use crate::llm::lenient_json::{self, Counts, count};
use crate::llm::{Billed, Completion, CompletionContent, ModelError, ModelErrorKind, StopReason};
use crate::money::ReportedUsage;

/// Reads the body of a successful response.
///
/// # Errors
/// [`ModelError`] if it is not a JSON object, or is an error that the server sent as a success.
pub fn read_answer(body: &[u8]) -> Result<Completion, ModelError> {
    let answer = lenient_json::parse(body).filter(Value::is_object);
    let answer = answer.ok_or_else(|| {
        let reason = "the response is not a JSON object";
        ModelError::new(ModelErrorKind::Protocol, Billed::Unknown, reason)
    })?;
    let usage = usage(&answer["usage"]);
    let choice = &answer["choices"][0];
    if choice.is_null() && !answer["error"].is_null() {
        return Err(failure::of_error_in_success(&answer["error"]));
    }
    let message = &choice["message"];
    let refused = message["refusal"]
        .as_str()
        .is_some_and(|refusal| !refusal.trim().is_empty());
    let stop_reason = match choice["finish_reason"].as_str() {
        _ if choice.is_null() => StopReason::Malformed,
        _ if refused => StopReason::Refused,
        Some("stop" | "tool_calls" | "function_call") | None => StopReason::Finished,
        Some("length") => StopReason::MaxTokens,
        Some("content_filter") => StopReason::Refused,
        Some(_) => StopReason::Malformed,
    };
    Ok(Completion {
        content: content(message),
        stop_reason,
        usage,
    })
}

/// Returns the tool call's input if there is one, else the text.
fn content(message: &Value) -> CompletionContent {
    let text = text(&message["content"]);
    // A string that contains JSON; some servers send the JSON itself.
    match &message["tool_calls"][0]["function"]["arguments"] {
        Value::Null => CompletionContent::Text(text),
        Value::String(arguments) if arguments.trim().is_empty() => CompletionContent::Text(text),
        Value::String(arguments) => match serde_json::from_str(arguments) {
            Ok(value) => CompletionContent::Json(value),
            Err(_) => CompletionContent::Text(arguments.clone()),
        },
        arguments => CompletionContent::Json(arguments.clone()),
    }
}

/// Returns the text of a message, which is a string or a list of parts.
fn text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect(),
        _ => String::new(),
    }
}

fn usage(usage: &Value) -> ReportedUsage {
    let count_of = |name: &str| count(&usage[name]);
    let input = count_of("prompt_tokens");
    let cached = count(&usage["prompt_tokens_details"]["cached_tokens"]).unwrap_or_default();
    let counts = Counts {
        input,
        output: count_of("completion_tokens"),
        total: count_of("total_tokens"),
        thinking: count(&usage["completion_tokens_details"]["reasoning_tokens"]),
        cache_read: cached.min(input.unwrap_or_default()),
        ..Counts::default()
    };
    counts.usage()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(answer: &Value) -> Completion {
        read_answer(answer.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn tokens_read_from_a_cache_are_counted_separately() {
        let answer = read(&json!({
            "choices": [{"message": {"content": "{}"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 64}}
        }));

        let usage = answer.usage;
        assert_eq!(
            (usage.input, usage.cache_read, usage.output),
            (Some(36), 64, Some(7))
        );
    }

    #[test]
    fn tool_arguments_may_be_a_string_or_json() {
        for arguments in [json!("{\"a\": 1}"), json!({"a": 1})] {
            let answer = read(&json!({
                "choices": [{"message": {"content": null, "tool_calls": [{"function": {"name": "f", "arguments": arguments}}]}, "finish_reason": "tool_calls"}]
            }));
            assert!(
                matches!(answer.content, CompletionContent::Json(value) if value == json!({"a": 1}))
            );
            assert_eq!(answer.usage, ReportedUsage::default());
        }
    }

    #[test]
    fn the_finish_reason_is_mapped() {
        for (reason, refusal, stop) in [
            (json!("stop"), json!(null), StopReason::Finished),
            (json!("length"), json!(null), StopReason::MaxTokens),
            (json!("content_filter"), json!(null), StopReason::Refused),
            (json!("stop"), json!("no"), StopReason::Refused),
            (json!("stop"), json!(""), StopReason::Finished),
            (json!("new"), json!(null), StopReason::Malformed),
            (json!(7), json!(null), StopReason::Finished),
        ] {
            let answer = read(
                &json!({"choices": [{"message": {"content": "x", "refusal": refusal}, "finish_reason": reason}]}),
            );
            assert_eq!(answer.stop_reason, stop, "{reason}");
        }
        assert_eq!(
            read(&json!({"choices": []})).stop_reason,
            StopReason::Malformed
        );
    }

    #[test]
    fn an_answer_with_odd_bookkeeping_keeps_its_content() {
        for usage in [
            json!(null),
            json!({}),
            json!([1]),
            json!({"prompt_tokens": null, "completion_tokens": null}),
            json!({"prompt_tokens": -1, "prompt_tokens_details": 5}),
        ] {
            let answer = read(
                &json!({"id": 5, "choices": [{"index": "0", "message": {"content": [{"text": "a"}, {"text": "b"}]}}], "usage": usage}),
            );
            assert!(matches!(answer.content, CompletionContent::Text(text) if text == "ab"));
            assert_eq!(answer.usage.input, None, "{usage}");
        }
    }
}
