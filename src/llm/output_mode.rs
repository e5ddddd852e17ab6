//! Output modes: the ways to make a model follow a JSON schema, strictest first.
//!
//! When a model refuses a mode, [`OutputModeState`] falls back to the next weaker one and stays there until the process ends.

use std::sync::atomic::{AtomicU8, Ordering};

use serde::Deserialize;

use super::OutputSchema;

/// A way to make a model follow a schema. Ordered from the strictest to the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum OutputMode {
    /// The provider constrains the text to the schema.
    JsonSchema = 0,
    /// The model must call one strict tool.
    ForcedTool = 1,
    /// The model may call one tool, and the instructions ask it to.
    AutoTool = 2,
    /// The instructions ask for JSON; nothing enforces it.
    Text = 3,
}

impl OutputMode {
    /// All modes, strictest first.
    pub const ALL: [Self; 4] = [
        Self::JsonSchema,
        Self::ForcedTool,
        Self::AutoTool,
        Self::Text,
    ];

    /// Returns the name, as in the catalogue, and the label for metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JsonSchema => "json-schema",
            Self::ForcedTool => "forced-tool",
            Self::AutoTool => "auto-tool",
            Self::Text => "text",
        }
    }

    /// Returns the next weaker mode; `None` after the last.
    #[must_use]
    pub const fn fallback(self) -> Option<Self> {
        match self {
            Self::JsonSchema => Some(Self::ForcedTool),
            Self::ForcedTool => Some(Self::AutoTool),
            Self::AutoTool => Some(Self::Text),
            Self::Text => None,
        }
    }

    /// Returns the instruction to append to the system prompt; empty where the mode itself enforces the schema.
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

/// The output mode that a model is currently called with. Shared by concurrent calls.
#[derive(Debug)]
pub struct OutputModeState(AtomicU8);

impl From<OutputMode> for OutputModeState {
    fn from(mode: OutputMode) -> Self {
        Self(AtomicU8::new(mode as u8))
    }
}

impl OutputModeState {
    /// Returns the strictest mode that the model has not refused.
    pub fn current(&self) -> OutputMode {
        match self.0.load(Ordering::Relaxed) {
            0 => OutputMode::JsonSchema,
            1 => OutputMode::ForcedTool,
            2 => OutputMode::AutoTool,
            _ => OutputMode::Text,
        }
    }

    /// Records that the model refused a mode, and falls back to the next. Concurrent calls that were refused for the same mode
    /// cause a single step.
    pub fn step_down(&self, refused: OutputMode, fallback: OutputMode) {
        if self
            .0
            .compare_exchange(
                refused as u8,
                fallback as u8,
                Ordering::Relaxed,
                Ordering::Relaxed,
            )
            .is_ok()
        {
            tracing::warn!(event_type = "structured_output_step_down", refused = ?refused, now = ?fallback, "the model refused an output mode");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_refused_by_concurrent_calls_causes_one_step_down() {
        let state = OutputModeState::from(OutputMode::JsonSchema);

        state.step_down(OutputMode::JsonSchema, OutputMode::ForcedTool);
        state.step_down(OutputMode::JsonSchema, OutputMode::ForcedTool);

        assert_eq!(state.current(), OutputMode::ForcedTool);
        assert_eq!(OutputMode::Text.fallback(), None);
    }
}
