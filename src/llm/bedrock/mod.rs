//! The Amazon Bedrock adapter: translates a prompt to a Converse request, and the response to a completion. It contains no
//! policy except the fallback of output modes, which is knowledge about the provider.

mod answer;
mod call_trace;
mod client;
mod credentials;
mod failure;
mod request;
mod response_body;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use aws_smithy_types::Document;
use tokio::time::Instant;

pub use self::answer::read_answer;
use self::call_trace::CallTrace;
pub use self::client::BedrockClient;
use super::learned::{Learned, MAX_STEPS, RequestForm};
use super::provider_error::ProviderError;
use super::{
    Capabilities, Completion, LanguageModel, ModelError, ModelErrorKind, NotSent, OutputMode,
    Prompt,
};

/// A model on Bedrock.
pub struct BedrockModel {
    client: Arc<BedrockClient>,
    id: String,
    learned: Learned,
}

impl BedrockModel {
    /// Creates an adapter for the model with this id, including an inference profile's prefix.
    #[must_use]
    pub fn new(client: Arc<BedrockClient>, id: &str, capabilities: &Capabilities) -> Self {
        Self {
            client,
            id: id.to_owned(),
            learned: Learned::new(capabilities, true),
        }
    }

    /// Sends one request. An error of the provider comes with what it says.
    async fn converse(
        &self,
        prompt: &Prompt,
        form: RequestForm,
        deadline: Instant,
    ) -> Result<Completion, (ModelError, Option<ProviderError>)> {
        let client = &self.client.client;
        let call = request::request(client, &self.id, prompt, form);
        let trace = CallTrace::default();
        let call = call.customize().interceptor(trace.clone());
        let sent = tokio::time::timeout_at(deadline, call.send()).await;
        match (sent, trace.take_response()) {
            // Read here whatever the SDK made of it.
            (Ok(_), Some(response)) if (200..=299).contains(&response.status) => {
                answer::read(&response.body, prompt.schema.name)
                    .map_err(|no_answer| no_answer.into_failure(response.retry_after))
            }
            (Ok(Err(error)), response) => {
                let failure = failure::translate(&error, response.as_ref(), trace.progress());
                let provider_error = response
                    .is_some()
                    .then(|| failure::provider_error(&error, response.as_ref()));
                Err((failure, provider_error))
            }
            (Ok(Ok(_)), _) => Err((failure::unreadable(), None)),
            (Err(_elapsed), _) => Err((failure::deadline(trace.progress()), None)),
        }
    }
}

#[async_trait]
impl LanguageModel for BedrockModel {
    async fn complete(&self, prompt: &Prompt, deadline: Instant) -> Result<Completion, ModelError> {
        let mut steps = 0;
        let mut form = self.learned.form(prompt);
        loop {
            let sent = self.converse(prompt, form.next(), deadline).await;
            let (failure, error) = match sent {
                Ok(completion) => {
                    self.learned.remember(&form);
                    return Ok(completion);
                }
                Err(failed) => failed,
            };
            steps += 1;
            // A refusal comes before any token is generated, so the next request is sent at once.
            let adapted = error.is_some_and(|error| form.adapt(&error, failure.billed, false));
            if adapted && steps < MAX_STEPS {
                continue;
            }
            if failure.kind == ModelErrorKind::NotSent(NotSent::NoCredentials) {
                self.client.credentials.invalidate();
            }
            return Err(failure);
        }
    }

    async fn check(&self) -> Result<(), ModelError> {
        self.client.credentials.check().await
    }

    fn output_mode(&self) -> OutputMode {
        self.learned.output_mode()
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
