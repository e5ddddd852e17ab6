//! Language models: what we ask of one, what it answers, what it costs and can do ([`catalogue`]).
//!
//! Adapters ([`bedrock`], [`openai`]) translate between these types and a provider's protocol and hold no policy, which is in
//! [`resilience`]. The planner without a model ([`offline`]) writes a draft straight from curricula.

pub mod bedrock;
pub mod catalogue;
mod ladder;
pub mod offline;
pub mod openai;
pub mod resilience;
pub mod tokens;

use std::fmt;

use async_trait::async_trait;
use tokio::time::Instant;

use crate::ledger::Tokens;

/// A model that answers prompts.
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// Answers one prompt, by `deadline`.
    ///
    /// # Errors
    /// [`ModelError`], which says whether the provider may have billed the call all the same.
    async fn complete(&self, prompt: &Prompt, deadline: Instant) -> Result<Completion, ModelError>;
}

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Naming a goal's category.
    Classify,
    /// Writing a plan.
    Plan,
}

impl Purpose {
    /// The label of metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Classify => "classify",
            Self::Plan => "plan",
        }
    }
}

/// A JSON schema that an answer has to follow. Static: a new one costs minutes of compilation at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerSchema {
    /// Its name, which is also the tool's where the answer comes as a tool call.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// The schema's JSON text.
    pub json: &'static str,
}

/// One question to a model.
#[derive(Clone)]
pub struct Prompt {
    /// What it is for.
    pub purpose: Purpose,
    /// The id of the request it serves.
    pub request_id: String,
    /// Our instructions.
    pub system: String,
    /// The user's words and constraints, as data.
    pub user: String,
    /// The form of the answer.
    pub schema: AnswerSchema,
    /// Most tokens of the answer itself, without the model's thinking.
    pub max_output_tokens: u32,
}

impl fmt::Debug for Prompt {
    /// Without its texts: they hold the user's words.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Prompt")
            .field("purpose", &self.purpose)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

/// A model's answer. Tokens were spent on it whatever it says.
#[derive(Debug, Clone)]
pub struct Completion {
    /// What it says.
    pub words: Words,
    /// Why the model stopped.
    pub stop: Stop,
    /// What the provider counted; `None` where it does not say.
    pub tokens: Option<Tokens>,
}

/// What a model said.
#[derive(Debug, Clone)]
pub enum Words {
    /// The JSON that was asked for, as the provider parsed it.
    Json(serde_json::Value),
    /// Text: JSON as far as the model kept to it, or whatever came instead.
    Text(String),
}

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stop {
    /// It was done.
    Finished,
    /// The answer was cut at the most tokens allowed.
    MaxTokens,
    /// A guardrail or content filter stepped in.
    Refused,
    /// The provider could not make sense of what the model wrote.
    Malformed,
    /// The prompt was longer than the model's window.
    WindowExceeded,
}

impl Stop {
    /// The label of metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::MaxTokens => "max_tokens",
            Self::Refused => "refused",
            Self::Malformed => "malformed",
            Self::WindowExceeded => "window_exceeded",
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct ModelError {
    /// The kind of failure.
    pub kind: Failure,
    /// Whether the provider may have billed the call.
    pub billed: Billed,
    /// What the provider said; for operators, never for clients. Providers do not repeat the prompt in it.
    pub message: String,
}

/// Whether a failed call may be on the provider's invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Billed {
    /// It was refused before any token was made.
    No,
    /// It may have run.
    Perhaps,
}

/// The kinds of failure of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    /// Too many calls or tokens for the quota.
    Throttled,
    /// The provider is not able to serve now.
    Unavailable,
    /// No answer in time.
    TimedOut,
    /// The connection failed or broke.
    Connection,
    /// Credentials, access or quota: an operator has to act.
    Denied,
    /// The provider refuses the request as it is.
    Rejected,
    /// The answer was no answer of the protocol.
    Protocol,
    /// The model failed too often lately and was not asked.
    Resting,
}

impl Failure {
    /// The label of metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::TimedOut => "timed_out",
            Self::Connection => "connection",
            Self::Denied => "denied",
            Self::Rejected => "rejected",
            Self::Protocol => "protocol",
            Self::Resting => "resting",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}
