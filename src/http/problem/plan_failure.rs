//! Maps a plan failure to a problem: operators get the reason in the log, clients a safe message.

use chrono::TimeDelta;

use super::{Code, Problem};
use crate::ledger::{BudgetExceeded, Scope};
use crate::planner::{PlanFailure, PlanFailureKind};
use crate::request_context::RequestContext;
use crate::telemetry::events;

impl Problem {
    /// Returns the problem for a plan failure. Server errors are logged here, and only here.
    #[must_use]
    pub fn of_plan_failure(failure: &PlanFailure, context: &RequestContext) -> Self {
        let kind = &failure.kind;
        let (code, detail) = match kind {
            PlanFailureKind::InputTooLarge { .. } => (Code::InputTooLarge, kind.to_string()),
            PlanFailureKind::RequestTooExpensive { .. } => {
                (Code::RequestTooExpensive, kind.to_string())
            }
            PlanFailureKind::BudgetExceeded(refusal) => {
                (Code::BudgetExceeded, budget_detail(refusal))
            }
            PlanFailureKind::Care(refusal) => {
                let mut problem = Self::from(refusal);
                problem.spent = failure.spent;
                return problem;
            }
            PlanFailureKind::InvalidModelOutput(_) => (
                Code::InvalidModelOutput,
                "the model did not write a plan that keeps the rules".to_owned(),
            ),
            PlanFailureKind::ProviderUnavailable { .. } => (
                Code::ProviderUnavailable,
                "no model is able to answer now".to_owned(),
            ),
            PlanFailureKind::LedgerUnavailable(_) => (
                Code::LedgerUnavailable,
                "the usage of this request cannot be recorded now".to_owned(),
            ),
            PlanFailureKind::DeadlineExceeded => (Code::DeadlineExceeded, kind.to_string()),
        };
        if code.status().is_server_error() {
            events::error(context, kind.code(), &kind.to_string());
        }
        let mut problem = Self::new(code, detail);
        if let PlanFailureKind::BudgetExceeded(refusal) = kind {
            problem = problem.retry_after(refusal.retry_after);
        }
        if let PlanFailureKind::ProviderUnavailable {
            retry_after: Some(wait),
            ..
        } = kind
            && let Ok(wait) = TimeDelta::from_std(*wait)
        {
            problem = problem.retry_after(wait);
        }
        problem.spent = failure.spent;
        problem
    }
}

/// Returns the detail for an exceeded budget. It does not reveal how much the service spends.
fn budget_detail(refusal: &BudgetExceeded) -> String {
    let budget = match refusal.scope {
        Scope::Service => "the service's budget",
        Scope::Client => "your budget",
    };
    format!(
        "{budget} of today (UTC) has no room for this plan, which could cost up to {} USD",
        refusal.amount
    )
}
