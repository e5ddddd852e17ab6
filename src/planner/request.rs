//! The parsed request: everything the planner needs.

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
    /// The ids, client and budget of the request.
    pub context: Arc<RequestContext>,
    /// The goal.
    pub goal: Goal,
    /// The constraints that the plan must satisfy.
    pub constraints: Constraints,
}

/// The fields of a request, each of the right type but not yet validated.
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
    /// `level`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// `unavailable_days`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unavailable_days: Option<Vec<String>>,
}

impl Fields {
    /// Parses the fields; `errors` holds the errors found so far, such as wrong types.
    ///
    /// # Errors
    /// Returns [`InvalidFields`] with every invalid field.
    pub fn parse(
        self,
        mut errors: FieldErrors,
        context: Arc<RequestContext>,
        classifier: &Classifier,
        today: NaiveDate,
    ) -> Result<PlanRequest, InvalidFields> {
        // A goal or body of the wrong type was reported already; do not report the goal as missing as well.
        let goal = if self.goal.is_none() && (errors.has_error("goal") || errors.has_error("")) {
            None
        } else {
            Goal::parse(self.goal.as_deref(), self.context.as_deref(), &mut errors)
        };
        let mut explicit = ExplicitConstraints::default();
        if let Some(hours) = self.hours_per_week {
            explicit.hours_per_week(hours, &mut errors);
        }
        if let Some(weeks) = self.duration_weeks {
            explicit.duration_weeks(weeks, &mut errors);
        }
        if let Some(date) = &self.start_date {
            explicit.start_date(date, &mut errors);
        }
        if let Some(date) = &self.deadline {
            explicit.deadline(date, &mut errors);
        }
        if let Some(tag) = &self.language {
            explicit.language(tag, &mut errors);
        }
        if let Some(level) = &self.level {
            explicit.level(level, &mut errors);
        }
        if let Some(days) = &self.unavailable_days {
            explicit.unavailable_days(days, &mut errors);
        }
        explicit.finish(today, &mut errors);
        let parsed = goal.filter(|_| errors.is_empty()).and_then(|goal| {
            let constraints = Constraints::resolve(
                &goal,
                explicit,
                today,
                || classifier.language(&goal),
                &mut errors,
            )?;
            Some(PlanRequest {
                context,
                goal,
                constraints,
            })
        });
        errors.into_result(parsed)
    }
}
