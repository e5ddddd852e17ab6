//! What is sent to a model: our instructions, the user's words as data, and the form of the answer.

use std::fmt;

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
pub struct OutputSchema {
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
    pub schema: OutputSchema,
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
