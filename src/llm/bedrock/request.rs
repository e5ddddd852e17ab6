//! Builds a Converse request from a prompt, in one of the output modes.

use std::collections::HashMap;
use std::sync::{OnceLock, PoisonError, RwLock};

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::operation::converse::builders::ConverseFluentBuilder;
use aws_sdk_bedrockruntime::types::{
    AutoToolChoice, ContentBlock, ConversationRole, InferenceConfiguration, JsonSchemaDefinition,
    Message, OutputConfig, OutputFormat, OutputFormatStructure, OutputFormatType,
    SpecificToolChoice, SystemContentBlock, Tool, ToolChoice, ToolConfiguration, ToolInputSchema,
    ToolSpecification,
};

use aws_smithy_types::Document;

use super::document;
use crate::llm::learned::RequestForm;
use crate::llm::{OutputMode, OutputSchema, Prompt};

/// Low, because a plan should be correct rather than surprising. Not sent to models that do not accept a temperature.
const TEMPERATURE: f32 = 0.3;

/// Builds the call. `maxTokens` is always set; without it, the provider reserves the model's maximum against the quota.
pub fn request(
    client: &Client,
    id: &str,
    prompt: &Prompt,
    form: RequestForm,
) -> ConverseFluentBuilder {
    let inference = InferenceConfiguration::builder()
        .max_tokens(i32::try_from(form.max_tokens).unwrap_or(i32::MAX))
        .set_temperature(form.temperature.then_some(TEMPERATURE))
        .build();
    let mut system = prompt.system.clone();
    system.push_str(&form.output_mode.instruction(&prompt.schema));
    let call = client
        .converse()
        .model_id(id)
        .system(SystemContentBlock::Text(system))
        .set_messages(message(&prompt.user).map(|message| vec![message]))
        .inference_config(inference)
        .request_metadata("request_id", &prompt.request_id)
        .request_metadata("purpose", prompt.purpose.as_str());
    match form.output_mode {
        OutputMode::JsonSchema => call.set_output_config(output_config(&prompt.schema)),
        OutputMode::ForcedTool => call.set_tool_config(tool_config(&prompt.schema, true)),
        OutputMode::AutoTool => call.set_tool_config(tool_config(&prompt.schema, false)),
        OutputMode::Text => call,
    }
}

// The builders below fail only on missing fields, and every field is set. If one failed, `None` would send the call without the
// output mode; the answer is validated in any case.

fn message(text: &str) -> Option<Message> {
    Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text(text.to_owned()))
        .build()
        .ok()
}

fn output_config(schema: &OutputSchema) -> Option<OutputConfig> {
    let definition = JsonSchemaDefinition::builder()
        .name(schema.name)
        .description(schema.description)
        .schema(schema.json)
        .build()
        .ok()?;
    let format = OutputFormat::builder()
        .r#type(OutputFormatType::JsonSchema)
        .structure(OutputFormatStructure::JsonSchema(definition))
        .build()
        .ok()?;
    Some(OutputConfig::builder().text_format(format).build())
}

fn tool_config(schema: &OutputSchema, forced: bool) -> Option<ToolConfiguration> {
    let input = parsed_schema(schema)?;
    let tool = ToolSpecification::builder()
        .name(schema.name)
        .description(schema.description)
        .input_schema(ToolInputSchema::Json(input))
        .set_strict(forced.then_some(true))
        .build()
        .ok()?;
    let choice = if forced {
        ToolChoice::Tool(
            SpecificToolChoice::builder()
                .name(schema.name)
                .build()
                .ok()?,
        )
    } else {
        ToolChoice::Auto(AutoToolChoice::builder().build())
    };
    ToolConfiguration::builder()
        .tools(Tool::ToolSpec(tool))
        .tool_choice(choice)
        .build()
        .ok()
}

/// Returns the schema as an SDK document, parsed once. There are only a few schemas, and all are static.
fn parsed_schema(schema: &OutputSchema) -> Option<Document> {
    static PARSED: OnceLock<RwLock<HashMap<&'static str, Document>>> = OnceLock::new();
    let parsed = PARSED.get_or_init(RwLock::default);
    if let Some(document) = parsed
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(schema.name)
    {
        return Some(document.clone());
    }
    let new = document(serde_json::from_str(schema.json).ok()?);
    parsed
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(schema.name, new.clone());
    Some(new)
}
