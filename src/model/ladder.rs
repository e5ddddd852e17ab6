//! The ladder of structured output: the form that this model is known to take, remembered for the process.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::model::catalogue::AnswerBy;

/// Where on the ladder a model stands.
#[derive(Debug)]
pub struct Ladder(AtomicU8);

impl From<AnswerBy> for Ladder {
    fn from(form: AnswerBy) -> Self {
        Self(AtomicU8::new(form as u8))
    }
}

impl Ladder {
    /// The strictest form that the model has not refused.
    pub fn form(&self) -> AnswerBy {
        match self.0.load(Ordering::Relaxed) {
            0 => AnswerBy::JsonSchema,
            1 => AnswerBy::ForcedTool,
            2 => AnswerBy::AutoTool,
            _ => AnswerBy::Text,
        }
    }

    /// Notes that a form was refused. Steps down once, however many calls in flight were refused for it.
    pub fn step_down(&self, refused: AnswerBy, looser: AnswerBy) {
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
        let ladder = Ladder::from(AnswerBy::JsonSchema);

        ladder.step_down(AnswerBy::JsonSchema, AnswerBy::ForcedTool);
        ladder.step_down(AnswerBy::JsonSchema, AnswerBy::ForcedTool);

        assert_eq!(ladder.form(), AnswerBy::ForcedTool);
        assert_eq!(AnswerBy::Text.looser(), None);
    }
}
