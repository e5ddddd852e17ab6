//! A request that has been parsed: all that the planner needs to know of it.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;

use crate::request_context::RequestContext;
use planning::classifier::Classifier;
use planning::constraints::{Constraints, ExplicitConstraints};
use planning::goal::Goal;
use planning::validation::{FieldErrors, InvalidFields};

/// A parsed request.
#[derive(Debug, Clone)]
pub struct PlanRequest {
    /// Which client asks, under which id.
    pub context: Arc<RequestContext>,
    /// What they want.
    pub goal: Goal,
    /// What the plan has to respect.
    pub constraints: Constraints,
}

/// The fields of a request, each of the right type but not yet checked.
#[derive(Debug, Default, Serialize)]
pub struct Fields {
    /// `goal`
    pub goal: Option<String>,
    /// `context`
    pub context: Option<String>,
    /// `hours_per_week`
    pub hours_per_week: Option<f64>,
    /// `duration_weeks`
    pub duration_weeks: Option<f64>,
    /// `start_date`
    pub start_date: Option<String>,
    /// `deadline`
    pub deadline: Option<String>,
    /// `language`
    pub language: Option<String>,
}

impl Fields {
    /// Parses the fields; `complaints` holds what was wrong with their types already.
    ///
    /// # Errors
    /// [`Invalid`] with every field that is not as it must be.
    pub fn parse(
        self,
        mut complaints: FieldErrors,
        context: Arc<RequestContext>,
        classifier: &Classifier,
        today: NaiveDate,
    ) -> Result<PlanRequest, InvalidFields> {
        // A goal, or a body, of the wrong type was complained about already; do not call the goal missing as well.
        let goal =
            if self.goal.is_none() && (complaints.has_error("goal") || complaints.has_error("")) {
                None
            } else {
                Goal::parse(
                    self.goal.as_deref(),
                    self.context.as_deref(),
                    &mut complaints,
                )
            };
        let mut stated = ExplicitConstraints::default();
        if let Some(hours) = self.hours_per_week {
            stated.hours_per_week(hours, &mut complaints);
        }
        if let Some(weeks) = self.duration_weeks {
            stated.duration_weeks(weeks, &mut complaints);
        }
        if let Some(date) = &self.start_date {
            stated.start_date(date, &mut complaints);
        }
        if let Some(date) = &self.deadline {
            stated.deadline(date, &mut complaints);
        }
        if let Some(tag) = &self.language {
            stated.language(tag, &mut complaints);
        }
        stated.finish(today, &mut complaints);
        let parsed = goal.filter(|_| complaints.is_empty()).and_then(|goal| {
            let constraints = Constraints::resolve(
                &goal,
                stated,
                today,
                || classifier.language(&goal),
                &mut complaints,
            )?;
            Some(PlanRequest {
                context,
                goal,
                constraints,
            })
        });
        complaints.into_result(parsed)
    }
}
