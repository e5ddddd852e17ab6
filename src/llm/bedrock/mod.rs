//! Amazon Bedrock by Converse: our prompt to the SDK's request, its answer to our completion. No policy in here, save
//! the ladder of structured output, which is knowledge about the provider.

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

/// One model on Bedrock.
pub struct BedrockModel {
    client: Client,
    id: String,
    abilities: Capabilities,
    ladder: OutputModeState,
}

impl BedrockModel {
    /// The model of that id (with the prefix of its profile).
    #[must_use]
    pub fn new(client: Client, id: &str, abilities: Capabilities) -> Self {
        Self {
            client,
            id: id.to_owned(),
            ladder: OutputModeState::from(abilities.output_mode),
            abilities,
        }
    }

    async fn converse(
        &self,
        prompt: &Prompt,
        form: OutputMode,
        deadline: Instant,
    ) -> Result<Completion, (ModelError, Option<OutputMode>)> {
        let call = request::request(&self.client, &self.id, &self.abilities, prompt, form);
        let sent = tokio::time::timeout_at(deadline, call.send()).await;
        match sent {
            Err(_elapsed) => Err((
                ModelError {
                    kind: ModelErrorKind::TimedOut,
                    billed: Billed::Unknown,
                    message: "no answer by the deadline".to_owned(),
                },
                None,
            )),
            Ok(Err(error)) => {
                let looser = failure::refused_feature(&error)
                    .then(|| form.fallback())
                    .flatten();
                Err((failure::translate(&error), looser))
            }
            Ok(Ok(output)) => Ok(completion(output)),
        }
    }
}

#[async_trait]
impl LanguageModel for BedrockModel {
    async fn complete(&self, prompt: &Prompt, deadline: Instant) -> Result<Completion, ModelError> {
        loop {
            let form = self.ladder.current();
            match self.converse(prompt, form, deadline).await {
                Ok(completion) => return Ok(completion),
                // The refusal came before any token was made, so the next form is asked at once; the model's ladder
                // ends after three steps.
                Err((_, Some(looser))) => self.ladder.step_down(form, looser),
                Err((error, None)) => return Err(error),
            }
        }
    }
}

fn completion(output: ConverseOutput) -> Completion {
    // The SDK fills absent numbers with zeros; no call takes nothing in.
    let tokens = output
        .usage
        .as_ref()
        .map(tokens)
        .filter(|tokens| tokens.all_input() > 0);
    let stop = match output.stop_reason {
        BedrockStopReason::EndTurn
        | BedrockStopReason::ToolUse
        | BedrockStopReason::StopSequence => StopReason::Finished,
        BedrockStopReason::MaxTokens => StopReason::MaxTokens,
        BedrockStopReason::ContentFiltered | BedrockStopReason::GuardrailIntervened => {
            StopReason::Refused
        }
        BedrockStopReason::ModelContextWindowExceeded => StopReason::WindowExceeded,
        // Malformed output and tool use, and reasons that came after this was written: not known to be success.
        _ => StopReason::Malformed,
    };
    Completion {
        content: words(output.output),
        stop_reason: stop,
        tokens,
    }
}

/// The tool call's input where there is one, else all text.
fn words(output: Option<Output>) -> CompletionContent {
    let Some(Output::Message(message)) = output else {
        return CompletionContent::Text(String::new());
    };
    let mut text = String::new();
    for block in message.content {
        match block {
            ContentBlock::ToolUse(call) => return CompletionContent::Json(json(call.input)),
            ContentBlock::Text(words) => text.push_str(&words),
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
        Document::Bool(truth) => Value::Bool(truth),
        Document::Null => Value::Null,
    }
}

fn document(value: serde_json::Value) -> Document {
    use serde_json::Value;
    match value {
        Value::Null => Document::Null,
        Value::Bool(truth) => Document::Bool(truth),
        Value::String(text) => Document::String(text),
        Value::Array(items) => Document::Array(items.into_iter().map(document).collect()),
        Value::Object(fields) => Document::Object(
            fields
                .into_iter()
                .map(|(name, field)| (name, document(field)))
                .collect::<HashMap<_, _>>(),
        ),
        Value::Number(number) => Document::Number(match (number.as_u64(), number.as_i64()) {
            (Some(natural), _) => aws_smithy_types::Number::PosInt(natural),
            (None, Some(integer)) => aws_smithy_types::Number::NegInt(integer),
            (None, None) => aws_smithy_types::Number::Float(number.as_f64().unwrap_or_default()),
        }),
    }
}
