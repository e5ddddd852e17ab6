//! A model's answer.

use planning::answer::Answer;

use crate::money::ReportedUsage;

/// A model's answer. Its tokens are billed even if the content is of no use.
#[derive(Debug, Clone)]
pub struct Completion {
    /// The content of the answer.
    pub content: Answer,
    /// Why the model stopped.
    pub stop_reason: StopReason,
    /// The tokens that the provider counted, as far as it tells.
    pub usage: ReportedUsage,
}

impl Completion {
    /// Returns an answer without content, of which only the tokens are known.
    pub(super) fn malformed(usage: ReportedUsage) -> Self {
        Self {
            content: Vec::new().into(),
            stop_reason: StopReason::Malformed,
            usage,
        }
    }
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

/// Parts of the names that providers give to a refusal, in lower case and without punctuation.
const REFUSALS: [&str; 12] = [
    "refus",
    "filter",
    "guardrail",
    "safety",
    "blocklist",
    "blocked",
    "prohibited",
    "recitation",
    "spii",
    "moderat",
    "sensitive",
    "toxic",
];

/// The names of the other reasons, in the same form.
const FINISHED: [&str; 9] = [
    "stop",
    "endturn",
    "tooluse",
    "toolcalls",
    "functioncall",
    "stopsequence",
    "eos",
    "eostoken",
    "completed",
];
const MAX_TOKENS: [&str; 5] = [
    "length",
    "maxtokens",
    "maxoutputtokens",
    "maxlength",
    "modellength",
];
const WINDOW_EXCEEDED: [&str; 2] = ["modelcontextwindowexceeded", "contextlengthexceeded"];

impl StopReason {
    /// Reads a provider's name of the reason. One that is missing counts as finished, one that is not known as malformed.
    pub(super) fn from_name(name: Option<&str>) -> Self {
        let Some(name) = name else {
            return Self::Finished;
        };
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        let name = name.strip_prefix("finishreason").unwrap_or(&name);
        if FINISHED.contains(&name) || name.is_empty() {
            Self::Finished
        } else if MAX_TOKENS.contains(&name) {
            Self::MaxTokens
        } else if WINDOW_EXCEEDED.contains(&name) {
            Self::WindowExceeded
        } else if REFUSALS.iter().any(|refusal| name.contains(refusal)) {
            Self::Refused
        } else {
            Self::Malformed
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_all_providers_are_read() {
        for (names, reason) in [
            (
                &["stop", "STOP", "end_turn", "tool_use", "tool_calls", "eos"][..],
                StopReason::Finished,
            ),
            (
                &["length", "MAX_TOKENS", "max_tokens"],
                StopReason::MaxTokens,
            ),
            (
                &[
                    "content_filter",
                    "content_filtered",
                    "guardrail_intervened",
                    "refusal",
                    "SAFETY",
                    "PROHIBITED_CONTENT",
                    "RECITATION",
                    "BLOCKLIST",
                    "FinishReason.SAFETY",
                    "sensitive",
                ],
                StopReason::Refused,
            ),
            (
                &["malformed_tool_use", "MALFORMED_FUNCTION_CALL", "new"],
                StopReason::Malformed,
            ),
        ] {
            for name in names {
                assert_eq!(StopReason::from_name(Some(name)), reason, "{name}");
            }
        }
        assert_eq!(StopReason::from_name(None), StopReason::Finished);
    }
}
