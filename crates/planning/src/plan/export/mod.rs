//! Exports of a plan to formats for people.

pub mod markdown;
