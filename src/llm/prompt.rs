//! Prompts: our instructions, the user's words as data, and the schema of the answer.

use std::fmt;

/// The purpose of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To classify a goal by category.
    Classify,
    /// To write a plan.
    Plan,
}

impl Purpose {
    /// Returns the label for metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Classify => "classify",
            Self::Plan => "plan",
        }
    }
}

/// A JSON schema that the answer has to follow. Static, because a provider may compile a new schema for minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputSchema {
    /// The schema's name, which is also the tool's name when the answer comes as a tool call.
    pub name: &'static str,
    /// A description for the model.
    pub description: &'static str,
    /// The schema as JSON text.
    pub json: &'static str,
}

/// One request to a model.
#[derive(Clone)]
pub struct Prompt {
    /// What the call is for.
    pub purpose: Purpose,
    /// The id of the HTTP request that the call serves.
    pub request_id: String,
    /// Our instructions.
    pub system: String,
    /// The user's words and constraints, as data.
    pub user: String,
    /// The schema of the answer.
    pub schema: OutputSchema,
    /// Maximum number of tokens of the answer, without the model's thinking.
    pub max_output_tokens: u32,
}

impl fmt::Debug for Prompt {
    /// Omits the texts, because they contain the user's words.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Prompt")
            .field("purpose", &self.purpose)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}
