//! Reads the Terraform files and works out what they say for one environment, without Terraform: [`Environment`] is the start.
//!
//! What AWS decides when a resource is made is filled in from a list ([`after_apply`]). Everything else is evaluated, and what cannot
//! be is a failure with its reason: nothing is passed over.

mod after_apply;
mod environment;
mod evaluate;
mod failure;
mod functions;
mod number_functions;
mod policy_document;
mod resource;
mod root;
mod rules;
mod template;
mod text_functions;
mod types;
mod value;

pub use self::environment::Environment;
pub use self::resource::Resource;
pub use self::root::{File, Root};

#[cfg(test)]
mod tests;
