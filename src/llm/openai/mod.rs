//! Any server of OpenAI's chat completions (OpenAI itself, vLLM, Ollama, a gateway): our prompt to its request, its answer to
//! our completion. No policy in here, save what is learnt of the server: which form of structured output it takes, and under
//! which name it takes the most tokens.

mod failure;
mod wire;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

use self::failure::Unsupported;
use self::wire::{Answer, Form};
use super::output_mode::OutputModeState;
use super::{Billed, Capabilities, Completion, LanguageModel, ModelError, ModelErrorKind, Prompt};

/// An answer longer than this is none of ours.
const MAX_BYTES: usize = 4 << 20;
/// Requests of one call: each form of structured output, and each name that has to be learnt, once.
const MAX_STEPS: u32 = 7;
/// Idle connections are dropped after this, below the idle timeouts of load balancers.
const POOL_IDLE: Duration = Duration::from_secs(50);

/// One model of such a server.
pub struct OpenAiModel {
    client: reqwest::Client,
    url: String,
    key: Option<SecretString>,
    id: String,
    abilities: Capabilities,
    ladder: OutputModeState,
    old_limit_name: AtomicBool,
    no_temperature: AtomicBool,
}

/// Connections to such a server; no attempt takes longer than `attempt`.
///
/// # Errors
/// When the TLS of this machine cannot be used.
pub fn client(connect: Duration, attempt: Duration) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .connect_timeout(connect)
        .read_timeout(attempt)
        .timeout(attempt)
        .pool_idle_timeout(POOL_IDLE)
        // A redirect would carry the key and the goal elsewhere.
        .redirect(Policy::none())
        .build()
}

impl OpenAiModel {
    /// The model of that id, at the server with this base URL.
    #[must_use]
    pub fn new(
        client: reqwest::Client,
        base: &str,
        key: Option<SecretString>,
        id: &str,
        abilities: Capabilities,
    ) -> Self {
        Self {
            client,
            url: format!("{base}/chat/completions"),
            key,
            id: id.to_owned(),
            ladder: OutputModeState::from(abilities.output_mode),
            // The new name is OpenAI's own; the servers that follow it mostly know the old one.
            old_limit_name: AtomicBool::new(!base.contains("api.openai.com")),
            no_temperature: AtomicBool::new(!abilities.temperature),
            abilities,
        }
    }

    fn form(&self) -> Form {
        Form {
            output_mode: self.ladder.current(),
            old_limit_name: self.old_limit_name.load(Ordering::Relaxed),
            temperature: !self.no_temperature.load(Ordering::Relaxed),
        }
    }

    /// Learns from a complaint about the request's form. Whether the next request will be another.
    fn adapt(&self, complaint: Unsupported, form: Form) -> bool {
        match complaint {
            Unsupported::LimitName => {
                self.old_limit_name
                    .store(!form.old_limit_name, Ordering::Relaxed);
                true
            }
            Unsupported::Temperature => {
                self.no_temperature.store(true, Ordering::Relaxed);
                form.temperature
            }
            Unsupported::Structure => match form.output_mode.fallback() {
                Some(looser) => {
                    self.ladder.step_down(form.output_mode, looser);
                    true
                }
                None => false,
            },
        }
    }

    async fn send(
        &self,
        prompt: &Prompt,
        form: Form,
    ) -> Result<Completion, (ModelError, Option<Unsupported>)> {
        let body = wire::request(&self.id, &self.abilities, prompt, form);
        let mut request = self
            .client
            .post(&self.url)
            .header("X-Client-Request-Id", &prompt.request_id)
            .json(&body);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key.expose_secret());
        }
        let response = request
            .send()
            .await
            .map_err(|error| (failure::of_transport(&error), None))?;
        let status = response.status();
        let bytes = bounded(response).await.map_err(|error| (error, None))?;
        if !status.is_success() {
            return Err(failure::of_status(status.as_u16(), &bytes));
        }
        let answer: Answer = serde_json::from_slice(&bytes).map_err(|error| {
            let error = ModelError {
                kind: ModelErrorKind::Protocol,
                billed: Billed::Unknown,
                // The position and kind of the fault, not what the model wrote.
                message: format!("the answer is no chat completion: {error}"),
            };
            (error, None)
        })?;
        Ok(answer.completion())
    }
}

#[async_trait]
impl LanguageModel for OpenAiModel {
    async fn complete(&self, prompt: &Prompt, deadline: Instant) -> Result<Completion, ModelError> {
        let mut steps = 0;
        loop {
            let form = self.form();
            let sent = tokio::time::timeout_at(deadline, self.send(prompt, form)).await;
            match sent {
                Err(_elapsed) => {
                    return Err(ModelError {
                        kind: ModelErrorKind::TimedOut,
                        billed: Billed::Unknown,
                        message: "no answer by the deadline".to_owned(),
                    });
                }
                Ok(Ok(completion)) => return Ok(completion),
                Ok(Err((error, complaint))) => {
                    steps += 1;
                    // Such a refusal comes before any token is made, so the next form is asked at once.
                    let learnt = complaint.is_some_and(|complaint| self.adapt(complaint, form));
                    if !learnt || steps >= MAX_STEPS {
                        return Err(error);
                    }
                }
            }
        }
    }
}

async fn bounded(mut response: reqwest::Response) -> Result<Vec<u8>, ModelError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| failure::of_transport(&error))?
    {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_BYTES {
            return Err(ModelError {
                kind: ModelErrorKind::Protocol,
                billed: Billed::Unknown,
                message: format!("the answer is longer than {MAX_BYTES} bytes"),
            });
        }
    }
    Ok(bytes)
}
