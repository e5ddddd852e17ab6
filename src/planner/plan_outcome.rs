//! The outcome of a request: the plan, how it came about, what it cost.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::llm::ModelName;
use crate::money::{Money, Tokens};
use planning::category::Category;
use planning::language::Language;
use planning::plan::Plan;

/// A plan with its story.
#[derive(Debug, Clone)]
pub struct PlanOutcome {
    /// The plan.
    pub plan: Plan,
    /// What the goal was taken for.
    pub classification: Classification,
    /// Who wrote it.
    pub model: ModelName,
    /// The language it is written in.
    pub language: Language,
    /// Tokens of all calls.
    pub tokens: Tokens,
    /// Cost of all calls.
    pub cost: Money,
    /// Calls of a model.
    pub llm_calls: u32,
    /// Whether rules or a second question mended it.
    pub repaired: bool,
    /// Whether another than the first of the configured models wrote it, because those before it did not answer.
    pub fallback: bool,
    /// Whether it was made for another request, and cost this one nothing.
    pub cached: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How long the steps took.
    pub timings: Timings,
}

/// What a goal was taken for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Classification {
    /// The category.
    pub category: Category,
    /// Who said so.
    pub source: ClassifiedBy,
    /// How sure the local model was, 0..=1.
    pub confidence: f32,
}

/// Who classified a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClassifiedBy {
    /// The local model.
    Local,
    /// The configured model, since the local one was unsure.
    Model,
}

impl ClassifiedBy {
    /// The name on the wire and in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Model => "model",
        }
    }
}

/// How long the steps took, for `Server-Timing`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timings {
    /// Classification by the local model.
    pub classify: Duration,
    /// All calls of models.
    pub model: Duration,
    /// All writes of the ledger.
    pub ledger: Duration,
}
