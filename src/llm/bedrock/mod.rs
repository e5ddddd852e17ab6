//! The Amazon Bedrock adapter: translates a prompt to a Converse request, and the response to a completion. It contains no
//! policy except the fallback of output modes, which is knowledge about the provider.

mod client;
mod failure;
mod request;

use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::operation::converse::ConverseOutput;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConverseOutput as Output, StopReason as BedrockStopReason, TokenUsage,
};
use aws_smithy_types::Document;
use tokio::time::Instant;

pub use self::client::client;
use super::output_mode::OutputModeState;
use super::{
    Billed, Capabilities, Completion, CompletionContent, LanguageModel, ModelError, ModelErrorKind,
    OutputMode, Prompt, StopReason,
};
use crate::money::Tokens;

/// A model on Bedrock.
pub struct BedrockModel {
    client: Client,
    id: String,
    capabilities: Capabilities,
    output_mode: OutputModeState,
}

impl BedrockModel {
    /// Creates an adapter for the model with this id, including an inference profile's prefix.
    #[must_use]
    pub fn new(client: Client, id: &str, capabilities: Capabilities) -> Self {
        Self {
            client,
            id: id.to_owned(),
            output_mode: OutputModeState::from(capabilities.output_mode),
            capabilities,
        }
    }

    async fn converse(
        &self,
        prompt: &Prompt,
        mode: OutputMode,
        deadline: Instant,
    ) -> Result<Completion, (ModelError, Option<OutputMode>)> {
        let call = request::request(&self.client, &self.id, &self.capabilities, prompt, mode);
        let sent = tokio::time::timeout_at(deadline, call.send()).await;
        match sent {
            Err(_elapsed) => Err((
                ModelError {
                    kind: ModelErrorKind::TimedOut,
                    billed: Billed::Unknown,
                    message: "the model did not answer by the deadline".to_owned(),
                },
                None,
            )),
            Ok(Err(error)) => {
                let fallback = failure::refused_feature(&error)
                    .then(|| mode.fallback())
                    .flatten();
                Err((failure::translate(&error), fallback))
            }
            Ok(Ok(output)) => Ok(completion(output)),
        }
    }
}

#[async_trait]
impl LanguageModel for BedrockModel {
    async fn complete(&self, prompt: &Prompt, deadline: Instant) -> Result<Completion, ModelError> {
        loop {
            let mode = self.output_mode.current();
            match self.converse(prompt, mode, deadline).await {
                Ok(completion) => return Ok(completion),
                // The provider refused before it generated any token, so the next mode is tried at once. There are at most
                // three fallbacks.
                Err((_, Some(fallback))) => self.output_mode.step_down(mode, fallback),
                Err((error, None)) => return Err(error),
            }
        }
    }
}

fn completion(output: ConverseOutput) -> Completion {
    // The SDK reports missing counts as zero, but every real call has input tokens.
    let tokens = output
        .usage
        .as_ref()
        .map(tokens)
        .filter(|tokens| tokens.all_input() > 0);
    let stop_reason = match output.stop_reason {
        BedrockStopReason::EndTurn
        | BedrockStopReason::ToolUse
        | BedrockStopReason::StopSequence => StopReason::Finished,
        BedrockStopReason::MaxTokens => StopReason::MaxTokens,
        BedrockStopReason::ContentFiltered | BedrockStopReason::GuardrailIntervened => {
            StopReason::Refused
        }
        BedrockStopReason::ModelContextWindowExceeded => StopReason::WindowExceeded,
        // Malformed output or tool use. A reason that this code does not know is not treated as success either.
        _ => StopReason::Malformed,
    };
    Completion {
        content: content(output.output),
        stop_reason,
        tokens,
    }
}

/// Returns the tool call's input if there is one, else all text.
fn content(output: Option<Output>) -> CompletionContent {
    let Some(Output::Message(message)) = output else {
        return CompletionContent::Text(String::new());
    };
    let mut text = String::new();
    for block in message.content {
        match block {
            ContentBlock::ToolUse(call) => return CompletionContent::Json(json(call.input)),
            ContentBlock::Text(part) => text.push_str(&part),
            _ => {}
        }
    }
    CompletionContent::Text(text)
}

fn tokens(usage: &TokenUsage) -> Tokens {
    let count = |tokens: i32| u64::try_from(tokens).unwrap_or(0);
    Tokens {
        input: count(usage.input_tokens),
        output: count(usage.output_tokens),
        cache_read: usage.cache_read_input_tokens.map_or(0, count),
        cache_write: usage.cache_write_input_tokens.map_or(0, count),
    }
}

fn json(document: Document) -> serde_json::Value {
    use serde_json::Value;
    match document {
        Document::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, field)| (name, json(field)))
                .collect(),
        ),
        Document::Array(items) => Value::Array(items.into_iter().map(json).collect()),
        Document::Number(aws_smithy_types::Number::PosInt(number)) => number.into(),
        Document::Number(aws_smithy_types::Number::NegInt(number)) => number.into(),
        Document::Number(aws_smithy_types::Number::Float(number)) => number.into(),
        Document::String(text) => Value::String(text),
        Document::Bool(flag) => Value::Bool(flag),
        Document::Null => Value::Null,
    }
}

fn document(value: serde_json::Value) -> Document {
    use serde_json::Value;
    match value {
        Value::Null => Document::Null,
        Value::Bool(flag) => Document::Bool(flag),
        Value::String(text) => Document::String(text),
        Value::Array(items) => Document::Array(items.into_iter().map(document).collect()),
        Value::Object(fields) => Document::Object(
            fields
                .into_iter()
                .map(|(name, field)| (name, document(field)))
                .collect::<HashMap<_, _>>(),
        ),
        Value::Number(number) => Document::Number(match (number.as_u64(), number.as_i64()) {
            (Some(unsigned), _) => aws_smithy_types::Number::PosInt(unsigned),
            (None, Some(signed)) => aws_smithy_types::Number::NegInt(signed),
            (None, None) => aws_smithy_types::Number::Float(number.as_f64().unwrap_or_default()),
        }),
    }
}
