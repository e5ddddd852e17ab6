//! How a model is held to the schema of its answer: the modes, strictest first, and which of them a model is known to take.
//!
//! A model that refuses a mode steps down to the next looser one, which is remembered for the process.

use std::sync::atomic::{AtomicU8, Ordering};

use serde::Deserialize;

use super::OutputSchema;

/// The forms in which a model can be held to a schema, strictest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum OutputMode {
    /// The provider holds the text to the schema.
    JsonSchema = 0,
    /// One strict tool that must be called.
    ForcedTool = 1,
    /// One tool that may be called, and words that ask for it.
    AutoTool = 2,
    /// JSON asked for in words.
    Text = 3,
}

impl OutputMode {
    /// The next looser form.
    #[must_use]
    pub const fn fallback(self) -> Option<Self> {
        match self {
            Self::JsonSchema => Some(Self::ForcedTool),
            Self::ForcedTool => Some(Self::AutoTool),
            Self::AutoTool => Some(Self::Text),
            Self::Text => None,
        }
    }

    /// What has to be said in words because the form does not enforce it.
    #[must_use]
    pub fn instruction(self, schema: &OutputSchema) -> String {
        match self {
            Self::JsonSchema | Self::ForcedTool => String::new(),
            Self::AutoTool => format!(
                "\n\nAnswer only by calling the tool `{}`, exactly once.",
                schema.name
            ),
            Self::Text => format!(
                "\n\nAnswer only with one JSON object that follows this JSON schema, without any other text:\n{}",
                schema.json
            ),
        }
    }
}

/// Where on the ladder a model stands.
#[derive(Debug)]
pub struct OutputModeState(AtomicU8);

impl From<OutputMode> for OutputModeState {
    fn from(form: OutputMode) -> Self {
        Self(AtomicU8::new(form as u8))
    }
}

impl OutputModeState {
    /// The strictest form that the model has not refused.
    pub fn current(&self) -> OutputMode {
        match self.0.load(Ordering::Relaxed) {
            0 => OutputMode::JsonSchema,
            1 => OutputMode::ForcedTool,
            2 => OutputMode::AutoTool,
            _ => OutputMode::Text,
        }
    }

    /// Notes that a form was refused. Steps down once, however many calls in flight were refused for it.
    pub fn step_down(&self, refused: OutputMode, looser: OutputMode) {
        if self
            .0
            .compare_exchange(
                refused as u8,
                looser as u8,
                Ordering::Relaxed,
                Ordering::Relaxed,
            )
            .is_ok()
        {
            tracing::warn!(event_type = "structured_output_step_down", refused = ?refused, now = ?looser, "the model refused a form of structured output");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_refused_by_many_calls_at_once_is_one_step_down() {
        let ladder = OutputModeState::from(OutputMode::JsonSchema);

        ladder.step_down(OutputMode::JsonSchema, OutputMode::ForcedTool);
        ladder.step_down(OutputMode::JsonSchema, OutputMode::ForcedTool);

        assert_eq!(ladder.current(), OutputMode::ForcedTool);
        assert_eq!(OutputMode::Text.fallback(), None);
    }
}
