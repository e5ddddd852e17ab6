//! A model's answer.

use crate::money::ReportedUsage;

/// A model's answer. Its tokens are billed even if the content is of no use.
#[derive(Debug, Clone)]
pub struct Completion {
    /// The content of the answer.
    pub content: CompletionContent,
    /// Why the model stopped.
    pub stop_reason: StopReason,
    /// The tokens that the provider counted, as far as it tells.
    pub usage: ReportedUsage,
}

/// The content of an answer.
#[derive(Debug, Clone)]
pub enum CompletionContent {
    /// JSON, as the provider parsed it.
    Json(serde_json::Value),
    /// Text, which is JSON only if the model followed the instructions.
    Text(String),
}

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StopReason {
    /// The answer is complete.
    Finished,
    /// The answer was cut off at the token limit.
    MaxTokens,
    /// A guardrail or content filter intervened.
    Refused,
    /// The provider could not parse the model's output.
    Malformed,
    /// The prompt was longer than the model's context window.
    WindowExceeded,
}

impl StopReason {
    /// Returns the label for metrics and logs.
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
