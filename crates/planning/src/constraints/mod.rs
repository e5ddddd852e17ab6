//! What a plan has to respect: hours, weeks, dates, level, days off, language.
//!
//! Constraints come from the request's fields ([`ExplicitConstraints`]) and from the goal and its context ([`extract`]);
//! a field wins over the text. [`Constraints::resolve`] joins both, reports fields that contradict each other, and leaves out words that
//! cannot be kept, with a warning.

mod defaults;
mod explicit;
pub mod extract;
mod giving_way;
mod phrases;
mod resolve;
mod seen;
mod sourced;
mod spoken;
mod view;
pub mod weekdays;
mod weeks;

pub use self::defaults::DEFAULT_HOURS_PER_WEEK;
pub use self::explicit::{ExplicitConstraints, MAX_WEEKS, MINUTES_PER_WEEK};
pub use self::extract::{Level, Occasion};
pub use self::phrases::{goal_phrases, phrases_of, strip_phrases};
pub use self::resolve::Constraints;
pub use self::seen::with_seen;
pub use self::sourced::{Origin, Sourced};
pub use self::view::{ConstraintOrigins, ConstraintsView};
