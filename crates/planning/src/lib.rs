//! The planning domain: from a user's goal to a plan that satisfies every guarantee.
//!
//! Everything here is pure and synchronous: no network, no files, no clock, no HTTP and no AWS. The service calls it on its own
//! threads, and adds everything that can fail or cost money.
//!
//! In the order in which a request passes through:
//!
//! - [`characters`] tells what a person sees in a text.
//! - [`care`] recognises people in danger and goals that would harm, [`goal`] parses the goal, and [`validation`] collects the errors of
//!   all fields.
//! - [`constraints`] extracts hours, weeks, dates, days and level from fields and text; [`language`] is the plan's language. [`exclusions`]
//!   are what the person rules out, as [`demand`]s of tasks and by name, and [`target`] is the quantity that the goal adds up to.
//! - [`classifier`] finds the [`category`] and the language of a goal without calling a model.
//! - [`offline`] writes a draft without a model.
//! - [`answer`] finds the values in what a model wrote.
//! - [`plan`] turns a draft of any origin into a checked [`plan::Plan`]. [`hours`] counts its hours, and [`mod@quantity`] writes counts into messages.

pub mod answer;
pub mod care;
pub mod category;
pub mod characters;
pub mod classifier;
pub mod constraints;
pub mod demand;
pub mod exclusions;
mod fold;
pub mod goal;
pub mod hours;
pub mod language;
mod lexicon;
pub mod offline;
pub mod plan;
pub mod quantity;
pub mod target;
pub mod validation;
mod words;
