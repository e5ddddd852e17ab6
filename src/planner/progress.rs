//! Progress of a plan that models write, for a person who waits for it. Each step names its model.

use std::fmt;
use std::sync::Arc;

use super::{PlanFailureKind, Planner};
use crate::llm::ModelName;

/// A step of making a plan with models.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// A model is asked for the category.
    Classifying(&'a ModelName),
    /// A model is asked for the plan.
    Writing(&'a ModelName),
    /// A model wrote no valid plan.
    Failed {
        /// The model.
        model: &'a ModelName,
        /// Why.
        kind: &'a PlanFailureKind,
        /// The model that is tried next.
        next: Option<&'a ModelName>,
    },
}

impl fmt::Display for Progress<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Classifying(model) => write!(out, "{model} determines the category"),
            Self::Writing(model) => write!(out, "{model} writes the plan"),
            Self::Failed { model, kind, next } => {
                match kind {
                    PlanFailureKind::ProviderUnavailable { reason: why, .. } => {
                        write!(out, "{model} failed: {why}")?;
                    }
                    PlanFailureKind::InvalidModelOutput(why) => {
                        write!(out, "{model} wrote no valid plan: {why}")?;
                    }
                    PlanFailureKind::DeadlineExceeded => {
                        write!(out, "{model} did not finish in time")?;
                    }
                    PlanFailureKind::Care(_) => {
                        write!(out, "{model} wrote no plan for this goal")?;
                    }
                    PlanFailureKind::InputTooLarge { .. }
                    | PlanFailureKind::RequestTooExpensive { .. }
                    | PlanFailureKind::BudgetExceeded(_)
                    | PlanFailureKind::LedgerUnavailable(_) => {
                        write!(out, "{model} was not called: {kind}")?;
                    }
                }
                match next {
                    Some(next) => write!(out, "; next is {next}"),
                    None => out.write_str("; no other model is left to try"),
                }
            }
        }
    }
}

/// Receives the steps. It must not block.
pub type ProgressListener = Arc<dyn Fn(Progress<'_>) + Send + Sync>;

impl Planner {
    /// Reports the steps of every plan to this listener.
    #[must_use]
    pub fn with_progress(mut self, listener: ProgressListener) -> Self {
        self.progress = Some(listener);
        self
    }

    pub(super) fn report(&self, progress: Progress<'_>) {
        if let Some(listener) = &self.progress {
            listener(progress);
        }
    }
}
