//! The body of routes that take a goal, as documented in OpenAPI.

use planning::constraints::Level;
use serde::Deserialize;
use utoipa::ToSchema;

/// What a person wants. Fields that are not listed are refused.
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
    /// Circumstances: level, time, what was tried; up to 1000 characters.
    #[schema(max_length = 1000, example = "Beginner with basic cloud knowledge")]
    pub context: Option<String>,
    /// Most hours a week. Without it, hours are read out of goal and context.
    #[schema(minimum = 0.5, maximum = 80, example = 8)]
    pub hours_per_week: Option<f64>,
    /// Weeks of the plan. Without it, weeks are read out of goal and context.
    #[schema(minimum = 1, maximum = 52, example = 12)]
    pub duration_weeks: Option<u8>,
    /// First day of the first week, today by default; may lie in the past.
    #[schema(format = Date, example = "2026-11-23")]
    pub start_date: Option<String>,
    /// The day by whose end the last week is over; after the start.
    #[schema(format = Date, example = "2027-03-14")]
    pub deadline: Option<String>,
    /// Language of the plan as a BCP 47 tag; by default the goal's own.
    #[schema(example = "en")]
    pub language: Option<String>,
    /// How much the person knows already. Without it, the level is read out of goal and context.
    #[schema(value_type = Option<Level>)]
    pub level: Option<String>,
    /// Days on which nothing is planned; at most six. Without it, days are read out of goal and context.
    #[schema(value_type = Option<Vec<String>>, max_items = 6, example = json!(["sat", "sun"]))]
    pub unavailable_days: Option<Vec<String>>,
}
