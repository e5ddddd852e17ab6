//! Plans. A [`Plan`] satisfies every guarantee, because only [`check::check`] can create one.

pub mod check;
pub mod dedup;
pub mod draft;
pub mod export;
mod limits;
pub mod links;
pub mod repair;
mod resource_type;
mod schedule;
mod session;
pub(crate) mod summary;
mod tails;
pub mod text;
pub mod warning;

use chrono::NaiveDate;
use serde::Serialize;

pub use self::draft::Draft;
pub use self::links::LinkStatus;
pub use self::resource_type::ResourceType;
pub use self::session::Session;
pub use self::warning::{Warning, WarningCode};
use crate::hours::Hours;

/// A plan that passed every check. Its fields are private to this module tree, so no other code can create an unchecked plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    summary: String,
    weeks: Vec<Week>,
    resources: Vec<Resource>,
    total: Hours,
    /// The first day of each week on which something may be planned.
    first_free_days: Vec<NaiveDate>,
}

impl Plan {
    /// Returns one or two sentences: from where to where the plan goes, and how.
    #[must_use]
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// Returns the weeks in order, numbered from 1 without gaps. There are 1 to 52.
    #[must_use]
    pub fn weeks(&self) -> &[Week] {
        &self.weeks
    }

    /// Returns the weeks in order, each with its first day that is not a day off.
    pub fn weeks_with_first_free_day(&self) -> impl Iterator<Item = (&Week, NaiveDate)> {
        self.weeks.iter().zip(self.first_free_days.iter().copied())
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

    /// Returns the summary, the weeks and the resources by value.
    #[must_use]
    pub fn into_parts(self) -> (String, Vec<Week>, Vec<Resource>) {
        (self.summary, self.weeks, self.resources)
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
    /// The tasks; at least one, and none twice in a plan.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, example = json!(["Create a free-tier account and secure its root user"])))]
    pub tasks: Vec<String>,
    /// A checkable result of the week.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "Score 70 % on a quiz of 20 questions about IAM")
    )]
    pub milestone: String,
    /// Hours of the week, to 0.1; above 0.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 8.0))]
    pub estimated_hours: Hours,
    /// First day of the week.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date, example = "2026-11-23"))]
    pub starts_on: NaiveDate,
    /// Last day of the week: the seventh, or an earlier one where the plan ends before a deadline.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date, example = "2026-11-29"))]
    pub ends_on: NaiveDate,
    /// When to work on the tasks: on free days of the week, not after the deadline. The minutes add up to `estimated_hours`, and every
    /// task is in a session.
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub sessions: Vec<Session>,
}

/// A resource for learning more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resource {
    /// The title.
    #[cfg_attr(feature = "openapi", schema(example = "AWS Skill Builder"))]
    pub title: String,
    /// An https address on an allow-listed site, or `search:` and words to search for.
    #[cfg_attr(feature = "openapi", schema(example = "https://skillbuilder.aws/"))]
    pub url: String,
    /// The kind of resource.
    pub resource_type: ResourceType,
    /// Which of the two forms `url` has.
    pub link_status: LinkStatus,
    /// Why it fits; absent if nobody said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(example = "The exam's own labs, free of charge")
    )]
    pub why: Option<String>,
}
