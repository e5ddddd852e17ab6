//! The outcome of a request: the plan, how it was made, and what it cost.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::llm::ModelName;
use crate::money::{Money, Tokens};
use crate::telemetry::metrics::ClassificationSource;
use planning::care::Matter;
use planning::category::Category;
use planning::constraints::Constraints;
use planning::language::Language;
use planning::plan::Plan;

/// A plan, how it was made, and what it cost.
#[derive(Debug, Clone)]
pub struct PlanOutcome {
    /// The plan.
    pub plan: Plan,
    /// The classification of the goal.
    pub classification: Classification,
    /// The model that wrote the plan.
    pub model: ModelName,
    /// The language of the plan.
    pub language: Language,
    /// What to ask a professional first; its task is the plan's first.
    pub ask_first: Option<Matter>,
    /// The constraints of the plan: the request's, and those that the model saw in the words.
    pub constraints: Constraints,
    /// Tokens of all model calls.
    pub tokens: Tokens,
    /// Cost of all model calls.
    pub cost: Money,
    /// Number of model calls.
    pub llm_calls: u32,
    /// Whether the plan was repaired, by rules or by a retry.
    pub repaired: bool,
    /// Whether a fallback wrote the plan because the candidates before it failed.
    pub fallback: bool,
    /// Whether the plan was reused from another request, at no cost.
    pub cached: bool,
    /// When the plan was made.
    pub created_at: DateTime<Utc>,
    /// How long the steps took.
    pub timings: Timings,
}

/// The classification of a goal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Classification {
    /// The category.
    pub category: Category,
    /// What determined the category.
    pub source: ClassifiedBy,
    /// The confidence of the local classifier, 0 to 1.
    pub confidence: f32,
}

/// What classified a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClassifiedBy {
    /// The local classifier.
    Local,
    /// The configured model, because the local classifier was unsure.
    Model,
}

impl ClassifiedBy {
    /// Returns the name in responses and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Model => "model",
        }
    }
}

impl From<ClassifiedBy> for ClassificationSource {
    fn from(by: ClassifiedBy) -> Self {
        match by {
            ClassifiedBy::Local => Self::Local,
            ClassifiedBy::Model => Self::Model,
        }
    }
}

/// How long the steps took, for `Server-Timing`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timings {
    /// Classification by the local classifier.
    pub classify: Duration,
    /// All model calls.
    pub model: Duration,
    /// All ledger writes.
    pub ledger: Duration,
}
