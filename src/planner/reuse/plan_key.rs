//! The keys of plans for reuse.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;

use crate::planner::{PlanRequest, prompts};
use planning::constraints::Constraints;

/// A digest of everything that determines a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PlanKey([u8; 32]);

impl PlanKey {
    /// Returns the name of the plan in a shared cache.
    #[must_use]
    pub fn name(&self) -> String {
        hex::encode(self.0)
    }
}

/// Creates the keys of plans under the current configuration.
pub(super) struct PlanKeys {
    /// What determines a plan besides the request: the versions of service and prompts, the models, and the token limit.
    configuration: String,
}

impl PlanKeys {
    pub fn new(models: &str, max_output_tokens: u32) -> Self {
        Self {
            configuration: format!(
                "{}|{}|{models}|{max_output_tokens}",
                env!("CARGO_PKG_VERSION"),
                prompts::VERSION
            ),
        }
    }

    /// Returns the key of a request's plan.
    pub fn of(&self, request: &PlanRequest) -> PlanKey {
        let Constraints {
            minutes_per_week,
            weeks,
            start,
            deadline,
            occasion,
            level,
            unavailable,
            language,
            // What the words rule out, the positions of constraints, and what is warned of follow from the text.
            exclusions: _,
            sessions_per_week: _,
            even_sessions: _,
            phrases: _,
            warnings: _,
        } = &request.constraints;
        let mut text = String::with_capacity(512);
        for part in [Some(request.goal.text()), request.goal.context()] {
            // A control character, which no goal contains, separates the parts.
            text.push('\u{1}');
            let part = part.unwrap_or("\u{2}");
            for word in part.split_whitespace() {
                text.extend(word.nfc());
                text.push(' ');
            }
        }
        // Writing to a string cannot fail.
        let _infallible = write!(
            text,
            "\u{1}{minutes_per_week:?}|{weeks:?}|{start}|{deadline:?}|{occasion:?}|{level:?}|{unavailable:?}|{}|{}",
            language.as_str(),
            self.configuration
        );
        PlanKey(Sha256::digest(text.as_bytes()).into())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::planner::Fields;
    use crate::request_context::{RequestContext, RequestOutcome};
    use planning::classifier::Classifier;
    use planning::validation::FieldErrors;

    fn key(keys: &PlanKeys, goal: &str, context: Option<&str>, weeks: Option<f64>) -> PlanKey {
        let fields = Fields {
            goal: Some(goal.to_owned()),
            context: context.map(str::to_owned),
            duration_weeks: weeks,
            ..Fields::default()
        };
        let context = Arc::new(RequestContext {
            request_id: fastrand::u64(..).to_string(),
            trace_id: String::new(),
            client_id: "c".to_owned(),
            daily_budget: None,
            outcome: RequestOutcome::default(),
        });
        let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let classifier = Classifier::built_in().unwrap();
        keys.of(&fields
            .parse(FieldErrors::default(), context, &classifier, today)
            .unwrap())
    }

    #[test]
    fn the_key_covers_everything_that_determines_a_plan_but_not_white_space() {
        let keys = PlanKeys::new("a", 4000);
        let plain = key(&keys, "Learn Rust in 4 weeks", None, None);

        assert_eq!(key(&keys, " Learn  Rust\nin 4 weeks ", None, None), plain);
        assert_eq!(
            key(&keys, "Café", None, None),
            key(&keys, "Cafe\u{301}", None, None)
        );
        for other in [
            key(&keys, "Learn rust in 4 weeks", None, None),
            key(&keys, "Learn Rust in 5 weeks", None, None),
            key(&keys, "Learn Rust", Some("in 4 weeks"), None),
            key(&keys, "Learn Rust in 4 weeks", Some("beginner"), None),
            key(&keys, "Learn Rust in 4 weeks", None, Some(3.0)),
            key(
                &PlanKeys::new("b", 4000),
                "Learn Rust in 4 weeks",
                None,
                None,
            ),
            key(
                &PlanKeys::new("a", 5000),
                "Learn Rust in 4 weeks",
                None,
                None,
            ),
        ] {
            assert_ne!(other, plain);
        }
    }
}
