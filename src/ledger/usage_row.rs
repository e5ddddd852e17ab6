//! The usage row: one per request that reached the cost guard. It never contains the goal's words.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use serde::{Deserialize, Serialize};

use crate::money::{Money, Tokens, nano_usd};
use planning::category::Category;

/// The status of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowStatus {
    /// The worst-case cost is held, and the request is running.
    Held,
    /// A plan was made. Tokens and cost are actual.
    Settled,
    /// No plan was made. Tokens and cost are what was spent anyway.
    Failed,
    /// The cost guard rejected it; nothing was spent.
    Rejected,
    /// Its task died, and a sweep settled it at the held amount.
    Abandoned,
}

impl RowStatus {
    /// Returns the value of the table's attribute.
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

    /// Returns the status with this name.
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

/// The key of a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowKey {
    /// The request's id: hash key.
    pub request_id: String,
    /// When the request arrived: range key.
    pub timestamp: DateTime<Utc>,
}

/// The record of one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageRow {
    /// The request's id: hash key.
    pub request_id: String,
    /// When the request arrived, to the microsecond, as in the table: range key.
    pub timestamp: DateTime<Utc>,
    /// The client that sent the request.
    pub client_id: String,
    /// The goal's category, once known.
    pub category: Option<Category>,
    /// The status of the request.
    pub status: RowStatus,
    /// The model that made the plan, or was supposed to.
    pub model: String,
    /// The version of the prompt texts.
    pub prompt_version: Cow<'static, str>,
    /// The tokens that the provider counted, over all calls.
    pub tokens: Tokens,
    /// The cost of all calls, with the worst case for calls whose tokens are unknown. For an abandoned row, the held amount.
    #[serde(with = "nano_usd")]
    pub cost: Money,
    /// The worst-case cost that was held.
    #[serde(with = "nano_usd")]
    pub held: Money,
    /// Milliseconds from arrival to outcome.
    pub latency_ms: u64,
    /// Number of model calls that the provider may have billed.
    pub llm_calls: u32,
    /// Number of characters in the goal.
    pub goal_length: usize,
    /// The error code, if the request failed, was rejected or was abandoned.
    pub error: Option<Cow<'static, str>>,
    /// Until when a held row belongs to its task. `None` once the outcome is known.
    pub lease_until: Option<DateTime<Utc>>,
    /// The allowance lease that the hold was reserved from. `None` if there was no hold, or if the store was unavailable and no
    /// granted lease had room.
    pub allowance: Option<String>,
    /// Whether the row counts in its client's daily budget.
    pub client_budget: bool,
}

/// Truncates a timestamp to the precision of the table's key.
pub(super) fn to_key_precision(timestamp: DateTime<Utc>) -> DateTime<Utc> {
    timestamp.trunc_subsecs(6)
}

impl UsageRow {
    /// Returns the row's key.
    #[must_use]
    pub fn key(&self) -> RowKey {
        RowKey {
            request_id: self.request_id.clone(),
            timestamp: to_key_precision(self.timestamp),
        }
    }

    /// Returns whether both rows are the same item of the table.
    #[must_use]
    pub fn has_same_key(&self, other: &Self) -> bool {
        self.request_id == other.request_id
            && to_key_precision(self.timestamp) == to_key_precision(other.timestamp)
    }

    /// Returns the UTC day whose budgets the row counts in.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.timestamp.date_naive()
    }

    /// Returns the amount that counts in a budget: the held amount until the outcome is known, then the cost.
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
