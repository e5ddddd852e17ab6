//! The behaviour of the fake models: the features they support, token counts, and truncation.

use serde_json::Value;

use super::script::Fault;

/// Output token limit when `maxTokens` is not set.
const DEFAULT_MAX_TOKENS: u64 = 64_000;

/// The features that a model supports.
pub struct ModelProfile {
    text_format: bool,
    forced_tool: bool,
    temperature: bool,
}

impl ModelProfile {
    /// Returns the profile of the model with this id.
    pub fn of(id: &str) -> Self {
        let newest = id.contains("-5-5");
        Self {
            text_format: !newest,
            forced_tool: !newest || id.contains("haiku"),
            temperature: !newest,
        }
    }

    /// Returns why the model refuses a request, if it does.
    pub fn refusal(&self, request: &Value) -> Option<&'static str> {
        let choice = &request["toolConfig"]["toolChoice"];
        if !self.text_format && request["outputConfig"].get("textFormat").is_some() {
            Some(
                "The model returned the following errors: output_config.format: structured outputs are not supported by this model",
            )
        } else if !self.forced_tool && (choice.get("tool").is_some() || choice.get("any").is_some())
        {
            Some(
                "The model returned the following errors: tool_choice: forcing tool use is not supported when thinking is enabled",
            )
        } else if !self.temperature && request["inferenceConfig"].get("temperature").is_some() {
            Some(
                "The model returned the following errors: `temperature` is deprecated for this model.",
            )
        } else if request["messages"].as_array().is_none_or(Vec::is_empty) {
            Some(
                "1 validation error detected: Value at 'messages' failed to satisfy constraint: Member must not be null",
            )
        } else {
            None
        }
    }
}

/// Counts a request's input tokens: one per 3.5 bytes of text, plus a fixed overhead.
pub fn input_tokens(request: &Value) -> u64 {
    let texts = [
        &request["system"],
        &request["messages"],
        &request["toolConfig"],
        &request["outputConfig"],
    ];
    8 + texts.into_iter().map(text_bytes).sum::<u64>() * 2 / 7
}

fn text_bytes(value: &Value) -> u64 {
    match value {
        Value::String(text) => text.len() as u64,
        Value::Array(items) => items.iter().map(text_bytes).sum(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, field)| name.len() as u64 + text_bytes(field))
            .sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 1,
    }
}

/// Truncates the answer to `maxTokens`. Returns the text, the stop reason and the output tokens.
pub fn truncate(
    mut answer: String,
    request: &Value,
    fault: Option<&Fault>,
) -> (String, &'static str, u64) {
    match fault {
        Some(Fault::Guardrail) => {
            return (
                "Sorry, I can't help with that.".to_owned(),
                "guardrail_intervened",
                9,
            );
        }
        Some(Fault::ContentFiltered) => return (String::new(), "content_filtered", 2),
        _ => {}
    }
    let max_tokens = request["inferenceConfig"]["maxTokens"]
        .as_u64()
        .unwrap_or(DEFAULT_MAX_TOKENS);
    let tokens = (answer.len() as u64 * 2).div_ceil(7);
    let limit = if matches!(fault, Some(Fault::Truncated)) {
        max_tokens.min(tokens / 2)
    } else {
        max_tokens
    };
    if tokens <= limit {
        return (answer, "end_turn", tokens);
    }
    let mut end = usize::try_from(limit * 7 / 2)
        .unwrap_or(0)
        .min(answer.len());
    while !answer.is_char_boundary(end) {
        end -= 1;
    }
    answer.truncate(end);
    (answer, "max_tokens", limit)
}
