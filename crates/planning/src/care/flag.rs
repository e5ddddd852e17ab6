//! What a model says of a goal beside its plan: the second look, by somebody who understands more than the gate.

use serde_json::Value;

use super::{Assessment, Matter};
use crate::plan::draft::json_values;

/// The field `care` of a model's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelFlag(Assessment);

impl ModelFlag {
    /// Reads the flag of an answer in JSON. One that is absent or unknown says nothing.
    #[must_use]
    pub fn from_json(answer: &Value) -> Self {
        Self(find(answer, 2).unwrap_or(Assessment::Plan))
    }

    /// Reads the flag of an answer in prose that contains JSON.
    #[must_use]
    pub fn from_text(answer: &str) -> Self {
        let found = json_values(answer).find_map(|value| find(&value, 2));
        Self(found.unwrap_or(Assessment::Plan))
    }

    /// Returns what the flag means.
    #[must_use]
    pub const fn assessment(self) -> Assessment {
        self.0
    }
}

/// Finds the flag in an object, or in one that it wraps.
fn find(answer: &Value, depth: u8) -> Option<Assessment> {
    let fields = answer.as_object()?;
    match fields.get("care") {
        Some(flag) => parse(flag.as_str()?),
        None if depth > 0 => fields.values().find_map(|inner| find(inner, depth - 1)),
        None => None,
    }
}

fn parse(flag: &str) -> Option<Assessment> {
    match flag.trim().to_ascii_lowercase().as_str() {
        "needs_person" => Some(Assessment::NeedsPerson),
        "refuse" | "goal_refused" => Some(Assessment::GoalRefused),
        "ask_professional" => Some(Assessment::AskFirst(Matter::Health)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_read_from_json_and_from_prose_and_its_absence_says_nothing() {
        for (answer, assessment) in [
            (
                r#"{"care":"needs_person","weekly_breakdown":[]}"#,
                Assessment::NeedsPerson,
            ),
            (r#"Sorry. {"care": "refuse"}"#, Assessment::GoalRefused),
            (
                r#"{"plan":{"care":"ask_professional"}}"#,
                Assessment::AskFirst(Matter::Health),
            ),
            (r#"{"care":"none"}"#, Assessment::Plan),
            (r#"{"care":7}"#, Assessment::Plan),
            (r#"{"weekly_breakdown":[]}"#, Assessment::Plan),
            ("no JSON", Assessment::Plan),
        ] {
            assert_eq!(
                ModelFlag::from_text(answer).assessment(),
                assessment,
                "{answer}"
            );
        }
    }
}
