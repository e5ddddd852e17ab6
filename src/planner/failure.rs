//! Failures of planning. Their codes are those of the error catalogue; `http` maps them to responses.

use crate::ledger::{BudgetExceeded, HoldError, LedgerUnavailable};
use crate::money::Money;

/// The failure of a request for a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct PlanFailure {
    /// The reason.
    pub kind: PlanFailureKind,
    /// Whether the request cost money nevertheless.
    pub spent: bool,
}

/// The reason why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanFailureKind {
    /// Goal and context have more tokens than allowed.
    #[error("goal and context have about {tokens} tokens; {max} are allowed")]
    InputTooLarge {
        /// Estimated tokens.
        tokens: u64,
        /// Maximum tokens.
        max: u64,
    },
    /// The worst case costs more than a request may.
    #[error("the plan could cost up to {worst_case} USD; {limit} USD is allowed for a request")]
    RequestTooExpensive {
        /// Cost in the worst case.
        worst_case: Money,
        /// Maximum cost of a request.
        limit: Money,
    },
    /// A budget has no room for the worst case.
    #[error("{0}")]
    BudgetExceeded(BudgetExceeded),
    /// The model's output violates rules and cannot be repaired. Contains the violations, for operators.
    #[error("the model did not write a valid plan: {0}")]
    InvalidModelOutput(String),
    /// No model is available. Contains the reason, for operators.
    #[error("no model is able to answer now: {0}")]
    ProviderUnavailable(String),
    /// The usage row could not be written. Contains the reason, for operators.
    #[error("{0}")]
    LedgerUnavailable(String),
    /// The request exceeded its deadline.
    #[error("the request took longer than it may")]
    DeadlineExceeded,
}

impl PlanFailureKind {
    /// Returns the code in the error catalogue.
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

    /// Returns whether the cost guard rejected the request before any cost.
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
    /// Creates a failure without any cost.
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
            HoldError::DeadlineExceeded => PlanFailureKind::DeadlineExceeded,
            HoldError::Contended | HoldError::Unavailable(_) => {
                PlanFailureKind::LedgerUnavailable(error.to_string())
            }
        }
        .into()
    }
}
