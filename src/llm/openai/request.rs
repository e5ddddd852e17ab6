//! Builds a chat completion request from a prompt, in one of the output modes.

use serde_json::{Value, json};

use crate::llm::{Capabilities, OutputMode, OutputSchema, Prompt};

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
