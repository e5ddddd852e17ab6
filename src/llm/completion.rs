//! What a model answers.

use crate::money::Tokens;

/// A model's answer. Tokens were spent on it whatever it says.
#[derive(Debug, Clone)]
pub struct Completion {
    /// What it says.
    pub content: CompletionContent,
    /// Why the model stopped.
    pub stop_reason: StopReason,
    /// What the provider counted; `None` where it does not say.
    pub tokens: Option<Tokens>,
}

/// What a model said.
#[derive(Debug, Clone)]
pub enum CompletionContent {
    /// The JSON that was asked for, as the provider parsed it.
    Json(serde_json::Value),
    /// Text: JSON as far as the model kept to it, or whatever came instead.
    Text(String),
}

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StopReason {
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

impl StopReason {
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
