//! Care comes first: before a goal is classified, stored or paid for, a gate reads goal and context for people in danger, for goals
//! that would harm others, and for goals that need a professional first.
//!
//! Start at [`Gate::assess`]. The gate is a linear classifier over hashed features ([`features`]) with calibrated thresholds, trained by
//! `crates/train-classifier` on goals written for it. [`answers`] has what the service says then, and [`ModelFlag`] is what a model
//! says of the same. The outcome may be logged and counted, but never the words.

pub mod answers;
mod concepts;
pub mod features;
mod flag;
mod gate;
mod letters;
pub mod windows;
pub mod words;

pub use self::answers::{Contact, Refusal, RefusalKind};
pub use self::flag::ModelFlag;
pub use self::gate::{Assessment, Class, Gate, Matter, Probabilities, Thresholds};
