//! Values that apply where neither the request nor the text gives one.

use crate::hours::Hours;

/// The hours of a week when neither the person nor the draft names any: 4.0.
///
/// It only fills a gap and limits nothing: [`super::Constraints::hours_limit`] does not use it.
pub const DEFAULT_HOURS_PER_WEEK: Hours = Hours::from_tenths(40);
