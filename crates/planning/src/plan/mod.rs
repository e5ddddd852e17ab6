//! Plans. A [`Plan`] satisfies every guarantee, because only [`check::check`] can create one.

pub mod check;
pub mod dedup;
pub mod draft;
pub mod export;
pub mod links;
pub mod repair;
pub mod text;
pub mod warning;

use chrono::NaiveDate;
use serde::Serialize;

pub use self::draft::Draft;
pub use self::links::LinkStatus;
pub use self::warning::{Warning, WarningCode};
use crate::hours::Hours;

/// A plan that passed every check. Its fields are private to this module tree, so no other code can create an unchecked plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    weeks: Vec<Week>,
    resources: Vec<Resource>,
    total: Hours,
}

impl Plan {
    /// Returns the weeks in order, numbered from 1 without gaps. There are 1 to 52.
    #[must_use]
    pub fn weeks(&self) -> &[Week] {
        &self.weeks
    }

    /// Returns the resources.
    #[must_use]
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// Returns the sum of the weeks' hours.
    #[must_use]
    pub const fn total(&self) -> Hours {
        self.total
    }

    /// Returns the weeks and the resources by value.
    #[must_use]
    pub fn into_parts(self) -> (Vec<Week>, Vec<Resource>) {
        (self.weeks, self.resources)
    }
}

/// One week of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Week {
    /// The week's number, from 1.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 52, example = 1))]
    pub week_number: u8,
    /// What the week is about.
    #[cfg_attr(feature = "openapi", schema(example = "AWS fundamentals"))]
    pub focus_area: String,
    /// What to do; at least one task, none twice in a plan.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, example = json!(["Create a free-tier account and secure its root user"])))]
    pub tasks: Vec<String>,
    /// How to know that the week has worked.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "Score 70 % on a quiz of 20 questions about IAM")
    )]
    pub milestone: String,
    /// Hours the week takes, to 0.1; above 0.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 8.0))]
    pub estimated_hours: Hours,
    /// First day of the week.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date, example = "2026-11-23"))]
    pub starts_on: NaiveDate,
}

/// Something to learn from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resource {
    /// What it is.
    #[cfg_attr(feature = "openapi", schema(example = "AWS Skill Builder"))]
    pub title: String,
    /// An https address of a site we stand behind, or `search:` and words to search for.
    #[cfg_attr(feature = "openapi", schema(example = "https://skillbuilder.aws/"))]
    pub url: String,
    /// Its kind, such as `documentation`, `course` or `book`.
    #[cfg_attr(feature = "openapi", schema(example = "course"))]
    pub resource_type: String,
    /// Which of the two `url` is.
    pub link_status: LinkStatus,
}
