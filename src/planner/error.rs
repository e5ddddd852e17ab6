//! Why there is no plan. The codes are those of the error catalogue; what they look like over HTTP is decided there.

use crate::ledger::{BudgetExceeded, Money};

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Goal and context have more tokens than a request may have.
    #[error("goal and context have about {tokens} tokens; {most} are allowed")]
    InputTooLarge {
        /// Estimated tokens.
        tokens: u64,
        /// The most allowed.
        most: u64,
    },
    /// The worst case costs more than a request may cost.
    #[error("the plan could cost up to {worst_case} USD; {limit} USD is allowed for a request")]
    RequestTooExpensive {
        /// What it could cost.
        worst_case: Money,
        /// What it may cost.
        limit: Money,
    },
    /// A budget has no room for the worst case.
    #[error("{0}")]
    BudgetExceeded(BudgetExceeded),
    /// The model's answers break rules that cannot be mended. Holds what is wrong, for operators.
    #[error("the model did not write a valid plan: {0}")]
    InvalidModelOutput(String),
    /// No model answers. Holds why, for operators.
    #[error("no model is able to answer now: {0}")]
    ProviderUnavailable(String),
    /// The row of the request could not be kept. Holds why, for operators.
    #[error("{0}")]
    LedgerUnavailable(String),
    /// The request took longer than it may.
    #[error("the request took longer than it may")]
    DeadlineExceeded,
}

/// A request that ended without a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unplanned {
    /// Why.
    pub error: PlanError,
    /// Whether it cost something all the same.
    pub spent: bool,
}

impl PlanError {
    /// The code in the error catalogue.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InputTooLarge { .. } => "input_too_large",
            Self::RequestTooExpensive { .. } => "request_too_expensive",
            Self::BudgetExceeded(_) => "budget_exceeded",
            Self::InvalidModelOutput(_) => "invalid_model_output",
            Self::ProviderUnavailable(_) => "provider_unavailable",
            Self::LedgerUnavailable(_) => "ledger_unavailable",
            Self::DeadlineExceeded => "deadline_exceeded",
        }
    }

    /// Whether the guard refused the request before anything was spent.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        match self {
            Self::InputTooLarge { .. }
            | Self::RequestTooExpensive { .. }
            | Self::BudgetExceeded(_) => true,
            Self::InvalidModelOutput(_)
            | Self::ProviderUnavailable(_)
            | Self::LedgerUnavailable(_)
            | Self::DeadlineExceeded => false,
        }
    }
}
