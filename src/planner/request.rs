//! The parsed request: everything the planner needs.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;

use crate::request_context::RequestContext;
use planning::care::{Matter, Refusal};
use planning::classifier::{Classifier, Evidence};
use planning::constraints::{Constraints, ExplicitConstraints};
use planning::goal::Goal;
use planning::language::Language;
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
    /// What to ask a professional first, if the gate found something.
    pub ask_first: Option<Matter>,
}

/// Why a request is not planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The gate: a person may be in danger, or the goal would harm somebody.
    #[error(transparent)]
    Care(#[from] Refusal),
    /// Fields are invalid.
    #[error(transparent)]
    Invalid(#[from] InvalidFields),
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
    /// Asks the gate what it makes of goal and context, valid or not. Returns what to ask first, if a plan may be made.
    ///
    /// # Errors
    /// Returns a [`Refusal`] if no plan may be made.
    pub fn assess(&self, classifier: &Classifier) -> Result<Option<Matter>, Refusal> {
        let goal = self.goal.as_deref().unwrap_or_default();
        let context = self.context.as_deref();
        let assessment = classifier.gate().assess(goal, context);
        assessment.into_result(|| classifier.language_of(goal, context))
    }

    /// Parses the fields; `errors` holds the errors found so far, such as wrong types. The gate comes first.
    ///
    /// # Errors
    /// Returns a [`Refusal`] if no plan may be made, else [`InvalidFields`] with every invalid field.
    pub fn parse(
        self,
        mut errors: FieldErrors,
        context: Arc<RequestContext>,
        classifier: &Classifier,
        today: NaiveDate,
    ) -> Result<PlanRequest, RequestError> {
        let ask_first = self.assess(classifier)?;
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
                |phrases| language_of(classifier, &goal, phrases),
                &mut errors,
            )?;
            Some(PlanRequest {
                context,
                goal,
                constraints,
                ask_first,
            })
        });
        Ok(errors.into_result(parsed)?)
    }
}

/// Returns the language of a goal, given the languages that phrases of it were read in, with the number of phrases of each.
#[must_use]
pub fn language_of(classifier: &Classifier, goal: &Goal, phrases: &[(&str, u32)]) -> Language {
    let evidence = phrases.iter().map(|(language, phrases)| Evidence {
        language,
        phrases: *phrases,
    });
    let evidence: Vec<Evidence<'_>> = evidence.collect();
    classifier.language_with_evidence(goal, &evidence)
}
