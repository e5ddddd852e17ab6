//! The body of routes that take a goal, as documented in OpenAPI.

use planning::constraints::Level;
use serde::Deserialize;
use utoipa::ToSchema;

/// A goal with its constraints. Unknown fields are rejected.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalRequest {
    /// The goal in the person's own words, in any language: 3 to 500 characters after trimming.
    #[schema(
        min_length = 3,
        max_length = 500,
        example = "Prepare for AWS Solutions Architect certification"
    )]
    pub goal: String,
    /// Circumstances such as level, time and what was tried: up to 1000 characters.
    #[schema(max_length = 1000, example = "Beginner with basic cloud knowledge")]
    pub context: Option<String>,
    /// Maximum hours per week. Default: as goal and context say.
    #[schema(minimum = 0.5, maximum = 80, example = 8)]
    pub hours_per_week: Option<f64>,
    /// Number of weeks. Default: as goal and context say.
    #[schema(minimum = 1, maximum = 52, example = 12)]
    pub duration_weeks: Option<u8>,
    /// First day of the first week. Default: today. May be in the past.
    #[schema(format = Date, example = "2026-11-23")]
    pub start_date: Option<String>,
    /// Last day of the plan; after the start date.
    #[schema(format = Date, example = "2027-03-14")]
    pub deadline: Option<String>,
    /// Language of the plan as a BCP 47 tag. Default: the language of the goal.
    #[schema(example = "en")]
    pub language: Option<String>,
    /// How much the person knows already. Without it, the level is read out of goal and context.
    #[schema(value_type = Option<Level>)]
    pub level: Option<String>,
    /// Days on which nothing is planned; at most six. Without it, days are read out of goal and context.
    #[schema(value_type = Option<Vec<String>>, max_items = 6, example = json!(["sat", "sun"]))]
    pub unavailable_days: Option<Vec<String>>,
}
