//! How the faked models behave: which features they refuse, how they count tokens, where they are cut off.

use serde_json::Value;

use super::script::Fault;

/// Tokens a model may write when `maxTokens` is not set.
const UNSET_MAX_TOKENS: u64 = 64_000;

/// What a model takes, by family.
pub struct ModelProfile {
    text_format: bool,
    forced_tool: bool,
    temperature: bool,
}

impl ModelProfile {
    /// The traits of a model by its id.
    pub fn of(id: &str) -> Self {
        let newest = id.contains("-5-5");
        Self {
            text_format: !newest,
            forced_tool: !newest || id.contains("haiku"),
            temperature: !newest,
        }
    }

    /// Why the model refuses a request, if it does.
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

/// Input tokens of a request, by its texts: about three and a half bytes a token, and some for the frame.
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

/// The answer as far as `maxTokens` lets it go, why it stopped, and its tokens.
pub fn cut(
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
    let most = request["inferenceConfig"]["maxTokens"]
        .as_u64()
        .unwrap_or(UNSET_MAX_TOKENS);
    let tokens = (answer.len() as u64 * 2).div_ceil(7);
    let keep = if matches!(fault, Some(Fault::Truncated)) {
        most.min(tokens / 2)
    } else {
        most
    };
    if tokens <= keep {
        return (answer, "end_turn", tokens);
    }
    let mut end = usize::try_from(keep * 7 / 2).unwrap_or(0).min(answer.len());
    while !answer.is_char_boundary(end) {
        end -= 1;
    }
    answer.truncate(end);
    (answer, "max_tokens", keep)
}
