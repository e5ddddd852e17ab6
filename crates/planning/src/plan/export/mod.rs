//! Plans in forms for people.

pub mod markdown;
