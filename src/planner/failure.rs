//! Why there is no plan. The codes are those of the error catalogue; how they look over HTTP is decided in `http`.

use crate::ledger::{BudgetExceeded, HoldError, LedgerUnavailable};
use crate::money::Money;

/// A request that ended without a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct PlanFailure {
    /// Why.
    pub kind: PlanFailureKind,
    /// Whether it cost something all the same.
    pub spent: bool,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanFailureKind {
    /// Goal and context have more tokens than a request may have.
    #[error("goal and context have about {tokens} tokens; {max} are allowed")]
    InputTooLarge {
        /// Estimated tokens.
        tokens: u64,
        /// The most allowed.
        max: u64,
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
    /// The model's answers violate rules and cannot be repaired. Holds what is wrong, for operators.
    #[error("the model did not write a valid plan: {0}")]
    InvalidModelOutput(String),
    /// No model answers. Holds why, for operators.
    #[error("no model is able to answer now: {0}")]
    ProviderUnavailable(String),
    /// The request's row could not be written. Holds why, for operators.
    #[error("{0}")]
    LedgerUnavailable(String),
    /// The request took longer than it may.
    #[error("the request took longer than it may")]
    DeadlineExceeded,
}

impl PlanFailureKind {
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

impl From<PlanFailureKind> for PlanFailure {
    /// A failure before anything was spent.
    fn from(kind: PlanFailureKind) -> Self {
        Self { kind, spent: false }
    }
}

impl From<LedgerUnavailable> for PlanFailure {
    fn from(unavailable: LedgerUnavailable) -> Self {
        PlanFailureKind::LedgerUnavailable(unavailable.to_string()).into()
    }
}

impl From<HoldError> for PlanFailure {
    fn from(error: HoldError) -> Self {
        match error {
            HoldError::BudgetExceeded(refusal) => PlanFailureKind::BudgetExceeded(refusal),
            HoldError::Contended | HoldError::Unavailable(_) => {
                PlanFailureKind::LedgerUnavailable(error.to_string())
            }
        }
        .into()
    }
}
