//! The adapter for servers that speak OpenAI's chat completions (OpenAI itself, vLLM, Ollama, a gateway): translates a prompt to a
//! request, and the response to a completion. It contains no policy except what it learns about the server: the output mode, the
//! name of the token limit, and whether a temperature is accepted.

mod answer;
mod failure;
mod request;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

pub use self::answer::read_answer;
use self::failure::Unsupported;
use self::request::Format;
use super::output_mode::OutputModeState;
use super::transmission::Transmission;
use super::{
    Billed, Capabilities, Completion, LanguageModel, ModelError, ModelErrorKind, NotSent,
    OutputMode, Prompt,
};
use crate::outbound_http;

/// Maximum size of a response in bytes. Real answers are far smaller.
const MAX_BYTES: usize = 4 << 20;
/// Maximum number of requests for one call: enough to fall back through every output mode, and to learn the limit name and the
/// temperature.
const MAX_STEPS: u32 = 7;

/// A model on an OpenAI-compatible server.
pub struct OpenAiModel {
    client: reqwest::Client,
    url: String,
    key: Option<SecretString>,
    id: String,
    capabilities: Capabilities,
    output_mode: OutputModeState,
    use_max_tokens: AtomicBool,
    no_temperature: AtomicBool,
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
    /// Creates an adapter for the model with this id, at the server with the base URL `base_url`.
    #[must_use]
    pub fn new(
        client: reqwest::Client,
        base_url: &str,
        key: Option<SecretString>,
        id: &str,
        capabilities: Capabilities,
    ) -> Self {
        Self {
            client,
            url: format!("{base_url}/chat/completions"),
            key,
            id: id.to_owned(),
            output_mode: OutputModeState::from(capabilities.output_mode),
            // Only OpenAI itself requires the new name; most compatible servers know the old one.
            use_max_tokens: AtomicBool::new(!base_url.contains("api.openai.com")),
            no_temperature: AtomicBool::new(!capabilities.temperature),
            capabilities,
        }
    }

    fn format(&self) -> Format {
        Format {
            output_mode: self.output_mode.current(),
            use_max_tokens: self.use_max_tokens.load(Ordering::Relaxed),
            temperature: !self.no_temperature.load(Ordering::Relaxed),
        }
    }

    /// Adapts to a feature that the server does not support. Returns whether the next request will differ.
    fn adapt(&self, unsupported: Unsupported, format: Format) -> bool {
        match unsupported {
            Unsupported::LimitName => {
                self.use_max_tokens
                    .store(!format.use_max_tokens, Ordering::Relaxed);
                true
            }
            Unsupported::Temperature => {
                self.no_temperature.store(true, Ordering::Relaxed);
                format.temperature
            }
            Unsupported::Structure => match format.output_mode.fallback() {
                Some(fallback) => {
                    self.output_mode.step_down(format.output_mode, fallback);
                    true
                }
                None => false,
            },
        }
    }

    async fn send(
        &self,
        prompt: &Prompt,
        format: Format,
        transmission: &Transmission,
    ) -> Result<Completion, (ModelError, Option<Unsupported>)> {
        let body = request::request(&self.id, &self.capabilities, prompt, format);
        let body = serde_json::to_vec(&body).map_err(|_unreachable| {
            let reason = "the request could not be built";
            (ModelError::not_sent(NotSent::Request, reason), None)
        })?;
        let mut request = self
            .client
            .post(&self.url)
            .header("X-Client-Request-Id", &prompt.request_id)
            .header(CONTENT_TYPE, "application/json")
            .body(reqwest::Body::wrap(transmission.body(body.into())));
        if let Some(key) = &self.key {
            request = request.bearer_auth(key.expose_secret());
        }
        let failed = |error| failure::of_transport(&error, transmission.has_started());
        let response = request
            .send()
            .await
            .map_err(|error| (failed(error), None))?;
        let status = response.status();
        let bytes = read_bounded(response)
            .await
            .map_err(|error| (error, None))?;
        if !status.is_success() {
            return Err(failure::of_status(status.as_u16(), &bytes));
        }
        read_answer(&bytes).map_err(|error| (error, None))
    }
}

#[async_trait]
impl LanguageModel for OpenAiModel {
    async fn complete(&self, prompt: &Prompt, deadline: Instant) -> Result<Completion, ModelError> {
        let mut steps = 0;
        loop {
            let format = self.format();
            let transmission = Transmission::default();
            let sent = self.send(prompt, format, &transmission);
            match tokio::time::timeout_at(deadline, sent).await {
                Err(_elapsed) => return Err(failure::deadline(transmission.has_started())),
                Ok(Ok(completion)) => return Ok(completion),
                Ok(Err((error, unsupported))) => {
                    steps += 1;
                    // The server refused before it generated any token, so the next request is sent at once.
                    let adapted =
                        unsupported.is_some_and(|unsupported| self.adapt(unsupported, format));
                    if !adapted || steps >= MAX_STEPS {
                        return Err(error);
                    }
                }
            }
        }
    }

    fn output_mode(&self) -> OutputMode {
        self.output_mode.current()
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
        if bytes.len() > MAX_BYTES {
            return Err(ModelError::new(
                ModelErrorKind::Protocol,
                Billed::Unknown,
                "the response is longer than allowed",
            ));
        }
    }
    Ok(bytes)
}
