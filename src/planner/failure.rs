//! Failures of planning. Their codes are those of the error catalogue; `http` maps them to responses.

use std::time::Duration;

use crate::ledger::{BudgetExceeded, HoldError, LedgerUnavailable};
use crate::money::Money;
use crate::telemetry::metrics::{Label as _, PlanRequestOutcome, RejectionReason};
use planning::care::{Refusal, RefusalKind};

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
    /// A model says that a person is in danger or that the goal would harm somebody.
    #[error("{}", .0.kind.code())]
    Care(Refusal),
    /// The model's output violates rules and cannot be repaired. Contains the violations, for operators.
    #[error("the model did not write a valid plan: {0}")]
    InvalidModelOutput(String),
    /// No model is available.
    #[error("no model is able to answer now: {reason}")]
    ProviderUnavailable {
        /// The reason, for operators.
        reason: String,
        /// How long the provider asks to wait, if it says.
        retry_after: Option<Duration>,
    },
    /// The usage row could not be written. Contains the reason, for operators.
    #[error("{0}")]
    LedgerUnavailable(String),
    /// The request exceeded its deadline.
    #[error("the request took longer than it may")]
    DeadlineExceeded,
}

impl PlanFailureKind {
    /// Returns the code in the error catalogue, which is also the outcome in the metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.outcome().as_str()
    }

    /// Returns what became of the request, for the metrics.
    #[must_use]
    pub const fn outcome(&self) -> PlanRequestOutcome {
        match self {
            Self::InputTooLarge { .. } => PlanRequestOutcome::InputTooLarge,
            Self::RequestTooExpensive { .. } => PlanRequestOutcome::RequestTooExpensive,
            Self::BudgetExceeded(_) => PlanRequestOutcome::BudgetExceeded,
            Self::Care(refusal) => outcome_of_refusal(refusal.kind),
            Self::InvalidModelOutput(_) => PlanRequestOutcome::InvalidModelOutput,
            Self::ProviderUnavailable { .. } => PlanRequestOutcome::ProviderUnavailable,
            Self::LedgerUnavailable(_) => PlanRequestOutcome::LedgerUnavailable,
            Self::DeadlineExceeded => PlanRequestOutcome::DeadlineExceeded,
        }
    }

    /// Returns this failure of a model after that of the one before it: of two that say when to come back, the earlier time counts.
    pub(super) fn after(self, before: &Self) -> Self {
        match (self, before) {
            (
                Self::ProviderUnavailable {
                    reason,
                    retry_after,
                },
                Self::ProviderUnavailable {
                    retry_after: before,
                    ..
                },
            ) => Self::ProviderUnavailable {
                reason,
                retry_after: retry_after.into_iter().chain(*before).min(),
            },
            (other, _) => other,
        }
    }

    /// Returns why the cost guard rejected the request before any cost, if it did.
    #[must_use]
    pub const fn rejection(&self) -> Option<RejectionReason> {
        match self {
            Self::InputTooLarge { .. } => Some(RejectionReason::InputTooLarge),
            Self::RequestTooExpensive { .. } => Some(RejectionReason::RequestTooExpensive),
            Self::BudgetExceeded(_) => Some(RejectionReason::BudgetExceeded),
            Self::Care(_)
            | Self::InvalidModelOutput(_)
            | Self::ProviderUnavailable { .. }
            | Self::LedgerUnavailable(_)
            | Self::DeadlineExceeded => None,
        }
    }
}

/// Returns what became of a request whose goal is not planned, for the metrics.
#[must_use]
pub const fn outcome_of_refusal(kind: RefusalKind) -> PlanRequestOutcome {
    match kind {
        RefusalKind::NeedsPerson => PlanRequestOutcome::NeedsPerson,
        RefusalKind::GoalRefused => PlanRequestOutcome::GoalRefused,
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
