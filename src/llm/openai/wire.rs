//! The wire format of chat completions.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::llm::{
    Capabilities, Completion, CompletionContent, OutputMode, OutputSchema, Prompt, StopReason,
};
use crate::money::Tokens;

/// Low, because a plan should be correct rather than surprising.
const TEMPERATURE: f32 = 0.3;

/// The parts of a request's format in which servers differ.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    pub output_mode: OutputMode,
    /// Whether to send `max_tokens` instead of `max_completion_tokens`.
    pub use_max_tokens: bool,
    pub temperature: bool,
}

/// Builds the body of a request.
pub(super) fn request(
    id: &str,
    capabilities: &Capabilities,
    prompt: &Prompt,
    format: Format,
) -> Value {
    let mut system = prompt.system.clone();
    system.push_str(&format.output_mode.instruction(&prompt.schema));
    let limit_name = if format.use_max_tokens {
        "max_tokens"
    } else {
        "max_completion_tokens"
    };
    let max_tokens = prompt
        .max_output_tokens
        .saturating_add(capabilities.thinking_tokens);
    let mut body = json!({
        "model": id,
        "messages": [
            {"role": "system", "content": system},
            {"role": "user", "content": prompt.user},
        ],
        (limit_name): max_tokens,
    });
    if format.temperature {
        body["temperature"] = json!(TEMPERATURE);
    }
    match format.output_mode {
        OutputMode::JsonSchema => {
            body["response_format"] = json!({"type": "json_schema", "json_schema": {
                "name": prompt.schema.name,
                "description": prompt.schema.description,
                "schema": schema(&prompt.schema),
                "strict": true,
            }});
        }
        OutputMode::ForcedTool => {
            body["tools"] = tools(&prompt.schema, true);
            body["tool_choice"] =
                json!({"type": "function", "function": {"name": prompt.schema.name}});
        }
        OutputMode::AutoTool => {
            body["tools"] = tools(&prompt.schema, false);
            body["tool_choice"] = json!("auto");
        }
        OutputMode::Text => {}
    }
    body
}

fn tools(output: &OutputSchema, strict: bool) -> Value {
    json!([{"type": "function", "function": {
        "name": output.name,
        "description": output.description,
        "parameters": schema(output),
        "strict": strict,
    }}])
}

/// Returns the schema as JSON. The texts are constants, and a test of the prompts checks that they parse.
fn schema(schema: &OutputSchema) -> Value {
    serde_json::from_str(schema.json).unwrap_or_default()
}

/// The fields of a response that are read.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Message {
    content: Option<String>,
    refusal: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<ToolCall>>,
}

#[derive(Debug, Deserialize)]
struct ToolCall {
    function: FunctionCall,
}

#[derive(Debug, Deserialize)]
struct FunctionCall {
    /// A string that contains JSON; some servers send the JSON itself.
    arguments: Box<RawValue>,
}

#[derive(Debug, Deserialize)]
struct Usage {
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
    prompt_tokens_details: Option<PromptDetails>,
}

#[derive(Debug, Deserialize)]
struct PromptDetails {
    cached_tokens: Option<u64>,
}

impl Answer {
    /// Converts the response to a [`Completion`].
    pub fn completion(self) -> Completion {
        // Every call has input tokens. Servers that do not count them omit the usage, or report zero.
        let tokens = self
            .usage
            .filter(|usage| usage.prompt_tokens > 0)
            .map(|usage| {
                let cached = usage
                    .prompt_tokens_details
                    .and_then(|details| details.cached_tokens)
                    .unwrap_or(0)
                    .min(usage.prompt_tokens);
                Tokens {
                    input: usage.prompt_tokens - cached,
                    output: usage.completion_tokens,
                    cache_read: cached,
                    cache_write: 0,
                }
            });
        let Some(choice) = self.choices.into_iter().next() else {
            return Completion {
                content: CompletionContent::Text(String::new()),
                stop_reason: StopReason::Malformed,
                tokens,
            };
        };
        let stop_reason = match choice.finish_reason.as_deref() {
            _ if choice.message.refusal.is_some() => StopReason::Refused,
            Some("stop" | "tool_calls" | "function_call") | None => StopReason::Finished,
            Some("length") => StopReason::MaxTokens,
            Some("content_filter") => StopReason::Refused,
            Some(_) => StopReason::Malformed,
        };
        Completion {
            content: choice.message.content(),
            stop_reason,
            tokens,
        }
    }
}

impl Message {
    /// Returns the tool call's input if there is one, else the text.
    fn content(self) -> CompletionContent {
        let call = self.tool_calls.and_then(|calls| calls.into_iter().next());
        match call {
            Some(call) => {
                let raw = call.function.arguments.get();
                match serde_json::from_str::<String>(raw) {
                    Ok(text) => match serde_json::from_str(&text) {
                        Ok(value) => CompletionContent::Json(value),
                        Err(_) => CompletionContent::Text(text),
                    },
                    Err(_) => CompletionContent::Text(raw.to_owned()),
                }
            }
            None => CompletionContent::Text(self.content.unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completion(answer: Value) -> Completion {
        serde_json::from_value::<Answer>(answer)
            .unwrap()
            .completion()
    }

    #[test]
    fn tokens_read_from_a_cache_are_counted_separately() {
        let answer = completion(json!({
            "choices": [{"message": {"content": "{}"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 64}}
        }));

        let tokens = answer.tokens.unwrap();
        assert_eq!(
            (tokens.input, tokens.cache_read, tokens.output),
            (36, 64, 7)
        );
    }

    #[test]
    fn tool_arguments_may_be_a_string_or_json() {
        for arguments in [json!("{\"a\": 1}"), json!({"a": 1})] {
            let answer = completion(json!({
                "choices": [{"message": {"content": null, "tool_calls": [{"function": {"name": "f", "arguments": arguments}}]}, "finish_reason": "tool_calls"}]
            }));
            let value = match answer.content {
                CompletionContent::Json(value) => value,
                CompletionContent::Text(text) => serde_json::from_str(&text).unwrap(),
            };
            assert_eq!(value, json!({"a": 1}));
            assert!(answer.tokens.is_none());
        }
    }

    #[test]
    fn the_finish_reason_is_mapped() {
        for (reason, refusal, stop) in [
            (json!("stop"), Value::Null, StopReason::Finished),
            (json!("length"), Value::Null, StopReason::MaxTokens),
            (json!("content_filter"), Value::Null, StopReason::Refused),
            (json!("stop"), json!("no"), StopReason::Refused),
            (json!("new"), Value::Null, StopReason::Malformed),
        ] {
            let answer = completion(
                json!({"choices": [{"message": {"content": "x", "refusal": refusal}, "finish_reason": reason}]}),
            );
            assert_eq!(answer.stop_reason, stop, "{reason}");
        }
        assert_eq!(
            completion(json!({"choices": []})).stop_reason,
            StopReason::Malformed
        );
    }
}
