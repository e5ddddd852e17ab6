//! A session: when to work, how long and on what.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One sitting of a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// A day of the week that is free.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date, example = "2026-11-24"))]
    pub date: NaiveDate,
    /// How long it takes. The sessions of a week add up to its hours.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, example = 60))]
    pub minutes: u32,
    /// The tasks that it is for, as positions in the week's `tasks`, from 0.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, example = json!([0])))]
    pub tasks: Vec<usize>,
}
