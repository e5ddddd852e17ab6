//! Reads a chat completion: the content and the finish reason, and of the usage what can be read.

use planning::answer::AnswerPart;
use serde_json::Value;

use super::message;
use crate::llm::lenient_json::{self, Counts, count};
use crate::llm::no_answer::NoAnswer;
use crate::llm::provider_error::ProviderError;
use crate::llm::{Billed, Completion, ModelError, ModelErrorKind, StopReason};
use crate::money::ReportedUsage;

/// Reads the body of a successful response; `tool` is the name of the tool that the model was given.
///
/// # Errors
/// [`ModelError`] if it is not a JSON object, or is an error that the server sent as a success.
pub fn read_answer(body: &[u8], tool: &str) -> Result<Completion, ModelError> {
    read(body, tool).map_err(|no_answer| no_answer.into_failure(None).0)
}

pub(super) fn read(body: &[u8], tool: &str) -> Result<Completion, NoAnswer> {
    let unreadable = |reason| {
        let error = ModelError::new(ModelErrorKind::Protocol, Billed::Unknown, reason);
        NoAnswer::Unreadable(error)
    };
    let answer = lenient_json::parse(body).filter(Value::is_object);
    let answer = answer.ok_or_else(|| unreadable("the response is not a JSON object"))?;
    let usage = usage(&answer["usage"]);
    let choice = first_choice(&answer);
    let Some(choice) = choice else {
        if is_blocked(&answer) {
            return Ok(Completion {
                content: Vec::new().into(),
                stop_reason: StopReason::Refused,
                usage,
            });
        }
        if let Some(error) = error_of(&answer) {
            return NoAnswer::unless_counted(error, usage);
        }
        // A server that counted tokens has written something, although it is not there.
        return if usage.output.is_some_and(|output| output > 0) || answer["choices"].is_array() {
            Ok(Completion::malformed(usage))
        } else {
            Err(unreadable("the response has no answer"))
        };
    };
    let parts = message::parts(choice, tool);
    if !choice["error"].is_null() && !has_content(&parts) {
        return NoAnswer::unless_counted(ProviderError::in_success(&choice["error"]), usage);
    }
    Ok(Completion {
        stop_reason: stop_reason(choice),
        content: parts.into(),
        usage,
    })
}

/// Returns the first choice that has a message, else the first.
fn first_choice(answer: &Value) -> Option<&Value> {
    let choices = answer["choices"].as_array()?;
    let has_message = |choice: &&Value| has_content(&message::parts(choice, ""));
    let first = || choices.first().filter(|choice| !choice.is_null());
    choices.iter().find(has_message).or_else(first)
}

fn has_content(parts: &[AnswerPart]) -> bool {
    parts.iter().any(|part| match part {
        AnswerPart::Text(text) | AnswerPart::Thinking(text) => !text.trim().is_empty(),
        AnswerPart::Call { input, .. } => !input.is_null(),
    })
}

/// Returns whether a filter refused the prompt, so that there are no choices.
fn is_blocked(answer: &Value) -> bool {
    ["promptFeedback", "prompt_feedback"].iter().any(|name| {
        let feedback = &answer[*name];
        feedback["blockReason"].is_string() || feedback["block_reason"].is_string()
    })
}

/// Returns the error in a response without choices: under its name, or the response itself.
fn error_of(answer: &Value) -> Option<ProviderError> {
    let names = ["error", "errors", "detail"];
    let named = names
        .iter()
        .map(|name| &answer[*name])
        .find(|error| !error.is_null());
    let is_error = answer["object"] == "error" || answer["message"].is_string();
    named
        .or_else(|| is_error.then_some(answer))
        .map(ProviderError::in_success)
}

fn stop_reason(choice: &Value) -> StopReason {
    if message::is_refused(&choice["message"]) {
        return StopReason::Refused;
    }
    let reason = |name: &str| StopReason::from_name(choice[name].as_str());
    match (reason("finish_reason"), reason("native_finish_reason")) {
        // A gateway may call a refusal by a name of its own.
        (_, StopReason::Refused) => StopReason::Refused,
        (reason, _) => reason,
    }
}

fn usage(usage: &Value) -> ReportedUsage {
    let count_of = |name: &str| count(&usage[name]);
    let input = count_of("prompt_tokens").or_else(|| count_of("input_tokens"));
    let cached = count(&usage["prompt_tokens_details"]["cached_tokens"]).unwrap_or_default();
    let counts = Counts {
        input,
        output: count_of("completion_tokens").or_else(|| count_of("output_tokens")),
        total: count_of("total_tokens"),
        thinking: count(&usage["completion_tokens_details"]["reasoning_tokens"])
            .or_else(|| count_of("reasoning_tokens")),
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
        read_answer(answer.to_string().as_bytes(), "f").unwrap()
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
            assert_eq!(
                answer
                    .content
                    .find_in_objects(|fields| fields["a"].as_u64()),
                [1]
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
            assert_eq!(answer.content.visible_text(), "ab");
            assert_eq!(answer.usage.input, None, "{usage}");
        }
    }
}
