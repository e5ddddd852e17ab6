//! The Amazon Bedrock adapter: translates a prompt to a Converse request, and the response to a completion. It contains no
//! policy except the fallback of output modes, which is knowledge about the provider.

mod answer;
mod call_trace;
mod client;
mod credentials;
mod failure;
mod request;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use aws_smithy_types::Document;
use tokio::time::Instant;

pub use self::answer::read_answer;
use self::call_trace::CallTrace;
pub use self::client::BedrockClient;
use super::output_mode::OutputModeState;
use super::{
    Capabilities, Completion, LanguageModel, ModelError, ModelErrorKind, NotSent, OutputMode,
    Prompt,
};

/// A model on Bedrock.
pub struct BedrockModel {
    client: Arc<BedrockClient>,
    id: String,
    capabilities: Capabilities,
    output_mode: OutputModeState,
}

impl BedrockModel {
    /// Creates an adapter for the model with this id, including an inference profile's prefix.
    #[must_use]
    pub fn new(client: Arc<BedrockClient>, id: &str, capabilities: Capabilities) -> Self {
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
        let client = &self.client.client;
        let call = request::request(client, &self.id, &self.capabilities, prompt, mode);
        let trace = CallTrace::default();
        let call = call.customize().interceptor(trace.clone());
        let sent = tokio::time::timeout_at(deadline, call.send()).await;
        match (sent, trace.take_response()) {
            // Read here whatever the SDK made of it.
            (Ok(_), Some((200..=299, body))) => read_answer(&body).map_err(|error| (error, None)),
            (Ok(Err(error)), _) => {
                let fallback = failure::refused_feature(&error)
                    .then(|| mode.fallback())
                    .flatten();
                Err((failure::translate(&error, trace.progress()), fallback))
            }
            (Ok(Ok(_)), _) => Err((failure::unreadable(), None)),
            (Err(_elapsed), _) => Err((failure::deadline(trace.progress()), None)),
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
                Err((error, None)) => {
                    if error.kind == ModelErrorKind::NotSent(NotSent::NoCredentials) {
                        self.client.credentials.invalidate();
                    }
                    return Err(error);
                }
            }
        }
    }

    async fn check(&self) -> Result<(), ModelError> {
        self.client.credentials.check().await
    }

    fn output_mode(&self) -> OutputMode {
        self.output_mode.current()
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
