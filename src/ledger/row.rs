//! The usage row: one per request that reached the guard. It never holds the goal's words.

use chrono::{DateTime, Utc};

use super::money::{Money, Tokens};
use crate::category::Category;

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowStatus {
    /// The worst case is held; the request runs.
    Held,
    /// A plan was made; tokens and cost are the provider's.
    Settled,
    /// No plan was made; tokens and cost are what was spent all the same.
    Failed,
    /// The guard refused it; nothing was spent.
    Rejected,
    /// Its task died; settled by another at the held amount.
    Abandoned,
}

impl RowStatus {
    /// The attribute's value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Settled => "settled",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Abandoned => "abandoned",
        }
    }
}

/// What is kept of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRow {
    /// The request's id: hash key.
    pub request_id: String,
    /// When it came, to the microsecond: range key.
    pub timestamp: DateTime<Utc>,
    /// Who asked.
    pub client_id: String,
    /// What the goal was taken for, once known.
    pub category: Option<Category>,
    /// How far it has come.
    pub status: RowStatus,
    /// The model that made the plan, or was to make it.
    pub model: String,
    /// Version of the prompt texts.
    pub prompt_version: &'static str,
    /// The provider's own count, over all calls.
    pub tokens: Tokens,
    /// What those tokens cost.
    pub cost: Money,
    /// The worst case that was held.
    pub held: Money,
    /// Milliseconds from arrival to outcome.
    pub latency_ms: u64,
    /// Calls of a model that the provider may have billed.
    pub llm_calls: u32,
    /// Characters of goal and context.
    pub goal_length: usize,
    /// The error's code, where it failed or was rejected.
    pub error: Option<&'static str>,
    /// Until when a held row belongs to its task.
    pub lease_until: Option<DateTime<Utc>>,
}
