//! The adapter for servers that speak OpenAI's chat completions (OpenAI itself, vLLM, Ollama, a gateway): translates a prompt to a
//! request, and the response to a completion. It contains no policy except what it learns about the server.

mod answer;
mod failure;
mod message;
mod request;
mod server;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::CONTENT_TYPE;
use tokio::time::Instant;

pub use self::answer::read_answer;
pub use self::server::OpenAiServer;
use super::learned::{Learned, MAX_STEPS, RequestForm};
use super::no_answer::NoAnswer;
use super::provider_error::ProviderError;
use super::transmission::Transmission;
use super::{
    Billed, Capabilities, Completion, LanguageModel, MAX_RESPONSE_BYTES, ModelError,
    ModelErrorKind, NotSent, OutputMode, Prompt, retry_after,
};
use crate::outbound_http;

/// A model on an OpenAI-compatible server.
pub struct OpenAiModel {
    client: reqwest::Client,
    server: Arc<OpenAiServer>,
    id: String,
    learned: Learned,
}

/// Builds the HTTP client for the server at `base_url`. `attempt_timeout` bounds every attempt.
///
/// # Errors
/// When TLS cannot be initialised.
pub fn client(
    base_url: &str,
    connect_timeout: Duration,
    attempt_timeout: Duration,
) -> reqwest::Result<reqwest::Client> {
    outbound_http::client_builder(base_url)
        .connect_timeout(connect_timeout)
        .read_timeout(attempt_timeout)
        .timeout(attempt_timeout)
        .build()
}

impl OpenAiModel {
    /// Creates an adapter for the model with this id at a server.
    #[must_use]
    pub fn new(
        client: reqwest::Client,
        server: Arc<OpenAiServer>,
        id: &str,
        capabilities: &Capabilities,
    ) -> Self {
        Self {
            client,
            id: id.to_owned(),
            learned: Learned::new(capabilities, server.prefers_max_tokens()),
            server,
        }
    }

    /// Sends one request. An error of the server comes with what it says.
    async fn send(
        &self,
        prompt: &Prompt,
        form: RequestForm,
        transmission: &Transmission,
    ) -> Result<Completion, (ModelError, Option<ProviderError>)> {
        let body = request::request(&self.id, prompt, form);
        let body = serde_json::to_vec(&body).map_err(|_unreachable| {
            let reason = "the request could not be built";
            (ModelError::not_sent(NotSent::Request, reason), None)
        })?;
        let request = self
            .client
            .post(self.server.url())
            .header("X-Client-Request-Id", &prompt.request_id)
            .header(CONTENT_TYPE, "application/json")
            .body(reqwest::Body::wrap(transmission.body(body.into())));
        let failed = |error| failure::of_transport(&error, transmission.has_started());
        let sent = self.server.authorized(request).send().await;
        let response = sent.map_err(|error| (failed(error), None))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = read_bounded(response)
            .await
            .map_err(|error| (error, None))?;
        let header = |name: &str| headers.get(name)?.to_str().ok();
        let failure =
            |no_answer: NoAnswer| no_answer.into_failure(retry_after::of_response(header, &bytes));
        if !status.is_success() {
            let error = ProviderError::read(status.as_u16(), None, &bytes);
            return Err(failure(NoAnswer::Error(error)));
        }
        answer::read(&bytes, prompt.schema.name).map_err(failure)
    }
}

#[async_trait]
impl LanguageModel for OpenAiModel {
    async fn complete(&self, prompt: &Prompt, deadline: Instant) -> Result<Completion, ModelError> {
        let mut steps = 0;
        let mut form = self.learned.form(prompt);
        loop {
            let transmission = Transmission::default();
            let sent = self.send(prompt, form.next(), &transmission);
            match tokio::time::timeout_at(deadline, sent).await {
                Err(_elapsed) => return Err(failure::deadline(transmission.has_started())),
                Ok(Ok(completion)) => {
                    self.learned.remember(&form);
                    return Ok(completion);
                }
                Ok(Err((failure, error))) => {
                    steps += 1;
                    // A refusal comes before any token is generated, so the next request is sent at once.
                    let adapted =
                        error.is_some_and(|error| form.adapt(&error, failure.billed, true));
                    if !adapted || steps >= MAX_STEPS {
                        return Err(failure);
                    }
                }
            }
        }
    }

    fn output_mode(&self) -> OutputMode {
        self.learned.output_mode()
    }
}

async fn read_bounded(mut response: reqwest::Response) -> Result<Vec<u8>, ModelError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| failure::of_transport(&error, true))?
    {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_RESPONSE_BYTES {
            return Err(ModelError::new(
                ModelErrorKind::Protocol,
                Billed::Unknown,
                "the response is longer than allowed",
            ));
        }
    }
    Ok(bytes)
}
