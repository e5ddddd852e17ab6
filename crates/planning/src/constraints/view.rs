//! The constraints as the response shows them: each value and its origin.

use chrono::NaiveDate;
use serde::Serialize;

use super::{Constraints, Level, Origin, weekdays};
use crate::language::Language;

/// The constraints as the response shows them.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
// The name that the OpenAPI document has used since its first version.
#[cfg_attr(feature = "openapi", schema(as = Understood))]
pub struct ConstraintsView {
    /// Maximum hours per week.
    #[cfg_attr(feature = "openapi", schema(example = 8.0))]
    pub hours_per_week: Option<f64>,
    /// Requested number of weeks.
    #[cfg_attr(feature = "openapi", schema(example = 12))]
    pub weeks: Option<u8>,
    /// First day of the first week.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date, example = "2026-11-23"))]
    pub start_date: NaiveDate,
    /// The day by which the goal must be reached, or on which its event is.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date, example = "2027-03-14"))]
    pub deadline: Option<NaiveDate>,
    /// Maximum number of weeks, counting a last one that the deadline cuts short if it has a free day.
    #[cfg_attr(feature = "openapi", schema(example = 16))]
    pub max_weeks: Option<u32>,
    /// The stated level.
    pub level: Option<Level>,
    /// Days on which nothing is planned.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>, example = json!(["sat", "sun"])))]
    pub unavailable_days: Vec<&'static str>,
    /// Number of sessions a week that the words name.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 7, example = 3))]
    pub sessions_per_week: Option<u8>,
    /// What the words rule out: demands of tasks by name, then things in the person's words. No task asks for them.
    #[cfg_attr(feature = "openapi", schema(example = json!(["running", "gym"])))]
    pub excluded: Vec<String>,
    /// The language of the plan.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "en"))]
    pub language: Language,
    /// Origin of each constraint; constraints that were not given are left out.
    pub origins: ConstraintOrigins,
}

/// Origin of each constraint.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Origins))]
pub struct ConstraintOrigins {
    /// Origin of `hours_per_week`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_per_week: Option<Origin>,
    /// Origin of `weeks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weeks: Option<Origin>,
    /// Origin of `deadline`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Origin>,
    /// Origin of `level`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Origin>,
    /// Origin of `unavailable_days`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unavailable_days: Option<Origin>,
}

impl From<&Constraints> for ConstraintsView {
    fn from(constraints: &Constraints) -> Self {
        let deadline = constraints.deadline.map(|sourced| sourced.value);
        Self {
            hours_per_week: constraints
                .minutes_per_week
                .map(|minutes| (f64::from(minutes.value) / 0.6).round() / 100.0),
            weeks: constraints.weeks.map(|sourced| sourced.value),
            start_date: constraints.start,
            deadline,
            max_weeks: match (constraints.weeks, deadline) {
                (Some(weeks), _) => Some(u32::from(weeks.value)),
                (None, deadline) => deadline.map(|_| u32::from(constraints.max_weeks())),
            },
            level: constraints.level.map(|sourced| sourced.value),
            unavailable_days: constraints
                .unavailable
                .map(|days| weekdays::names(days.value).collect())
                .unwrap_or_default(),
            sessions_per_week: constraints.sessions_per_week,
            excluded: constraints.exclusions.names().map(str::to_owned).collect(),
            language: constraints.language.clone(),
            origins: ConstraintOrigins {
                hours_per_week: constraints.minutes_per_week.map(|sourced| sourced.origin),
                weeks: constraints.weeks.map(|sourced| sourced.origin),
                deadline: constraints.deadline.map(|sourced| sourced.origin),
                level: constraints.level.map(|sourced| sourced.origin),
                unavailable_days: constraints.unavailable.map(|sourced| sourced.origin),
            },
        }
    }
}
