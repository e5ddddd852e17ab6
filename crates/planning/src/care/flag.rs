//! What a model says of a goal beside its plan: the second look, by somebody who understands more than the gate.

use super::{Assessment, Matter};
use crate::answer::{Answer, field_of};

/// The field `care` of a model's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelFlag(Assessment);

impl ModelFlag {
    /// Reads the flag of an answer: the gravest, if a draft has another than the plan. One that is absent or unknown says nothing, and
    /// neither does one that the model only thought of.
    #[must_use]
    pub fn from_answer(answer: &Answer) -> Self {
        let found = answer.find_in_objects(|fields| parse(field_of(fields, &["care"])?.as_str()?));
        let gravest = found.into_iter().max_by_key(|flag| gravity(*flag));
        Self(gravest.unwrap_or(Assessment::Plan))
    }

    /// Returns what the flag means.
    #[must_use]
    pub const fn assessment(self) -> Assessment {
        self.0
    }
}

const fn gravity(flag: Assessment) -> u8 {
    match flag {
        Assessment::Plan => 0,
        Assessment::AskFirst(_) => 1,
        Assessment::GoalRefused => 2,
        Assessment::NeedsPerson => 3,
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
            (
                r#"{"Care":"ask_professional","weeks":[]} {"care":"refuse"}"#,
                Assessment::GoalRefused,
            ),
            (r#"{"care":"none"}"#, Assessment::Plan),
            (r#"{"care":7}"#, Assessment::Plan),
            (r#"{"weekly_breakdown":[]}"#, Assessment::Plan),
            ("no JSON", Assessment::Plan),
        ] {
            assert_eq!(
                ModelFlag::from_answer(&Answer::from(answer)).assessment(),
                assessment,
                "{answer}"
            );
        }
    }
}
