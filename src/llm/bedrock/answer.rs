//! Reads the answer to a Converse call.
//!
//! The SDK's own reader refuses a whole answer for one odd count, and reports missing counts as zero. So the body is read here: the
//! content and the stop reason, and of the usage what can be read.

use planning::answer::AnswerPart;
use serde_json::Value;

use crate::llm::lenient_json::{self, Counts, count};
use crate::llm::no_answer::NoAnswer;
use crate::llm::provider_error::ProviderError;
use crate::llm::{Billed, Completion, ModelError, ModelErrorKind, StopReason};
use crate::money::ReportedUsage;

/// Reads the body of a successful response; `tool` is the name of the tool that the model was given.
///
/// # Errors
/// [`ModelError`] if it is not a JSON object, or is an error that was sent as a success.
pub fn read_answer(body: &[u8], tool: &str) -> Result<Completion, ModelError> {
    read(body, tool).map_err(|no_answer| no_answer.into_failure(None).0)
}

pub(super) fn read(body: &[u8], tool: &str) -> Result<Completion, NoAnswer> {
    let answer = lenient_json::parse(body).filter(Value::is_object);
    let mut answer = answer.ok_or_else(|| {
        let reason = "the response is not a JSON object";
        let error = ModelError::new(ModelErrorKind::Protocol, Billed::Unknown, reason);
        NoAnswer::Unreadable(error)
    })?;
    let usage = usage(&answer["usage"]);
    if answer["output"].is_null() {
        let names = ["error", "Output"];
        let error = names
            .iter()
            .map(|name| &answer[*name])
            .find(|error| !error.is_null());
        let is_error = answer["message"].is_string() || answer["__type"].is_string();
        if let Some(error) = error.or_else(|| is_error.then_some(&answer)) {
            return NoAnswer::unless_counted(ProviderError::in_success(error), usage);
        }
    }
    let content = answer.pointer_mut("/output/message/content");
    let content = content.map(Value::take).unwrap_or_default();
    Ok(Completion {
        content: parts(content, tool).into(),
        stop_reason: StopReason::from_name(answer["stopReason"].as_str()),
        usage,
    })
}

/// Returns the parts of a message's content: calls, text and thinking.
fn parts(blocks: Value, tool: &str) -> Vec<AnswerPart> {
    let Value::Array(blocks) = blocks else {
        return Vec::new();
    };
    blocks
        .into_iter()
        .filter_map(|block| part(block, tool))
        .collect()
}

fn part(mut block: Value, tool: &str) -> Option<AnswerPart> {
    let is_known = block["toolUse"]["name"] == tool;
    if let Some(input) = block.pointer_mut("/toolUse/input").map(Value::take)
        && !input.is_null()
    {
        return Some(AnswerPart::Call { is_known, input });
    }
    if let Some(text) = taken_text(&mut block, "/text") {
        return Some(AnswerPart::Text(text));
    }
    let thinking = ["", "/text"]
        .map(|part| format!("/reasoningContent/reasoningText{part}"))
        .into_iter()
        .find_map(|place| taken_text(&mut block, &place));
    thinking.map(AnswerPart::Thinking)
}

/// Takes a text out of a value, so that it is not made again.
fn taken_text(value: &mut Value, place: &str) -> Option<String> {
    match value.pointer_mut(place)? {
        Value::String(text) => Some(std::mem::take(text)),
        _ => None,
    }
}

fn usage(usage: &Value) -> ReportedUsage {
    let count_of = |name: &str| count(&usage[name]);
    let cache_read = count_of("cacheReadInputTokens").unwrap_or_default();
    let cache_write = count_of("cacheWriteInputTokens").unwrap_or_default();
    let details = usage["cacheDetails"].as_array();
    let one_hour = details
        .into_iter()
        .flatten()
        .filter(|each| each["ttl"] == "1h");
    let one_hour = one_hour.filter_map(|each| count(&each["inputTokens"]));
    let counts = Counts {
        input: count_of("inputTokens")
            .map(|input| input.saturating_add(cache_read).saturating_add(cache_write)),
        output: count_of("outputTokens"),
        total: count_of("totalTokens"),
        thinking: None,
        cache_read,
        cache_write,
        cache_write_one_hour: one_hour.fold(0, u64::saturating_add),
    };
    counts.usage()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(answer: &Value) -> Completion {
        read_answer(answer.to_string().as_bytes(), "tool").unwrap()
    }

    #[test]
    fn an_answer_with_odd_bookkeeping_keeps_its_content() {
        let content = json!([{"reasoningContent": {"reasoningText": {"text": "hm"}}}, {"text": "{\"a\":"}, {"text": " 1}"}]);
        for usage in [
            json!(null),
            json!({}),
            json!([]),
            json!("none"),
            json!({"inputTokens": "x", "outputTokens": null}),
            json!({"inputTokens": -5, "outputTokens": 2e15}),
        ] {
            let answer =
                read(&json!({"output": {"message": {"content": content}}, "usage": usage}));
            assert_eq!(answer.content.visible_text(), "{\"a\": 1}");
            assert_eq!(answer.stop_reason, StopReason::Finished);
            assert_eq!(answer.usage.input, None, "{usage}");
        }
    }

    #[test]
    fn cached_tokens_are_counted_separately_by_how_long_they_are_kept() {
        let usage = json!({
            "inputTokens": 10, "outputTokens": "20", "totalTokens": 365.0,
            "cacheReadInputTokens": 100, "cacheWriteInputTokens": 200,
            "cacheDetails": [{"ttl": "1h", "inputTokens": 150}, {"ttl": "5m", "inputTokens": 50}],
        });
        let answer = read(
            &json!({"output": {"message": {"content": [{"toolUse": {"input": {"a": 1}}}]}}, "usage": usage}),
        );

        assert_eq!(
            answer
                .content
                .find_in_objects(|fields| fields["a"].as_u64()),
            [1]
        );
        assert_eq!(
            answer.usage,
            ReportedUsage {
                input: Some(10),
                output: Some(55),
                cache_read: 100,
                cache_write: 200,
                cache_write_one_hour: 150,
            }
        );
    }

    #[test]
    fn what_is_no_object_is_a_failure_that_may_have_been_billed() {
        for body in ["", "null", "[]", "not json", "{\"a\": 1"] {
            let error = read_answer(body.as_bytes(), "tool").unwrap_err();
            assert_eq!(
                (error.kind, error.billed),
                (ModelErrorKind::Protocol, Billed::Unknown)
            );
        }
    }
}
