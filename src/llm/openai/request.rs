//! Builds a chat completion request from a prompt, in one of the output modes.

use serde_json::{Value, json};

use crate::llm::learned::RequestForm;
use crate::llm::{OutputMode, OutputSchema, Prompt};

/// Low, because a plan should be correct rather than surprising.
const TEMPERATURE: f32 = 0.3;

/// Builds the body of a request.
pub(super) fn request(id: &str, prompt: &Prompt, form: RequestForm) -> Value {
    let mut system = prompt.system.clone();
    system.push_str(&form.output_mode.instruction(&prompt.schema));
    let mut body = json!({
        "model": id,
        "messages": [
            {"role": "system", "content": system},
            {"role": "user", "content": prompt.user},
        ],
        (form.limit_name()): form.max_tokens,
    });
    if form.temperature {
        body["temperature"] = json!(TEMPERATURE);
    }
    match form.output_mode {
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
    let mut function = json!({
        "name": output.name,
        "description": output.description,
        "parameters": schema(output),
    });
    // Not sent as `false`: some servers do not know it.
    if strict {
        function["strict"] = json!(true);
    }
    json!([{"type": "function", "function": function}])
}

/// Returns the schema as JSON. The texts are constants, and a test of the prompts checks that they parse.
fn schema(schema: &OutputSchema) -> Value {
    serde_json::from_str(schema.json).unwrap_or_default()
}
