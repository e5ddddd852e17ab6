//! The usage row: one per request that reached the guard. It never holds the goal's words.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::money::{Money, Tokens, nano_usd};
use planning::category::Category;

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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

    /// The status of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Held,
            Self::Settled,
            Self::Failed,
            Self::Rejected,
            Self::Abandoned,
        ]
        .into_iter()
        .find(|status| status.as_str() == name)
    }
}

/// What finds a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowKey {
    /// Hash key.
    pub request_id: String,
    /// Range key.
    pub timestamp: DateTime<Utc>,
}

/// What is kept of one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    pub prompt_version: Cow<'static, str>,
    /// The provider's own count, over all calls.
    pub tokens: Tokens,
    /// What those tokens cost.
    #[serde(with = "nano_usd")]
    pub cost: Money,
    /// The worst case that was held.
    #[serde(with = "nano_usd")]
    pub held: Money,
    /// Milliseconds from arrival to outcome.
    pub latency_ms: u64,
    /// Calls of a model that the provider may have billed.
    pub llm_calls: u32,
    /// Characters of goal and context.
    pub goal_length: usize,
    /// The error's code, where it failed or was rejected.
    pub error: Option<Cow<'static, str>>,
    /// Until when a held row belongs to its task.
    pub lease_until: Option<DateTime<Utc>>,
    /// The allowance that its money was taken from; none where the budget was not asked, because the store was away.
    pub allowance: Option<String>,
    /// Whether its money counts in its client's budget of the day.
    pub client_budget: bool,
}

impl UsageRow {
    /// What finds it.
    #[must_use]
    pub fn key(&self) -> RowKey {
        RowKey {
            request_id: self.request_id.clone(),
            timestamp: self.timestamp,
        }
    }

    /// The day whose budgets it counts in.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.timestamp.date_naive()
    }

    /// What it counts for in a budget: the held amount until the outcome is known, then the cost.
    #[must_use]
    pub const fn counted(&self) -> Money {
        match self.status {
            RowStatus::Held => self.held,
            RowStatus::Settled | RowStatus::Failed | RowStatus::Rejected | RowStatus::Abandoned => {
                self.cost
            }
        }
    }
}
